//! Fields that steer CassKop itself, or parts of its pods that cassc does not have.

use serde_json::{Map, Value};

use super::fields::{FIELDS, Fate, OBSOLETE, OF_DATACENTER, OF_RACK, ONLY_FIRST, ONLY_SECOND};
use super::{All, Part, optional};
use crate::documents::At;
use crate::draft::Draft;
use crate::pods::{Others, lose_unknown};
use crate::report::Refusal;

/// Tells of every field that no other module reads.
pub(super) fn write(draft: &mut Draft, all: All<'_, '_>) -> Result<(), Refusal> {
    let mut seen: Vec<(String, Value)> = Vec::new();
    for part in all.parts {
        let spec = part.spec();
        for (key, value) in optional::<Map<String, Value>>(&spec)?.unwrap_or_default() {
            // What the base says is told once.
            if seen.contains(&(key.clone(), value.clone())) {
                continue;
            }
            of_spec(draft, part, &spec.key(&key), &key, &value);
            seen.push((key, value));
        }
        of_topology(draft, part)?;
    }
    back_rest(draft, all)
}

fn of_spec(draft: &mut Draft, part: &Part<'_>, at: &At<'_>, key: &str, value: &Value) {
    let other = if part.is_first() { ONLY_SECOND } else { ONLY_FIRST };
    let is_old_image = part.is_first() && ["baseImage", "version"].contains(&key);
    match FIELDS.iter().find(|(name, _)| *name == key).map(|(_, fate)| *fate) {
        _ if is_old_image => {}
        _ if other.contains(&key) => draft.meet(at, "this version of CassKop does not read the field"),
        _ if OBSOLETE.contains(&key) => draft.meet(at, "CassKop does not read the field here"),
        Some(Fate::Read) => {}
        Some(Fate::Met(why)) => draft.meet(at, why),
        Some(Fate::Lost(did, instead)) if says_something(value) => draft.lose(at, did, instead),
        Some(Fate::Lost(..)) => draft.meet(at, "says what is so without it"),
        None => lose_unknown(draft, &part.spec(), &Others::from([(key.to_owned(), value.clone())])),
    }
}

/// Whether a value is more than what Go has where nothing is written.
fn says_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(values) => !values.is_empty(),
        Value::Object(map) => map.values().any(says_something),
    }
}

/// Racks that are restarted or held back, and fields of datacenters and racks that CassKop does not have.
fn of_topology(draft: &mut Draft, part: &Part<'_>) -> Result<(), Refusal> {
    let topology = part.spec().key("topology");
    unknown(draft, &topology, &["dc"])?;
    let list = topology.key("dc");
    for index in 0..length(&list) {
        let at = list.index(index);
        unknown(draft, &at, OF_DATACENTER)?;
        if !part.is_first() && at.key("numTokens").value().is_some() {
            draft
                .meet(&at.key("numTokens"), "CassKop 2 does not read it: the number stands in `config.cassandra-yaml`");
        }
        for index in 0..length(&at.key("rack")) {
            let at = at.key("rack").index(index);
            unknown(draft, &at, OF_RACK)?;
            let restart = at.key("rollingRestart");
            if restart.value().is_some() {
                draft.meet(&restart, "asks CassKop for one restart; with cassc a new text at `restart` does");
            }
            let partition = at.key("rollingPartition");
            match partition.value() {
                Some(value) if says_something(value) => draft.lose(
                    &partition,
                    "held the first pods of the rack back from updates",
                    "finish the update first; with `steps`, `rollout.canary` holds an update after its first pods",
                ),
                Some(_) => draft.meet(&partition, "holds no pod back"),
                None => {}
            }
        }
    }
    Ok(())
}

fn length(at: &At<'_>) -> usize {
    at.value().and_then(Value::as_array).map_or(0, Vec::len)
}

fn unknown(draft: &mut Draft, at: &At<'_>, known: &[&str]) -> Result<(), Refusal> {
    let fields = optional::<Map<String, Value>>(at)?.unwrap_or_default();
    let others: Others = fields.into_iter().filter(|(key, _)| !known.contains(&key.as_str())).collect();
    lose_unknown(draft, at, &others);
    Ok(())
}

/// The backup sidecar runs in every pod, unless it is switched off (`backrestSidecarContainer`).
fn back_rest(draft: &mut Draft, all: All<'_, '_>) -> Result<(), Refusal> {
    let at = all.one(draft, "backRestSidecar");
    let fields = optional::<Map<String, Value>>(&at)?.unwrap_or_default();
    if fields.get("enabled") == Some(&Value::Bool(false)) {
        draft.meet(&at, "no backup sidecar, as with cassc");
        return Ok(());
    }
    draft.lose(
        &at,
        "ran Icarus in every pod, which CassandraBackup and CassandraRestore used",
        "take a last backup with CassKop, and keep its store; run a backup tool of your own in `pod.containers`",
    );
    Ok(())
}

/// The fields of a `MultiCasskop` beside base and overrides.
pub(super) fn of_several(draft: &mut Draft, root: &At<'_>) -> Result<(), Refusal> {
    let spec = root.key("spec");
    unknown(draft, &spec, &["base", "deleteCassandraCluster", "override"])?;
    let delete = spec.key("deleteCassandraCluster");
    if optional::<bool>(&delete)? == Some(true) {
        let instead = "delete what a delivery tool applied: cassc's StatefulSets and volumes are never pruned by it";
        draft.lose(&delete, "deleted the clusters of all Kubernetes clusters with the resource", instead);
    } else if delete.value().is_some() {
        draft.meet(&delete, "nothing of cassc's is deleted with a file");
    }
    Ok(())
}
