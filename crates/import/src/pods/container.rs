//! The Cassandra container of a pod template, and its environment.

use serde_json::Value;

use super::size::size;
use super::{Others, probes, resources, text_of};
use crate::documents::At;
use crate::draft::{Draft, spec};
use crate::path::Path;
use crate::report::Refusal;

/// Variables that the operators set for the Management API. cassc sets what its own start needs.
const WIRING: [&str; 10] = [
    "DS_LICENSE",
    "USE_MGMT_API",
    "MGMT_API_NO_KEEP_ALIVE",
    "MGMT_API_EXPLICIT_START",
    "MGMT_API_LISTEN_TCP_PORT",
    "MGMT_API_DISABLE_MCAC",
    "METRIC_FILTERS",
    "POD_NAME",
    "NODE_NAME",
    "LOCAL_JMX",
];

/// Variables that the start script and the JVM read (E424).
const OF_START_SCRIPT: [&str; 16] = [
    "HEAP_NEWSIZE",
    "HOME",
    "IGNORE_DEFAULTS",
    "JAVA_HOME",
    "JAVA_OPTS",
    "JAVA_TOOL_OPTIONS",
    "JDK_JAVA_OPTIONS",
    "JMX_PORT",
    "JVM_EXTRA_OPTS",
    "JVM_OPTS",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "MAX_HEAP_SIZE",
    "PATH",
    "POD_IP",
    "_JAVA_OPTIONS",
];

/// The Cassandra container of a template; `datacenter` is where the pods' settings go.
pub(crate) fn cassandra(draft: &mut Draft, at: &At<'_>, datacenter: &Path) -> Result<(), Refusal> {
    let fields: Others = at.read()?;
    for (key, value) in &fields {
        let field = at.key(key);
        match key.as_str() {
            "name" | "volumeMounts" => {}
            "image" => draft.agree(&field, &spec(&["cassandra", "image"]), value),
            "imagePullPolicy" => draft.agree(&field, &spec(&["cassandra", "imagePullPolicy"]), value),
            "resources" => resources::resources(draft, &field, &datacenter.key("resources")),
            "env" => environment(draft, &field, datacenter),
            "livenessProbe" => probes::probe(draft, &field, &probes_of(datacenter).key("liveness")),
            "readinessProbe" => probes::probe(draft, &field, &probes_of(datacenter).key("readiness")),
            "startupProbe" => probes::probe(draft, &field, &probes_of(datacenter).key("startup")),
            "ports" => ports(draft, &field),
            "securityContext" => draft.lose(
                &field,
                "the security context of the Cassandra container",
                "nothing, if the pods may be `restricted`, as cassc's are; else write an override of the StatefulSets",
            ),
            "lifecycle" => draft.lose(
                &field,
                "runs commands after the start or before the stop of the container",
                "nothing, if it drains the node, as cassc's pods do; else write an override of the StatefulSets",
            ),
            "command" | "args" | "workingDir" => draft.lose(
                &field,
                "replaces the command of the Cassandra container",
                "put it into an image of your own, and name that in `cassandra.image`",
            ),
            "envFrom" => draft.lose(
                &field,
                "sets variables from whole objects",
                "name the variables one by one in `cassandra.environment`",
            ),
            "terminationMessagePath" | "terminationMessagePolicy" => {
                draft.meet(&field, "what Kubernetes writes by itself");
            }
            _ => draft.lose(&field, "a setting of the Cassandra container", "write an override of the StatefulSets"),
        }
    }
    Ok(())
}

fn probes_of(datacenter: &Path) -> Path {
    datacenter.key("pod").key("probes")
}

/// `env` of the Cassandra container.
pub(crate) fn environment(draft: &mut Draft, at: &At<'_>, datacenter: &Path) {
    for (index, written) in at.value().and_then(Value::as_array).into_iter().flatten().enumerate() {
        variable(draft, &at.index(index), written, datacenter);
    }
}

/// A variable of the Cassandra container.
pub(crate) fn variable(draft: &mut Draft, at: &At<'_>, written: &Value, datacenter: &Path) {
    let name = written.get("name").and_then(Value::as_str).unwrap_or_default();
    let secret = at.keys(&["valueFrom", "secretKeyRef"]);
    match (name, written.get("value").and_then(text_of)) {
        ("MGMT_API_HEAP_SIZE", Some(heap)) => {
            size(draft, at, &datacenter.key("managementApi").key("heap"), &heap);
        }
        (name, _) if WIRING.contains(&name) => draft.meet(at, "cassc sets what its own start needs"),
        (name, Some(value)) if is_name(name) => {
            draft.agree(at, &spec(&["cassandra", "environment"]).key(name), value);
        }
        (name, Some(_)) if !name.is_empty() => draft.lose(
            at,
            "a variable that the start script, the image or the JVM reads",
            "write what it sets as `cassandra.jvm` or `cassandra.config`",
        ),
        (name, None) if is_name(name) && secret.value().is_some() => secret_of(draft, at, &secret, name),
        _ => draft.lose(
            at,
            "a variable whose value comes from the pod or from a ConfigMap",
            "write the value itself into `cassandra.environment`, or write an override of the StatefulSets",
        ),
    }
}

/// A variable whose value stands in a Secret.
fn secret_of(draft: &mut Draft, at: &At<'_>, secret: &At<'_>, name: &str) {
    let to = spec(&["cassandra", "environment"]).key(name).key("secretKeyRef");
    for key in ["name", "key"] {
        if let Some(value) = secret.key(key).value() {
            draft.agree(&secret.key(key), &to.key(key), value);
        }
    }
    if secret.key("optional").value().and_then(Value::as_bool) == Some(true) {
        draft.lose(at, "starts the pod even without the Secret", "make sure that the Secret is there");
    }
}

/// Whether a topology may set a variable of that name: those of the start script and of the Management API are cassc's.
fn is_name(name: &str) -> bool {
    let owned = ["MGMT_API_", "CASSANDRA_", "CASSC_"];
    !name.is_empty() && !owned.iter().any(|prefix| name.starts_with(prefix)) && !OF_START_SCRIPT.contains(&name)
}

/// Ports only document what is open; the Management API's port is another matter.
fn ports(draft: &mut Draft, at: &At<'_>) {
    for (index, port) in at.value().and_then(Value::as_array).into_iter().flatten().enumerate() {
        let at = at.index(index);
        let is_moved = port.get("name").and_then(Value::as_str) == Some("mgmt-api-http")
            && port.get("containerPort").and_then(Value::as_u64) != Some(8080);
        if is_moved {
            draft.lose(
                &at,
                "moves the Management API to another port",
                "let it listen on 8080: probes and steps call it there",
            );
        } else {
            draft.meet(&at, "a port that is listed or not is open all the same");
        }
    }
}
