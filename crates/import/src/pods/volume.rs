//! Volumes beside the data volume.

use serde_json::{Map, Value};

use super::claim::claim;
use crate::documents::At;
use crate::draft::{Draft, Node, spec};
use crate::path::Path;
use crate::report::Refusal;

/// The sources that a topology takes as Kubernetes has them.
const AS_THEY_ARE: [&str; 3] = ["downwardAPI", "projected", "csi"];

/// The place of the next additional volume. Volumes belong to the whole cluster.
pub(crate) fn next(draft: &Draft) -> Path {
    let volumes = spec(&["storage", "additionalVolumes"]);
    volumes.index(draft.get(&volumes).map_or(0, Node::len))
}

/// Whether a volume of that name is there already, from another datacenter.
pub(crate) fn is_there(draft: &Draft, name: &str) -> bool {
    let volumes = spec(&["storage", "additionalVolumes"]);
    let number = draft.get(&volumes).map_or(0, Node::len);
    (0..number).any(|index| draft.get(&volumes.index(index).key("name")).and_then(Node::text) == Some(name))
}

/// A volume with a claim for every pod.
pub(crate) fn with_claim(draft: &mut Draft, at: &At<'_>, name: &str, mount: &str) -> Result<(), Refusal> {
    let to = next(draft);
    draft.carry(at, &to.key("name"), name);
    draft.set(&to.key("mountPath"), mount);
    claim(draft, at, &to.key("claim"))
}

/// A volume with a source that is no claim. `at` is the map of sources: one of `configMap`, `secret`, `emptyDir`, …
pub(crate) fn with_source(draft: &mut Draft, at: &At<'_>, name: &str, mount: &str) {
    let sources = at.value().and_then(Value::as_object).cloned().unwrap_or_default();
    let source = sources.iter().find(|(key, value)| key.as_str() != "name" && !value.is_null());
    let Some((kind, value)) = source else {
        draft.lose(at, "a volume without a source", "nothing: Kubernetes refuses it");
        return;
    };
    let at_source = at.key(kind);
    match written(kind, value) {
        Some((node, lost)) => {
            let to = next(draft);
            draft.carry(&at_source, &to.key("name"), name);
            draft.set(&to.key("mountPath"), mount);
            draft.set(&to.key(kind), node);
            for key in lost {
                let instead =
                    "an additional volume mounts the whole object; mount single files by a `projected` volume";
                draft.lose(&at_source.key(key), "chooses files or modes of the volume", instead);
            }
        }
        None => draft.lose(
            &at_source,
            "mounts a volume of a kind that topologies do not have",
            "use a claim, a ConfigMap, a Secret, an emptyDir or a CSI volume, or an override of the StatefulSets",
        ),
    }
}

/// The source in the language of topologies, and the keys of it that are lost.
fn written(kind: &str, value: &Value) -> Option<(Node, Vec<String>)> {
    let fields = value.as_object().cloned().unwrap_or_default();
    let without = |known: &[&str]| {
        let is_lost = |(key, value): &(&String, &Value)| !known.contains(&key.as_str()) && !is_default(key, value);
        fields.iter().filter(is_lost).map(|(key, _)| key.clone()).collect::<Vec<_>>()
    };
    let one = |key: &str, value: &Value| Node::from(&Value::Object(Map::from_iter([(key.to_owned(), value.clone())])));
    match kind {
        "configMap" => Some((one("name", fields.get("name")?), without(&["name"]))),
        "secret" => Some((one("name", fields.get("secretName")?), without(&["secretName"]))),
        "emptyDir" => match fields.get("sizeLimit") {
            Some(limit) => Some((one("sizeLimit", limit), without(&["sizeLimit"]))),
            None => Some((Node::default(), without(&[]))),
        },
        _ if AS_THEY_ARE.contains(&kind) => Some((Node::from(value), Vec::new())),
        _ => None,
    }
}

/// What Kubernetes writes where nothing is said: `defaultMode: 420`, which is 0644.
fn is_default(key: &str, value: &Value) -> bool {
    key == "defaultMode" && value.as_u64() == Some(0o644)
}
