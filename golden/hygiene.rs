//! What strict schemas let through and an API server, a delivery tool or a person would trip over: nulls, duplicates,
//! numbers out of range, quantities that a server rewrites, objects that overwrite each other.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::rendered::{Rendered, all, assert_none, compiled, mutated, rendered};
use crate::strict_schema::good_stateful_set;

/// What is wrong with one object by itself.
pub(crate) fn faults(object: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    walk("", object, &mut faults);
    if object["metadata"]["name"].as_str().is_none_or(str::is_empty) {
        faults.push("an object has no name".to_owned());
    }
    if object.get("status").is_some() {
        faults.push("a status is the server's".to_owned());
    }
    if let Some(pod) = pod_spec(object) {
        let claims = items(&object["spec"], "volumeClaimTemplates").map(|claim| &claim["metadata"]["name"]);
        faults.extend(pod_faults(pod, &claims.collect::<Vec<_>>()));
    }
    faults
}

/// What is wrong with the objects of a Kubernetes cluster together.
pub(crate) fn faults_together(rendered: &Rendered) -> Vec<String> {
    let title = &rendered.title;
    let alone = rendered
        .objects
        .iter()
        .flat_map(|(path, object)| faults(object).into_iter().map(move |fault| format!("{title}: {path}: {fault}")));
    let identity = |object: &Value| {
        let part = |pointer| object.pointer(pointer).unwrap_or(&Value::Null).to_string();
        ["/kind", "/metadata/namespace", "/metadata/name"].map(part).join(" ")
    };
    let identities = rendered.objects.iter().map(|(_, object)| identity(object));
    let twice = duplicates(identities).into_iter().map(|it| format!("{title}: two objects are {it}"));
    alone.chain(twice).collect()
}

/// The pod of an object that makes pods.
pub(crate) fn pod_spec(object: &Value) -> Option<&Value> {
    pod_template(object)?.get("spec")
}

/// The template of these pods.
pub(crate) fn pod_template(object: &Value) -> Option<&Value> {
    object.pointer("/spec/template").or_else(|| object.pointer("/spec/jobTemplate/spec/template"))
}

/// All containers of a pod, init containers first.
pub(crate) fn containers(pod: &Value) -> impl Iterator<Item = &Value> {
    ["initContainers", "containers", "ephemeralContainers"].into_iter().flat_map(|list| items(pod, list))
}

/// The items of a list that may be absent.
pub(crate) fn items<'v>(object: &'v Value, list: &str) -> impl Iterator<Item = &'v Value> {
    object[list].as_array().into_iter().flatten()
}

fn walk(at: &str, value: &Value, faults: &mut Vec<String>) {
    match value {
        Value::Null => faults.push(format!("{at} is null")),
        Value::Array(list) => (0..).zip(list).for_each(|(n, item)| walk(&format!("{at}/{n}"), item, faults)),
        Value::Object(map) => {
            faults.extend(fields(at, map));
            map.iter().for_each(|(key, item)| walk(&format!("{at}/{key}"), item, faults));
        }
        Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn fields(at: &str, map: &Map<String, Value>) -> Vec<String> {
    let mut faults = Vec::new();
    for (key, value) in map {
        let is_port = matches!(key.as_str(), "containerPort" | "hostPort" | "nodePort" | "port" | "targetPort");
        if is_port && value.is_number() && !value.as_u64().is_some_and(|port| (1..=65535).contains(&port)) {
            faults.push(format!("{at}/{key} is no port: {value}"));
        }
        let quantities = match (key.as_str(), value) {
            ("requests" | "limits", Value::Object(quantities)) => quantities.values().collect(),
            ("sizeLimit", quantity) => vec![quantity],
            _ => Vec::new(),
        };
        let odd = quantities.into_iter().filter(|it| !it.as_str().is_some_and(is_canonical_quantity));
        faults.extend(odd.map(|quantity| format!("{at}/{key}: a server would rewrite {quantity}")));
    }
    faults
}

/// Whether a server answers with the same text: no fraction, the largest suffix that needs none
/// (`CanonicalizeBytes` in apimachinery `pkg/api/resource/quantity.go`).
fn is_canonical_quantity(text: &str) -> bool {
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, suffix) = text.split_at(digits);
    let Ok(amount) = number.parse::<u64>() else { return false };
    let divides = match suffix {
        "n" | "u" | "m" | "" | "k" | "M" | "G" | "T" | "P" => amount % 1000 == 0,
        "Ki" | "Mi" | "Gi" | "Ti" | "Pi" => amount % 1024 == 0,
        "E" | "Ei" => false,
        _ => match suffix.strip_prefix('e').map(str::parse::<u32>) {
            Some(Ok(exponent)) if exponent % 3 == 0 => amount % 1000 == 0,
            _ => return false,
        },
    };
    text == "0" || !(divides || number.starts_with('0'))
}

fn pod_faults(pod: &Value, claims: &[&Value]) -> Vec<String> {
    let names = |list: &str| items(pod, list).map(|item| &item["name"]).collect::<Vec<_>>();
    let volumes: Vec<&Value> = names("volumes").into_iter().chain(claims.iter().copied()).collect();
    let ports: Vec<&Value> = containers(pod).flat_map(|it| items(it, "ports")).collect();
    let port_names = ports.iter().map(|port| &port["name"]).filter(|name| name.is_string());
    let port_numbers = ports.iter().map(|port| format!("{} {}", port["containerPort"], port["protocol"]));
    let groups = [
        ("containers", duplicates(containers(pod).map(|it| it["name"].to_string()))),
        ("volumes", duplicates(volumes.iter().map(ToString::to_string))),
        ("port names", duplicates(port_names.map(ToString::to_string))),
        ("port numbers", duplicates(port_numbers)),
    ];
    let of_pod = groups.into_iter().flat_map(|(what, twice)| twice.into_iter().map(move |it| twice_text(what, &it)));
    of_pod.chain(containers(pod).flat_map(|container| container_faults(container, &volumes))).collect()
}

fn container_faults(container: &Value, volumes: &[&Value]) -> Vec<String> {
    let name = container["name"].to_string();
    let of_list = |list, key: &'static str| duplicates(items(container, list).map(move |item| item[key].to_string()));
    let variables = of_list("env", "name").into_iter().map(|it| twice_text("variables", &it));
    let paths = of_list("volumeMounts", "mountPath").into_iter().map(|it| twice_text("mounts", &it));
    let dangling = items(container, "volumeMounts").filter(|mount| !volumes.contains(&&mount["name"]));
    let dangling = dangling.map(|mount| format!("nothing is called {}, which is mounted", mount["name"]));
    variables.chain(paths).chain(dangling).map(|fault| format!("container {name}: {fault}")).collect()
}

fn twice_text(what: &str, name: &str) -> String {
    format!("two {what} are {name}")
}

fn duplicates(names: impl Iterator<Item = String>) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    names.filter(|name| !seen.insert(name.clone())).collect()
}

#[test]
fn no_object_has_nulls_duplicates_or_odd_numbers() {
    assert_none(&all().iter().flat_map(faults_together).collect::<Vec<_>>());
}

#[test]
fn every_fault_that_schemas_let_through_is_found() {
    let good = good_stateful_set();
    assert_eq!(faults(&good), Vec::<String>::new());
    let cassandra = "/spec/template/spec/containers/0";
    let requests = format!("{cassandra}/resources/requests");
    let mutations = [
        ("/spec/selector".to_owned(), Value::Null, "is null"),
        (format!("{cassandra}/env/0/value"), Value::Null, "is null"),
        ("/status".to_owned(), json!({"replicas": 3}), "status"),
        ("/metadata/name".to_owned(), json!(""), "no name"),
        (format!("{cassandra}/env/-"), json!({"name": "POD_NAME", "value": "x"}), "two variables"),
        (format!("{cassandra}/volumeMounts/-"), json!({"name": "tmp", "mountPath": "/config"}), "two mounts"),
        (format!("{cassandra}/volumeMounts/-"), json!({"name": "tmpp", "mountPath": "/x"}), "nothing is called"),
        (format!("{cassandra}/ports/-"), json!({"name": "native", "containerPort": 1}), "two port names"),
        (format!("{cassandra}/ports/-"), json!({"containerPort": 9042, "protocol": "TCP"}), "two port numbers"),
        (format!("{cassandra}/ports/0/containerPort"), json!(70_000), "is no port"),
        (format!("{cassandra}/ports/0/containerPort"), json!(0), "is no port"),
        (format!("{cassandra}/name"), json!("server-system-logger"), "two containers"),
        ("/spec/template/spec/volumes/-".to_owned(), json!({"name": "server-data", "emptyDir": {}}), "two volumes"),
        (format!("{requests}/memory"), json!("4 cores"), "rewrite"),
        (format!("{requests}/memory"), json!("1024Mi"), "rewrite"),
        (format!("{requests}/memory"), json!(8), "rewrite"),
        (format!("{requests}/cpu"), json!("0.5"), "rewrite"),
        (format!("{requests}/cpu"), json!("1000m"), "rewrite"),
    ];
    for (pointer, value, expected) in mutations {
        let found = faults(&mutated(&good, &pointer, value));
        assert!(found.iter().any(|fault| fault.contains(expected)), "{pointer}: {expected} is not among {found:?}");
    }
}

#[test]
fn an_object_that_overwrites_another_is_found() {
    let mut rendered = all().swap_remove(0);
    assert_none(&faults_together(&rendered));
    let (_, first) = rendered.objects[0].clone();
    rendered.objects.push(("other.yaml".to_owned(), first));
    assert_eq!(faults_together(&rendered).len(), 1);
}

#[test]
fn the_names_of_rendered_containers_are_taken_and_no_others() {
    let shop_text = |pod: &str| {
        format!(
            "apiVersion: cassc/v1alpha1\nkind: CassandraTopology\nmetadata: {{name: shop}}\nspec:\n  cassandra: {{version: \
             4.1.9}}\n  resources: {{limits: {{memory: 8Gi}}}}\n  storage: {{size: 10Gi}}\n  pod: {pod}\n  datacenters: \
             [{{name: dc1, nodes: 3}}]\n"
        )
    };
    let shop = |pod: &str| compiled("shop.yaml", shop_text(pod).into_bytes(), None);
    let with_reaper = |pod: &str| {
        let text = shop_text(pod).replace("{name: shop}", "{name: shop, namespace: cass}");
        let text = text.replace("spec:\n", "spec:\n  steps: {enabled: true}\n  repair: {reaper: {}}\n");
        compiled("shop.yaml", text.into_bytes(), None)
    };
    let taken = with_reaper("{containers: [{name: reaper, image: \"example.com/x:1\"}]}").complaints;
    assert!(taken.iter().any(|complaint| complaint.code == "E503"), "{taken:#?}");
    let objects = rendered(&shop("{}"));
    let pods = objects.iter().flat_map(|it| it.of_kind("StatefulSet")).filter_map(pod_spec);
    let own: BTreeSet<&str> = pods.flat_map(containers).filter_map(|it| it["name"].as_str()).collect();
    assert!(own.contains("cassandra"), "{own:?}");
    let free = ["medusa", "medusa-restore", "reaper", "gate", "stargate"];
    for (name, is_taken) in own.iter().map(|name| (*name, true)).chain(free.map(|name| (name, false))) {
        let pod = format!("{{containers: [{{name: {name}, image: \"example.com/x:1\"}}]}}");
        let complaints = shop(&pod).complaints;
        assert_eq!(complaints.iter().any(|complaint| complaint.code == "E503"), is_taken, "{name}: {complaints:#?}");
    }
}
