//! E321: another access mode for volumes that exist.

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E321",
    name: "access-mode-changed",
    summary: "the access mode of the data volumes of a deployed rack is another one",
    explain: "\
The access mode stands in the claim template of the StatefulSet, which is immutable, and a claim that is bound keeps its
own. Cass Operator's webhook refuses it too.

Write the mode that it was (`ReadWriteOnce` where none was written). New datacenters may have another one.",
};

pub(super) const FORCE: Force = Force::Never("the API server refuses the StatefulSet");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    for change in transition.changed_racks(|_, _, rack| rack.storage.access_mode.as_str()) {
        let (was, now) = (change.before, change.after);
        let at = change.at("storage.accessMode", "storage.accessMode");
        let message = format!("the data volumes of {} are `{was}`, not `{now}`", change.whose());
        let complaint = transition.refuse(&RULE, message, at, "this never changes", format!("was `{was}`"));
        complaints.push(complaint.help(format!("write `accessMode: {was}`")));
    }
}
