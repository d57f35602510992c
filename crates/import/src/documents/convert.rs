//! A value of YAML as one of JSON: keys are texts, tags say nothing, and what JSON has no number for is a text.

use serde_json::{Map, Number, Value};

/// The same value. Merge keys (`<<`) are applied.
pub(super) fn converted(mut value: yaml_serde::Value) -> Value {
    // A merge key that merges no map is left as it stands.
    let _ = value.apply_merge();
    plain(value)
}

fn plain(value: yaml_serde::Value) -> Value {
    match value {
        yaml_serde::Value::Null => Value::Null,
        yaml_serde::Value::Bool(value) => Value::Bool(value),
        yaml_serde::Value::Number(number) => of_number(&number),
        yaml_serde::Value::String(text) => Value::String(text),
        yaml_serde::Value::Sequence(values) => Value::Array(values.into_iter().map(plain).collect()),
        yaml_serde::Value::Mapping(map) => {
            Value::Object(map.into_iter().map(|(key, value)| (key_of(key), plain(value))).collect::<Map<_, _>>())
        }
        yaml_serde::Value::Tagged(tagged) => plain(tagged.value),
    }
}

fn of_number(number: &yaml_serde::Number) -> Value {
    let whole = number.as_u64().map(Number::from).or_else(|| number.as_i64().map(Number::from));
    let number_of_json = whole.or_else(|| number.as_f64().and_then(Number::from_f64));
    number_of_json.map_or_else(|| Value::String(number.to_string()), Value::Number)
}

fn key_of(key: yaml_serde::Value) -> String {
    match plain(key) {
        Value::String(text) => text,
        other => other.to_string(),
    }
}
