//! E211: an unknown resource name.

use cassc_wording::nearest;

use super::quantities::requests_and_limits;
use crate::diagnostic::{Diagnostic, Rule};
use crate::kubernetes::resource::{RESOURCES, is_resource};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E211",
    name: "resource-name",
    summary: "requests or limits name an unknown resource",
    explain: "\
Containers can request `cpu`, `memory`, `ephemeral-storage`, huge pages with their size (`hugepages-2Mi`), and extended
resources with the domain of their vendor (`example.com/dongle`). The API server refuses all other names.

Correct the name.",
};

/// What people call them elsewhere.
const OTHER_NAMES: [(&str, &str); 8] = [
    ("mem", "memory"),
    ("ram", "memory"),
    ("core", "cpu"),
    ("cores", "cpu"),
    ("processor", "cpu"),
    ("gpu", "nvidia.com/gpu"),
    ("storage", "ephemeral-storage"),
    ("disk", "ephemeral-storage"),
];

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for written in requests_and_limits(subject).into_iter().filter(|written| !is_resource(written.resource)) {
        let message = match written.resource {
            "" => "a resource has no name".to_owned(),
            name => format!("unknown resource `{}`", name.escape_debug()),
        };
        let expected = "cpu, memory, ephemeral-storage, hugepages-<size>, or a name with a domain";
        let complaint = RULE.complain(message, subject.key(written.route, "")).expected(expected);
        let lower = written.resource.to_lowercase();
        let other = OTHER_NAMES.iter().find(|(other, _)| *other == lower).map(|(_, name)| *name);
        complaints.push(match other.or_else(|| nearest(written.resource, RESOURCES)) {
            Some(name) => complaint.help(format!("did you mean `{name}`?")),
            None => complaint,
        });
    }
}
