//! The dashboard of nodes: what a node is busy with.

use super::super::scope::Scope;
use super::grafana::{Dashboard, Row, lines, row};
use super::{CHOSEN_DATACENTERS, CHOSEN_PODS, datacenters, pods};

const CHOSEN: [(&str, &str); 2] = [CHOSEN_DATACENTERS, CHOSEN_PODS];

pub(super) fn dashboard(scope: Scope<'_>) -> Dashboard {
    let rows = vec![machine(scope), pools(scope), storage(scope), caches(scope)];
    Dashboard { name: "node", choices: vec![datacenters(scope), pods(scope)], rows }
}

fn jvm(scope: Scope<'_>, name: &str, more: &[(&str, &str)]) -> String {
    format!("{name}{}", scope.own(&[&CHOSEN, more].concat()))
}

fn machine(scope: Scope<'_>) -> Row {
    let memory = |name: &str, area: &str| format!("sum by (pod) ({})", jvm(scope, name, &[("area", area)]));
    let rate = |name: &str| format!("sum by (pod) (rate({}[5m]))", jvm(scope, name, &[]));
    let processors = scope.kube("container_cpu_usage_seconds_total", "pod", "$pod");
    let processors = processors.replacen('{', "{container=\"cassandra\",", 1);
    row(
        "Process",
        vec![
            lines(
                "Heap",
                "bytes",
                vec![
                    (memory("jvm_memory_bytes_used", "heap"), "{{pod}}"),
                    (format!("max({})", memory("jvm_memory_bytes_max", "heap")), "most"),
                ],
            ),
            lines(
                "Time for garbage collection",
                "percentunit",
                vec![(rate("jvm_gc_collection_seconds_sum"), "{{pod}}")],
            ),
            lines("Processors", "none", vec![(format!("sum by (pod) (rate({processors}[5m]))"), "{{pod}}")])
                .says("How many of them Cassandra keeps busy; from the kubelet."),
        ],
    )
}

fn pools(scope: Scope<'_>) -> Row {
    let pool = |name: &str| format!("sum by (pod,pool_name) ({}) > 0", scope.metric(name, &CHOSEN));
    let blocked = scope.metric("thread_pools_total_blocked_tasks", &CHOSEN);
    row(
        "Thread pools",
        vec![
            lines("Active tasks", "none", vec![(pool("thread_pools_active_tasks"), "{{pod}} {{pool_name}}")]),
            lines("Pending tasks", "none", vec![(pool("thread_pools_pending_tasks"), "{{pod}} {{pool_name}}")]),
            lines(
                "Blocked tasks",
                "cps",
                vec![(format!("sum by (pod,pool_name) (rate({blocked}[5m])) > 0"), "{{pod}} {{pool_name}}")],
            ),
        ],
    )
}

fn storage(scope: Scope<'_>) -> Row {
    let compacted = scope.metric("compaction_bytes_compacted", &CHOSEN);
    let of = |name: &str| format!("max by (pod) ({})", scope.metric(name, &CHOSEN));
    row(
        "Storage",
        vec![
            lines("Pending compactions", "none", vec![(of("compaction_pending_tasks"), "{{pod}}")]),
            lines("Compacted", "Bps", vec![(format!("sum by (pod) (rate({compacted}[5m]))"), "{{pod}}")]),
            lines("Commit log", "bytes", vec![(of("commit_log_total_commit_log_size"), "{{pod}}")]),
        ],
    )
}

fn caches(scope: Scope<'_>) -> Row {
    let by_cache = |name: &str| format!("max by (pod,cache) ({})", scope.metric(name, &CHOSEN));
    let clients = format!("max by (pod) ({})", scope.metric("client_connected_native_clients", &CHOSEN));
    let exceptions = format!("sum by (pod) (increase({}[15m]))", scope.metric("storage_exceptions", &CHOSEN));
    row(
        "The rest",
        vec![
            lines("Hits of caches", "percentunit", vec![(by_cache("cache_hit_rate"), "{{pod}} {{cache}}")]),
            lines("Clients", "none", vec![(clients, "{{pod}}")]),
            lines("Errors that nothing handled", "none", vec![(exceptions, "{{pod}}")]),
        ],
    )
}
