//! E116: more nodes than a ring can have.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

/// More than anybody runs in one ring (gossip grows with the square), and few enough that the start order, at most 200
/// bytes a pod, stays far below the 1 MiB of a ConfigMap.
const MOST_NODES: u64 = 2000;

pub(super) const RULE: Rule = Rule {
    code: "E116",
    name: "too-many-nodes",
    summary: "a cluster has more nodes than a ring can have",
    explain: "\
A ring of more than 2,000 nodes is almost surely a slip of the keyboard: gossip grows with the square of the nodes, and
the largest rings that are run have about a thousand.

Correct the number; or split the data over several clusters.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let of_datacenter = |(index, datacenter): (usize, &crate::topology::Datacenter)| {
        let of_racks = datacenter.racks.iter().map(|rack| u64::from(rack.nodes.unwrap_or(0))).sum::<u64>();
        (index, u64::from(datacenter.nodes.unwrap_or(0)).max(of_racks))
    };
    let sizes: Vec<(usize, u64)> = subject.spec().datacenters.iter().enumerate().map(of_datacenter).collect();
    let total: u64 = sizes.iter().map(|(_, nodes)| nodes).sum();
    let largest = sizes.iter().max_by_key(|(_, nodes)| nodes);
    if let Some((index, nodes)) = largest.filter(|_| total > MOST_NODES) {
        let route = Route::of("spec.datacenters").index(*index).key("nodes");
        let at = subject.value(route, format!("{nodes} of them"));
        complaints.push(
            RULE.complain(format!("the cluster has {total} nodes"), at).expected(format!("at most {MOST_NODES}")),
        );
    }
}
