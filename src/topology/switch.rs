//! A feature that one word turns on, and whose settings may stand in the place of the word.

use std::fmt;
use std::marker::PhantomData;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::{Deserializer, Error, Visitor};

/// `true`, `false`, or the settings of what is turned on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Switch<T>(Option<T>);

impl<T> Switch<T> {
    /// The settings; `None` where it is turned off.
    pub(crate) fn settings(&self) -> Option<&T> {
        self.0.as_ref()
    }
}

impl<T> Default for Switch<T> {
    fn default() -> Self {
        Self(None)
    }
}

/// What an editor accepts.
#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
pub(super) enum SwitchSchema<T> {
    Word(bool),
    Settings(T),
}

/// The name that asks the reader of topologies for a map, or for `true` or `false`.
pub(crate) const SWITCH_OR_SETTINGS: &str = "SwitchOrSettings";

impl<'de, T: Deserialize<'de> + Default> Deserialize<'de> for Switch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(SWITCH_OR_SETTINGS, WordOrSettings(PhantomData))
    }
}

struct WordOrSettings<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + Default> Visitor<'de> for WordOrSettings<T> {
    type Value = Switch<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("true, false or a map")
    }

    /// The reader of topologies hands over a map as it is, so that it knows the fields of the settings.
    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Switch<T>, D::Error> {
        T::deserialize(deserializer).map(|settings| Switch(Some(settings)))
    }

    fn visit_bool<E: Error>(self, is_on: bool) -> Result<Switch<T>, E> {
        Ok(Switch(is_on.then(T::default)))
    }
}
