//! Parts of Kubernetes that the resources of several operators have: resources, claims, volumes, affinity, containers,
//! metadata.

pub(crate) mod affinity;
pub(crate) mod claim;
pub(crate) mod container;
pub(crate) mod metadata;
pub(crate) mod probes;
pub(crate) mod resources;
pub(crate) mod size;
pub(crate) mod template;
pub(crate) mod volume;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::documents::At;
use crate::draft::Draft;

/// Fields without a place of their own in a typed struct.
pub(crate) type Others = BTreeMap<String, Value>;

/// Lists fields that the reader does not know: a newer operator has them, or they are misspelt.
pub(crate) fn lose_unknown(draft: &mut Draft, at: &At<'_>, others: &Others) {
    for key in others.keys() {
        draft.lose(
            &at.key(key),
            "cassc does not know this field",
            "look it up in the operator's documentation; where it matters, say it in the topology",
        );
    }
}

/// A scalar as text: quantities and ports may be written as numbers.
pub(crate) fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(value) => Some(value.to_string()),
        _ => None,
    }
}
