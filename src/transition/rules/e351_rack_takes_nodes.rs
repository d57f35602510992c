//! E351: a new rack that takes nodes away from the others.

use cassc_ring::facts::{TakesNodes, takes_nodes};
use cassc_wording::nodes;

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Pair, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E351",
    name: "rack-takes-nodes",
    summary: "a rack was added with too few new nodes, so that a deployed rack would lose nodes",
    explain: "\
`nodes` of a datacenter is split over its racks. With a new rack and too few new nodes, the share of the other racks gets
smaller: nodes with data would leave in the same change in which empty nodes join. Cass Operator refuses this change too
(\"add rack without increasing size\").

Raise `nodes` so far that every rack keeps its nodes; the help line names the number. To have fewer nodes in the end, add the
rack first and remove nodes in a later commit.",
};

pub(super) const FORCE: Force = Force::Never("more nodes now and fewer nodes later does the same safely");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    for (Pair { before, after }, ring) in transition.ring_pairs() {
        let Some(TakesNodes { rack, loser, needed }) = takes_nodes(ring) else { continue };
        let (new, loser) = (&after.racks[rack].name, &after.racks[loser]);
        let at = At::of(Scope::Rack(&after.name, &loser.name), "nodes", "nodes");
        let message = format!("the new rack `{new}` of `{}` would take nodes from `{}`", after.name, loser.name);
        let was = before.rack(&loser.name).map_or(0, |rack| rack.nodes);
        let label = format!("rack `{}`: now {}", loser.name, nodes(loser.nodes));
        let deployed = format!("rack `{}`: {} deployed", loser.name, nodes(was));
        let complaint = transition.refuse(&RULE, message, at, label, deployed);
        let complaint = complaint.label(transition.label_after(At::name(Scope::Rack(&after.name, new)), "new rack"));
        complaints.push(complaint.help(format!("write `nodes: {needed}` or more for `{}`", after.name)));
    }
}
