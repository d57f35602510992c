//! Settings that name a class, as far as Cassandra refuses them when it starts: memtables, compaction, authorizers. Called by
//! the rule about combinations. Classes that Cassandra itself does not have are left to the rule about them: an image may
//! add them.

use std::collections::{BTreeMap, BTreeSet};

use cassc_ring::release::Minor;
use serde_json::{Map, Value, json};

use super::config_refusal::Refusal;
use super::settings::{Setting, Settings};
use crate::topology::Authenticator;
use crate::topology::merge::{NestedRack, merge_value};

/// Everything that is refused.
pub(super) fn refusals<'s>(place: &NestedRack<'_>, settings: &'s Settings, minor: Minor) -> Vec<Refusal<'s>> {
    let one = [memtables(place, settings, minor), default_compaction(settings)];
    one.into_iter().flatten().chain(authorizers(place, settings)).collect()
}

/// The class that a value names: bare, as `{class_name: …}`, or as the list of one such map.
pub(super) fn class_name(value: &Value) -> Option<&str> {
    match value {
        Value::String(name) => Some(name),
        Value::Object(class) => class.get("class_name")?.as_str(),
        Value::Array(list) => class_name(list.first().filter(|first| first.is_object())?),
        _ => None,
    }
}

/// Authorizers that need authenticated clients (`AuthConfig.applyAuth`). Refused by 4.0.19, 4.1.10, 5.0.9.
fn authorizers<'s>(place: &NestedRack<'_>, settings: &'s Settings) -> Vec<Refusal<'s>> {
    if place.spec.auth.authenticator != Authenticator::AllowAll {
        return Vec::new();
    }
    let written = ["network_authorizer", "cidr_authorizer"].into_iter().filter_map(|key| settings.get(key));
    let strict = written.filter(|setting| {
        let class = class_name(&setting.value).unwrap_or_default();
        class.rsplit('.').next().is_some_and(|name| name.starts_with("Cassandra"))
    });
    let refusal = |setting: &'s Setting| {
        let message = format!("`{}` needs clients that log in, but `auth.authenticator` is `AllowAll`", setting.name);
        Refusal::new(message, &[setting]).help("remove it, or write `auth: {authenticator: Password}`")
    };
    strict.map(refusal).collect()
}

/// Without parameters 5.0.9 ends in a `NullPointerException` (`CompactionParams`), unless the bare name stands there.
fn default_compaction(settings: &Settings) -> Option<Refusal<'_>> {
    let setting = settings.get("default_compaction").filter(|setting| !setting.value.is_string())?;
    let class = match &setting.value {
        Value::Array(list) => list.first()?,
        value => value,
    };
    let parameters = match class.as_object()?.get("parameters") {
        Some(Value::Array(list)) => list.first(),
        parameters => parameters,
    };
    parameters.is_none_or(Value::is_null).then(|| {
        let message = "Cassandra 5.0 does not start with a `default_compaction` without parameters";
        Refusal::new(message, &[setting]).help("add `parameters: {}`, or write only the name of the class")
    })
}

/// The configuration that a table uses unless it names another.
const DEFAULT: &str = "default";

/// Memtable configurations as they are rendered: those of `templates/cassandra/5.0/cassandra.yaml` below those of the user,
/// sorted by name.
fn configurations(place: &NestedRack<'_>, setting: &Setting, minor: Minor) -> BTreeMap<String, Map<String, Value>> {
    let mut merged = match minor {
        Minor::V5_0 => shipped_configurations(),
        _ => json!({}),
    };
    let written = place.config_value("memtable").and_then(|memtable| memtable.value.get("configurations").cloned());
    merge_value(&mut merged, written.as_ref().unwrap_or(&setting.value));
    let entries = merged.as_object().cloned().unwrap_or_default().into_iter();
    entries.map(|(name, value)| (name, value.as_object().cloned().unwrap_or_default())).collect()
}

fn shipped_configurations() -> Value {
    json!({
        "default": {"inherits": "skiplist"},
        "skiplist": {"class_name": "SkipListMemtable"},
        "trie": {"class_name": "TrieMemtable"},
    })
}

/// What `MemtableParams` refuses when it is loaded: an entry that inherits from nothing, and a default that is no memtable.
/// Refused by 4.1.10, 5.0.9. A circle of entries keeps 5.0.9 busy for ever.
fn memtables<'s>(place: &NestedRack<'_>, settings: &'s Settings, minor: Minor) -> Option<Refusal<'s>> {
    let setting = settings.get("memtable.configurations").filter(|setting| !setting.value.is_null())?;
    let all = configurations(place, setting, minor);
    let refused = |message: String, help: &str| Some(Refusal::new(message, &[setting]).help(help));
    let mut earlier: BTreeSet<&str> = BTreeSet::new();
    for (name, entry) in &all {
        let Some(parent) = entry.get("inherits").and_then(Value::as_str) else {
            earlier.insert(name);
            continue;
        };
        let exists = all.contains_key(parent) || parent == DEFAULT;
        let shown = (name.escape_debug(), parent.escape_debug());
        if !exists || name == parent {
            let message =
                format!("the memtable configuration `{}` inherits from `{}`, which does not exist", shown.0, shown.1);
            return refused(message, "name one of the configurations, or `default`");
        }
        let is_default = parent == DEFAULT && !all.contains_key(DEFAULT);
        if minor == Minor::V4_1 && !is_default && !earlier.contains(parent) {
            let message =
                format!("the memtable configuration `{}` inherits from `{}`, which comes later", shown.0, shown.1);
            return refused(message, "4.1 reads configurations in the order of their names: rename one of the two");
        }
        earlier.insert(name);
    }
    let Ok(class) = inherited(&all, DEFAULT) else {
        return refused(
            "memtable configurations inherit from each other in a circle".to_owned(),
            "give one a `class_name`",
        );
    };
    default_memtable(&all, class).and_then(|message| refused(message, "correct the configuration `default`"))
}

/// Entries that inherit from each other.
struct Circle;

/// The class that an entry has, of its own or inherited; none where the line ends without one.
fn inherited<'c>(all: &'c BTreeMap<String, Map<String, Value>>, name: &'c str) -> Result<Option<&'c str>, Circle> {
    let mut name = name;
    for _ in 0..=all.len() {
        let Some(entry) = all.get(name) else { return Ok(None) };
        if let Some(class) = entry.get("class_name").and_then(Value::as_str) {
            return Ok(Some(class));
        }
        let Some(parent) = entry.get("inherits").and_then(Value::as_str) else { return Ok(None) };
        name = parent;
    }
    Err(Circle)
}

fn default_memtable(all: &BTreeMap<String, Map<String, Value>>, class: Option<&str>) -> Option<String> {
    let default = all.get(DEFAULT)?;
    let parameters = default.get("parameters").and_then(Value::as_object).is_some_and(|it| !it.is_empty());
    match class {
        None => Some("the memtable configuration `default` has no class".to_owned()),
        Some(name)
            if parameters && name.ends_with("SkipListMemtable") && !name.ends_with("ShardedSkipListMemtable") =>
        {
            Some("`SkipListMemtable` has no parameters".to_owned())
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse::embedded;

    #[test]
    fn the_shipped_configurations_are_those_of_the_template() {
        let template = embedded::value(include_str!("../../templates/cassandra/5.0/cassandra.yaml"));
        assert_eq!(template["memtable"]["configurations"], shipped_configurations());
    }

    #[test]
    fn a_class_is_named_in_three_forms() {
        for value in [json!("A"), json!({"class_name": "A"}), json!([{"class_name": "A"}])] {
            assert_eq!(class_name(&value), Some("A"), "{value}");
        }
        assert_eq!(class_name(&json!(["A"])), None);
    }
}
