//! Values that steer the chart, or parts of its pods that cassc does not have.

use serde_json::Value;

use super::table::{CHART, FIELDS, Fate};
use super::{Values, is_template, map};
use crate::documents::At;
use crate::draft::Draft;
use crate::pods::{Others, lose_unknown};
use crate::report::Refusal;

/// Tells of every value that no other module reads.
pub(super) fn write(draft: &mut Draft, values: &Values<'_>) -> Result<(), Refusal> {
    level(draft, &values.at, FIELDS)
}

fn level(draft: &mut Draft, at: &At<'_>, fields: &[(&str, Fate)]) -> Result<(), Refusal> {
    for (key, value) in map(at)? {
        let known =
            fields.iter().find(|(name, _)| *name == key).or_else(|| fields.iter().find(|(name, _)| *name == "*"));
        let field = at.key(&key);
        match known.map(|(_, fate)| *fate) {
            Some(Fate::Read) if is_template(&value) => {
                draft.lose(
                    &field,
                    "is computed by Helm",
                    "write what `helm template` makes of it into the values, and import again",
                );
            }
            Some(Fate::Read) => {}
            Some(Fate::Inside(fields)) if value.is_object() => level(draft, &field, fields)?,
            Some(Fate::Inside(_)) => draft.meet(&field, CHART),
            Some(Fate::Met(why)) => draft.meet(&field, why),
            Some(Fate::Lost(did, instead)) if says_something(&value) => draft.lose(&field, did, instead),
            Some(Fate::Lost(..)) => draft.meet(&field, "says what is so without it"),
            None if says_something(&value) => lose_unknown(draft, at, &Others::from([(key, value)])),
            None => draft.meet(&field, "is empty"),
        }
    }
    Ok(())
}

/// Whether a value is more than an empty one, or one that switches something off.
fn says_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Number(_) => true,
        Value::String(text) => !text.is_empty(),
        Value::Array(values) => !values.is_empty(),
        Value::Object(map) => match map.get("enabled").or_else(|| map.get("create")) {
            Some(Value::Bool(false)) => false,
            _ => map.values().any(says_something),
        },
    }
}
