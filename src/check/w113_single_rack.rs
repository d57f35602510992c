//! W113: a datacenter of three or more nodes with a single rack.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W113",
    name: "single-rack",
    summary: "a datacenter of three or more nodes has a single rack",
    explain: "\
Cassandra spreads the replicas of a row over racks. With one rack it spreads them over any nodes, so a lost zone, or a
roll that takes two pods, may take two replicas of the same row and with them the quorum. Racks cannot be added later
without moving all data: a new rack of one node would receive a replica of everything.

Use three racks, one per zone; or accept the warning in a cluster that lives in one zone on purpose.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (index, datacenter) in subject.spec().datacenters.iter().enumerate() {
        let nodes: u64 = subject.nodes_of_racks(index).unwrap_or_default().iter().copied().map(u64::from).sum();
        if datacenter.racks.len() == 1 && nodes >= 3 {
            let message = format!("the {nodes} nodes of `{}` are in a single rack", datacenter.name);
            let route = Route::of("spec.datacenters").index(index);
            let at = subject.value(route.key("racks"), "one rack");
            let help = "name three racks, one per zone; racks cannot be added later without moving all data";
            complaints.push(RULE.complain(message, at).help(help));
        }
    }
}
