//! W533: every override.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::OVERRIDDEN_KINDS;

pub(super) const RULE: Rule = Rule {
    code: "W533",
    name: "override",
    summary: "a rendered object is overridden",
    explain: "\
An override is the last resort, for what no field offers. cassc checks that the result is valid in Kubernetes and that nothing
is lost that identifies objects or protects the data, and nothing else: no rule knows what the changed field does to Cassandra.
A later version of cassc may render the object differently, and the override may then do something else.

If a field of the topology does the same, write that. Otherwise accept W533 with the reason for the override.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let overrides = subject.spec().overrides.iter().enumerate();
    for (index, written) in overrides.filter(|(_, it)| OVERRIDDEN_KINDS.contains(&it.kind.as_str())) {
        let route = Route::of("spec.overrides").index(index).key("patch");
        let message = match &written.name {
            Some(name) => {
                format!("an override changes the {} `{name}`; cassc does not check what it does", written.kind)
            }
            None => format!("an override changes every {}; cassc does not check what it does", written.kind),
        };
        let help = "use a field of the topology if there is one, or accept W533 with the reason";
        complaints.push(RULE.complain(message, subject.key(route, "last resort")).help(help));
    }
}
