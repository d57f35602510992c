//! E320: a smaller `expandTo`, or none any more.

use super::e319_storage_size::is_larger;
use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E320",
    name: "expand-to-shrunk",
    summary: "`storage.expandTo` of a deployed rack is smaller, or gone",
    explain: "\
Claims that were expanded cannot be made smaller; the API server refuses it. Without `expandTo` the claims that exist would
keep their size and the next new node would get a volume of `size`, too small for its share of the data. Cass Operator's
webhook refuses to shrink, too.

Leave `expandTo` at the largest size that was ever written. To shrink, add a datacenter with smaller volumes, let it be
rebuilt, and let the old one leave.",
};

pub(super) const FORCE: Force = Force::Never("volumes do not shrink");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    for change in transition.changed_racks(|_, _, rack| rack.expand_to.as_deref()) {
        let Some(was) = change.before.filter(|was| change.after.is_none_or(|now| is_larger(was, now))) else {
            continue;
        };
        let at = change.at("storage.expandTo", "expandTo");
        let (message, label) = match change.after {
            Some(now) => {
                (format!("the data volumes of {} cannot shrink from {was} to {now}", change.whose()), "smaller")
            }
            None => {
                (format!("new data volumes of {} would not get the {was} of the others", change.whose()), "without it")
            }
        };
        let complaint = transition.refuse(&RULE, message, at, label, format!("was {was}"));
        complaints.push(complaint.help(format!("write `expandTo: {was}`, or more")));
    }
}
