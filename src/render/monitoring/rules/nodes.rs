//! Alerts about nodes and the ring.

use super::super::scope::Scope;
use super::Severity::{Critical, Warning};
use super::{Alert, BY_DATACENTER, BY_POD, alert};
use crate::cluster::Datacenter;

/// The port of the metrics agent, by which its targets are told apart from those of Reaper.
pub(super) const OF_AGENT: (&str, &str) = ("endpoint", "metrics");
/// A node that was never seen to be up in these days joins, and has no data that could be missed.
const KNOWN: &str = "7d";

/// All of them; none where no node runs on purpose.
pub(super) fn alerts(scope: Scope<'_>) -> Vec<Alert> {
    if scope.nodes() == 0 || scope.cluster.is_stopped() {
        return Vec::new();
    }
    let datacenters = scope.datacenters().into_iter().filter(|datacenter| datacenter.nodes() > 0);
    let of_datacenters = datacenters.flat_map(|it| [quorum_lost(scope, it), ring_not_whole(scope, it)]);
    [metrics_missing(scope), node_down(scope), pod_not_ready(scope)]
        .into_iter()
        .chain(of_datacenters)
        .chain([node_restarts(scope), schema_changes_wait(scope), storage_exceptions(scope)])
        .collect()
}

fn metrics_missing(scope: Scope<'_>) -> Alert {
    let expr = format!("absent(up{})", scope.own(&[OF_AGENT]));
    let summary =
        "Prometheus collects no metrics of this Cassandra cluster, so that no other alert about it can be raised.";
    alert("CassandraMetricsMissing", Warning, 15, expr, summary)
}

fn node_down(scope: Scope<'_>) -> Alert {
    let expr = format!("max by ({BY_POD}) (up{}) == 0", scope.own(&[OF_AGENT]));
    let summary =
        "The Cassandra node {{ $labels.pod }} has not answered for 5 minutes: it is down, or has not joined yet.";
    alert("CassandraNodeDown", Warning, 5, expr, summary)
}

fn pod_not_ready(scope: Scope<'_>) -> Alert {
    let of = |metric: &str| scope.kube(metric, "statefulset", &scope.stateful_sets());
    let (wanted, ready) = (of("kube_statefulset_replicas"), of("kube_statefulset_status_replicas_ready"));
    let summary = "{{ $value }} pods of the StatefulSet {{ $labels.statefulset }} have not been ready for 30 minutes.";
    alert("CassandraPodNotReady", Warning, 30, format!("{wanted} - {ready} > 0"), summary)
}

/// How many racks, or nodes where there are fewer racks than replicas, may be down before a keyspace with as many replicas as the
/// system keyspaces loses its quorum.
fn quorum_lost(scope: Scope<'_>, datacenter: &Datacenter) -> Alert {
    let replicas = scope.cluster.system_replication.min(datacenter.nodes()).max(1);
    let tolerated = (replicas - 1) / 2;
    let nodes = scope.own(&[("datacenter", &datacenter.name), OF_AGENT]);
    let down =
        format!("(max by ({BY_POD}) (up{nodes}) == 0 and max by ({BY_POD}) (max_over_time(up{nodes}[{KNOWN}])) == 1)");
    let has_racks = u32::try_from(datacenter.racks.len()).unwrap_or(u32::MAX) >= replicas;
    let (counted, of) = if has_racks {
        (format!("count by (namespace,cassandra_cluster,datacenter,rack) {down}"), "racks")
    } else {
        (down, "nodes")
    };
    let expr = format!("count by ({BY_DATACENTER}) ({counted}) > {tolerated}");
    let summary = format!(
        "In {{{{ $labels.datacenter }}}} nodes of {{{{ $value }}}} {of} are down: rows with {replicas} replicas cannot be read or \
         written at QUORUM."
    );
    let labels = vec![("datacenter", datacenter.name.clone())];
    Alert { labels, ..alert("CassandraQuorumLost", Critical, 2, expr, &summary) }
}

/// The number of nodes is that of the topology: whoever changes it by hand, or forgets half of a change, hears of it.
fn ring_not_whole(scope: Scope<'_>, datacenter: &Datacenter) -> Alert {
    let nodes = scope.own(&[("datacenter", &datacenter.name), OF_AGENT]);
    let wanted = datacenter.nodes();
    let expr = format!("(count(max by (pod) (up{nodes}) == 1) or vector(0)) < {wanted}");
    let summary = format!(
        "For two hours {{{{ $value }}}} nodes of {{{{ $labels.datacenter }}}} have been up; the topology has {wanted}."
    );
    let mut labels = vec![("datacenter", datacenter.name.clone())];
    labels.extend(datacenter.namespace.iter().map(|namespace| ("namespace", namespace.clone())));
    Alert { labels, ..alert("CassandraRingNotWhole", Warning, 120, expr, &summary) }
}

fn node_restarts(scope: Scope<'_>) -> Alert {
    let restarts = scope.kube("kube_pod_container_status_restarts_total", "pod", &scope.pods());
    let restarts = restarts.replacen('{', "{container=\"cassandra\",", 1);
    let expr = format!("sum by (namespace,pod) (increase({restarts}[1h])) > 3");
    let summary = "The container of Cassandra in {{ $labels.pod }} has been restarted {{ $value | humanize }} times within an hour.";
    alert("CassandraNodeRestarts", Warning, 5, expr, summary)
}

/// No metric tells that nodes disagree about the schema. They ask each other for it in this stage, and go on asking while they do.
fn schema_changes_wait(scope: Scope<'_>) -> Alert {
    let of = |name: &str| scope.metric(name, &[("pool_name", "MigrationStage")]);
    let tasks = [of("thread_pools_active_tasks"), of("thread_pools_pending_tasks")];
    let sum = tasks.map(|it| format!("sum by ({BY_POD}) ({it})")).join(" + ");
    let summary =
        "Changes of the schema have been waiting on {{ $labels.pod }} for 15 minutes: nodes may disagree about it.";
    alert("CassandraSchemaChangesWait", Warning, 15, format!("{sum} > 0"), summary)
}

fn storage_exceptions(scope: Scope<'_>) -> Alert {
    let exceptions = scope.metric("storage_exceptions", &[]);
    let expr = format!("sum by ({BY_POD}) (increase({exceptions}[15m])) > 0");
    let summary = "{{ $labels.pod }} has had errors that nothing in Cassandra handled; its system.log has them.";
    alert("CassandraStorageExceptions", Warning, 1, expr, summary)
}
