//! The merged configuration of a rack, with every setting under its newest name and every value in its newest form, so that
//! the tables of the rule about combinations need only one name per setting.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use cassc_cassandra::config_keys::{DataStorage, Duration, Kind, StorageUnit, TimeUnit, Width, check_value, read_rate};
use cassc_cassandra::config_keys::{KeyTable, renamed, table};
use cassc_ring::release::Minor;
use serde_json::Value;

use super::config_findings::shown;
use super::config_places::config_route;
use crate::diagnostic::Route;
use crate::subject::Subject;
use crate::topology::Config;
use crate::topology::merge::{Level, NestedRack};

/// A setting that is written somewhere.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    /// The place of its value.
    pub(super) route: Route,
    /// The innermost level that writes it.
    pub(super) level: Level,
    /// Its name as written, with dots where it is nested.
    pub(super) name: String,
    /// Its value as written, on one line.
    pub(super) written: String,
    /// Its value in the newest form.
    pub(super) value: Value,
}

/// The racks whose nodes may be set up otherwise than those of an earlier rack: Cassandra, its memory or its processors.
pub(super) fn different_racks<'s, 't>(subject: &'s Subject<'t>) -> impl Iterator<Item = &'s NestedRack<'t>> {
    let mut seen = BTreeSet::new();
    subject.racks.iter().filter(move |place| {
        let (outer, inner) = (place.datacenter, place.rack);
        let rack = (inner.cassandra.is_written() || inner.resources.is_written())
            .then_some((place.datacenter_index, place.rack_index));
        let is_own =
            outer.cassandra.is_written() || outer.resources.is_written() || outer.management_api.heap.is_some();
        let datacenter = is_own.then_some(place.datacenter_index);
        seen.insert((datacenter, rack))
    })
}

/// What one level writes, by the newest name of each setting.
type Written = Rc<BTreeMap<String, Setting>>;

/// The settings that hold for a rack, by their newest name: those that it writes itself, then those of its datacenter,
/// then those of the cluster. Unknown keys and values that Cassandra does not take are left out: other rules refuse
/// them.
#[derive(Clone, Debug, Default)]
pub(super) struct Settings {
    innermost_first: [Written; 3],
}

impl Settings {
    /// The innermost setting of that name.
    pub(super) fn get(&self, name: &str) -> Option<&Setting> {
        self.innermost_first.iter().find_map(|written| written.get(name))
    }

    /// Whether no level writes any.
    pub(super) fn is_empty(&self) -> bool {
        self.innermost_first.iter().all(|written| written.is_empty())
    }
}

/// Reads the settings of one rack after the other. What cluster and datacenter write is read once.
pub(super) struct Reader {
    minor: Minor,
    outer: BTreeMap<Level, Written>,
}

impl Reader {
    pub(super) fn new(minor: Minor) -> Self {
        Self { minor, outer: BTreeMap::new() }
    }

    /// The settings of a rack.
    pub(super) fn settings(&mut self, place: &NestedRack<'_>) -> Settings {
        let minor = self.minor;
        let innermost_first = place.configs().map(|(level, config)| match level {
            Level::Rack(..) => read(config, level, minor),
            _ => Rc::clone(self.outer.entry(level).or_insert_with(|| read(config, level, minor))),
        });
        Settings { innermost_first }
    }
}

fn read(config: &Config, level: Level, minor: Minor) -> Written {
    let (table, route) = (table(minor), config_route(level));
    Rc::new(config.iter().flat_map(|(key, value)| leaves(table, key, &route.key(key), level, value)).collect())
}

fn leaves(table: &KeyTable, name: &str, route: &Route, level: Level, value: &Value) -> Vec<(String, Setting)> {
    let Some(key) = table.get(name) else { return Vec::new() };
    if let (Kind::Object, Value::Object(object)) = (&key.kind, value) {
        let below = object.iter();
        let nested =
            |(last, value): (&String, &Value)| leaves(table, &format!("{name}.{last}"), &route.key(last), level, value);
        return below.flat_map(nested).collect();
    }
    if check_value(key, value).is_err() {
        return Vec::new();
    }
    let (newest, value_then) = newest(name, value);
    let setting =
        Setting { route: route.clone(), level, name: name.to_owned(), written: shown(value), value: value_then };
    vec![(newest, setting)]
}

/// Name and value as in the newest minor; a value that cannot be converted stays unchanged.
fn newest(name: &str, value: &Value) -> (String, Value) {
    match renamed(Minor::V5_0, name, value) {
        Some(renamed) => (renamed.name.to_owned(), renamed.value.unwrap_or_else(|| value.clone())),
        None => (name.to_owned(), value.clone()),
    }
}

/// The value of a setting as a comparable number: bytes, bytes per second, nanoseconds, or a plain number.
pub(super) fn amount(value: &Value) -> Option<f64> {
    const ANY_DURATION: Duration =
        Duration { smallest: TimeUnit::Nanoseconds, width: Width::Long, bare_seconds: false };
    const ANY_STORAGE: DataStorage = DataStorage { smallest: StorageUnit::Bytes, width: Width::Long };
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => {
            let measured = || ANY_STORAGE.read(text).or_else(|| ANY_DURATION.read(text)).or_else(|| read_rate(text));
            text.parse::<f64>().ok().filter(|number| number.is_finite()).or_else(|| measured().map(rounded))
        }
        _ => None,
    }
}

/// Values above 2^53 lose their last digits, which does not matter for the comparisons here.
#[expect(clippy::cast_precision_loss, reason = "see above")]
fn rounded(amount: u64) -> f64 {
    amount as f64
}

/// A limit of the tables in the form of a minor: `1MiB` becomes `1` for a key that counts mebibytes.
pub(super) fn in_form_of(minor: Minor, name: &str, limit: &str) -> String {
    let value = Value::String(limit.to_owned());
    let old = if table(minor).get(name).is_some() { None } else { renamed(minor, name, &value) };
    old.and_then(|old| old.value).map_or_else(|| limit.to_owned(), |value| shown(&value))
}

/// The name that a minor has for a setting.
pub(super) fn name_in(minor: Minor, newest: &str) -> String {
    let old = if table(minor).get(newest).is_some() { None } else { renamed(minor, newest, &Value::Null) };
    old.map_or(newest, |old| old.name).to_owned()
}

/// Whether the value of a setting is this word, ignoring case.
pub(super) fn is(setting: Option<&Setting>, wanted: &str) -> bool {
    setting.is_some_and(|setting| match &setting.value {
        Value::String(text) => text.eq_ignore_ascii_case(wanted),
        _ => false,
    })
}

/// Whether a boolean is written and true. Cassandra also accepts `yes`, `no`, `on` and `off`.
pub(super) fn is_on(setting: Option<&Setting>) -> bool {
    setting.and_then(switch) == Some(true)
}

/// Whether a boolean is false.
pub(super) fn is_off(setting: &Setting) -> bool {
    switch(setting) == Some(false)
}

fn switch(setting: &Setting) -> Option<bool> {
    match &setting.value {
        Value::Bool(value) => Some(*value),
        Value::String(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" => Some(true),
            "false" | "no" | "off" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn limits_are_shown_in_the_form_of_the_minor() {
        assert_eq!(in_form_of(Minor::V4_0, "memtable_heap_space", "1MiB"), "1");
        assert_eq!(in_form_of(Minor::V4_1, "memtable_heap_space", "1MiB"), "1MiB");
        assert_eq!(in_form_of(Minor::V4_0, "phi_convict_threshold", "5"), "5");
        assert_eq!(name_in(Minor::V3_11, "memtable_heap_space"), "memtable_heap_space_in_mb");
    }

    #[test]
    fn amounts_are_comparable_within_their_kind() {
        assert_eq!(amount(&json!("1KiB")), Some(1024.0));
        assert_eq!(amount(&json!("1KiB/s")), Some(1024.0));
        assert_eq!(amount(&json!("1ms")), Some(1_000_000.0));
        assert_eq!(amount(&json!("16")), amount(&json!(16)));
        for value in [json!("inf"), json!("many"), json!(""), json!(null), json!([1])] {
            assert_eq!(amount(&value), None, "{value}");
        }
    }
}
