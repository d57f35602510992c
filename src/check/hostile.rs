//! Random invalid topologies: no rule panics on any of them, and all are fast.

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::complaints;
use crate::parse::parse;
use crate::parse::source::{Origin, Source};

const TEXTS: &[&str] = &[
    "",
    " ",
    "-",
    ".",
    "..",
    "/",
    "a",
    "a-b",
    "b-a",
    "a-",
    "A_b",
    "a b",
    "a.b",
    "a:b",
    "a,b",
    "\"",
    "\\",
    "東京",
    "é",
    "ß",
    "…",
    "1",
    "0",
    "-1",
    "1e3",
    "4294967296",
    "10.0.0.1",
    "::1",
    "localhost",
    "a.b.c.d.e",
    "seed",
    "all-pods",
    "latest",
    "topology.kubernetes.io/zone",
    "cassandra.datastax.com/rack",
    "Always",
    "Exists",
    "NoExecute",
    "4.1.9",
    "1.33",
    "/var/lib/cassandra",
    "/etc",
    "/a/../b",
    "server-data",
    "cassandra",
    "line\nbreak",
    "\ttab",
    "a-name-of-sixty-four-characters-which-is-one-more-than-a-label-may-have-",
];
const NUMBERS: &[u32] = &[0, 1, 2, 3, 5, 6, 5000, 5001, 65535, 2_147_483_647, 4_294_967_294, 4_294_967_295];

fn text() -> impl Strategy<Value = Value> {
    select(TEXTS).prop_map(Value::from)
}

fn number() -> impl Strategy<Value = Value> {
    select(NUMBERS).prop_map(Value::from)
}

fn port() -> impl Strategy<Value = Value> {
    select(&[-1_i64, 0, 1, 7000, 9042, 30942, 65535, 65536, 2_147_483_647][..]).prop_map(Value::from)
}

/// The value, or a missing field.
fn maybe(strategy: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    prop::option::of(strategy).prop_map(|value| value.unwrap_or(Value::Null))
}

fn list(strategy: impl Strategy<Value = Value>, most: usize) -> impl Strategy<Value = Value> {
    prop::collection::vec(strategy, 0..=most).prop_map(Value::from)
}

fn labels() -> impl Strategy<Value = Value> {
    prop::collection::btree_map(select(TEXTS), select(TEXTS), 0..3).prop_map(|map| json!(map))
}

fn scheduling() -> impl Strategy<Value = Value> {
    let toleration = (maybe(text()), maybe(text()), maybe(text()), maybe(text()), maybe(port())).prop_map(
        |(key, operator, value, effect, seconds)| {
            json!({"key": key, "operator": operator, "value": value, "effect": effect, "tolerationSeconds": seconds})
        },
    );
    let skew = select(&[0_u16, 1, 65535][..]);
    let spread = (text(), skew).prop_map(|(key, skew)| json!({"topologyKey": key, "maxSkew": skew}));
    (list(toleration, 2), list(spread, 2), maybe(text()), any::<bool>(), any::<bool>()).prop_map(
        |(tolerations, spread, class, several, required)| {
            let affinity = if required { "required" } else { "preferred" };
            json!({"tolerations": tolerations, "topologySpread": spread, "priorityClass": class,
                "severalNodesPerWorker": several, "antiAffinity": affinity})
        },
    )
}

fn datacenter() -> impl Strategy<Value = Value> {
    let rack = (text(), maybe(text()), maybe(number()), maybe(text()), labels(), scheduling()).prop_map(
        |(name, ring_name, nodes, zone, labels, scheduling)| {
            json!({"name": name, "ringName": ring_name, "nodes": nodes, "zone": zone, "nodeLabels": labels,
                "scheduling": scheduling})
        },
    );
    let node_port = select(&[0_u16, 7000, 9042, 30942, 65535][..]).prop_map(|port| json!({"native": port}));
    let names = (text(), maybe(text()), maybe(text()), maybe(text()));
    (names, maybe(number()), list(rack, 4), labels(), maybe(node_port)).prop_map(
        |((name, ring_name, kube_cluster, namespace), nodes, racks, labels, node_port)| {
            json!({"name": name, "ringName": ring_name, "kubeCluster": kube_cluster, "namespace": namespace,
                "nodes": nodes, "racks": racks, "nodeLabels": labels, "nodePort": node_port})
        },
    )
}

fn container() -> impl Strategy<Value = Value> {
    let ports = (maybe(text()), port(), maybe(port()))
        .prop_map(|(name, port, host)| json!({"name": name, "containerPort": port, "hostPort": host}));
    let mount = (text(), text()).prop_map(|(name, path)| json!({"name": name, "mountPath": path}));
    let variable = text().prop_map(|name| json!({"name": name, "value": "x"}));
    (text(), maybe(text()), list(ports, 2), list(mount, 2), list(variable, 2), maybe(text())).prop_map(
        |(name, image, ports, mounts, env, restarts)| {
            json!({"name": name, "image": image, "ports": ports, "volumeMounts": mounts, "env": env,
                "restartPolicy": restarts, "securityContext": {"runAsUser": 0}, "readinessProbe": {}})
        },
    )
}

fn topology() -> impl Strategy<Value = Value> {
    let volume = (text(), text(), maybe(text())).prop_map(
        |(name, path, class)| json!({"name": name, "mountPath": path, "claim": {"size": "1Gi", "class": class}}),
    );
    let names = (text(), maybe(text()), maybe(text()), text(), maybe(text()), maybe(text()));
    let pods = (list(container(), 2), list(container(), 2), any::<bool>(), labels(), labels());
    let rest = (list(text(), 3), list(volume, 2), maybe(number()), scheduling(), labels());
    (names, list(datacenter(), 3), pods, rest).prop_map(|(names, datacenters, pods, rest)| {
        let (name, namespace, cluster_name, version, kubernetes, domain) = names;
        let (containers, init_containers, host_network, labels, annotations) = pods;
        let (seeds, volumes, system, scheduling, metadata) = rest;
        json!({
            "apiVersion": "cassc/v1alpha1", "kind": "CassandraTopology",
            "metadata": {"name": name, "namespace": namespace, "labels": metadata},
            "spec": {
                "clusterName": cluster_name, "cassandra": {"version": version}, "datacenters": datacenters,
                "kubernetes": {"version": kubernetes, "domain": domain}, "replication": {"system": system},
                "storage": {"additionalVolumes": volumes}, "additionalSeeds": seeds, "scheduling": scheduling,
                "pod": {"containers": containers, "initContainers": init_containers, "hostNetwork": host_network,
                    "labels": labels, "annotations": annotations},
            },
        })
    })
}

/// Removes the fields without a value.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let kept = map.into_iter().filter(|(_, value)| !value.is_null());
            kept.map(|(key, value)| (key, without_nulls(value))).collect::<serde_json::Map<_, _>>().into()
        }
        Value::Array(items) => items.into_iter().map(without_nulls).collect(),
        other => other,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_topology_that_can_be_read_makes_a_rule_panic(topologies in prop::collection::vec(topology(), 1..4)) {
        let source = |(index, topology)| Source {
            name: format!("{index}.yaml"),
            bytes: without_nulls(topology).to_string().into_bytes(),
            origin: Origin::Named,
        };
        let reading = parse(topologies.into_iter().enumerate().map(source).collect());
        prop_assert!(!reading.parsed.is_empty(), "{:?}", reading.complaints);
        for complaint in complaints(&reading.parsed) {
            prop_assert!(!complaint.message.is_empty() && !complaint.labels.is_empty());
            prop_assert!(!complaint.message.contains('\n'), "{}", complaint.message);
        }
    }
}
