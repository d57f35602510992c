//! The runbook: a shell script whose steps take the cluster over, a text that says what each does to running pods, and what
//! the script applies beside the rendered tree.

use std::collections::BTreeMap;

use cassc_import::documents::At;
use cassc_wording::counted;
use serde::Serialize;
use serde_json::{Map, Value};

use super::changes::Change;
use super::host_ids::{config_map, host_ids};
use super::live::{number, text};
use super::{Input, TREE};
use crate::deliver::field_manager;
use crate::file_tree::FileTree;
use crate::stages::Stage;
use crate::text::{Template, template};
use crate::yaml;

static SCRIPT: Template<Context> = template!("adopt/adopt.sh.j2");
static TEXT: Template<Context> = template!("adopt/adopt.md.j2");

/// The label that the StatefulSet controller gives pods since Kubernetes 1.28: their number. The seed service selects by it.
const POD_INDEX: &str = "apps.kubernetes.io/pod-index";

#[derive(Debug, Serialize)]
struct Context {
    cluster: String,
    ring_name: String,
    namespace: String,
    label: String,
    state: String,
    manager: &'static str,
    tree: String,
    has_steps: bool,
    resources: Vec<Resource>,
    pods: Vec<Pod>,
    claims: Vec<Named>,
    sets: Vec<Set>,
    base: Vec<String>,
    budgets: Vec<String>,
    shared: Vec<Shared>,
    unnumbered: Vec<Unnumbered>,
    at_once: Vec<Change>,
    at_restart: Vec<Change>,
    questions: Vec<String>,
    what: String,
}

#[derive(Debug, Serialize)]
struct Resource {
    name: String,
    uid: String,
    generation: u64,
}

#[derive(Debug, Serialize)]
struct Pod {
    name: String,
    uid: String,
    host_id: String,
}

#[derive(Debug, Serialize)]
struct Named {
    name: String,
    uid: String,
}

#[derive(Debug, Serialize)]
struct Set {
    name: String,
    uid: String,
    replicas: u32,
    file: String,
}

/// An object that was the operator's and stays, as cassc renders it.
#[derive(Debug, Serialize)]
struct Shared {
    kind: &'static str,
    name: String,
    /// JSON: null for each annotation that goes.
    annotations: String,
}

#[derive(Debug, Serialize)]
struct Unnumbered {
    name: String,
    ordinal: u32,
}

/// The files of the runbook.
pub(super) fn files(input: &Input<'_>, changes: &[Change], questions: &[String]) -> FileTree {
    let context = context(input, changes, questions);
    let mut files = FileTree::default();
    files.insert("adopt.sh", SCRIPT.render(&context));
    files.insert("adopt.md", TEXT.render(&context));
    files.insert("state.yaml", document(&serde_json::to_value(config_map(input)).expect("an object is JSON")));
    for (path, value) in way_back(input) {
        files.insert(format!("way-back/{path}.yaml"), document(&value));
    }
    files
}

fn document(value: &Value) -> String {
    yaml::to_string(value).expect("objects of Kubernetes have no keys that YAML has no form for")
}

fn context(input: &Input<'_>, changes: &[Change], questions: &[String]) -> Context {
    let (cluster, live) = (input.cluster, input.live);
    let host_ids = host_ids(input);
    let sets = cluster.racks().map(|(_, rack)| Set {
        name: rack.stateful_set.clone(),
        uid: live.get("StatefulSet", &rack.stateful_set).map(uid).unwrap_or_default(),
        replicas: rack.nodes,
        file: file(input, "StatefulSet", &rack.stateful_set),
    });
    let claims = live.labelled("PersistentVolumeClaim", cluster);
    let pod = |(name, host_id): &(String, &str)| Pod {
        name: name.clone(),
        uid: live.get("Pod", name).map(uid).unwrap_or_default(),
        host_id: (*host_id).to_owned(),
    };
    Context {
        cluster: cluster.name.clone(),
        ring_name: cluster.ring_name.clone(),
        namespace: live.namespace.to_owned(),
        label: cluster.label.clone(),
        state: cassc_ring::names::state(&cluster.name),
        manager: field_manager(cluster.dialect),
        tree: TREE.to_owned(),
        has_steps: cluster.steps.is_some(),
        what: format!("{} with {}", counted(live.resources.len(), "datacenter"), counted(host_ids.len(), "node")),
        resources: live.resources.iter().map(|(name, at)| resource(name, at)).collect(),
        pods: host_ids.iter().map(pod).collect(),
        claims: claims.into_iter().map(|(name, at)| Named { name: name.to_owned(), uid: uid(at) }).collect(),
        sets: sets.collect(),
        base: base(input),
        budgets: input.of_kind("PodDisruptionBudget").map(|it| it.name.clone()).collect(),
        shared: shared(input),
        unnumbered: unnumbered(input),
        at_once: changes.iter().filter(|it| !it.at_restart).cloned().collect(),
        at_restart: changes.iter().filter(|it| it.at_restart).cloned().collect(),
        questions: questions.to_vec(),
    }
}

fn uid(at: &At<'_>) -> String {
    text(&at.keys(&["metadata", "uid"])).to_owned()
}

fn resource(name: &str, at: &At<'_>) -> Resource {
    Resource { name: name.to_owned(), uid: uid(at), generation: number(&at.keys(&["metadata", "generation"])) }
}

fn file(input: &Input<'_>, kind: &str, name: &str) -> String {
    let file = input.of_kind(kind).find(|it| it.name == name).map_or("", |it| it.file.as_str());
    format!("{TREE}/{}/{file}", input.cluster.name)
}

/// The files of the stage in which nothing runs. ServiceAccount and ConfigMaps first: pods that restart need them.
fn base(input: &Input<'_>) -> Vec<String> {
    let of_stage = input.rendered.iter().filter(|it| Stage::of_file(&it.file) == Some(Stage::Base));
    let first = |kind: &str| !matches!(kind, "ConfigMap" | "ServiceAccount");
    let mut files: Vec<(bool, String)> =
        of_stage.map(|it| (first(it.kind), format!("{TREE}/{}/{}", input.cluster.name, it.file))).collect();
    files.sort();
    files.into_iter().map(|(_, file)| file).collect()
}

/// Services and the addresses of additional seeds. The seed service has a copy of the annotations of a `CassandraDatacenter`,
/// among them those by which a delivery tool knows what is its own.
fn shared(input: &Input<'_>) -> Vec<Shared> {
    const OF_OPERATOR: &str = "cassandra.datastax.com/";
    const APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
    let copied: Vec<&String> = input
        .live
        .resources
        .values()
        .filter_map(|it| it.keys(&["metadata", "annotations"]).value()?.as_object())
        .flat_map(Map::keys)
        .collect();
    let kinds = [("Service", "service"), ("EndpointSlice", "endpointslice")];
    let rendered = kinds.into_iter().flat_map(|(kind, word)| input.of_kind(kind).map(move |it| (word, it)));
    let shared = rendered.map(|(kind, object)| {
        let live = input.live.get(object.kind, &object.name).map(|it| it.keys(&["metadata", "annotations"]));
        let live = live.as_ref().and_then(|it| it.value()?.as_object());
        let wanted = object.value.pointer("/metadata/annotations").and_then(Value::as_object);
        let goes = |key: &&String| {
            let is_foreign = key.starts_with(OF_OPERATOR) || key.as_str() == APPLIED || copied.contains(key);
            is_foreign && !wanted.is_some_and(|it| it.contains_key(key.as_str()))
        };
        let gone: Map<String, Value> =
            live.into_iter().flat_map(Map::keys).filter(goes).map(|key| (key.clone(), Value::Null)).collect();
        Shared { kind, name: object.name.clone(), annotations: Value::Object(gone).to_string() }
    });
    shared.collect()
}

/// Pods without the label of their number.
fn unnumbered(input: &Input<'_>) -> Vec<Unnumbered> {
    let without = host_ids(input).into_iter().filter(|(name, _)| {
        let pod = input.live.get("Pod", name);
        pod.is_some_and(|it| it.keys(&["metadata", "labels"]).key(POD_INDEX).value().is_none())
    });
    let numbered = without.filter_map(|(name, _)| {
        let (_, ordinal) = cassc_ring::names::parts_of_pod(&name)?;
        Some(Unnumbered { name, ordinal })
    });
    numbered.collect()
}

/// What the operator made of the objects that change, without what only the API server writes.
fn way_back(input: &Input<'_>) -> BTreeMap<String, Value> {
    let mut files = BTreeMap::new();
    let kinds = [("StatefulSet", ""), ("Service", "service-"), ("PodDisruptionBudget", "budget-")];
    for (kind, prefix) in kinds {
        for object in input.of_kind(kind) {
            if let Some(value) = input.live.get(kind, &object.name).and_then(At::value) {
                files.insert(format!("{prefix}{}", object.name), as_written(value));
            }
        }
    }
    files
}

fn as_written(value: &Value) -> Value {
    const OF_SERVER: [&str; 6] =
        ["creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid"];
    let mut value = value.clone();
    if let Some(object) = value.as_object_mut() {
        object.remove("status");
    }
    if let Some(metadata) = value.get_mut("metadata").and_then(Value::as_object_mut) {
        OF_SERVER.iter().for_each(|field| drop(metadata.remove(*field)));
    }
    value
}
