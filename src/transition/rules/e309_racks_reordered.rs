//! E309: the order of deployed racks changed.

use cassc_ring::facts::{misplaced_rack, right_order_of_racks};

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Pair, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E309",
    name: "racks-reordered",
    summary: "the order of the racks of a deployed datacenter changed, or a new rack is not last",
    explain: "\
The order of the racks decides how `nodes` of a datacenter is split (the first racks get one node more), in which order
pods start, and which pod founds the ring. In a different order, nodes would leave one rack and join another. Cass
Operator refuses this change too.

Keep the deployed order and add new racks at the end.",
};

pub(super) const FORCE: Force = Force::Never("the deployed order gives the same racks and moves no nodes");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    for (Pair { after, .. }, ring) in transition.ring_pairs() {
        let Some(moved) = misplaced_rack(ring) else { continue };
        let name = |position: usize| after.racks[position].name.as_str();
        let order: Vec<&str> = right_order_of_racks(ring).into_iter().map(name).collect();
        let (rack, next) = (name(moved.position), name(moved.next()));
        let (at, before_it) = (At::name(Scope::Rack(&after.name, rack)), At::name(Scope::Rack(&after.name, next)));
        let kind = if moved.is_new { "new rack" } else { "rack" };
        let message = format!("{kind} `{rack}` of `{}` is listed before `{next}`", after.name);
        let (label, was_at) = if moved.is_new {
            ("new racks go last", transition.label_before(before_it, "deployed rack"))
        } else {
            ("was listed later", transition.label_before(at, "deployed position"))
        };
        let complaint = RULE.complain(message, transition.label_after(at, label)).labels(was_at);
        complaints.push(complaint.help(format!("write the racks in this order: {}", order.join(", "))));
    }
}
