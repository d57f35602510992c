//! E116: too many nodes or racks.

use cassc_ring::limits::MOST_NODES;

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E116",
    name: "too-many-nodes",
    summary: "a cluster has more than 2,000 nodes or racks",
    explain: "\
More than 2,000 nodes are most likely a typing error: gossip traffic grows with the square of the nodes, and the largest known
rings have about a thousand.

Racks without nodes count too, because each is rendered to a StatefulSet.

Correct the number, or split the data over several clusters.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let of_datacenter = |(index, datacenter): (usize, &crate::topology::Datacenter)| {
        let of_racks = datacenter.racks.iter().map(|rack| u64::from(rack.nodes.unwrap_or(0))).sum::<u64>();
        (index, u64::from(datacenter.nodes.unwrap_or(0)).max(of_racks))
    };
    let sizes: Vec<(usize, u64)> = subject.spec().datacenters.iter().enumerate().map(of_datacenter).collect();
    let total: u64 = sizes.iter().map(|(_, nodes)| nodes).sum();
    let largest = sizes.iter().max_by_key(|(_, nodes)| nodes);
    complaints.extend(racks(subject));
    if let Some((index, nodes)) = largest.filter(|_| total > MOST_NODES) {
        let route = Route::of("spec.datacenters").index(*index).key("nodes");
        let at = subject.value(route, format!("{nodes} nodes"));
        complaints.push(
            RULE.complain(format!("the cluster has {total} nodes"), at).expected(format!("at most {MOST_NODES}")),
        );
    }
}

/// A datacenter without nodes has a StatefulSet for each of its racks all the same.
fn racks(subject: &Subject<'_>) -> Option<Diagnostic> {
    let datacenters = &subject.spec().datacenters;
    let total: usize = datacenters.iter().map(|datacenter| datacenter.racks.len()).sum();
    let (index, largest) = datacenters.iter().enumerate().max_by_key(|(_, datacenter)| datacenter.racks.len())?;
    (total as u64 > MOST_NODES).then(|| {
        let route = Route::of("spec.datacenters").index(index).key("racks");
        let at = subject.value(route, format!("{} racks", largest.racks.len()));
        RULE.complain(format!("the cluster has {total} racks"), at).expected(format!("at most {MOST_NODES}"))
    })
}
