//! What is collected: the rules of the rendered ServiceMonitor in Prometheus' own hands (`tests/monitoring/relabel`), over what agents
//! were seen to export.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::metrics::{AGENTS, exported};
use super::{program, rendered_of};
use crate::real_tool::is_folder_here;
use crate::rendered::Rendered;

/// Whether the program was built; it has no question of its own that would tell.
fn is_here() -> bool {
    let folder = program("");
    is_folder_here(&folder, "tests/monitoring/build") && program("relabel").exists()
}

fn endpoint(rendered: &Rendered) -> Value {
    let monitor = rendered.of_kind("ServiceMonitor").next().expect("metrics are collected");
    monitor["spec"]["endpoints"][0].clone()
}

/// The series that are left of some by rules.
fn left(rules: &Value, series: &[Value]) -> Vec<Value> {
    let mut command = Command::new(program("relabel"));
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("relabel starts");
    let input = json!({"rules": rules, "series": series}).to_string();
    child.stdin.take().expect("it was asked for").write_all(input.as_bytes()).expect("relabel reads");
    let output = child.wait_with_output().expect("relabel ends");
    assert!(output.status.success(), "relabel refuses {rules}");
    serde_json::from_slice(&output.stdout).expect("relabel prints JSON")
}

/// A series as it is after it was scraped, when its own labels had to give way to those of its target.
fn series(name: &str) -> Value {
    json!({
        "__name__": name, "cluster": "Tom's Shop", "exported_datacenter": "dc1", "exported_rack": "a", "exported_instance": "192.0.2.1",
        "host": "0123", "pod_name": "shop-dc1-a-sts-0", "node_name": "worker", "keyspace": "carts", "instance": "192.0.2.1:9000",
        "datacenter": "dc1", "rack": "a", "pod": "shop-dc1-a-sts-0", "namespace": "shop", "cassandra_cluster": "Tom's Shop",
    })
}

fn names(series: &[Value]) -> BTreeSet<String> {
    series.iter().map(|it| it["__name__"].as_str().expect("a series has a name").to_owned()).collect()
}

/// Names that are left of what an agent exports, and how many series they are.
fn collected(agent: &str, topology: &str) -> (BTreeSet<String>, u32, u32) {
    let exported = exported(agent);
    let all: Vec<Value> = exported.keys().map(|name| series(name)).collect();
    let names = names(&left(&endpoint(&rendered_of(topology)[0])["metricRelabelings"], &all));
    let of = |is_meant: &dyn Fn(&String) -> bool| {
        exported.iter().filter(|(name, _)| is_meant(name)).map(|(_, (_, series))| series).sum()
    };
    let left = of(&|name| names.contains(name));
    (names, left, of(&|_| true))
}

#[test]
fn what_is_collected_does_not_grow_with_the_schema_or_the_ring_and_is_not_blind() {
    if !is_here() {
        return;
    }
    for agent in AGENTS {
        let (names, left, all) = collected(agent, "monitoring-several");
        assert!(left * 20 < all, "{agent}: {left} of {all} series are left");
        let of_tables = names.iter().filter_map(|name| name.strip_prefix("org_apache_cassandra_metrics_table_"));
        let of_each: Vec<&str> = of_tables.filter(|name| !name.contains("_all")).collect();
        assert_eq!(of_each, ["live_disk_space_used", "live_ss_table_count", "pending_compactions"], "{agent}");
    }
}

#[test]
fn latency_and_tombstones_of_tables_are_collected_on_request() {
    if !is_here() {
        return;
    }
    for agent in AGENTS {
        let (essential, ..) = collected(agent, "monitoring-several");
        let (tables, ..) = collected(agent, super::EVERYTHING);
        let (everything, left, all) = collected(agent, "monitoring-alone");
        assert_eq!(
            (left, everything.is_superset(&tables), tables.is_superset(&essential)),
            (all, true, true),
            "{agent}"
        );
        for name in ["read_latency_bucket", "write_latency_bucket", "tombstone_scanned_histogram", "max_partition_size"]
        {
            let name = format!("org_apache_cassandra_metrics_table_{name}");
            assert_eq!((essential.contains(&name), tables.contains(&name)), (false, true), "{agent}: {name}");
        }
    }
}

/// The agent was run with the rendered configuration, and exported what Prometheus would have kept.
#[test]
fn the_agent_leaves_out_what_prometheus_would_drop() {
    if !is_here() {
        return;
    }
    let (by_prometheus, ..) = collected("agent-4.1", "monitoring-several");
    let by_agent: BTreeSet<String> = exported("agent-4.1-filtered").into_keys().collect();
    assert_eq!(by_prometheus, by_agent);
}

#[test]
fn labels_that_say_the_same_twice_are_dropped_and_those_of_others_stay() {
    if !is_here() {
        return;
    }
    let rules = endpoint(&rendered_of(super::EVERYTHING)[0])["metricRelabelings"].clone();
    let load = "org_apache_cassandra_metrics_storage_load";
    let kept = left(&rules, &[series(load)]);
    assert_eq!(
        kept[0],
        json!({
            "__name__": load, "keyspace": "carts", "instance": "192.0.2.1:9000", "datacenter": "dc1", "rack": "a",
            "pod": "shop-dc1-a-sts-0", "namespace": "shop", "cassandra_cluster": "Tom's Shop",
        })
    );
    // A Prometheus that gives every target the name of the Kubernetes cluster.
    let mut other = series(load);
    other["cluster"] = json!("kube-east");
    other["exported_cluster"] = json!("Tom's Shop");
    assert_eq!(left(&rules, &[other])[0]["cluster"], "kube-east");
}

/// The labels of a target: what the Prometheus Operator makes of the rules stands before them.
#[test]
fn a_target_is_told_by_cluster_datacenter_and_rack() {
    if !is_here() {
        return;
    }
    let target = json!({
        "__meta_kubernetes_pod_label_cassandra_datastax_com_datacenter": "east", "__meta_kubernetes_pod_label_cassandra_datastax_com_rack": "a",
    });
    let rules = endpoint(&rendered_of("monitoring-several")[0])["relabelings"].clone();
    let kept = left(&rules, &[target]);
    assert_eq!(kept[0]["cassandra_cluster"], "Both $1 of {{ Them }}");
    assert_eq!((&kept[0]["datacenter"], &kept[0]["rack"]), (&json!("east"), &json!("a")));
}
