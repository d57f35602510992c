//! E359: an operation with the id of a deployed one, and another content.

use cassc_ring::operation::Operation;

use crate::cluster::Cluster;
use crate::diagnostic::{Diagnostic, Label, Part, Place, Route, Rule};
use crate::transition::{DeployedSource, Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E359",
    name: "operation-changed",
    summary: "a deployed operation changed, but not its id",
    explain: "\
An operation runs once for its id. The deployed one may have started or ended already: then the program in the cluster would refuse the
other one (`OperationChanged`), for it cannot run a second time. `concurrency`, `suspend` and `retry` may change at any time, and so may
everything of an operation that is deployed with `suspend: true`, as long as no node has started it.

Give the new operation another `id`, and remove the old one. Removing it ends it: what a node has started is finished.",
};

pub(super) const FORCE: Force = Force::Never("another `id` does the same");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let deployed = operations(transition.before);
    for (position, operation) in operations(transition.after).iter().enumerate() {
        let known = deployed.iter().enumerate().find(|(_, known)| known.id == operation.id);
        let Some((was, known)) = known.filter(|(_, known)| !known.suspend) else { continue };
        if known.content() == operation.content() {
            continue;
        }
        let message = format!("the operation `{}` is deployed as another one", operation.id);
        let at = transition.subject.value(Route::of("spec.operations").index(position).key("id"), "used again");
        let complaint = RULE.complain(message, at).labels(deployed_at(transition.was, was));
        complaints.push(complaint.help(format!("use another id, such as `{}`", another(&operation.id))));
    }
}

fn operations(cluster: &Cluster) -> &[Operation] {
    cluster.steps.as_ref().map_or(&[], |steps| &steps.operations)
}

/// Where the deployed operation of a position is written.
fn deployed_at(was: DeployedSource, position: usize) -> Option<Label> {
    let (document, list) = match was {
        DeployedSource { topology: Some(document), .. } => (document, "spec.operations"),
        DeployedSource { lock: Some(document), .. } => (document, "cluster.steps.operations"),
        DeployedSource { .. } => return None,
    };
    let route = Route::of(list).index(position).key("id");
    Some(Label { place: Place::Value { document, route, part: Part::Value }, text: "deployed".to_owned() })
}

/// The id with the next number at its end.
fn another(id: &str) -> String {
    let numbered = id.rsplit_once('-').and_then(|(name, number)| Some((name, number.parse::<u32>().ok()?)));
    match numbered.filter(|(_, number)| *number < 1000) {
        Some((name, number)) => format!("{name}-{}", number + 1),
        None => format!("{}-2", id.get(..61).unwrap_or(id).trim_end_matches('-')),
    }
}
