//! E318: the StorageClass of deployed volumes changed.

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E318",
    name: "storage-class-changed",
    summary: "the StorageClass of a deployed rack changed (volumeClaimTemplates are immutable)",
    explain: "\
The volumeClaimTemplates of a StatefulSet are immutable: the API server refuses a different StorageClass. Existing PVCs
would not move to it either. CassKop silently reverts this change; Cass Operator's webhook refuses it.

Write the deployed class. To move the data, add a datacenter with the new class, rebuild it, and decommission the old
datacenter. Or delete the StatefulSets with `--cascade=orphan` and replace the nodes one by one.",
};

pub(super) const FORCE: Force = Force::Never("the API server refuses the StatefulSet");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let class = |class: Option<&str>| class.map_or("the default class".to_owned(), |class| format!("`{class}`"));
    for change in transition.changed_racks(|_, _, rack| rack.storage.class.as_deref()) {
        let (was, now) = (class(change.before), class(change.after));
        let at = change.at("storage.class", "storage.class");
        let message = format!("the StorageClass of {} changed from {was} to {now}", change.whose());
        let complaint = transition.refuse(&RULE, message, at, format!("now {now}"), format!("deployed: {was}"));
        let repair =
            change.before.map_or("remove `storage.class`".to_owned(), |class| format!("write `class: {class}`"));
        complaints.push(complaint.help(format!("{repair}; `cassc explain E318` describes how to move the data")));
    }
}
