//! E617: a rebuild from a datacenter that does not exist, or from itself.

use super::e130_rebuild_from::{found, in_ring};
use super::e614_operation_scope::rack_of_pod;
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::{Datacenter, Operation};
use cassc_ring::operation::OperationKind;
use cassc_wording::quoted;

pub(super) const RULE: Rule = Rule {
    code: "E617",
    name: "operation-source",
    summary: "`from` of a rebuild does not name another datacenter",
    explain: "\
`rebuild` copies the data of another datacenter to the nodes (`nodetool rebuild`). Cassandra refuses a source without nodes, and nodes
that copy from their own datacenter take its data from each other.

Write the `name` of another datacenter of the topology. With `additionalSeeds` it may also be a datacenter that runs elsewhere:
then write its name in Cassandra.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let operations = subject.spec().operations.iter().enumerate();
    for (index, operation) in operations.filter(|(_, it)| it.kind == OperationKind::Rebuild) {
        let Some(from) = &operation.from else { continue };
        let at = |words| subject.value(Route::of("spec.operations").index(index).key("from"), words);
        let own = datacenters(subject, operation);
        let complaint = match found(subject, from) {
            Some(name) => match own.iter().find(|it| in_ring(it) == name) {
                Some(own) => {
                    RULE.complain(format!("nodes of `{}` would copy their data from `{}`", own.name, own.name), at(""))
                }
                None => continue,
            },
            None => RULE.complain(format!("`from: {}` names no datacenter", from.escape_debug()), at("unknown")),
        };
        let others = subject.spec().datacenters.iter().filter(|it| !own.iter().any(|own| own.name == it.name));
        let names: Vec<&str> = others.map(|it| it.name.as_str()).collect();
        complaints.push(complaint.help(match names.as_slice() {
            [] if own.len() > 1 => "write an operation for the nodes of each datacenter".to_owned(),
            [] => "remove the operation: there is no other datacenter".to_owned(),
            names => format!("write {}", quoted(names).replace(" and ", " or ")),
        }));
    }
}

/// The datacenters of the nodes that copy.
fn datacenters<'t>(subject: &Subject<'t>, operation: &Operation) -> Vec<&'t Datacenter> {
    let named = subject.spec().datacenters.iter().filter(|it| operation.datacenter.as_ref() == Some(&it.name));
    let of_pods = operation.pods.iter().filter_map(|pod| rack_of_pod(subject, pod)).map(|place| place.datacenter);
    named.chain(of_pods).collect()
}
