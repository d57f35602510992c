//! E352: nodes that leave.

use cassc_wording::nodes;

use super::e308_rack_removed::removed;
use super::e309_racks_reordered::misplaced;
use super::e351_rack_takes_nodes::takes_nodes;
use crate::cluster::{Datacenter, Node, Rack};
use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Pair, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E352",
    name: "nodes-leave",
    summary: "a deployed datacenter would have fewer nodes",
    explain: "\
A StatefulSet with fewer replicas deletes its last pods, and nothing more: their nodes do not stream their rows to the others
first. The ring counts them as down for ever, and rows whose replicas were on several of them are lost. A node has to be
decommissioned before its pod goes.

cassc does not emit a Job yet that decommissions; this rule goes away with the one that does. Until then: see that every
keyspace has no more replicas than nodes remain in the datacenter (none, if it goes to `nodes: 0`) and that the remaining
nodes have room for the data. Then run `nodetool decommission` in the pods that the message names, in that order, one at a
time, and wait until `nodetool status` no longer shows the node. Then accept the code, say that as the reason, and merge
at once: a pod that restarts meanwhile would join again. Remove the acceptance afterwards.",
};

pub(super) const FORCE: Force = Force::WithReason;

/// How many pods a message names.
const MOST_NAMES: usize = 6;

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    // Of racks that are gone, turned round or added too early other rules have spoken.
    let by_itself = |pair: &Pair<'_, _>| removed(pair).is_empty() && misplaced(pair).is_none() && !takes_nodes(pair);
    for pair in transition.datacenters().into_iter().filter(by_itself) {
        let leaving = leaving(&pair);
        let Pair { before, after } = pair;
        let shrinks = |rack: &&Rack| before.rack(&rack.name).is_some_and(|it| rack.nodes < it.nodes);
        let Some(rack) = after.racks.iter().find(shrinks) else { continue };
        let at = At::of(Scope::Rack(&after.name, &rack.name), "nodes", "nodes");
        let in_all = |datacenter: &Datacenter| format!("{} in all", nodes(datacenter.nodes()));
        let in_rack = |count| format!("{} in `{}`", nodes(count), rack.name);
        let (was, now) = if before.nodes() > after.nodes() {
            (in_all(before), in_all(after))
        } else {
            (in_rack(before.rack(&rack.name).map_or(0, |rack| rack.nodes)), in_rack(rack.nodes))
        };
        let message = match leaving.len() {
            1 => format!("a node of `{}` would be deleted without leaving the ring", after.name),
            count => format!("{count} nodes of `{}` would be deleted without leaving the ring", after.name),
        };
        let complaint = transition.refuse(&RULE, message, at, now, was);
        complaints.push(complaint.help(format!("decommission {} by hand, then accept E352", in_words(&leaving))));
    }
}

/// The pods that go, the last of the start order first.
fn leaving(Pair { before, after }: &Pair<'_, Datacenter>) -> Vec<String> {
    let leaves = |node: &Node<'_>| after.rack(&node.rack.name).is_some_and(|rack| node.ordinal >= rack.nodes);
    before.in_start_order().rev().filter(leaves).map(|node| node.pod()).collect()
}

fn in_words(pods: &[String]) -> String {
    let named: Vec<String> = pods.iter().take(MOST_NAMES).map(|pod| format!("`{pod}`")).collect();
    let more = pods.len().saturating_sub(MOST_NAMES);
    let rest = if more > 0 { format!(" and {more} more, the highest ordinals first") } else { String::new() };
    format!("{}{rest}", named.join(", then "))
}
