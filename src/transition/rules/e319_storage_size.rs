//! E319: another size for volumes that exist.

use crate::diagnostic::{Diagnostic, Rule};
use crate::kubernetes::quantity::Quantity;
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E319",
    name: "storage-size-changed",
    summary: "the size that the data volumes of a deployed rack are born with is another one",
    explain: "\
`storage.size` stands in the claim template of the StatefulSet, which is immutable: the API server refuses another size,
a larger one too. A volume never shrinks. CassKop reverts such an edit without a word; Cass Operator refuses it unless an
annotation allows it, and then deletes the StatefulSet to make it anew.

To grow, leave `size` as it is and write `expandTo` beside it: the claims are expanded in place, nothing restarts, and new
claims are expanded right after they were made. To shrink, add a datacenter with smaller volumes, let it be rebuilt, and
let the old one leave.",
};

pub(super) const FORCE: Force = Force::Never("the API server refuses the StatefulSet; `expandTo` grows volumes");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    for change in transition.changed_racks(|_, _, rack| rack.storage.size.as_str()) {
        let (was, now) = (change.before, change.after);
        let at = change.at("storage.size", "storage.size");
        let message = format!("the data volumes of {} are born with {was}, not {now}", change.whose());
        let complaint = transition.refuse(&RULE, message, at, "this never changes", format!("was {was}"));
        complaints.push(complaint.help(if is_larger(now, was) {
            format!("write `size: {was}` and `expandTo: {now}`")
        } else {
            format!("write `size: {was}`; volumes do not shrink")
        }));
    }
}

/// Whether a quantity is more than another one; both are canonical.
pub(super) fn is_larger(one: &str, other: &str) -> bool {
    let bytes = |text: &str| text.parse::<Quantity>().ok().and_then(|quantity| quantity.bytes().ok());
    bytes(one) > bytes(other)
}
