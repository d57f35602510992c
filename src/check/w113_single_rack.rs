//! W113: a datacenter with three or more nodes and a single rack.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W113",
    name: "single-rack",
    summary: "a datacenter with three or more nodes has a single rack",
    explain: "\
Cassandra spreads the replicas of a row over racks. With one rack it spreads them over all nodes, so a lost zone, or two pods
that restart together, may take two replicas of the same row and with them the quorum. Racks cannot be added later without
moving all data: a new rack with one node would receive a replica of all rows.

Use three racks, one per zone. If the cluster runs in one zone on purpose, accept W113.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (index, datacenter) in subject.spec().datacenters.iter().enumerate() {
        let nodes: u64 = subject.nodes_of_racks(index).unwrap_or_default().iter().copied().map(u64::from).sum();
        if datacenter.racks.len() == 1 && nodes >= 3 {
            let message = format!("the {nodes} nodes of `{}` are in a single rack", datacenter.name);
            let route = Route::of("spec.datacenters").index(index);
            let at = subject.value(route.key("racks"), "one rack");
            let help = "write three racks, one per zone; racks cannot be added later without moving all data";
            complaints.push(RULE.complain(message, at).help(help));
        }
    }
}
