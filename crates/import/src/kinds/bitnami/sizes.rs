//! CPU, memory, heap and volumes.

use cassc_ring::quantity::bytes;
use serde_json::Value;

use super::{Values, optional, text};
use crate::documents::At;
use crate::draft::{Draft, Node, datacenter, spec};
use crate::options::Options;
use crate::path::Path;
use crate::pods::resources::{memory, resources};
use crate::report::Refusal;

/// Requests and limits of `resourcesPreset`: CPU and memory (bitnami/common `templates/_resources.tpl`, 2.20).
const PRESETS: &[(&str, [&str; 4])] = &[
    ("nano", ["100m", "128Mi", "150m", "192Mi"]),
    ("micro", ["250m", "256Mi", "375m", "384Mi"]),
    ("small", ["500m", "512Mi", "750m", "768Mi"]),
    ("medium", ["500m", "1024Mi", "750m", "1536Mi"]),
    ("large", ["1.0", "2048Mi", "1.5", "3072Mi"]),
    ("xlarge", ["1.0", "3072Mi", "3.0", "6144Mi"]),
    ("2xlarge", ["1.0", "3072Mi", "6.0", "12288Mi"]),
];
/// With less memory no heap that Cassandra starts with has room beside the rest (E420), in bytes.
const LEAST_MEMORY: u64 = 1024 * 1024 * 1024;

/// The size of the data volume where the values name none (values.yaml).
const SIZE: &str = "8Gi";
/// The same of a volume for the commit log.
const COMMIT_LOG_SIZE: &str = "2Gi";

/// Resources and volumes.
pub(super) fn write(draft: &mut Draft, values: &Values<'_>, options: &Options) -> Result<(), Refusal> {
    amounts(draft, values, options)?;
    heap(draft, values)?;
    volumes(draft, values)
}

fn amounts(draft: &mut Draft, values: &Values<'_>, options: &Options) -> Result<(), Refusal> {
    let to = datacenter(0).key("resources");
    let at = values.keys(&["resources"]);
    let is_written = at.value().and_then(Value::as_object).is_some_and(|map| !map.is_empty());
    let preset = values.text(&["resourcesPreset"])?;
    if is_written {
        resources(draft, &at, &to);
    } else if let Some(preset) = &preset {
        of_preset(draft, &values.keys(&["resourcesPreset"]), preset, &to)?;
    }
    too_little(draft, &at, &to, options);
    requests(draft, &to);
    memory(draft, &at, &to, options);
    Ok(())
}

/// Memory that is too little for Cassandra beside the Management API is left to decide, or to `--memory`.
fn too_little(draft: &mut Draft, at: &At<'_>, to: &Path, options: &Options) {
    let (request, limit) = (to.key("requests").key("memory"), to.key("limits").key("memory"));
    let text = draft.get(&limit).and_then(Node::text).map(str::to_owned);
    let Some(text) = text.filter(|text| bytes(text).is_some_and(|bytes| bytes < LEAST_MEMORY)) else { return };
    for amount in [&request, &limit] {
        if draft.get(amount).is_some() {
            draft.leave_out(amount, "it is too little: the Management API runs beside Cassandra");
        }
    }
    if options.memory.is_none() {
        let what =
            format!("at least 1Gi of memory, where the values have {text}: the Management API runs beside Cassandra");
        draft.decide(Some(at), &limit, &what);
    }
}

/// Kubernetes takes the limit where no request is written.
fn requests(draft: &mut Draft, to: &Path) {
    for resource in ["cpu", "memory"] {
        let (request, limit) = (to.key("requests").key(resource), to.key("limits").key(resource));
        let is_open = |node: &Node| node.text().is_some_and(|text| text.starts_with("TODO"));
        if let (None, Some(limit)) = (draft.get(&request), draft.get(&limit).filter(|limit| !is_open(limit)).cloned()) {
            draft.fill(&request, limit, "Kubernetes takes the limit where no request is written");
        }
    }
}

fn of_preset(draft: &mut Draft, at: &At<'_>, preset: &str, to: &Path) -> Result<(), Refusal> {
    if preset == "none" {
        draft.meet(at, "no resources");
        return Ok(());
    }
    let Some((_, amounts)) = PRESETS.iter().find(|(name, _)| *name == preset) else {
        let names = PRESETS.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        return Err(at.refused(format!("the chart has no preset `{preset}`"), format!("write one of none, {names}")));
    };
    let keys = [("requests", "cpu"), ("requests", "memory"), ("limits", "cpu"), ("limits", "memory")];
    for ((side, resource), amount) in keys.into_iter().zip(amounts) {
        draft.change(at, &to.key(side).key(resource), *amount, &format!("of the preset `{preset}`"));
    }
    Ok(())
}

/// The heap; where the values name none, the image lets Cassandra's own formula compute it, as cassc does.
fn heap(draft: &mut Draft, values: &Values<'_>) -> Result<(), Refusal> {
    let to = datacenter(0).key("cassandra").key("jvm");
    for (key, field) in [("maxHeapSize", "heap"), ("newHeapSize", "youngGeneration")] {
        let at = values.keys(&["jvm", key]);
        if let Some(size) = text(&at)? {
            crate::pods::size::size(draft, &at, &to.key(field), &size);
        }
    }
    let at = values.keys(&["jvm", "extraOpts"]);
    if let Some(options) = text(&at)? {
        let options: Vec<&str> = options.split_whitespace().collect();
        draft.carry(&at, &to.key("options"), options);
    }
    Ok(())
}

fn volumes(draft: &mut Draft, values: &Values<'_>) -> Result<(), Refusal> {
    let of = |key: &str| values.keys(&["persistence", key]);
    let to = datacenter(0).key("storage");
    if optional::<bool>(&of("enabled"))? == Some(false) {
        let what =
            "the size of the data volume, such as 100Gi: the values keep the data in the pods, and lose it with them";
        draft.decide(Some(&of("enabled")), &to.key("size"), what);
        return Ok(());
    }
    match text(&of("size"))? {
        Some(size) => draft.carry(&of("size"), &to.key("size"), size),
        None => draft.fill(&to.key("size"), SIZE, "what the chart has where the values name no size"),
    }
    class(draft, values, "storageClass", &to.key("class"))?;
    let mode = optional::<Vec<String>>(&of("accessModes"))?.and_then(|modes| modes.into_iter().next());
    if let Some(mode) = mode.filter(|mode| mode != "ReadWriteOnce") {
        draft.carry(&of("accessModes").index(0), &to.key("accessMode"), mode);
    }
    commit_log(draft, values)
}

/// `global` comes before the class of the chart. `-` asks for volumes without a class.
fn class(draft: &mut Draft, values: &Values<'_>, key: &str, to: &Path) -> Result<(), Refusal> {
    let own = values.keys(&["persistence", key]);
    let global = ["storageClass", "defaultStorageClass"].map(|key| values.global.key(key));
    for at in global.iter().take(1).chain([&own]).chain(global.iter().skip(1)) {
        match text(at)? {
            Some(class) if class == "-" => {
                draft.lose(
                    at,
                    "asked for volumes without a class",
                    "make a StorageClass for such volumes, and name it",
                );
                return Ok(());
            }
            Some(class) => {
                draft.carry(at, to, class);
                return Ok(());
            }
            None => {}
        }
    }
    Ok(())
}

/// A volume of its own for the commit log, where the values mount one.
fn commit_log(draft: &mut Draft, values: &Values<'_>) -> Result<(), Refusal> {
    let path = values.keys(&["persistence", "commitLogMountPath"]);
    if text(&path)?.is_none() {
        return Ok(());
    }
    let mount = "/var/lib/cassandra-commitlog";
    let to = spec(&["storage", "additionalVolumes"]).index(0);
    draft.set(&to.key("name"), "commitlog");
    draft.change(
        &path,
        &to.key("mountPath"),
        mount,
        "a volume for the commit log; cassc keeps data elsewhere than the chart",
    );
    draft.set(&datacenter(0).key("cassandra").key("config").key("commitlog_directory"), mount);
    let size = values.keys(&["persistence", "commitLogsize"]);
    match text(&size)? {
        Some(amount) => draft.carry(&size, &to.key("claim").key("size"), amount),
        None => draft.fill(
            &to.key("claim").key("size"),
            COMMIT_LOG_SIZE,
            "what the chart has where the values name no size",
        ),
    }
    class(draft, values, "commitStorageClass", &to.key("claim").key("class"))
}
