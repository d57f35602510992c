//! Alerts about what clients notice, and what comes before it.

use cassc_ring::release::Minor;

use super::super::scope::Scope;
use super::Severity::{Critical, Warning};
use super::limits::Limits;
use super::{Alert, BY_DATACENTER, BY_POD, alert};
use crate::topology::Collect;

/// The pools that answer requests of clients, and of coordinators on other nodes.
const REQUEST_POOLS: &str =
    "~Native-Transport-Requests|ReadStage|MutationStage|CounterMutationStage|ViewMutationStage|RequestResponseStage";
/// Pools of which a few tasks always wait: compactions have an alert of their own.
const OTHER_POOLS: &str = "~MemtableFlushWriter|MemtablePostFlush|HintsDispatcher|GossipStage|AntiEntropyStage";
/// Tasks of theirs that wait are an alert from here on.
const MOST_OTHER: u32 = 50;

/// All of them; none where no node runs on purpose.
pub(super) fn alerts(scope: Scope<'_>, limits: &Limits) -> Vec<Alert> {
    if scope.nodes() == 0 || scope.cluster.is_stopped() {
        return Vec::new();
    }
    let latencies = [
        latency(scope, "CassandraReadLatency", "Read", limits.read_micros),
        latency(scope, "CassandraWriteLatency", "Write", limits.write_micros),
    ];
    let others = [
        timeouts(scope),
        unavailable(scope),
        failures(scope),
        dropped(scope),
        pending(scope, limits),
        blocked(scope),
        background(scope),
        hints(scope),
    ];
    let tombstones = (scope.cluster.collected() != Collect::Essential).then(|| tombstones(scope, limits));
    latencies.into_iter().chain(others).chain(tombstones).collect()
}

/// The histogram of a request type. Up to 3.11 the agent exports the last minutes alone, as counters that go down again, of which
/// nothing can be a rate (`DecayingEstimatedHistogramReservoir`).
pub(in crate::render::monitoring) fn latency_buckets(scope: Scope<'_>, by: &str, selector: &str) -> String {
    if scope.cluster.version.minor < Minor::V4_0 {
        return format!("sum by ({by},le) ({selector})");
    }
    format!("sum by ({by},le) (rate({selector}[5m]))")
}

fn latency(scope: Scope<'_>, name: &'static str, request: &str, micros: u64) -> Alert {
    let buckets = scope.metric("client_request_latency_bucket", &[("request_type", request)]);
    let expr = format!("histogram_quantile(0.99, {}) > {micros}", latency_buckets(scope, BY_DATACENTER, &buckets));
    let millis = micros / 1000;
    let word = request.to_lowercase();
    let summary = format!(
        "For ten minutes one in a hundred {word}s of {{{{ $labels.datacenter }}}} has taken longer than {millis} ms: \
         {{{{ $value | humanize }}}} µs."
    );
    alert(name, Warning, 10, expr, &summary)
}

/// A sum of counters by datacenter and request type, per second.
fn rate(scope: Scope<'_>, name: &str) -> String {
    format!("sum by ({BY_DATACENTER},request_type) (rate({}[5m]))", scope.metric(name, &[]))
}

/// One in a thousand. Up to 3.11 the number of all requests is not known, and one in a second is.
fn timeouts(scope: Scope<'_>) -> Alert {
    let timeouts = rate(scope, "client_request_timeouts_total");
    let (expr, what) = if scope.cluster.version.minor < Minor::V4_0 {
        (format!("{timeouts} > 1"), "{{ $value | humanize }} a second")
    } else {
        let all = rate(scope, "client_request_latency_count");
        (format!("{timeouts} / {all} > 0.001"), "{{ $value | humanizePercentage }}")
    };
    let summary = format!("Requests {{{{ $labels.request_type }}}} of {{{{ $labels.datacenter }}}} time out: {what}.");
    alert("CassandraRequestTimeouts", Warning, 10, expr, &summary)
}

fn unavailable(scope: Scope<'_>) -> Alert {
    let expr = format!("{} > 0", rate(scope, "client_request_unavailables_total"));
    let summary = "{{ $labels.datacenter }} refuses requests {{ $labels.request_type }}, because too few replicas are up: \
                   {{ $value | humanize }} a second.";
    alert("CassandraUnavailable", Critical, 2, expr, summary)
}

fn failures(scope: Scope<'_>) -> Alert {
    let expr = format!("{} > 0.1", rate(scope, "client_request_failures_total"));
    let summary = "Replicas of {{ $labels.datacenter }} fail requests {{ $labels.request_type }}: {{ $value | humanize }} a second.";
    alert("CassandraRequestFailures", Warning, 10, expr, summary)
}

fn dropped(scope: Scope<'_>) -> Alert {
    let dropped = scope.metric("dropped_message_dropped_total", &[]);
    let expr = format!("sum by ({BY_POD},message_type) (rate({dropped}[5m])) > 1");
    let summary = "{{ $labels.pod }} drops messages {{ $labels.message_type }} that waited too long: {{ $value | humanize }} a second.";
    alert("CassandraDroppedMessages", Warning, 10, expr, summary)
}

fn pending(scope: Scope<'_>, limits: &Limits) -> Alert {
    let pending = scope.metric("thread_pools_pending_tasks", &[("pool_name", REQUEST_POOLS)]);
    let expr = format!("sum by ({BY_POD},pool_name) ({pending}) > {}", limits.pending_requests);
    let summary =
        "{{ $value }} requests wait in {{ $labels.pool_name }} of {{ $labels.pod }}: it gets more than it can do.";
    alert("CassandraRequestsPending", Warning, 10, expr, summary)
}

fn blocked(scope: Scope<'_>) -> Alert {
    let blocked = scope.metric("thread_pools_total_blocked_tasks", &[("pool_name", REQUEST_POOLS)]);
    let expr = format!("sum by ({BY_POD},pool_name) (rate({blocked}[5m])) > 0");
    let summary =
        "{{ $labels.pod }} takes no requests of clients from time to time, because {{ $labels.pool_name }} is full.";
    alert("CassandraBlockedRequests", Warning, 10, expr, summary)
}

fn background(scope: Scope<'_>) -> Alert {
    let pending = scope.metric("thread_pools_pending_tasks", &[("pool_name", OTHER_POOLS)]);
    let expr = format!("sum by ({BY_POD},pool_name) ({pending}) > {MOST_OTHER}");
    let summary = "{{ $value }} tasks wait in {{ $labels.pool_name }} of {{ $labels.pod }}.";
    alert("CassandraBackgroundTasksPending", Warning, 15, expr, summary)
}

fn hints(scope: Scope<'_>) -> Alert {
    let hints = scope.metric("storage_total_hints", &[]);
    let expr = format!("sum by ({BY_DATACENTER}) (rate({hints}[5m])) > 0");
    let summary = "For half an hour nodes of {{ $labels.datacenter }} have been keeping writes for nodes that do not take them; after \
                   three hours they stop, and only a repair brings the rest.";
    alert("CassandraHintsStored", Warning, 30, expr, summary)
}

fn tombstones(scope: Scope<'_>, limits: &Limits) -> Alert {
    let scanned = scope.metric("table_tombstone_scanned_histogram", &[("quantile", "0.99")]);
    let expr = format!("max by ({BY_DATACENTER},keyspace,table) ({scanned}) > {}", limits.tombstones);
    let summary = "Reads of {{ $labels.keyspace }}.{{ $labels.table }} go over {{ $value | humanize }} tombstones.";
    alert("CassandraTombstones", Warning, 30, expr, summary)
}
