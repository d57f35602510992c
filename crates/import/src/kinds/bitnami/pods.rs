//! What the pods carry and where they go.

use serde_json::Value;

use super::{Values, is_template, optional, text};
use crate::documents::At;
use crate::draft::{Draft, Node, datacenter};
use crate::path::Path;
use crate::pods::affinity::{affinity, list, node_labels, spread};
use crate::pods::metadata::metadata;
use crate::pods::probes::timing;
use crate::pods::template::only_known;
use crate::pods::{text_of, volume};
use crate::report::Refusal;

/// Fields that a topology has under another name, with values of the same form: where the values have them, where a
/// datacenter of a topology has them.
const TEXTS: [(&str, [&str; 2]); 2] =
    [("priorityClassName", ["scheduling", "priorityClass"]), ("schedulerName", ["scheduling", "schedulerName"])];

/// Settings of the pods.
pub(super) fn write(draft: &mut Draft, values: &Values<'_>) -> Result<(), Refusal> {
    let to = datacenter(0);
    let pod = to.key("pod");
    for (field, to) in [
        ("commonLabels", Path::of(&["metadata", "labels"])),
        ("commonAnnotations", Path::of(&["metadata", "annotations"])),
        ("podLabels", pod.key("labels")),
        ("podAnnotations", pod.key("annotations")),
    ] {
        if let Some(at) = plain(&values.keys(&[field])) {
            metadata(draft, &at, &to);
        }
    }
    for (field, [map, key]) in TEXTS {
        if let Some(name) = values.text(&[field])? {
            draft.carry(&values.keys(&[field]), &to.key(map).key(key), name);
        }
    }
    let grace = values.keys(&["terminationGracePeriodSeconds"]);
    if let Some(seconds) = text(&grace)?.and_then(|text| text.parse::<u32>().ok()) {
        draft.carry(&grace, &to.key("pod").key("terminationGraceSeconds"), seconds);
    }
    pull_secrets(draft, values, &to)?;
    places(draft, values, &to)?;
    for (field, name) in [("livenessProbe", "liveness"), ("readinessProbe", "readiness"), ("startupProbe", "startup")] {
        of_probe(draft, &values.keys(&[field]), &to.key("pod").key("probes").key(name))?;
    }
    if optional::<bool>(&values.keys(&["hostNetwork"]))? == Some(true) {
        draft.carry(&values.keys(&["hostNetwork"]), &to.key("pod").key("hostNetwork"), true);
    }
    if let Some(at) = plain(&values.keys(&["hostAliases"])) {
        list(draft, &at, &to.key("pod").key("hostAliases"));
    }
    containers(draft, values, &to)?;
    volumes(draft, values);
    budget(draft, values, &to)
}

/// `global` and the image name Secrets, as texts or as `{name: …}`.
fn pull_secrets(draft: &mut Draft, values: &Values<'_>, to: &Path) -> Result<(), Refusal> {
    let to = to.key("pod").key("imagePullSecrets");
    let mut index = 0;
    for list in [values.global.key("imagePullSecrets"), values.keys(&["image", "pullSecrets"])] {
        for (number, secret) in optional::<Vec<Value>>(&list)?.unwrap_or_default().iter().enumerate() {
            if let Some(name) = secret.as_str().or_else(|| secret.get("name").and_then(Value::as_str)) {
                draft.carry(&list.index(number), &to.index(index), name);
                index += 1;
            }
        }
    }
    Ok(())
}

/// Workers. `affinity` replaces the presets.
fn places(draft: &mut Draft, values: &Values<'_>, to: &Path) -> Result<(), Refusal> {
    let scheduling = to.key("scheduling");
    let carried = |key: &str| plain(&values.keys(&[key]));
    if let Some(at) = carried("nodeSelector") {
        node_labels(draft, &at, to, false);
    }
    if let Some(at) = carried("tolerations") {
        list(draft, &at, &scheduling.key("tolerations"));
    }
    if let Some(at) = carried("topologySpreadConstraints") {
        spread(draft, &at, &scheduling.key("topologySpread"));
    }
    if let Some(at) =
        carried("affinity").filter(|at| at.value().and_then(Value::as_object).is_some_and(|map| !map.is_empty()))
    {
        affinity(draft, &at, &scheduling);
        return Ok(());
    }
    let preset = values.keys(&["podAntiAffinityPreset"]);
    let anti = scheduling.key("antiAffinity");
    match text(&preset)?.as_deref() {
        Some("hard") => draft.carry(&preset, &anti, "required"),
        Some(_) => draft.change(&preset, &anti, "preferred", "pods share a worker only if there is no other"),
        None => draft.fill(&anti, "preferred", "the chart lets pods share a worker where the values are silent"),
    }
    Ok(())
}

/// A field without a template in it, which nobody but Helm could read.
fn plain<'d>(at: &At<'d>) -> Option<At<'d>> {
    at.value().filter(|value| !is_template(value)).map(|_| at.clone())
}

/// The timings of a probe. A probe that is not enabled has none.
fn of_probe(draft: &mut Draft, at: &At<'_>, to: &Path) -> Result<(), Refusal> {
    let enabled = at.key("enabled");
    match optional::<bool>(&enabled)? {
        Some(false) if to.last_key() == "startup" => draft.meet(&enabled, "no startup probe, as with cassc"),
        Some(false) => {
            draft.lose(&enabled, "switched the probe off", "nothing: cassc needs its probes to order restarts");
        }
        _ => {
            if enabled.value().is_some() {
                draft.meet(&enabled, "cassc has the probe anyway");
            }
            for (key, value) in
                at.value().and_then(Value::as_object).into_iter().flatten().filter(|(key, _)| *key != "enabled")
            {
                timing(draft, &at.key(key), key, value, to);
            }
        }
    }
    Ok(())
}

fn containers(draft: &mut Draft, values: &Values<'_>, to: &Path) -> Result<(), Refusal> {
    for (field, key) in [("sidecars", "containers"), ("initContainers", "initContainers")] {
        let Some(list) = plain(&values.keys(&[field])) else { continue };
        for (index, container) in optional::<Vec<Value>>(&list)?.unwrap_or_default().iter().enumerate() {
            let at = list.index(index);
            let to = to.key("pod").key(key);
            let next = draft.get(&to).map_or(0, Node::len);
            let known = only_known(draft, &at, container);
            draft.carry(&at, &to.index(next), known);
        }
    }
    Ok(())
}

/// Extra volumes, where the Cassandra container mounts them.
fn volumes(draft: &mut Draft, values: &Values<'_>) {
    let name = |value: &Value| value.get("name").and_then(Value::as_str).unwrap_or_default().to_owned();
    let mounts = values.keys(&["extraVolumeMounts"]);
    let mounted: Vec<(String, Option<String>)> =
        elements(&mounts).map(|mount| (name(mount), mount.get("mountPath").and_then(text_of))).collect();
    let Some(list) = plain(&values.keys(&["extraVolumes"])) else { return };
    for (index, value) in elements(&list).enumerate() {
        let at = list.index(index);
        let path = mounted.iter().find(|(volume, _)| *volume == name(value)).and_then(|(_, path)| path.clone());
        let path = path.unwrap_or_else(|| format!("/mnt/{}", name(value)));
        volume::with_source(draft, &at, &name(value), &path);
    }
    if mounts.value().is_some() && !mounted.is_empty() {
        draft.meet(&mounts, "each additional volume has its path");
    }
}

fn elements<'d>(at: &At<'d>) -> impl Iterator<Item = &'d Value> + use<'d> {
    at.value().and_then(Value::as_array).into_iter().flatten()
}

/// A budget of the chart counts all pods, which are those of one datacenter.
fn budget(draft: &mut Draft, values: &Values<'_>, to: &Path) -> Result<(), Refusal> {
    let at = values.keys(&["pdb", "maxUnavailable"]);
    let to = to.key("disruptionBudget").key("maxUnavailable");
    match text(&at)?.map(|text| text.parse::<u32>()) {
        Some(Ok(1)) => draft.meet(&at, "the budget that cassc has anyway"),
        Some(Ok(number)) => draft.carry(&at, &to, number),
        Some(Err(_)) => {
            draft.lose(&at, "allowed a share of the pods to be away", "write a number of pods in `disruptionBudget`");
        }
        None => {}
    }
    let at = values.keys(&["pdb", "minAvailable"]);
    if text(&at)?.is_some() {
        draft.meet(&at, "cassc lets one pod of the datacenter be away at a time");
    }
    Ok(())
}
