//! E309: racks in another order.

use cassc_ring::facts::{misplaced_rack, right_order_of_racks};

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Pair, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E309",
    name: "racks-reordered",
    summary: "the racks of a deployed datacenter are in another order, or a new one is not the last",
    explain: "\
The order of the racks decides which of them get one node more (`nodes` of a datacenter is split, the first racks first), in
which order pods start, and which pod founds the ring. In another order nodes would leave one rack and join another without
anybody having asked for it. Cass Operator refuses it too.

Write the racks in the order in which they were, and new ones after them.",
};

pub(super) const FORCE: Force = Force::Never("the order of before says the same and moves nothing");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    for (Pair { after, .. }, ring) in transition.ring_pairs() {
        let Some(moved) = misplaced_rack(ring) else { continue };
        let name = |position: usize| after.racks[position].name.as_str();
        let order: Vec<&str> = right_order_of_racks(ring).into_iter().map(name).collect();
        let (rack, next) = (name(moved.position), name(moved.next()));
        let (at, before_it) = (At::name(Scope::Rack(&after.name, rack)), At::name(Scope::Rack(&after.name, next)));
        let message = format!("rack `{rack}` of `{}` stands before `{next}`", after.name);
        let (label, was_at) = if moved.is_new {
            ("a new rack comes last", transition.was(before_it, "was here before it"))
        } else {
            ("was behind it", transition.was(at, "stood here"))
        };
        let complaint = RULE.complain(message, transition.now(at, label)).labels(was_at);
        complaints.push(complaint.help(format!("write the racks in this order: {}", order.join(", "))));
    }
}
