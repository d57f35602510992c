//! Pods as they were found: what they mount, whether Cassandra has ever run in them, and why they do not run.

use std::collections::BTreeSet;

use cassc_settle::observed;
use k8s_openapi::api::core::v1::{Container, ContainerState, ContainerStatus, Pod, PodSpec, PodStatus, Volume};

/// The container that orders the first starts.
const GATE: &str = "server-config-init";

/// The container that Cassandra runs in.
pub(super) const SERVER: &str = "cassandra";

/// What a container waits for that is on its way up.
const ON_THE_WAY: [&str; 2] = ["ContainerCreating", "PodInitializing"];

/// The longest reason, in characters: images' errors can be pages.
const LONGEST_REASON: usize = 200;

/// What of a pod is judged. `set` owns it, and `ordinal` is its place there.
pub(super) fn pod(found: &Pod, set: &str, ordinal: u32) -> observed::Pod {
    let metadata = &found.metadata;
    let label = |key: &str| metadata.labels.as_ref().and_then(|labels| labels.get(key).cloned());
    let status = found.status.clone().unwrap_or_default();
    let created = metadata.creation_timestamp.as_ref().map_or(0, |time| time.0.as_second());
    observed::Pod {
        uid: metadata.uid.clone().unwrap_or_default(),
        set: set.to_owned(),
        ordinal,
        revision: label("controller-revision-hash").unwrap_or_default(),
        address: status.pod_ip.clone().filter(|address| !address.is_empty()),
        is_ready: condition(&status, "Ready").is_some_and(|it| it.status == "True"),
        is_deleting: metadata.deletion_timestamp.is_some(),
        is_in_gate: is_in_gate(&status),
        created: u64::try_from(created).unwrap_or(0),
        trouble: trouble(&status),
        claims: claims(found.spec.as_ref()),
        config_maps: found.spec.as_ref().map(config_maps).unwrap_or_default().into_iter().collect(),
    }
}

/// The claims that a pod mounts.
fn claims(spec: Option<&PodSpec>) -> Vec<String> {
    let volumes = spec.and_then(|spec| spec.volumes.as_ref()).into_iter().flatten();
    volumes.filter_map(|volume| Some(volume.persistent_volume_claim.as_ref()?.claim_name.clone())).collect()
}

/// The ConfigMaps that a pod cannot start without: its volumes' and its environment's.
pub(super) fn config_maps(spec: &PodSpec) -> BTreeSet<String> {
    let of_volumes = spec.volumes.iter().flatten().flat_map(of_volume);
    let containers = spec.containers.iter().chain(spec.init_containers.iter().flatten());
    of_volumes.chain(containers.flat_map(of_environment)).collect()
}

fn of_volume(volume: &Volume) -> Vec<String> {
    let projected = volume.projected.iter().flat_map(|it| it.sources.iter().flatten());
    let projected = projected.filter_map(|source| Some(source.config_map.as_ref()?.name.clone()));
    volume.config_map.iter().map(|it| it.name.clone()).chain(projected).collect()
}

fn of_environment(container: &Container) -> Vec<String> {
    let whole = container.env_from.iter().flatten();
    let whole = whole.filter_map(|from| Some(from.config_map_ref.as_ref()?.name.clone()));
    let keys = container.env.iter().flatten();
    let keys = keys.filter_map(|it| Some(it.value_from.as_ref()?.config_map_key_ref.as_ref()?.name.clone()));
    whole.chain(keys).collect()
}

/// Whether Cassandra has surely never run in this pod: its gate has not let it through, and its container has never
/// been started. A pod that nobody says anything about any more may have run it.
fn is_in_gate(status: &PodStatus) -> bool {
    let named = |all: &Option<Vec<ContainerStatus>>, name: &str| {
        all.iter().flatten().find(|container| container.name == name).cloned()
    };
    let (gate, server) = (named(&status.init_container_statuses, GATE), named(&status.container_statuses, SERVER));
    let has_passed = gate.as_ref().and_then(|gate| terminated(gate.state.as_ref())).is_some_and(|code| code == 0);
    let has_run = server.is_some_and(|server| {
        let is_started = |state: Option<&ContainerState>| {
            state.is_some_and(|state| state.running.is_some() || state.terminated.is_some())
        };
        server.restart_count > 0 || is_started(server.state.as_ref()) || is_started(server.last_state.as_ref())
    });
    let is_before_it = gate.is_some() || status.phase.as_deref() == Some("Pending");
    is_before_it && !has_passed && !has_run
}

/// The exit code of a container that has ended.
fn terminated(state: Option<&ContainerState>) -> Option<i32> {
    Some(state?.terminated.as_ref()?.exit_code)
}

/// Why a pod does not run, in Kubernetes' words; `None` for one that runs or is on its way.
fn trouble(status: &PodStatus) -> Option<String> {
    let unscheduled = condition(status, "PodScheduled")
        .filter(|it| it.status == "False")
        .map(|it| with(it.reason.as_deref().unwrap_or("Unschedulable"), it.message.as_deref()));
    let containers = || status.init_container_statuses.iter().chain(&status.container_statuses).flatten();
    let ended = || {
        let is_over = matches!(status.phase.as_deref(), Some("Failed" | "Unknown"));
        is_over.then(|| with(status.reason.as_deref().unwrap_or("Failed"), status.message.as_deref()))
    };
    unscheduled.or_else(|| containers().find_map(of_container)).or_else(ended)
}

/// Why a container does not run.
fn of_container(container: &ContainerStatus) -> Option<String> {
    let state = container.state.as_ref()?;
    if let Some(waiting) = &state.waiting {
        let reason = waiting.reason.as_deref().filter(|reason| !ON_THE_WAY.contains(reason))?;
        let code = terminated(container.last_state.as_ref());
        // The message of a restart says only for how long it is put off.
        return Some(match code {
            Some(code) => format!("{reason}, exit code {code}"),
            None => with(reason, waiting.message.as_deref()),
        });
    }
    let ended = state.terminated.as_ref().filter(|ended| ended.exit_code != 0)?;
    let reason = ended.reason.as_deref().unwrap_or("Error");
    Some(format!("{reason}, exit code {}", ended.exit_code))
}

/// A reason with its message, shortened.
fn with(reason: &str, message: Option<&str>) -> String {
    let message = message.map(str::trim).filter(|message| !message.is_empty());
    let text = message.map_or_else(|| reason.to_owned(), |message| format!("{reason}: {message}"));
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_REASON).collect()
}

fn condition<'s>(status: &'s PodStatus, kind: &str) -> Option<&'s k8s_openapi::api::core::v1::PodCondition> {
    status.conditions.iter().flatten().find(|condition| condition.type_ == kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    /// A pod as the API server writes it, with this status.
    fn found(status: &Value) -> Pod {
        let pod = json!({
            "metadata": {
                "name": "shop-dc1-r1-sts-2", "uid": "u", "creationTimestamp": "2026-12-01T00:00:00Z",
                "labels": {"controller-revision-hash": "shop-dc1-r1-sts-7d9"},
            },
            "spec": {
                "containers": [{"name": "cassandra", "envFrom": [{"configMapRef": {"name": "from-environment"}}]}],
                "initContainers": [{"name": "server-config-init", "env": [
                    {"name": "A", "valueFrom": {"configMapKeyRef": {"name": "from-key", "key": "k"}}}]}],
                "volumes": [
                    {"name": "server-data", "persistentVolumeClaim": {"claimName": "server-data-shop-dc1-r1-sts-2"}},
                    {"name": "config", "configMap": {"name": "shop-dc1-config-0123abcd"}},
                    {"name": "both", "projected": {"sources": [{"configMap": {"name": "projected"}}]}},
                ],
            },
            "status": status,
        });
        serde_json::from_value(pod).expect("a pod")
    }

    fn judged(status: &Value) -> observed::Pod {
        pod(&found(status), "shop-dc1-r1-sts", 2)
    }

    #[test]
    fn what_a_pod_needs_is_found_wherever_it_stands() {
        let found = judged(&json!({
            "phase": "Running", "podIP": "10.0.0.7", "conditions": [{"type": "Ready", "status": "True"}],
        }));
        assert_eq!(found.claims, ["server-data-shop-dc1-r1-sts-2"]);
        assert_eq!(found.config_maps, ["from-environment", "from-key", "projected", "shop-dc1-config-0123abcd"]);
        assert_eq!((found.revision.as_str(), found.created), ("shop-dc1-r1-sts-7d9", 1_796_083_200));
        assert_eq!((found.address.as_deref(), found.is_ready), (Some("10.0.0.7"), true));
        assert_eq!((found.trouble, found.is_in_gate, found.is_deleting), (None, false, false));
    }

    #[test]
    fn cassandra_has_surely_never_run_only_in_front_of_the_gate() {
        let gate = |state: Value| json!([{"name": "server-config-init", "state": state}]);
        let server =
            |state: Value, restarts: u32| json!([{"name": "cassandra", "restartCount": restarts, "state": state}]);
        let (waiting, running) = (json!({"waiting": {"reason": "PodInitializing"}}), json!({"running": {}}));
        let ended = |code: i32| json!({"terminated": {"exitCode": code}});
        for (expected, status) in [
            (true, json!({"phase": "Pending"})),
            (
                true,
                json!({"phase": "Pending", "initContainerStatuses": gate(running.clone()),
                "containerStatuses": server(waiting.clone(), 0)}),
            ),
            (true, json!({"phase": "Pending", "initContainerStatuses": gate(ended(1))})),
            (
                false,
                json!({"phase": "Pending", "initContainerStatuses": gate(ended(0)),
                "containerStatuses": server(waiting.clone(), 0)}),
            ),
            // Its node restarted: the gate runs again, and Cassandra has run before.
            (
                false,
                json!({"phase": "Pending", "initContainerStatuses": gate(running.clone()),
                "containerStatuses": server(waiting.clone(), 1)}),
            ),
            (
                false,
                json!({"phase": "Pending", "initContainerStatuses": gate(running.clone()), "containerStatuses":
                [{"name": "cassandra", "restartCount": 0, "state": waiting, "lastState": ended(137)}]}),
            ),
            (
                false,
                json!({"phase": "Running", "initContainerStatuses": gate(running.clone()),
                "containerStatuses": server(running, 0)}),
            ),
            // Nobody says anything about it any more.
            (false, json!({"phase": "Unknown"})),
            (false, json!({})),
        ] {
            assert_eq!(judged(&status).is_in_gate, expected, "{status}");
        }
    }

    #[test]
    fn trouble_is_told_in_the_words_of_kubernetes() {
        let server = |state: Value, last: Value| json!({"phase": "Running", "containerStatuses": [{"name": "cassandra", "state": state, "lastState": last}]});
        let unscheduled = json!([{"type": "PodScheduled", "status": "False", "reason": "Unschedulable",
            "message": "0/3 nodes are available"}]);
        let back_off = json!({"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s"}});
        let image = json!({"waiting": {"reason": "ImagePullBackOff", "message": "no\nsuch image"}});
        let creating = json!({"waiting": {"reason": "ContainerCreating"}});
        let ended = |code: i32| json!({"terminated": {"exitCode": code, "reason": "Error"}});
        for (expected, status) in [
            (Some("Unschedulable: 0/3 nodes are available"), json!({"phase": "Pending", "conditions": unscheduled})),
            (Some("CrashLoopBackOff, exit code 3"), server(back_off, ended(3))),
            (Some("ImagePullBackOff: no such image"), server(image, json!({}))),
            (Some("Error, exit code 1"), server(ended(1), json!({}))),
            (
                Some("Evicted: disk pressure"),
                json!({"phase": "Failed", "reason": "Evicted", "message": "disk pressure"}),
            ),
            (None, server(creating, json!({}))),
            (None, server(ended(0), json!({}))),
            (None, server(json!({"running": {}}), ended(137))),
        ] {
            assert_eq!(judged(&status).trouble.as_deref(), expected, "{status}");
        }
    }
}
