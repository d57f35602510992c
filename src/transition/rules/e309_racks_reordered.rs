//! E309: the order of deployed racks changed.

use super::e308_rack_removed::removed;
use crate::cluster::{Datacenter, Rack};
use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::order::{OutOfOrder, out_of_order, right_order};
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

/// The first rack of a datacenter that is out of order.
pub(super) fn misplaced(pair: &Pair<'_, Datacenter>) -> Option<OutOfOrder> {
    // When a rack was removed E308 refuses the change, and the order means nothing.
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
        let rack = if moved.is_new { "new rack" } else { "rack" };
        let message = format!("{rack} `{}` of `{}` is listed before `{}`", moved.name, after.name, moved.before);
        let (label, was_at) = if moved.is_new {
            ("new racks go last", transition.was(before_it, "deployed rack"))
        } else {
            ("was listed later", transition.was(at, "deployed position"))
        };
        let complaint = RULE.complain(message, transition.now(at, label)).labels(was_at);
        complaints.push(complaint.help(format!("write the racks in this order: {order}")));
    }
}
