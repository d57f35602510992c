//! E351: a new rack that takes nodes away from the others.

use cassc_ring::facts::{TakesNodes, takes_nodes};
use cassc_wording::nodes;

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Pair, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E351",
    name: "rack-takes-nodes",
    summary: "a rack is added with so little growth that another rack would lose nodes",
    explain: "\
`nodes` of a datacenter is split over its racks. With one rack more and too few nodes more, the share of the other racks gets
smaller: nodes with data would leave in the same change in which empty ones join. Cass Operator refuses it (\"add rack
without increasing size\").

Let the datacenter grow by so much that every rack keeps its nodes; the message says how many that are. To have fewer nodes
in the end, add the rack first and shrink in a later commit.",
};

pub(super) const FORCE: Force = Force::Never("more nodes now and fewer later does the same safely");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    for (Pair { before, after }, ring) in transition.ring_pairs() {
        let Some(TakesNodes { rack, loser, needed }) = takes_nodes(ring) else { continue };
        let (new, loser) = (&after.racks[rack].name, &after.racks[loser]);
        let at = At::of(Scope::Rack(&after.name, &loser.name), "nodes", "nodes");
        let message = format!("the new rack `{new}` of `{}` would take nodes from `{}`", after.name, loser.name);
        let was = before.rack(&loser.name).map_or(0, |rack| rack.nodes);
        let label = format!("leaves {} for `{}`", nodes(loser.nodes), loser.name);
        let complaint = transition.refuse(&RULE, message, at, label, format!("`{}` had {}", loser.name, nodes(was)));
        let complaint = complaint.label(transition.now(At::name(Scope::Rack(&after.name, new)), "the new rack"));
        complaints.push(complaint.help(format!("every rack keeps its nodes with `nodes: {needed}`, or more")));
    }
}
