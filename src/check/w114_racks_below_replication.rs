//! W114: several racks, but fewer than replicas.

use super::e115_replication::system_replication;
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::merge::Level;

pub(super) const RULE: Rule = Rule {
    code: "W114",
    name: "racks-below-replication",
    summary: "a datacenter has several racks, but fewer racks than replicas",
    explain: "\
Cassandra places each replica of a row in a different rack as long as there are enough racks. With two racks and three
replicas, one rack holds two replicas of many rows. A lost zone takes both and with them the quorum. So may a node that fails
during a rolling restart.

Use as many racks as the highest replication factor of your keyspaces, usually three. If all nodes are in one zone, use a
single rack.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(replication) = system_replication(subject) else { return };
    for (index, datacenter) in subject.spec().datacenters.iter().enumerate() {
        let nodes: u64 = subject.nodes_of_racks(index).unwrap_or_default().iter().copied().map(u64::from).sum();
        let racks = datacenter.racks.len();
        if nodes < u64::from(replication) || racks < 2 || racks >= replication as usize {
            continue;
        }
        let message = format!("`{}` has {racks} racks for {replication} replicas", datacenter.name);
        let at = subject.value(Level::Datacenter(index).route().key("racks"), format!("{racks} racks"));
        let complaint = RULE.complain(message, at).help(format!("write {replication} racks, one per zone"));
        complaints.push(match subject.spec().replication.system {
            Some(_) => complaint.label(subject.value(Route::of("spec.replication.system"), "replicas")),
            None => complaint,
        });
    }
}
