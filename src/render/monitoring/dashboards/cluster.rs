//! The dashboard of a whole cluster: is it up, are clients served, is there room.

use super::super::rules::latency_buckets;
use super::super::scope::{CLUSTER, Scope, quoted};
use super::grafana::{Dashboard, Panel, Row, lines, number, row};
use super::{CHOSEN_DATACENTERS, datacenters};
use crate::render::volumes::claim_names;

const CHOSEN: &[(&str, &str)] = &[CHOSEN_DATACENTERS];

/// What is shown of Kubernetes is there with kube-state-metrics alone.
pub(super) fn dashboard(scope: Scope<'_>) -> Dashboard {
    let mut rows = vec![state(scope), requests(scope), errors(scope), nodes(scope)];
    rows.extend(changes(scope));
    Dashboard { name: "cluster", choices: vec![datacenters(scope)], rows }
}

fn state(scope: Scope<'_>) -> Row {
    let up = |state: &str| format!("up{} == {state}", scope.own(&[CHOSEN_DATACENTERS, ("endpoint", "metrics")]));
    let alerts = format!("ALERTS{{{CLUSTER}={},alertstate=\"firing\"}}", quoted(&scope.cluster.ring_name));
    row(
        "State",
        vec![
            number("Nodes that are up", "none", format!("count({}) or vector(0)", up("1"))),
            number("Nodes that are down", "none", format!("count({}) or vector(0)", up("0"))),
            number("Alerts", "none", format!("count({alerts}) or vector(0)")),
            number("Clients", "none", format!("sum({})", scope.metric("client_connected_native_clients", CHOSEN))),
        ],
    )
}

fn requests(scope: Scope<'_>) -> Row {
    let count = scope.metric("client_request_latency_count", CHOSEN);
    let rate = format!("sum by (datacenter,request_type) (rate({count}[5m]))");
    let percentile = |request: &str| {
        let buckets = scope.metric("client_request_latency_bucket", &[CHOSEN_DATACENTERS, ("request_type", request)]);
        format!("histogram_quantile(0.99, {})", latency_buckets(scope, "datacenter", &buckets))
    };
    row(
        "Requests of clients",
        vec![
            lines("Requests", "reqps", vec![(rate, "{{datacenter}} {{request_type}}")]),
            lines("Reads, 99th percentile", "µs", vec![(percentile("Read"), "{{datacenter}}")])
                .says("As the coordinator sees it, waiting for replicas included."),
            lines("Writes, 99th percentile", "µs", vec![(percentile("Write"), "{{datacenter}}")]),
        ],
    )
}

fn errors(scope: Scope<'_>) -> Row {
    let by_type =
        |name: &str| format!("sum by (datacenter,request_type) (rate({}[5m])) > 0", scope.metric(name, CHOSEN));
    let dropped = scope.metric("dropped_message_dropped_total", CHOSEN);
    let hints = scope.metric("storage_total_hints", CHOSEN);
    row(
        "What goes wrong",
        vec![
            lines(
                "Requests that fail",
                "reqps",
                vec![
                    (by_type("client_request_timeouts_total"), "{{datacenter}} {{request_type}} timed out"),
                    (by_type("client_request_unavailables_total"), "{{datacenter}} {{request_type}} unavailable"),
                    (by_type("client_request_failures_total"), "{{datacenter}} {{request_type}} failed"),
                ],
            ),
            lines(
                "Dropped messages",
                "cps",
                vec![(
                    format!("sum by (datacenter,message_type) (rate({dropped}[5m])) > 0"),
                    "{{datacenter}} {{message_type}}",
                )],
            ),
            lines("Hints", "cps", vec![(format!("sum by (datacenter) (rate({hints}[5m]))"), "{{datacenter}}")])
                .says("Writes that are kept for nodes that do not take them."),
        ],
    )
}

fn nodes(scope: Scope<'_>) -> Row {
    let claims = scope.claims(claim_names(scope.cluster));
    let of = |what: &str| scope.kube(&format!("kubelet_volume_stats_{what}_bytes"), "persistentvolumeclaim", &claims);
    let full = format!(
        "max by (persistentvolumeclaim) ({}) / max by (persistentvolumeclaim) ({})",
        of("used"),
        of("capacity")
    );
    let by_pod = |name: &str| format!("max by (pod) ({})", scope.metric(name, CHOSEN));
    row(
        "Nodes",
        vec![
            lines("Volumes", "percentunit", vec![(full, "{{persistentvolumeclaim}}")]),
            lines("Data", "bytes", vec![(by_pod("storage_load"), "{{pod}}")]),
            lines("Pending compactions", "none", vec![(by_pod("compaction_pending_tasks"), "{{pod}}")]),
        ],
    )
}

/// What is under way: pods that are not ready or behind, and the Jobs of the program.
fn changes(scope: Scope<'_>) -> Vec<Row> {
    let of = |metric: &str| scope.kube(metric, "statefulset", &scope.stateful_sets());
    let missing = format!("{} - {}", of("kube_statefulset_replicas"), of("kube_statefulset_status_replicas_ready"));
    let behind = format!("{} - {}", of("kube_statefulset_replicas"), of("kube_statefulset_status_replicas_updated"));
    let mut panels: Vec<Panel> = vec![
        lines("Pods that are not ready", "none", vec![(missing, "{{statefulset}}")]),
        lines("Pods with an older template", "none", vec![(behind, "{{statefulset}}")]),
    ];
    if scope.cluster.steps.is_some() {
        let job = |metric: &str| format!("max by (job_name) ({})", scope.kube(metric, "job_name", &scope.jobs()));
        panels.push(lines(
            "Program in the cluster",
            "none",
            vec![
                (job("kube_job_status_active"), "{{job_name}} runs"),
                (job("kube_job_status_failed"), "{{job_name}} failed"),
            ],
        ));
    }
    vec![row("Changes (from kube-state-metrics)", panels)]
}
