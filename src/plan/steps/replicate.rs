//! Cassandra's own distributed keyspaces follow the datacenters: out of one before its nodes leave, into one after its
//! nodes have joined.

use std::collections::BTreeMap;

use super::super::{Action, Difference};
use crate::cluster::Cluster;

/// Takes them out of datacenters that lose all nodes, and brings them down to the nodes that are left elsewhere, before
/// the first node leaves: nobody leaves while a keyspace has more replicas than there are nodes without it.
pub(crate) fn out(difference: &Difference<'_>) -> Vec<Action> {
    let (Some(before), Some(after)) = (difference.before, difference.after) else { return Vec::new() };
    let fitting = fitting(before, after);
    if fitting.is_empty() || fitting == replicas(before) {
        return Vec::new();
    }
    vec![Action::ReplicateSystemKeyspaces { replicas: fitting }]
}

/// Brings them to what the topology asks for. When the ring is founded they are made so from the start.
pub(crate) fn settle(difference: &Difference<'_>) -> Vec<Action> {
    let (Some(before), Some(after)) = (difference.before, difference.after) else { return Vec::new() };
    let now = replicas(after);
    if fitting(before, after) == now { Vec::new() } else { vec![Action::ReplicateSystemKeyspaces { replicas: now }] }
}

/// The replicas that there were, as far as nodes stay for them while others leave.
fn fitting(before: &Cluster, after: &Cluster) -> BTreeMap<String, u32> {
    let mut fitting = replicas(before);
    for datacenter in &before.datacenters {
        let staying = Difference::staying(Some(datacenter), after.datacenter(&datacenter.name));
        fitting.entry(datacenter.ring_name.clone()).and_modify(|number| *number = staying.min(*number));
    }
    fitting.retain(|_, number| *number > 0);
    fitting
}

/// Replicas by datacenter, as Cassandra calls it; never more than it has nodes.
fn replicas(cluster: &Cluster) -> BTreeMap<String, u32> {
    let datacenters = cluster.datacenters.iter().filter(|datacenter| datacenter.nodes() > 0);
    datacenters.map(|it| (it.ring_name.clone(), cluster.system_replication.min(it.nodes()))).collect()
}
