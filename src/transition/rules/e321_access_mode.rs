//! E321: the access mode of deployed volumes changed.

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E321",
    name: "access-mode-changed",
    summary: "`storage.accessMode` of a deployed rack changed (volumeClaimTemplates are immutable)",
    explain: "\
The access mode is part of the volumeClaimTemplates of the StatefulSet, which are immutable. A bound PVC keeps its access
mode. Cass Operator's webhook refuses this change too.

Write the deployed mode (`ReadWriteOnce` by default). A new datacenter may use a different mode.",
};

pub(super) const FORCE: Force = Force::Never("the API server refuses the StatefulSet");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    for change in transition.changed_racks(|_, _, rack| rack.storage.access_mode.as_str()) {
        let (was, now) = (change.before, change.after);
        let at = change.at("storage.accessMode", "storage.accessMode");
        let message = format!("`storage.accessMode` of {} changed from `{was}` to `{now}`", change.whose());
        let complaint = transition.refuse(&RULE, message, at, "is immutable", format!("deployed: `{was}`"));
        complaints.push(complaint.help(format!("write `accessMode: {was}`")));
    }
}
