//! The template of the pods.

use std::collections::BTreeSet;

use serde_json::Value;

use super::affinity::{affinity, list, spread};
use super::{Others, container, metadata, resources, volume};
use crate::documents::At;
use crate::draft::{Draft, Node, spec};
use crate::path::Path;
use crate::report::Refusal;

/// The containers that the operators and cassc have both.
const LOGGER: &str = "server-system-logger";
/// The init containers that write the configuration.
const BUILDERS: [&str; 2] = ["server-config-init", "server-config-init-base"];

/// A `PodTemplateSpec`; `datacenter` is where it goes.
pub(crate) fn template(draft: &mut Draft, at: &At<'_>, datacenter: &Path) -> Result<(), Refusal> {
    let pod = datacenter.key("pod");
    metadata::metadata(draft, &at.keys(&["metadata", "labels"]), &pod.key("labels"));
    metadata::metadata(draft, &at.keys(&["metadata", "annotations"]), &pod.key("annotations"));
    let at = at.key("spec");
    let fields: Option<Others> = at.read()?;
    for key in fields.iter().flat_map(Others::keys) {
        field(draft, &at, key, datacenter)?;
    }
    volumes(draft, &at.key("containers"), &at.key("volumes"));
    Ok(())
}

/// A field of a `PodSpec`.
fn field(draft: &mut Draft, at: &At<'_>, key: &str, datacenter: &Path) -> Result<(), Refusal> {
    let (pod, scheduling, field) = (datacenter.key("pod"), datacenter.key("scheduling"), at.key(key));
    let Some(value) = field.value() else { return Ok(()) };
    match key {
        "containers" => return containers(draft, &field, datacenter),
        "initContainers" => init_containers(draft, &field, datacenter),
        "volumes" => {}
        "securityContext" => security_context(draft, &field, &pod),
        "affinity" => affinity(draft, &field, &scheduling),
        "topologySpreadConstraints" => spread(draft, &field, &scheduling.key("topologySpread")),
        "tolerations" => draft.meet(&field, "Cass Operator does not read tolerations here, but those of the resource"),
        "nodeSelector" => super::affinity::node_labels(draft, &field, datacenter, false),
        "priorityClassName" if value != "" => draft.carry(&field, &scheduling.key("priorityClass"), value),
        "schedulerName" => draft.carry(&field, &scheduling.key("schedulerName"), value),
        "serviceAccountName" | "serviceAccount" => draft.carry(&field, &pod.key("serviceAccount"), value),
        "terminationGracePeriodSeconds" => draft.carry(&field, &pod.key("terminationGraceSeconds"), value),
        "dnsPolicy" | "dnsConfig" | "runtimeClassName" | "hostNetwork" => draft.carry(&field, &pod.key(key), value),
        "hostAliases" => list(draft, &field, &pod.key(key)),
        "imagePullSecrets" => pull_secrets(draft, &field, &pod.key(key)),
        "restartPolicy" | "enableServiceLinks" | "priorityClassName" => draft.meet(&field, "no effect on Cassandra"),
        _ => draft.lose(
            &field,
            "a setting of the pods that topologies do not have",
            "write an override of the StatefulSets",
        ),
    }
    Ok(())
}

/// An empty context leaves the ids to the platform, as OpenShift does.
pub(crate) fn security_context(draft: &mut Draft, at: &At<'_>, pod: &Path) {
    let Some(value) = at.value().and_then(Value::as_object) else { return };
    let to = pod.key("securityContext");
    if value.is_empty() {
        let none = serde_json::json!({"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}});
        draft.change(at, &to, none, "without ids, so that the platform chooses them, and `restricted` all the same");
    } else if value.contains_key("seccompProfile") {
        draft.carry(at, &to, Node::from(&Value::Object(value.clone())));
    } else {
        let mut whole = value.clone();
        whole.insert("seccompProfile".to_owned(), serde_json::json!({"type": "RuntimeDefault"}));
        draft.change(at, &to, Value::Object(whole), "with the seccomp profile that `restricted` asks for");
    }
}

fn pull_secrets(draft: &mut Draft, at: &At<'_>, to: &Path) {
    let names = at.value().and_then(Value::as_array).into_iter().flatten();
    for (index, name) in names.filter_map(|secret| secret.get("name")).enumerate() {
        draft.carry(&at.index(index), &to.index(index), name);
    }
}

fn name_of(container: &Value) -> &str {
    container.get("name").and_then(Value::as_str).unwrap_or_default()
}

/// `containers` of a template: Cassandra's own, the logger's, and others.
pub(crate) fn containers(draft: &mut Draft, at: &At<'_>, datacenter: &Path) -> Result<(), Refusal> {
    let others = datacenter.key("pod").key("containers");
    for (index, value) in at.value().and_then(Value::as_array).into_iter().flatten().enumerate() {
        let at = at.index(index);
        match name_of(value) {
            "cassandra" => container::cassandra(draft, &at, datacenter)?,
            LOGGER => logger(draft, &at, value),
            _ => extra(draft, &at, value, &others),
        }
    }
    Ok(())
}

/// What a template says of the system logger.
fn logger(draft: &mut Draft, at: &At<'_>, value: &Value) {
    for key in value.as_object().into_iter().flat_map(serde_json::Map::keys) {
        let field = at.key(key);
        match key.as_str() {
            "name" => {}
            "image" => {
                if let Some(image) = field.value() {
                    draft.agree(&field, &spec(&["systemLogger", "image"]), image);
                }
            }
            "resources" => resources::agreed(draft, &field, &spec(&["systemLogger", "resources"])),
            _ => draft.lose(&field, "a setting of the system logger", "write an override of the StatefulSets"),
        }
    }
}

/// The fields of a container (`Container` of core/v1).
const OF_CONTAINERS: [&str; 25] = [
    "args",
    "command",
    "env",
    "envFrom",
    "image",
    "imagePullPolicy",
    "lifecycle",
    "livenessProbe",
    "name",
    "ports",
    "readinessProbe",
    "resizePolicy",
    "resources",
    "restartPolicy",
    "restartPolicyRules",
    "securityContext",
    "startupProbe",
    "stdin",
    "stdinOnce",
    "terminationMessagePath",
    "terminationMessagePolicy",
    "tty",
    "volumeDevices",
    "volumeMounts",
    "workingDir",
];

/// Takes the fields out of a container that Kubernetes does not have, and that it drops.
pub(crate) fn only_known(draft: &mut Draft, at: &At<'_>, container: &Value) -> Value {
    let Some(fields) = container.as_object() else { return container.clone() };
    let is_known = |key: &String| OF_CONTAINERS.contains(&key.as_str());
    for key in fields.keys().filter(|key| !is_known(key)) {
        draft.meet(&at.key(key), "no field of a container: Kubernetes drops it");
    }
    Value::Object(
        fields.iter().filter(|(key, _)| is_known(key)).map(|(key, value)| (key.clone(), value.clone())).collect(),
    )
}

/// A container beside Cassandra.
fn extra(draft: &mut Draft, at: &At<'_>, value: &Value, to: &Path) {
    if value.get("image").is_none() {
        draft.lose(at, "changes a container that cassc does not have", "nothing");
        return;
    }
    let index = draft.get(to).map_or(0, Node::len);
    let known = only_known(draft, at, value);
    draft.carry(at, &to.index(index), known);
}

/// Init containers run before cassc's. Those that write the configuration are the operator's.
pub(crate) fn init_containers(draft: &mut Draft, at: &At<'_>, datacenter: &Path) {
    let to = datacenter.key("pod").key("initContainers");
    for (index, value) in at.value().and_then(Value::as_array).into_iter().flatten().enumerate() {
        let at = at.index(index);
        let mounts = value.get("volumeMounts").and_then(Value::as_array).into_iter().flatten();
        let writes_configuration = mounts.clone().any(|mount| {
            mount.get("name").and_then(Value::as_str).is_some_and(|name| name.starts_with("server-config"))
        });
        if BUILDERS.contains(&name_of(value)) {
            builder(draft, &at, value);
        } else if writes_configuration {
            let instead = "set the keys in `cassandra.config` and the options in `cassandra.jvm`";
            draft.lose(&at, "changes the configuration that the operator has written", instead);
        } else {
            extra(draft, &at, value, &to);
        }
    }
}

/// What a template says of the operator's init container, which cassc's gate replaces.
fn builder(draft: &mut Draft, at: &At<'_>, value: &Value) {
    for key in value.as_object().into_iter().flat_map(serde_json::Map::keys) {
        match key.as_str() {
            "name" => {}
            "resources" => draft.meet(&at.key(key), "Cass Operator does not read it here"),
            _ => {
                draft.lose(&at.key(key), "a setting of the operator's init container", "nothing: cassc has none of it");
            }
        }
    }
}

/// Volumes are mounted where the Cassandra container mounts them; a volume that only others mount gets a path of its own.
pub(crate) fn volumes(draft: &mut Draft, containers: &At<'_>, volumes: &At<'_>) {
    let named = mounted_by_cassandra(containers);
    for (index, value) in volumes.value().and_then(Value::as_array).into_iter().flatten().enumerate() {
        let at = volumes.index(index);
        let name = name_of(value);
        if volume::is_there(draft, name) {
            continue;
        }
        match named.iter().find(|(volume, _)| volume == name) {
            Some((_, mount)) => volume::with_source(draft, &at, name, mount),
            None => {
                let mount = format!("/mnt/{name}");
                let to = volume::next(draft).key("mountPath");
                volume::with_source(draft, &at, name, &mount);
                if draft.get(&to).is_some() {
                    draft.change(
                        &at,
                        &to,
                        mount,
                        "only other containers mount it; a topology mounts it in Cassandra's too",
                    );
                }
            }
        }
    }
}

/// The volumes that the Cassandra container mounts, with the paths.
fn mounted_by_cassandra(at: &At<'_>) -> BTreeSet<(String, String)> {
    let containers = at.value().and_then(Value::as_array).into_iter().flatten();
    let own = containers.filter(|container| name_of(container) == "cassandra");
    let mounts = own.filter_map(|container| container.get("volumeMounts")).filter_map(Value::as_array).flatten();
    let text = |mount: &Value, key: &str| mount.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    mounts.map(|mount| (text(mount, "name"), text(mount, "mountPath"))).collect()
}
