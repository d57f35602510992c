//! The value of an environment variable: a text, or a key of a Secret. The resolved cluster keeps it as it is, and the lock
//! with it.

use std::fmt;

use schemars::JsonSchema;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};
use serde::{Deserialize, Serialize};

use super::cassandra::TextOrNumber;

/// The value of an environment variable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum EnvironmentValue {
    /// The value itself.
    Text(String),
    /// A value that Kubernetes takes from a Secret when the container starts.
    FromSecret(FromSecret),
}

/// A value that stands in a Secret.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct FromSecret {
    /// Where it stands.
    pub secret_key_ref: SecretKey,
}

/// A key of a Secret.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct SecretKey {
    /// The name of a Secret that exists in the namespace. Pods do not start without it.
    pub name: String,
    /// The key in it.
    pub key: String,
}

/// What an editor accepts.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) enum EnvironmentSchema {
    Plain(TextOrNumber),
    FromSecret(FromSecret),
}

/// The name that asks the reader of topologies for a scalar as text, or for a map with the fields of [`FromSecret`].
pub(crate) const TEXT_OR_SECRET: &str = "TextOrSecret";

impl<'de> Deserialize<'de> for EnvironmentValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(TEXT_OR_SECRET, TextOrSecret)
    }
}

struct TextOrSecret;

impl<'de> Visitor<'de> for TextOrSecret {
    type Value = EnvironmentValue;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a text, or a map with secretKeyRef")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<EnvironmentValue, D::Error> {
        deserializer.deserialize_any(self)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<EnvironmentValue, E> {
        Ok(EnvironmentValue::Text(text.to_owned()))
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<EnvironmentValue, M::Error> {
        FromSecret::deserialize(MapAccessDeserializer::new(map)).map(EnvironmentValue::FromSecret)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_lock_keeps_texts_as_texts_and_secrets_as_references() {
        for value in [json!("x"), json!({"secretKeyRef": {"name": "s", "key": "k"}})] {
            let read: EnvironmentValue = serde_json::from_value(value.clone()).expect("it is a value");
            assert_eq!(serde_json::to_value(read).expect("it can be written"), value);
        }
        assert!(serde_json::from_value::<EnvironmentValue>(json!(5)).is_err());
    }
}
