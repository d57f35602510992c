//! `reaper`: the deployment of K8ssandra Operator becomes that of cassc, which also calls nodes from outside of their pods.

use serde_json::{Map, Value};

use super::jvm::mebibytes;
use crate::documents::At;
use crate::draft::{Draft, spec};
use crate::kinds::finish::is_in_several_clusters;
use crate::path::Path;
use crate::pods::claim::claim;
use crate::pods::{resources, text_of};
use crate::report::Refusal;

/// Every field of `reaper`.
pub(super) fn reaper(draft: &mut Draft, at: &At<'_>) -> Result<(), Refusal> {
    let fields: Map<String, Value> = at.read()?;
    let to = spec(&["repair", "reaper"]);
    if at.keys(&["reaperRef", "name"]).value().is_some() {
        let instead = "let the cluster that owns that Reaper register this ring, or write `repair: {reaper: {}}`";
        draft.lose(at, "has another Reaper repair the ring", instead);
        return Ok(());
    }
    draft.change(
        at,
        &to.key("mode"),
        "deployment",
        "a pod of its own, as the operator has it; it calls the Management API",
    );
    let is_local = fields.get("storageType").and_then(Value::as_str) == Some("local");
    for (key, value) in &fields {
        field(draft, &at.key(key), key, value, &to, is_local)?;
    }
    shared_secrets(draft, is_local, &to);
    if is_local && !fields.contains_key("storageConfig") {
        draft.decide(Some(at), &to.key("volume").key("size"), "the size of Reaper's volume, such as 5Gi");
    }
    Ok(())
}

/// The operator makes the Secrets once, and copies them to each Kubernetes cluster (pkg/reaper, `DefaultUserSecretName` and
/// `DefaultUiSecretName`). cassc asks for their names, because it would make a password in each.
fn shared_secrets(draft: &mut Draft, is_local: bool, to: &Path) {
    if !is_in_several_clusters(draft) {
        return;
    }
    let why = "the operator's Secret, of which each Kubernetes cluster has a copy";
    let cluster = draft.name();
    for (field, name) in [("roleSecret", format!("{cluster}-reaper")), ("uiSecret", format!("{cluster}-reaper-ui"))] {
        let to = to.key("auth").key(field);
        if draft.get(&to).is_none() && !(is_local && field == "roleSecret") {
            draft.fill(&to, name, why);
        }
    }
}

fn field(draft: &mut Draft, at: &At<'_>, key: &str, value: &Value, to: &Path, is_local: bool) -> Result<(), Refusal> {
    let name = at.key("name").value().cloned();
    match (key, name) {
        _ if value.is_null() => {}
        ("storageType", _) if is_local => draft.change(at, &to.key("storage"), "memory", "on a volume of its own"),
        ("storageType", _) => draft.meet(at, "in the ring, as by default"),
        ("storageConfig", _) if is_local => return claim_of(draft, at, to),
        ("keyspace", _) if !is_local => draft.carry(at, &to.key("keyspace"), value),
        ("cassandraUserSecretRef", Some(name)) if !is_local => {
            draft.carry(&at.key("name"), &to.key("auth").key("roleSecret"), &name);
        }
        ("uiUserSecretRef", Some(name)) => draft.carry(&at.key("name"), &to.key("auth").key("uiSecret"), &name),
        ("containerImage", _) => image(draft, at, value, to),
        ("heapSize", _) => heap(draft, at, value, to),
        ("resources", _) => resources::resources(draft, at, &to.key("resources")),
        ("autoScheduling", _) => schedules(draft, at, value, to),
        ("deploymentMode", _) => mode(draft, at, value),
        ("httpManagement", _) => management(draft, at, to),
        (
            "jmxUserSecretRef"
            | "initContainerImage"
            | "initContainerResources"
            | "initContainerSecurityContext"
            | "skipSchemaMigration"
            | "uiUserSecretRef"
            | "keyspace"
            | "cassandraUserSecretRef"
            | "storageConfig"
            | "reaperRef",
            _,
        ) => {
            draft.meet(at, "cassc's Reaper does not need it");
        }
        ("metadata" | "telemetry" | "secretsProvider", _) => {
            draft.lose(
                at,
                "labels, metrics or Secrets of Reaper",
                "write an override of the Deployment, if it is needed",
            );
        }
        _ => draft.lose(at, "a setting of Reaper's pod", "write an override of the Deployment, if it is needed"),
    }
    Ok(())
}

/// A claim without an access mode: the volume is for one pod.
fn claim_of(draft: &mut Draft, at: &At<'_>, to: &Path) -> Result<(), Refusal> {
    claim(draft, at, &to.key("volume"))
}

/// Parts of an image; what is missing is that of the published one.
fn image(draft: &mut Draft, at: &At<'_>, value: &Value, to: &Path) {
    let part = |key: &str| value.get(key).and_then(Value::as_str).filter(|part| !part.is_empty());
    if let Some(tag) = part("tag").filter(|tag| *tag != "latest") {
        let registry = part("registry").unwrap_or("docker.io");
        let (repository, name) =
            (part("repository").unwrap_or("thelastpickle"), part("name").unwrap_or("cassandra-reaper"));
        draft.change(at, &to.key("image"), format!("{registry}/{repository}/{name}:{tag}"), "its parts in one");
    } else {
        draft.lose(at, "chooses another image of Reaper", "write `repair.reaper.image` with a tag");
    }
}

fn heap(draft: &mut Draft, at: &At<'_>, value: &Value, to: &Path) {
    match text_of(value).as_deref().and_then(mebibytes) {
        Some(size) => draft.change(at, &to.key("heap"), format!("{size}Mi"), "in mebibytes"),
        None => draft.lose(at, "is no size of a heap", "write `repair.reaper.heap`"),
    }
}

/// Reaper makes schedules by itself, or nobody does.
fn schedules(draft: &mut Draft, at: &At<'_>, value: &Value, to: &Path) {
    let is_on = value.get("enabled") == Some(&Value::Bool(true));
    for (key, _) in value.as_object().into_iter().flatten() {
        let at = at.key(key);
        match (key.as_str(), is_on) {
            ("enabled", true) => draft.carry(&at, &to.key("autoSchedule"), true),
            (_, false) => draft.meet(&at, "nothing is scheduled by Reaper itself"),
            _ => draft.lose(
                &at,
                "refines the schedules that Reaper makes",
                "write `schedules` for the keyspaces, one by one",
            ),
        }
    }
}

fn mode(draft: &mut Draft, at: &At<'_>, value: &Value) {
    match value.as_str() {
        Some("PER_DC") => draft.meet(at, "one Reaper for each Kubernetes cluster"),
        Some("SINGLE") => draft.meet(at, "one Reaper for each Kubernetes cluster; in several they share the work"),
        _ => {
            draft.lose(at, "chooses where Reaper runs", "see whether one Reaper for each Kubernetes cluster is enough");
        }
    }
}

/// The Management API instead of JMX, with certificates where it asks for them.
fn management(draft: &mut Draft, at: &At<'_>, to: &Path) {
    if at.key("enabled").value().is_some() {
        draft.meet(&at.key("enabled"), "cassc's Reaper calls the Management API anyway");
    }
    let keystores = at.keys(&["keystores", "name"]);
    if let Some(name) = keystores.value() {
        draft.carry(&keystores, &to.key("auth").key("keystoresSecret"), name);
    }
}
