//! E357: the ring is to change while all nodes are stopped.

use cassc_ring::{Change, actions};

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E357",
    name: "ring-changes-while-stopped",
    summary: "the ring changes in a change that stops or starts all nodes, or while they are stopped",
    explain: "\
A node that is stopped cannot stream its data, take data over, or change the replication of a keyspace. So the number of nodes,
the release line of Cassandra and the replication of the system keyspaces stay as they are while `stopped: true` is deployed, and
in the changes that set and remove it. Images, configuration and resources may change: nodes start with them.

1. Remove `stopped`, and wait until every node is UN.
2. Commit the change of the ring.",
};

pub(super) const FORCE: Force = Force::Never("two commits do the same safely");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let (before, after) = (transition.before, transition.after);
    let Some(what) = what_changes(transition.ring()).filter(|_| before.is_stopped() || after.is_stopped()) else {
        return;
    };
    let at = At::of(Scope::Cluster, "stopped", "steps.stopped");
    let word = |is_stopped: bool| if is_stopped { "all nodes are stopped" } else { "all nodes run" };
    let (now, was) = (word(after.is_stopped()), format!("deployed: {}", word(before.is_stopped())));
    let message = format!("{what} changes together with `stopped`, or while the nodes are stopped");
    let help = if after.is_stopped() {
        "take the change of the ring back; commit it when the nodes run again"
    } else {
        "start the nodes in this change, and commit the change of the ring when every node is UN"
    };
    complaints.push(transition.refuse(&RULE, message, at, now, was).help(help));
}

/// What of the ring changes, in the words of the topology.
fn what_changes(ring: Change<'_>) -> Option<&'static str> {
    let nodes = [actions::join(ring, false), actions::shrink_datacenters(ring), actions::empty_datacenters(ring)];
    let replication = [actions::lower_replication(ring), actions::raise_replication(ring)];
    if !nodes.concat().is_empty() {
        return Some("the number of nodes");
    }
    if !actions::upgrade_tables(ring).is_empty() {
        return Some("the release line of Cassandra");
    }
    (!replication.concat().is_empty()).then_some("the replication of the system keyspaces")
}
