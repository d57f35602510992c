//! E302: a deployed datacenter in another namespace.

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E302",
    name: "namespace-changed",
    summary: "a deployed datacenter is to be in another namespace",
    explain: "\
No object moves from one namespace to another, and no claim does. The StatefulSets of the other namespace would get new,
empty claims, and the first pod could found a second ring on them while the old one still runs.

Write the namespace that it was. To move the data, add a datacenter in the other namespace, let it be rebuilt, move the
clients, and let the old one leave.",
};

pub(super) const FORCE: Force = Force::Never("claims do not move between namespaces");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    for change in transition.changed_datacenters(|datacenter| datacenter.namespace.as_deref()) {
        let (Some(was), Some(now)) = (change.before, change.after) else { continue };
        let at = change.at("namespace", "namespace");
        let message = format!("{} cannot move from namespace `{was}` to `{now}`", change.whose());
        let complaint =
            transition.refuse(&RULE, message, at, "its volumes would be empty here", format!("was `{was}`"));
        complaints
            .push(complaint.help(format!("write `namespace: {was}`; `cassc explain E302` tells how to move data")));
    }
}
