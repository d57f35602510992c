//! E115: `replication.system` is 0, larger than a datacenter, or too large.

use cassc_ring::limits::MOST_REPLICAS;

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::merge::Level;

pub(super) const RULE: Rule = Rule {
    code: "E115",
    name: "replication",
    summary: "`replication.system` does not fit the datacenters",
    explain: "\
`replication.system` is the number of nodes per datacenter that store roles, passwords and permissions. With more replicas
than nodes, a quorum can fail and logins with it, although every node is up. More than five replicas slow down logins and
repairs.

Write 1 to 5, but not more than the nodes of the smallest datacenter. Or remove the field to use the default.",
};

/// The usual number of replicas: a quorum of three outlives one node.
const USUAL_REPLICAS: u32 = 3;

/// Replicas of the system keyspaces in each datacenter: as written, otherwise three or the nodes of the smallest datacenter
/// with nodes, whichever is less. `None` if the numbers of nodes are missing or contradictory, or if this rule refuses the
/// written number.
pub(super) fn system_replication(subject: &Subject<'_>) -> Option<u32> {
    if let Some(written) = subject.spec().replication.system {
        return (1..=MOST_REPLICAS).contains(&written).then_some(written);
    }
    let smallest = sizes(subject).into_iter().map(|(_, nodes)| nodes).filter(|nodes| *nodes > 0).min()?;
    Some(u32::try_from(smallest).unwrap_or(USUAL_REPLICAS).min(USUAL_REPLICAS))
}

/// The number of nodes of each datacenter by position, without those whose numbers are missing or contradictory.
fn sizes(subject: &Subject<'_>) -> Vec<(usize, u64)> {
    let nodes = |index| Some((index, subject.nodes_of_racks(index)?.iter().copied().map(u64::from).sum()));
    (0..subject.spec().datacenters.len()).filter_map(nodes).collect()
}

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(replication) = subject.spec().replication.system else { return };
    let at = |text: &str| subject.value(Route::of("spec.replication.system"), text);
    if !(1..=MOST_REPLICAS).contains(&replication) {
        let size = if replication == 0 { "small" } else { "large" };
        let message = format!("the replication factor {replication} is too {size}");
        complaints.push(RULE.complain(message, at("")).expected(format!("1 to {MOST_REPLICAS}")));
        return;
    }
    let mut too_small: Vec<(usize, u64)> = sizes(subject);
    too_small.retain(|(_, nodes)| *nodes > 0 && *nodes < u64::from(replication));
    let Some((smallest, nodes)) = too_small.iter().min_by_key(|(_, nodes)| *nodes).copied() else { return };
    let name = &subject.spec().datacenters[smallest].name;
    let plural = if nodes == 1 { "" } else { "s" };
    let message = format!("the replication factor is {replication}, but `{name}` has only {nodes} node{plural}");
    let mut complaint = RULE.complain(message, at("per datacenter"));
    for (index, nodes) in too_small {
        let route = Level::Datacenter(index).route();
        let written = if subject.spec().datacenters[index].nodes.is_some() { "nodes" } else { "racks" };
        complaint = complaint.label(subject.value(route.key(written), format!("only {nodes}")));
    }
    complaints.push(complaint.help(format!("write `system: {nodes}`, or remove it to use the default")));
}
