//! E309: racks in another order.

use super::e308_rack_removed::removed;
use crate::cluster::{Datacenter, Rack};
use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::order::{OutOfOrder, out_of_order, right_order};
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

/// The first rack of a datacenter that stands where it must not.
pub(super) fn misplaced(pair: &Pair<'_, Datacenter>) -> Option<OutOfOrder> {
    // With a rack less there is no order to speak of; E308 has said so.
    if !pair.has_nodes() || !removed(pair).is_empty() {
        return None;
    }
    let (was, now) = (names(&pair.before.racks), names(&pair.after.racks));
    out_of_order(&was, &now)
}

fn names(racks: &[Rack]) -> Vec<String> {
    racks.iter().map(|rack| rack.name.clone()).collect()
}

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    for pair in transition.datacenters() {
        let Some(moved) = misplaced(&pair) else { continue };
        let Pair { before, after } = pair;
        let order = right_order(&names(&before.racks), &names(&after.racks));
        let (at, before_it) =
            (At::name(Scope::Rack(&after.name, &moved.name)), At::name(Scope::Rack(&after.name, &moved.before)));
        let message = format!("rack `{}` of `{}` stands before `{}`", moved.name, after.name, moved.before);
        let (label, was_at) = if moved.is_new {
            ("a new rack comes last", transition.was(before_it, "was here before it"))
        } else {
            ("was behind it", transition.was(at, "stood here"))
        };
        let complaint = RULE.complain(message, transition.now(at, label)).labels(was_at);
        complaints.push(complaint.help(format!("write the racks in this order: {order}")));
    }
}
