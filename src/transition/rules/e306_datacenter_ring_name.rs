//! E306: `ringName` of a deployed datacenter changed.

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Pair, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E306",
    name: "datacenter-ring-name-changed",
    summary: "`ringName` of a deployed datacenter changed",
    explain: "\
A node stores the name of its datacenter with its data and does not start in a different datacenter (\"Cannot start node if
snitch's data center … differs from previous data center …\"). Keyspaces name their datacenters too: with a new name no
replica would be where the replication settings place it. Cass Operator's webhook refuses this change too.

Write the deployed `ringName`; it defaults to `name`. To use a different name, add a datacenter, rebuild it, and
decommission the old one.",
};

pub(super) const FORCE: Force = Force::Never("Cassandra does not start in another datacenter");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    for Pair { before, after } in transition.datacenters() {
        let (was, now) = (&before.ring_name, &after.ring_name);
        if was != now {
            let at = At::of(Scope::Datacenter(&after.name), "ringName", "ringName");
            let name = &after.name;
            let message = format!("`ringName` of `{name}` changed from `{was}` to `{now}`: its nodes would not start");
            let complaint = transition.refuse(&RULE, message, at, format!("now `{now}`"), format!("deployed: `{was}`"));
            complaints.push(complaint.help(format!("write `ringName: {was}`")));
        }
    }
}
