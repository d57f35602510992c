//! A user's part of cassandra.yaml in, everything that Cassandra would refuse or warn about out, in the order of the
//! keys. Called by the rules about `cassandra.config`, which turn each [`Finding`] into a diagnostic at its place.

use std::collections::BTreeMap;

use cassc_ring::release::Minor;
use serde_json::{Map, Value};

use super::{
    history::{Removed, Renamed, introduced_in, removed, renamed},
    kind::Kind,
    table::{Key, KeyTable, table},
    value::{Step, check_value},
};

/// Something wrong or worth a word, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The way to the key or value, from the top of the configuration.
    pub path: Vec<Step>,
    /// What it is.
    pub problem: Problem,
}

/// What can be said about one key or value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// No minor has this key.
    Unknown {
        /// Its name with the objects around it, as the table of keys would have it: for [`nearest`](super::nearest()).
        full_name: String,
    },
    /// This minor has another name for the key and refuses this one.
    OtherName(Renamed),
    /// Later minors have the key.
    NotYet {
        /// The first that has it.
        introduced_in: Minor,
    },
    /// Earlier minors had the key.
    Gone(Removed),
    /// A nested key written with dots, which this minor does not understand: it must be nested.
    Flat,
    /// The value is not accepted.
    WrongValue {
        /// What would be, for people.
        expected: String,
    },
    /// The same setting twice, under two names or flat and nested; this one and the other contradict each other.
    Twice {
        /// The other place.
        other: Vec<Step>,
    },
    /// An old name that is still accepted with a warning in the log.
    OldName(Renamed),
    /// A key that is deprecated and has no successor.
    Deprecated,
}

impl Problem {
    /// Whether a node would refuse to start, or would silently do something else than what is written; the rest is
    /// advice.
    pub fn is_fatal(&self) -> bool {
        !matches!(self, Self::OldName(_) | Self::Deprecated)
    }
}

/// All findings about a configuration for a minor. `config` is what stands at the top of cassandra.yaml.
pub fn examine(minor: Minor, config: &Map<String, Value>) -> Vec<Finding> {
    let level = Level { table: table(minor), prefix: String::new(), path: Vec::new() };
    let mut findings = level.findings(config);
    findings.extend(written_twice(&level, config));
    findings
}

/// An object of the configuration and where it is.
struct Level {
    table: &'static KeyTable,
    /// The full name of the object with a dot at its end, empty at the top.
    prefix: String,
    path: Vec<Step>,
}

impl Level {
    fn path_to(&self, name: &str) -> Vec<Step> {
        let last = Step::Key(name.to_owned());
        self.path.iter().cloned().chain(std::iter::once(last)).collect()
    }

    fn full_name(&self, name: &str) -> String {
        format!("{}{name}", self.prefix)
    }

    fn findings(&self, object: &Map<String, Value>) -> Vec<Finding> {
        object.iter().flat_map(|(name, value)| self.findings_at(name, value)).collect()
    }

    fn findings_at(&self, name: &str, value: &Value) -> Vec<Finding> {
        let at_key = |problem| Finding { path: self.path_to(name), problem };
        match self.table.get(&self.full_name(name)) {
            None => vec![at_key(self.missing(name, value))],
            Some(key) if name.contains('.') && !self.may_be_flat(key) => vec![at_key(Problem::Flat)],
            Some(key) => {
                let advice = self.advice(key, value).map(at_key);
                advice.into_iter().chain(self.findings_in(name, key, value)).collect()
            }
        }
    }

    /// Old names are looked up by their own name only, so they cannot be written flat (seen on 4.1.10 and 5.0.9).
    fn may_be_flat(&self, key: &Key) -> bool {
        self.table.accepts_flat_keys() && key.replaced_by.is_none()
    }

    fn missing(&self, name: &str, value: &Value) -> Problem {
        let (full_name, minor) = (self.full_name(name), self.table.minor());
        if let Some(renamed) = renamed(minor, &full_name, value) {
            return Problem::OtherName(renamed);
        }
        match (removed(minor, &full_name), introduced_in(&full_name)) {
            (Some(removed), _) => Problem::Gone(removed),
            (None, Some(introduced_in)) => Problem::NotYet { introduced_in },
            (None, None) => Problem::Unknown { full_name },
        }
    }

    fn advice(&self, key: &Key, value: &Value) -> Option<Problem> {
        if key.deprecated {
            return Some(Problem::Deprecated);
        }
        renamed(self.table.minor(), key.name, value).map(Problem::OldName)
    }

    /// What is wrong with the value of a known key, with the keys below a nested object.
    fn findings_in(&self, name: &str, key: &Key, value: &Value) -> Vec<Finding> {
        let path = self.path_to(name);
        if let Err(wrong) = check_value(key, value) {
            let path = path.into_iter().chain(wrong.path).collect();
            return vec![Finding { path, problem: Problem::WrongValue { expected: wrong.expected } }];
        }
        match (&key.kind, value) {
            (Kind::Object, Value::Object(object)) => self.below(path, key.name).findings(object),
            (Kind::ObjectsLike(like), Value::Object(objects)) => {
                let named = objects.iter().filter_map(|(name, object)| Some((name, object.as_object()?)));
                let below = self.below(path, like);
                named.flat_map(|(name, object)| below.below(below.path_to(name), like).findings(object)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn below(&self, path: Vec<Step>, full_name: &str) -> Self {
        Self { table: self.table, prefix: format!("{full_name}."), path }
    }
}

/// The settings that stand at more than one place, each reported at every place but the first.
fn written_twice(top: &Level, config: &Map<String, Value>) -> Vec<Finding> {
    let mut first_places: BTreeMap<&'static str, Vec<Step>> = BTreeMap::new();
    let mut findings = Vec::new();
    for (setting, path) in settings(top, config) {
        match first_places.get(setting) {
            None => drop(first_places.insert(setting, path)),
            Some(first) => findings.push(Finding { path, problem: Problem::Twice { other: first.clone() } }),
        }
    }
    findings
}

/// Every setting below a level by its newest name, with its place. An object counts as its own keys.
fn settings(level: &Level, object: &Map<String, Value>) -> Vec<(&'static str, Vec<Step>)> {
    let known = object.iter().filter_map(|(name, value)| Some((name, value, level.table.get(&level.full_name(name))?)));
    known
        .flat_map(|(name, value, key)| {
            let path = level.path_to(name);
            match (&key.kind, value) {
                (Kind::Object, Value::Object(object)) => settings(&level.below(path, key.name), object),
                _ => vec![(key.replaced_by.map_or(key.name, |replacement| replacement.name), path)],
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn key(name: &str) -> Step {
        Step::Key(name.to_owned())
    }

    fn examined(minor: Minor, config: &Value) -> Vec<(Vec<Step>, Problem)> {
        let config = config.as_object().expect("the test's configuration is an object");
        examine(minor, config).into_iter().map(|finding| (finding.path, finding.problem)).collect()
    }

    #[test]
    fn a_sound_configuration_has_no_findings() {
        let config = json!({"concurrent_reads": 64, "client_encryption_options": {"enabled": true, "cipher_suites": ["a"]},
            "auto_repair": {"repair_type_overrides": {"full": {"enabled": true}}}, "read_request_timeout": "5s"});
        assert_eq!(examined(Minor::V5_0, &config), []);
    }

    #[test]
    fn an_unknown_key_is_explained_by_its_history() {
        let cases = [
            (Minor::V4_1, "wibble", Problem::Unknown { full_name: "wibble".to_owned() }),
            (Minor::V4_0, "memtable", Problem::NotYet { introduced_in: Minor::V4_1 }),
            (Minor::V4_0, "start_rpc", Problem::Gone(Removed { last_in: Minor::V3_11, gone_in: Minor::V4_0 })),
        ];
        for (minor, name, problem) in cases {
            let config = json!({ name: {} });
            assert_eq!(examined(minor, &config), [(vec![key(name)], problem)], "{name}");
        }
    }

    #[test]
    fn names_of_other_minors_are_translated() {
        let old = Renamed { name: "read_request_timeout_in_ms", value: Some(json!(5000)) };
        let config = json!({"read_request_timeout": "5s"});
        assert_eq!(examined(Minor::V4_0, &config), [(vec![key("read_request_timeout")], Problem::OtherName(old))]);
        let new = Problem::OldName(Renamed { name: "read_request_timeout", value: Some(json!("5000ms")) });
        assert!(!new.is_fatal());
        let config = json!({"read_request_timeout_in_ms": 5000});
        assert_eq!(examined(Minor::V4_1, &config), [(vec![key("read_request_timeout_in_ms")], new)]);
    }

    #[test]
    fn nested_keys_are_examined_where_they_stand() {
        let config = json!({"client_encryption_options": {"enabld": true, "cipher_suites": ["a", null]}});
        let below = |steps: &[Step]| [&[key("client_encryption_options")], steps].concat();
        let expected = "a text".to_owned();
        let findings = [
            (below(&[key("cipher_suites"), Step::Index(1)]), Problem::WrongValue { expected }),
            (below(&[key("enabld")]), Problem::Unknown { full_name: "client_encryption_options.enabld".to_owned() }),
        ];
        assert_eq!(examined(Minor::V4_1, &config), findings);
        let overrides = json!({"auto_repair": {"repair_type_overrides": {"full": {"enabld": true}}}});
        let path = ["auto_repair", "repair_type_overrides", "full", "enabld"].map(key).to_vec();
        let full_name = "auto_repair.global_settings.enabld".to_owned();
        assert_eq!(examined(Minor::V5_0, &overrides), [(path, Problem::Unknown { full_name })]);
    }

    #[test]
    fn flat_keys_are_understood_since_4_1_unless_they_are_old_names() {
        let flat = json!({"client_encryption_options.enabled": true});
        assert_eq!(examined(Minor::V4_1, &flat), []);
        assert_eq!(examined(Minor::V4_0, &flat), [(vec![key("client_encryption_options.enabled")], Problem::Flat)]);
        let old = json!({"server_encryption_options.enable_legacy_ssl_storage_port": true});
        let path = vec![key("server_encryption_options.enable_legacy_ssl_storage_port")];
        assert_eq!(examined(Minor::V4_1, &old), [(path, Problem::Flat)]);
    }

    #[test]
    fn a_setting_under_two_names_contradicts_itself() {
        let config = json!({"read_request_timeout": "5s", "read_request_timeout_in_ms": 5000});
        let twice = Problem::Twice { other: vec![key("read_request_timeout")] };
        assert!(examined(Minor::V4_1, &config).contains(&(vec![key("read_request_timeout_in_ms")], twice)));
        let config =
            json!({"client_encryption_options": {"enabled": true}, "client_encryption_options.enabled": false});
        let twice = Problem::Twice { other: vec![key("client_encryption_options"), key("enabled")] };
        assert_eq!(examined(Minor::V4_1, &config), [(vec![key("client_encryption_options.enabled")], twice)]);
    }

    proptest! {
        #[test]
        fn no_configuration_makes_it_stumble(name in "[a-z_.]{0,30}", text in "\\PC{0,20}", number: i64) {
            for value in [json!(text), json!(number), json!([text]), json!({&text: number}), Value::Null] {
                for minor in cassc_ring::release::MINORS {
                    let config = json!({&name: value, "client_encryption_options": {&name: value}, "num_tokens": value});
                    examined(minor, &config);
                }
            }
        }
    }
}
