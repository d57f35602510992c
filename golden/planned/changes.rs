//! Changes that a sane operator may ask for, as edits of a topology's value. No rename, no rack taken from a datacenter
//! that lives, no datacenter taken away before it has no nodes: those are refused, so no plan has to hold for them.

mod ring;

use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use crate::random::topologies::without_nulls;

/// Which of several places and values a change takes.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    what: Index,
    datacenter: Index,
    rack: Index,
    level: Index,
    value: Index,
}

/// Choices for one change.
pub(super) fn choice() -> impl Strategy<Value = Choice> {
    let index = any::<Index>;
    (index(), index(), index(), index(), index()).prop_map(|(what, datacenter, rack, level, value)| Choice {
        what,
        datacenter,
        rack,
        level,
        value,
    })
}

/// Makes the changes of one commit.
pub(super) fn commit(topology: &mut Value, choices: &[Choice]) {
    for choice in choices {
        choice.what.get(CHANGES)(topology, choice);
    }
    for datacenter in topology["spec"]["datacenters"].as_array_mut().into_iter().flatten() {
        put(datacenter, EMPTIED_JUST_NOW, &Value::Null);
    }
    *topology = without_nulls(topology.take());
}

/// Marks a datacenter that this very commit lets go to no nodes: it must not disappear in the same one.
const EMPTIED_JUST_NOW: &str = "emptied just now";

const CHANGES: &[fn(&mut Value, &Choice)] = &[
    ring::grow,
    ring::grow,
    ring::grow,
    ring::shrink,
    ring::shrink,
    ring::shrink,
    ring::new_rack,
    ring::new_datacenter,
    ring::new_datacenter,
    ring::empty_datacenter,
    ring::empty_datacenter,
    ring::remove_empty_datacenters,
    newer_version,
    config,
    config,
    resources,
    heap,
    expand,
    expand,
    restart,
    restart,
    rollout,
    rollout,
    go_on,
    go_on,
    metadata,
    pod,
    additional_seeds,
    dialect,
    revision,
    revision,
    system_replication,
    logging,
    founding,
    services,
    client_service,
    disruption_budget,
    scheduling,
    volumes,
    node_port,
    authentication,
    system_logger,
    gate,
    service_account,
    node_labels,
    image,
    kubernetes,
    operations,
    operations,
];

fn datacenter<'t>(topology: &'t mut Value, choice: &Choice) -> &'t mut Value {
    let datacenters = topology["spec"]["datacenters"].as_array_mut().expect("datacenters are a list");
    let position = choice.datacenter.index(datacenters.len());
    &mut datacenters[position]
}

fn rack<'t>(topology: &'t mut Value, choice: &Choice) -> &'t mut Value {
    let racks = datacenter(topology, choice)["racks"].as_array_mut().expect("racks are a list");
    let position = choice.rack.index(racks.len());
    &mut racks[position]
}

/// `spec`, a datacenter or a rack.
fn level<'t>(topology: &'t mut Value, choice: &Choice) -> &'t mut Value {
    match choice.level.index(3) {
        0 => &mut topology["spec"],
        1 => datacenter(topology, choice),
        _ => rack(topology, choice),
    }
}

fn one_of<'v, T>(choice: &Choice, values: &'v [T]) -> &'v T {
    choice.value.get(values)
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_default()
}

/// Puts a value there, or takes it away with `null`.
fn put(at: &mut Value, key: &str, value: &Value) {
    if value.is_null() {
        if let Some(map) = at.as_object_mut() {
            map.remove(key);
        }
    } else {
        at[key] = value.clone();
    }
}

/// The next one; what only the older line understands goes with it.
fn newer_version(topology: &mut Value, _: &Choice) {
    let cassandra = &mut topology["spec"]["cassandra"];
    let next = match cassandra["version"].as_str() {
        Some("3.11.17") => "4.0.19",
        Some("4.0.19") => "4.1.8",
        Some("4.1.8") => "4.1.9",
        Some("4.1.9") => "5.0.5",
        _ => "5.0.6",
    };
    if !next.starts_with("4.1.9") {
        put(cassandra, "config", &Value::Null);
        put(&mut cassandra["jvm"], "gc", &Value::Null);
    }
    cassandra["version"] = json!(next);
}

fn config(topology: &mut Value, choice: &Choice) {
    let keys = [
        ("concurrent_reads", 48),
        ("concurrent_writes", 96),
        ("concurrent_reads", 24),
        ("native_transport_max_threads", 256),
    ];
    let (key, value) = one_of(choice, &keys);
    level(topology, choice)["cassandra"]["config"][*key] = json!(value);
}

fn resources(topology: &mut Value, choice: &Choice) {
    let memory = one_of(choice, &["10Gi", "12Gi", "20Gi"]);
    let resources = &mut level(topology, choice)["resources"];
    for kind in ["requests", "limits"] {
        resources[kind]["memory"] = json!(memory);
    }
}

fn heap(topology: &mut Value, choice: &Choice) {
    level(topology, choice)["cassandra"]["jvm"]["heap"] =
        one_of(choice, &[json!("3Gi"), json!("auto"), json!("1Gi")]).clone();
}

/// To more than anything was expanded to before.
fn expand(topology: &mut Value, choice: &Choice) {
    let text = topology.to_string();
    let known = (3..40).rev().find(|size| text.contains(&format!("\"expandTo\":\"{size}Ti\"")));
    let size = known.map_or(3, |size| size + 1);
    level(topology, choice)["storage"]["expandTo"] = json!(format!("{size}Ti"));
}

fn restart(topology: &mut Value, choice: &Choice) {
    let tokens = [json!("monday"), json!("tuesday"), json!("012"), Value::Null];
    let place = match choice.level.index(3) {
        0 => &mut topology["spec"]["rollout"],
        _ => level(topology, choice),
    };
    put(place, "restart", one_of(choice, &tokens));
}

fn rollout(topology: &mut Value, choice: &Choice) {
    let values = [
        ("canary", json!({"pods": 1})),
        ("canary", json!({"pods": 3})),
        ("canary", Value::Null),
        ("stopped", json!(true)),
        ("stopped", Value::Null),
        ("retry", json!("once more")),
    ];
    let (key, value) = one_of(choice, &values);
    put(&mut topology["spec"]["rollout"], key, value);
}

/// Takes away whatever holds a roll.
fn go_on(topology: &mut Value, _: &Choice) {
    for key in ["canary", "stopped"] {
        put(&mut topology["spec"]["rollout"], key, &Value::Null);
    }
}

/// Where the program in the cluster runs.
fn operations(topology: &mut Value, choice: &Choice) {
    let flush = |more: Value| {
        let mut flush = json!({"id": "flush-1", "kind": "flush"});
        flush.as_object_mut().expect("a map").extend(more.as_object().cloned().unwrap_or_default());
        flush
    };
    let lists = [
        json!([]),
        json!([flush(json!({}))]),
        json!([flush(json!({"retry": "again", "concurrency": 2})), {"id": "restart-1", "kind": "restart"}]),
        json!([{"id": "restart-1", "kind": "restart"}, flush(json!({"suspend": true}))]),
        json!([flush(json!({"suspend": true, "keyspaces": ["shop"]}))]),
    ];
    if topology["spec"]["steps"]["enabled"] == true {
        topology["spec"]["operations"] = one_of(choice, &lists).clone();
    }
}

fn metadata(topology: &mut Value, choice: &Choice) {
    let kind = if choice.level.index(2) == 0 { "labels" } else { "annotations" };
    topology["metadata"][kind]["example.com/owner"] = one_of(choice, &[json!("ada"), json!("grace")]).clone();
}

fn pod(topology: &mut Value, choice: &Choice) {
    let values = [
        ("labels", json!({"example.com/scrape": "no"})),
        ("annotations", json!({"example.com/note": "x"})),
        ("terminationGraceSeconds", json!(600)),
        ("imagePullSecrets", json!(["other"])),
        ("containers", json!([])),
        ("probes", json!({"readiness": {"timeoutSeconds": 20}, "startup": {"failureThreshold": 60}})),
        ("dnsConfig", json!({"options": [{"name": "ndots", "value": "1"}]})),
        ("hostAliases", json!([])),
        ("runtimeClassName", json!("kata")),
    ];
    let (key, value) = one_of(choice, &values);
    topology["spec"]["pod"][*key] = value.clone();
}

fn additional_seeds(topology: &mut Value, choice: &Choice) {
    let seeds = [json!(["192.0.2.99"]), json!(["192.0.2.10", "moved.example.com"]), json!(["2001:db8::99"])];
    topology["spec"]["additionalSeeds"] = one_of(choice, &seeds).clone();
}

fn dialect(topology: &mut Value, choice: &Choice) {
    topology["spec"]["delivery"]["dialect"] = one_of(choice, &[json!("argocd"), json!("flux"), json!("plain")]).clone();
}

/// It only rises.
fn revision(topology: &mut Value, _: &Choice) {
    topology["spec"]["revision"] = json!(cassc::cluster::generation::newest());
}

fn system_replication(topology: &mut Value, choice: &Choice) {
    topology["spec"]["replication"]["system"] = one_of(choice, &[json!(1), json!(2), json!(3)]).clone();
}

fn logging(topology: &mut Value, choice: &Choice) {
    topology["spec"]["cassandra"]["logging"]["root"] = one_of(choice, &[json!("INFO"), json!("DEBUG")]).clone();
}

fn founding(topology: &mut Value, _: &Choice) {
    topology["spec"]["founding"] = json!("never");
}

fn services(topology: &mut Value, choice: &Choice) {
    let service = one_of(choice, &["cql", "allPods", "seed"]);
    topology["spec"]["services"][*service]["annotations"]["example.com/dns"] = json!("here");
}

fn client_service(topology: &mut Value, choice: &Choice) {
    let types = [json!("ClusterIP"), json!("LoadBalancer"), Value::Null];
    put(&mut datacenter(topology, choice)["services"]["cql"], "type", one_of(choice, &types));
}

fn disruption_budget(topology: &mut Value, choice: &Choice) {
    let budgets = [json!({"maxUnavailable": 1}), json!({"maxUnavailable": 2}), Value::Null];
    put(datacenter(topology, choice), "disruptionBudget", one_of(choice, &budgets));
}

fn scheduling(topology: &mut Value, choice: &Choice) {
    let values = [
        ("priorityClass", json!("important")),
        ("tolerations", json!([{"key": "x", "operator": "Exists"}])),
        ("topologySpread", json!([{"topologyKey": "kubernetes.io/hostname", "maxSkew": 1}])),
        ("schedulerName", json!("volcano")),
    ];
    let (key, value) = one_of(choice, &values);
    level(topology, choice)["scheduling"][*key] = value.clone();
}

/// Claims stay as they are: their templates are immutable.
fn volumes(topology: &mut Value, choice: &Choice) {
    let volumes = topology["spec"]["storage"]["additionalVolumes"].as_array().cloned().unwrap_or_default();
    let mut kept: Vec<Value> = volumes.into_iter().filter(|volume| volume["claim"].is_object()).collect();
    if choice.value.index(2) == 0 {
        kept.push(json!({"name": "more", "mountPath": "/more", "configMap": {"name": "more"}}));
    }
    topology["spec"]["storage"]["additionalVolumes"] = json!(kept);
}

fn node_port(topology: &mut Value, choice: &Choice) {
    let port = 30_100 + choice.datacenter.index(3);
    datacenter(topology, choice)["nodePort"] = json!({"native": port});
}

fn authentication(topology: &mut Value, choice: &Choice) {
    let values = [json!({"authenticator": "Password"}), json!({"superuser": {"secretName": "root-of-all"}})];
    topology["spec"]["auth"] = one_of(choice, &values).clone();
}

fn system_logger(topology: &mut Value, choice: &Choice) {
    let values =
        [json!({"enabled": true}), json!({"enabled": false}), json!({"image": "registry.example.com/tail:1.2.3"})];
    topology["spec"]["systemLogger"] = one_of(choice, &values).clone();
}

fn gate(topology: &mut Value, choice: &Choice) {
    let values = [json!({"resources": {"limits": {"cpu": "200m"}}}), Value::Null];
    put(&mut topology["spec"], "gate", one_of(choice, &values));
}

fn service_account(topology: &mut Value, choice: &Choice) {
    put(&mut topology["spec"]["pod"], "serviceAccount", one_of(choice, &[json!("other"), Value::Null]));
}

fn node_labels(topology: &mut Value, choice: &Choice) {
    rack(topology, choice)["nodeLabels"]["example.com/disk"] = one_of(choice, &[json!("fast"), json!("slow")]).clone();
}

fn image(topology: &mut Value, choice: &Choice) {
    let policies = [json!("Always"), json!("IfNotPresent"), Value::Null];
    put(&mut topology["spec"]["cassandra"], "imagePullPolicy", one_of(choice, &policies));
}

fn kubernetes(topology: &mut Value, choice: &Choice) {
    topology["spec"]["kubernetes"]["version"] = one_of(choice, &[json!("1.33"), json!("1.34")]).clone();
}
