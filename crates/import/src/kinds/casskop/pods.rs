//! What the pods carry and where they go.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use super::datacenters::Site;
use super::{Part, optional};
use crate::documents::At;
use crate::draft::{Draft, datacenter};
use crate::path::Path;
use crate::pods::affinity::list;
use crate::pods::container::environment;
use crate::pods::lose_unknown;
use crate::pods::metadata::metadata;
use crate::pods::template::only_known;
use crate::report::Refusal;

/// Timings of the probes: field, probe and timing of a topology.
const TIMINGS: [(&str, &str, &str); 8] = [
    ("livenessInitialDelaySeconds", "liveness", "initialDelaySeconds"),
    ("livenessHealthCheckTimeout", "liveness", "timeoutSeconds"),
    ("livenessHealthCheckPeriod", "liveness", "periodSeconds"),
    ("livenessFailureThreshold", "liveness", "failureThreshold"),
    ("readinessInitialDelaySeconds", "readiness", "initialDelaySeconds"),
    ("readinessHealthCheckTimeout", "readiness", "timeoutSeconds"),
    ("readinessHealthCheckPeriod", "readiness", "periodSeconds"),
    ("readinessFailureThreshold", "readiness", "failureThreshold"),
];
/// cassc's readiness probe takes at least this long, in seconds (E517).
const LEAST_READINESS: u32 = 3;

/// Volumes of CassKop's pods, and those of cassc's with the same content (`generateCassandraVolumes`).
const VOLUMES: [(&str, &str); 3] = [("data", "server-data"), ("log", "server-logs"), ("tmp", "tmp")];

/// `pod` and `service` of CassKop.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Policy {
    annotations: Option<Value>,
    tolerations: Option<Value>,
    #[serde(flatten)]
    others: BTreeMap<String, Value>,
}

/// Settings of the pods of a datacenter.
pub(super) fn write(draft: &mut Draft, part: &Part<'_>, site: &Site<'_>) -> Result<(), Refusal> {
    let spec = part.spec();
    let to = datacenter(site.index);
    policies(draft, &spec, &to)?;
    anti_affinity(draft, &spec.key("hardAntiAffinity"), &to)?;
    for (field, probe, timing) in TIMINGS {
        let at = spec.key(field);
        if let Some(seconds) = optional::<u32>(&at)? {
            let to = to.key("pod").key("probes").key(probe).key(timing);
            if (probe, timing) == ("readiness", "timeoutSeconds") && seconds < LEAST_READINESS {
                draft.change(&at, &to, LEAST_READINESS, "the least that cassc's probe needs");
            } else {
                draft.carry(&at, &to, seconds);
            }
        }
    }
    secret(draft, &spec.key("imagePullSecret"), &to)?;
    if let Some(account) = optional::<String>(&spec.key("serviceAccountName"))?.filter(|account| !account.is_empty()) {
        draft.carry(&spec.key("serviceAccountName"), &to.key("pod").key("serviceAccount"), account);
    }
    environment(draft, &spec.key("envVars"), &to);
    sidecars(draft, &spec, &to)
}

fn policies(draft: &mut Draft, spec: &At<'_>, to: &Path) -> Result<(), Refusal> {
    let at = spec.key("pod");
    let Policy { annotations: _, tolerations: _, others } = optional(&at)?.unwrap_or_default();
    metadata(draft, &at.key("annotations"), &to.key("pod").key("annotations"));
    list(draft, &at.key("tolerations"), &to.key("scheduling").key("tolerations"));
    lose_unknown(draft, &at, &others);
    let at = spec.key("service");
    let Policy { annotations: _, tolerations: _, others } = optional(&at)?.unwrap_or_default();
    // The headless service with all pods, `<cluster>` at CassKop's.
    metadata(draft, &at.key("annotations"), &to.key("services").key("allPods").key("annotations"));
    lose_unknown(draft, &at, &others);
    Ok(())
}

/// Soft is what CassKop has where the resource is silent.
fn anti_affinity(draft: &mut Draft, at: &At<'_>, to: &Path) -> Result<(), Refusal> {
    let to = to.key("scheduling").key("antiAffinity");
    match optional::<bool>(at)? {
        Some(true) => draft.carry(at, &to, "required"),
        Some(false) => draft.change(at, &to, "preferred", "pods share a worker only if there is no other"),
        None => draft.fill(&to, "preferred", "CassKop lets pods share a worker where the resource is silent"),
    }
    Ok(())
}

fn secret(draft: &mut Draft, at: &At<'_>, to: &Path) -> Result<(), Refusal> {
    let at = at.key("name");
    if let Some(name) = optional::<String>(&at)?.filter(|name| !name.is_empty()) {
        draft.carry(&at, &to.key("pod").key("imagePullSecrets").index(0), name);
    }
    Ok(())
}

/// Containers beside Cassandra. They mount volumes of the pod by name.
fn sidecars(draft: &mut Draft, spec: &At<'_>, to: &Path) -> Result<(), Refusal> {
    let list = spec.key("sidecarConfigs");
    for (index, container) in optional::<Vec<Value>>(&list)?.unwrap_or_default().iter().enumerate() {
        let at = list.index(index);
        let mut container = only_known(draft, &at, container);
        let mounts = container.get_mut("volumeMounts").and_then(Value::as_array_mut);
        let changed = mounts.is_some_and(|mounts| renamed(draft, &at.key("volumeMounts"), mounts, &logs(spec)));
        let to = to.key("pod").key("containers").index(index);
        if changed {
            draft.change(&at, &to, container, "its volumes have other names in cassc's pods");
        } else {
            draft.carry(&at, &to, container);
        }
        draft.lose(
            &at.key("env"),
            "got CASSANDRA_SEEDS, CASSANDRA_CLUSTER_NAME, CASSANDRA_DC, CASSANDRA_RACK and POD_IP from CassKop",
            "write the variables that the container reads into its `env`",
        );
    }
    Ok(())
}

/// The volume with the logs: that of `storageConfigs` where one is mounted there.
fn logs(spec: &At<'_>) -> String {
    let configs = spec.key("storageConfigs").value().and_then(Value::as_array).into_iter().flatten();
    let mut there =
        configs.filter(|config| config.get("mountPath").and_then(Value::as_str) == Some("/var/log/cassandra"));
    let name = there.find_map(|config| config.get("name").and_then(Value::as_str));
    name.unwrap_or("server-logs").to_owned()
}

/// Renames the volumes that cassc has too, and takes out the mounts of those that it has not. Whether anything changed.
fn renamed(draft: &mut Draft, at: &At<'_>, mounts: &mut Vec<Value>, logs: &str) -> bool {
    let before = mounts.clone();
    let mut kept = Vec::new();
    for (index, mut mount) in mounts.drain(..).enumerate() {
        let name = mount.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
        let own = VOLUMES.iter().find(|(of_casskop, _)| *of_casskop == name);
        match own {
            Some(("log", _)) => mount["name"] = Value::from(logs),
            Some((_, of_cassc)) => mount["name"] = Value::from(*of_cassc),
            None if ["bootstrap", "extra-lib", "tools", "cassandra-config"].contains(&name.as_str()) => {
                draft.lose(
                    &at.index(index),
                    "mounted what CassKop's bootstrap image brings along",
                    "build it into the image of the container",
                );
                continue;
            }
            None => {}
        }
        kept.push(mount);
    }
    *mounts = kept;
    *mounts != before
}
