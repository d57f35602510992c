//! E319: the size of deployed volumes changed.

use crate::diagnostic::{Diagnostic, Rule};
use crate::kubernetes::quantity::Quantity;
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E319",
    name: "storage-size-changed",
    summary: "`storage.size` of a deployed rack changed (volumeClaimTemplates are immutable)",
    explain: "\
`storage.size` is part of the volumeClaimTemplates of the StatefulSet, which are immutable: the API server refuses any
other size, also a larger one. Volumes never shrink. CassKop silently reverts this change. Cass Operator refuses it unless
an annotation allows it, and then deletes and recreates the StatefulSet.

To grow the volumes, leave `size` unchanged and write `expandTo`. The plan lists the PVCs to expand, and docs/plan.md (\"By
hand\") shows the command. No pod restarts. To shrink the volumes, add a datacenter with smaller volumes, rebuild it, and
decommission the old datacenter.",
};

pub(super) const FORCE: Force = Force::Never("the API server refuses the StatefulSet; use `expandTo` to grow volumes");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    for change in transition.changed_racks(|_, _, rack| rack.storage.size.as_str()) {
        let (was, now) = (change.before, change.after);
        let at = change.at("storage.size", "storage.size");
        let message = format!("`storage.size` of {} changed from {was} to {now}", change.whose());
        let complaint = transition.refuse(&RULE, message, at, "is immutable", format!("deployed: {was}"));
        complaints.push(complaint.help(if is_larger(now, was) {
            format!("write `size: {was}` and `expandTo: {now}`")
        } else {
            format!("write `size: {was}`; volumes cannot shrink")
        }));
    }
}

/// Whether a quantity is larger than a second one; both are canonical.
pub(super) fn is_larger(one: &str, other: &str) -> bool {
    let bytes = |text: &str| text.parse::<Quantity>().ok().and_then(|quantity| quantity.bytes().ok());
    bytes(one) > bytes(other)
}
