//! Which nodes join, and what to check before: PVCs that an earlier node left behind, and a new rack beside full ones.

use std::collections::{BTreeMap, BTreeSet};

use cassc_ring::actions;
use cassc_ring::change::Pair;
use cassc_ring::desired::{Datacenter, Rack};
use cassc_ring::names;
use cassc_ring::step::Action;
use cassc_wording::joined;

use super::super::Difference;
use crate::cluster::Cluster;

/// How many PVCs a task names.
const MOST_NAMES: usize = 6;

/// The nodes that join: first those that join as soon as StatefulSets are applied, then those that the Job makes, and those whose
/// gate waits for one of these.
pub(in crate::plan) fn join(difference: &Difference<'_>) -> Vec<Action> {
    let all = actions::join(difference.ring(), difference.after.is_some_and(Cluster::may_found));
    let orders = joining(difference);
    let at_once = |pods: &Vec<String>| pods.iter().take_while(|pod| !is_made_by_job(difference, pod)).count();
    let first: BTreeSet<&String> = orders.values().flat_map(|pods| pods.iter().take(at_once(pods))).collect();
    let split = |action: Action| {
        let Action::Join { pods, founds, .. } = action else { return vec![action] };
        let (now, later): (Vec<String>, Vec<String>) = pods.into_iter().partition(|pod| first.contains(pod));
        let lists = [now, later].into_iter().filter(|pods| !pods.is_empty());
        let start_orders = |list: &[String]| orders.values().filter(|of| of.iter().any(|it| list.contains(it))).count();
        lists.map(|pods| Action::Join { founds, start_orders: start_orders(&pods), pods }).collect()
    };
    all.into_iter().flat_map(split).collect()
}

/// The pods whose nodes join, by Kubernetes cluster, in their start order.
fn joining(difference: &Difference<'_>) -> BTreeMap<Option<String>, Vec<String>> {
    let mut orders = BTreeMap::<_, Vec<String>>::new();
    for pair in difference.ring().datacenters() {
        let Some(after) = pair.after else { continue };
        orders.entry(after.kube_cluster.clone()).or_default().extend(pair.joining());
    }
    orders.retain(|_, pods| !pods.is_empty());
    orders
}

/// Whether the Job makes a pod: it belongs to a StatefulSet that is there. A new one has all its pods at once.
pub(in crate::plan) fn is_made_by_job(difference: &Difference<'_>, pod: &str) -> bool {
    let deployed = difference.before.filter(|before| before.steps_change_replicas());
    let mut racks = deployed.into_iter().flat_map(Cluster::racks);
    difference.after.is_some_and(Cluster::steps_change_replicas)
        && racks.any(|(_, rack)| names::set_of_pod(pod) == Some(rack.stateful_set.as_str()))
}

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
