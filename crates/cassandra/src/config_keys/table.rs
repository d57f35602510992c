//! The embedded tables: a minor in, its [`KeyTable`] out, read once when first asked for.
//! One object per line, sorted by key, as the loaders of the releases named in the module's head accept them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use cassc_ring::release::Minor;
use cassc_wording::Words;
use serde::Deserialize;
use serde_json::Value;

use super::{
    convert::Converter,
    kind::{Kind, from_java},
};

/// One key of cassandra.yaml.
#[derive(Clone, Debug)]
pub struct Key {
    /// Its name; a dot separates the levels of a nested object.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether the minor's own loader takes `null`.
    pub nullable: bool,
    /// Whether the key is deprecated without a successor.
    pub deprecated: bool,
    /// For an old name that is still accepted, the new one. Old and new together are refused by Cassandra.
    pub replaced_by: Option<Replacement>,
    /// The default in the code (not that of the shipped cassandra.yaml), where it is a plain value.
    pub default: Option<Value>,
}

/// Where an old key went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// The new name, with dots where it is nested.
    pub name: &'static str,
    /// How an old value becomes a new one.
    pub converter: Converter,
}

/// Every key that one minor accepts.
#[derive(Debug)]
pub struct KeyTable {
    minor: Minor,
    keys: Vec<Key>,
    /// The positions of old names, by the new name.
    old_names: BTreeMap<&'static str, Vec<usize>>,
    /// The names that are not old ones, without the objects around them, by the name of that object.
    names: BTreeMap<&'static str, Words<'static>>,
}

/// One line of a table.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    #[serde(borrow)]
    key: &'static str,
    #[serde(borrow, rename = "type")]
    java_type: &'static str,
    #[serde(default)]
    nullable: bool,
    #[serde(default)]
    default: Option<Value>,
    #[serde(default, borrow)]
    values: Vec<&'static str>,
    #[serde(default)]
    deprecated: bool,
    #[serde(default, borrow)]
    replaced_by: Option<&'static str>,
    #[serde(default)]
    converter: Option<Converter>,
    #[serde(default)]
    bare_seconds: bool,
}

static V3_11: LazyLock<KeyTable> = LazyLock::new(|| read(Minor::V3_11, include_str!("3.11.json")));
static V4_0: LazyLock<KeyTable> = LazyLock::new(|| read(Minor::V4_0, include_str!("4.0.json")));
static V4_1: LazyLock<KeyTable> = LazyLock::new(|| read(Minor::V4_1, include_str!("4.1.json")));
static V5_0: LazyLock<KeyTable> = LazyLock::new(|| read(Minor::V5_0, include_str!("5.0.json")));

/// The keys of a minor.
pub fn table(minor: Minor) -> &'static KeyTable {
    match minor {
        Minor::V3_11 => &V3_11,
        Minor::V4_0 => &V4_0,
        Minor::V4_1 => &V4_1,
        Minor::V5_0 => &V5_0,
    }
}

fn read(minor: Minor, text: &'static str) -> KeyTable {
    let rows: Vec<Row> = serde_json::from_str(text).expect("the embedded tables are tested to be well-formed");
    let keys: Vec<Key> = rows.into_iter().map(|row| key_of(minor, row)).collect();
    let mut old_names: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    let mut names: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (position, key) in keys.iter().enumerate() {
        match key.replaced_by {
            Some(replacement) => old_names.entry(replacement.name).or_default().push(position),
            None => {
                let (object, name) = key.name.rsplit_once('.').unwrap_or(("", key.name));
                names.entry(object).or_default().push(name);
            }
        }
    }
    let names = names.into_iter().map(|(object, names)| (object, Words::new(names))).collect();
    KeyTable { minor, keys, old_names, names }
}

fn key_of(minor: Minor, row: Row) -> Key {
    let replaced_by = row.replaced_by.zip(row.converter).map(|(name, converter)| Replacement { name, converter });
    Key {
        name: row.key,
        kind: from_java(row.java_type, &row.values, row.bare_seconds, minor >= Minor::V5_0),
        nullable: row.nullable,
        deprecated: row.deprecated,
        replaced_by,
        default: row.default,
    }
}

impl KeyTable {
    /// The minor whose keys these are.
    pub fn minor(&self) -> Minor {
        self.minor
    }

    /// A key by its full name, with dots where it is nested.
    pub fn get(&self, name: &str) -> Option<&Key> {
        let position = self.keys.binary_search_by(|key| key.name.cmp(name)).ok()?;
        self.keys.get(position)
    }

    /// The old names of a new one that this minor still accepts.
    pub(super) fn old_names(&self, new: &str) -> impl Iterator<Item = &Key> {
        self.old_names.get(new).into_iter().flatten().map(|position| &self.keys[*position])
    }

    /// The name within an object that a misspelt one most likely means. The object at the top has the empty name.
    pub(super) fn nearest_in(&self, object: &str, name: &str) -> Option<&'static str> {
        self.names.get(object)?.nearest(name)
    }

    /// Every key, sorted by name.
    pub fn keys(&self) -> &[Key] {
        &self.keys
    }

    /// Whether a nested key may be written with dots at the top level: since 4.1.
    pub fn accepts_flat_keys(&self) -> bool {
        self.minor >= Minor::V4_1
    }
}

#[cfg(test)]
mod tests {
    use cassc_ring::release::MINORS;

    use super::*;
    use crate::config_keys::measure::Width;

    #[test]
    fn every_table_is_complete_and_sorted() {
        for (minor, n_keys) in MINORS.into_iter().zip([246, 310, 528, 640]) {
            let keys = table(minor).keys();
            assert_eq!(keys.len(), n_keys, "{minor}");
            assert!(keys.windows(2).all(|pair| pair[0].name < pair[1].name), "{minor}");
        }
    }

    #[test]
    fn every_replacement_names_a_key_of_its_table() {
        for minor in MINORS {
            for key in table(minor).keys() {
                let Some(replacement) = key.replaced_by else { continue };
                let new = table(minor).get(replacement.name).expect("the new name is in the same table");
                assert_eq!(new.replaced_by, None, "{minor} {}", key.name);
            }
        }
    }

    #[test]
    fn a_kind_is_an_object_exactly_when_it_has_keys_below() {
        for minor in MINORS {
            for key in table(minor).keys() {
                let prefix = format!("{}.", key.name);
                let has_keys_below = table(minor).keys().iter().any(|other| other.name.starts_with(&prefix));
                let is_class = matches!(key.kind, Kind::ParameterizedClass { .. });
                assert_eq!(has_keys_below && !is_class, key.kind == Kind::Object, "{minor} {}", key.name);
            }
        }
    }

    #[test]
    fn keys_carry_what_their_java_fields_say() {
        let tokens = table(Minor::V4_1).get("num_tokens").expect("num_tokens is in every table");
        assert_eq!((&tokens.kind, tokens.nullable), (&Kind::Int(Width::Int), true));
        let port = table(Minor::V4_1).get("native_transport_port").expect("the port is in every table");
        assert_eq!((port.nullable, port.default.clone()), (false, Some(9042.into())));
        let nested = table(Minor::V5_0).get("client_encryption_options.enabled").expect("nested keys have dots");
        assert_eq!(nested.kind, Kind::Bool);
        assert!(table(Minor::V5_0).get("client_encryption_options.enabld").is_none());
    }
}
