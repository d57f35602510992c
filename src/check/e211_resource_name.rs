//! E211: a resource that containers do not have.

use cassc_wording::nearest;

use super::quantities::{page_size, requests_and_limits};
use crate::diagnostic::{Diagnostic, Rule};
use crate::kubernetes::syntax::is_label_key;
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E211",
    name: "resource-name",
    summary: "requests or limits name a resource that containers do not have",
    explain: "\
Containers request `cpu`, `memory`, `ephemeral-storage`, huge pages by their size (`hugepages-2Mi`), and extended
resources, which carry the domain of whoever offers them (`example.com/dongle`). The API server refuses any other
name.

Correct the name.",
};

const RESOURCES: [&str; 3] = ["cpu", "memory", "ephemeral-storage"];
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
            name => format!("containers have no resource `{}`", name.escape_debug()),
        };
        let expected = "cpu, memory, ephemeral-storage, hugepages-<size> or a name with a domain";
        let complaint = RULE.complain(message, subject.key(written.route, "")).expected(expected);
        let lower = written.resource.to_lowercase();
        let other = OTHER_NAMES.iter().find(|(other, _)| *other == lower).map(|(_, name)| *name);
        complaints.push(match other.or_else(|| nearest(written.resource, RESOURCES)) {
            Some(name) => complaint.help(format!("did you mean `{name}`?")),
            None => complaint,
        });
    }
}

/// After `validateContainerResourceName` in Kubernetes' `pkg/apis/core/validation`.
fn is_resource(name: &str) -> bool {
    let extended = name.contains('/') && !name.starts_with("requests.") && is_label_key(name);
    RESOURCES.contains(&name) || page_size(name).is_some() || extended
}
