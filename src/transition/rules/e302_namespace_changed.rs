//! E302: the namespace of a deployed datacenter changed.

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E302",
    name: "namespace-changed",
    summary: "the namespace of a deployed datacenter changed",
    explain: "\
Objects cannot move to another namespace, and neither can PVCs. The StatefulSets in the new namespace would get new, empty
PVCs. The first pod could found a second ring on them while the old ring still runs.

Write the deployed namespace. To move the data, add a datacenter in the new namespace, rebuild it, move the clients, and
decommission the old datacenter.",
};

pub(super) const FORCE: Force = Force::Never("PVCs cannot move to another namespace");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    for change in transition.changed_datacenters(|datacenter| datacenter.namespace.as_deref()) {
        let (Some(was), Some(now)) = (change.before, change.after) else { continue };
        let at = change.at("namespace", "namespace");
        let whose = change.whose();
        let message = format!("the namespace of {whose} changed from `{was}` to `{now}`: the volumes would be empty");
        let complaint = transition.refuse(&RULE, message, at, format!("now `{now}`"), format!("deployed: `{was}`"));
        complaints.push(
            complaint.help(format!("write `namespace: {was}`; `cassc explain E302` describes how to move the data")),
        );
    }
}
