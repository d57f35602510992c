//! E306: another name in Cassandra for a datacenter that exists.

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Pair, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E306",
    name: "datacenter-ring-name-changed",
    summary: "a deployed datacenter has another name in Cassandra",
    explain: "\
A node keeps its datacenter beside its data and does not start in another one (\"Cannot start node if snitch's data center
… differs from previous data center …\"). Keyspaces name their datacenters, too: with another name no replica would be where
the replication wants it. Cass Operator's webhook refuses it.

Write `ringName` as it was; it defaults to `name`. For another name add a datacenter, rebuild it, and let the old one
leave.",
};

pub(super) const FORCE: Force = Force::Never("Cassandra does not start in another datacenter");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    for Pair { before, after } in transition.datacenters() {
        let (was, now) = (&before.ring_name, &after.ring_name);
        if was != now {
            let at = At::of(Scope::Datacenter(&after.name), "ringName", "ringName");
            let message = format!("the datacenter `{was}` of the ring cannot become `{now}`");
            let complaint = transition.refuse(&RULE, message, at, "no node starts with it", format!("was `{was}`"));
            complaints.push(complaint.help(format!("write `ringName: {was}`")));
        }
    }
}
