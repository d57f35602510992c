//! What to check before nodes join: PVCs that an earlier node left behind, and a new rack beside full ones.

use cassc_ring::change::Pair;
use cassc_ring::desired::{Datacenter, Rack};
use cassc_ring::names;
use cassc_wording::joined;

use super::super::Difference;

/// How many PVCs a task names.
const MOST_NAMES: usize = 6;

/// The tasks before nodes join a deployed ring.
pub(super) fn before(difference: &Difference<'_>) -> Vec<String> {
    if difference.before.is_none() {
        return Vec::new();
    }
    let has_steps = difference.after.is_some_and(|after| after.steps.is_some());
    let pairs = difference.ring().datacenters();
    let leftover = pairs.iter().filter_map(|pair| leftover_claims(*pair, has_steps));
    leftover.chain(pairs.iter().filter_map(|pair| full_copy(*pair))).collect()
}

/// PVCs stay when their node was decommissioned and the PVC was not deleted. Cassandra refuses to start on the volume of a
/// decommissioned node ("was decommissioned and will not rejoin the ring"), in any pod that mounts it.
fn leftover_claims(pair: Pair<'_>, has_steps: bool) -> Option<String> {
    let (before, after) = (pair.before?, pair.after?);
    let there = |pod: &String| before.racks.iter().any(|rack| pod.starts_with(&format!("{}-", rack.stateful_set)));
    let pods: Vec<String> = pair.joining().into_iter().filter(there).collect();
    let claim = |pod: &String| names::claim(names::SERVER_DATA, pod);
    let claims: Vec<String> = pods.iter().take(MOST_NAMES).map(claim).collect();
    let more = match pods.len().saturating_sub(MOST_NAMES) {
        0 => String::new(),
        more => format!(" … ({more} more)"),
    };
    let namespace = after.namespace.as_deref().unwrap_or("NAMESPACE");
    if has_steps {
        let listed = claims.join(" ");
        return (!claims.is_empty()).then(|| {
            format!(
                "check PVCs that earlier nodes with these names left behind. The Job deletes those of nodes that it took out of the \
                 ring itself, before the pods start; delete others, because Cassandra does not start on the volume of a \
                 decommissioned node:\nkubectl -n {namespace} get pvc --ignore-not-found {listed}{more}"
            )
        });
    }
    (!claims.is_empty()).then(|| {
        format!(
            "delete PVCs that earlier nodes with these names left behind; Cassandra does not start on the volume of a \
             decommissioned node:\nkubectl -n {namespace} get pvc --ignore-not-found {}{more}",
            claims.join(" ")
        )
    })
}

/// `NetworkTopologyStrategy` puts the replicas of a row into different racks first. With fewer racks than replicas, every
/// row gets a replica in a new rack, and its first node receives them all.
fn full_copy(pair: Pair<'_>) -> Option<String> {
    let (before, after) = (pair.before.filter(|_| pair.had_nodes())?, pair.after?);
    let with_nodes = |datacenter: &Datacenter| datacenter.racks.iter().filter(|rack| rack.nodes > 0).count();
    let replication_factor = match with_nodes(before) {
        1 | 2 => 3,
        3 | 4 => 5,
        _ => return None,
    };
    let had_nodes = |rack: &Rack| before.same_rack(rack).is_some_and(|was| before.racks[was].nodes > 0);
    let new: Vec<String> = after
        .racks
        .iter()
        .filter(|rack| rack.nodes > 0 && !had_nodes(rack))
        .map(|rack| format!("`{}`", rack.ring_name))
        .collect();
    let copies = before.nodes().div_ceil(replication_factor);
    (!new.is_empty()).then(|| {
        format!(
            "check that the first node of {} has room for a full copy of the data: `{}` has {} with nodes, so each keyspace \
             with a higher replication factor puts a replica of every row on the new rack, and its first node receives \
             all of them (at replication factor {replication_factor} about the load of {copies} of today's nodes). To avoid \
             it, add the racks as a new datacenter instead, rebuild it, move the clients, and remove `{}`",
            joined(&new),
            pair.name,
            cassc_wording::counted(with_nodes(before), "rack"),
            pair.name,
        )
    })
}
