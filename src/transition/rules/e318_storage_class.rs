//! E318: another StorageClass for volumes that exist.

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E318",
    name: "storage-class-changed",
    summary: "the StorageClass of a rack that is deployed is another one",
    explain: "\
Claim templates of a StatefulSet are immutable: the API server refuses another StorageClass, and claims that exist would
not move to it in any case. CassKop reverts such an edit without a word; Cass Operator's webhook refuses it.

Write the class that it was. To move the data to another class, add a datacenter whose racks have it, let it be rebuilt,
and remove the old one; or replace node by node after the StatefulSet was deleted with `--cascade=orphan`.",
};

pub(super) const FORCE: Force = Force::Never("the API server refuses the StatefulSet");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let class = |class: Option<&str>| class.map_or("the default class".to_owned(), |class| format!("`{class}`"));
    for change in transition.changed_racks(|_, _, rack| rack.storage.class.as_deref()) {
        let (was, now) = (class(change.before), class(change.after));
        let at = change.at("storage.class", "storage.class");
        let message = format!("the volumes of {} are of {was}", change.whose());
        let complaint = transition.refuse(&RULE, message, at, format!("now {now}"), "what it was");
        complaints.push(complaint.help("write the class that it was; `cassc explain E318` tells how to move data"));
    }
}
