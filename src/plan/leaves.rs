//! Two resolved clusters, value by value: what changed, on which level. Called by [`super::facets`], which puts
//! the values together to what users write.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::cluster::Cluster;

/// A value of the resolved cluster that is different.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Leaf {
    /// Where.
    pub at: Level,
    /// The keys below that level.
    pub path: Vec<String>,
    /// What it was.
    pub from: Option<Value>,
    /// What it will be.
    pub to: Option<Value>,
}

/// A level of the resolved cluster.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Level {
    /// The cluster itself.
    Cluster,
    /// A datacenter, by its name.
    Datacenter(String),
    /// A rack, by the names of datacenter and rack.
    Rack(String, String),
}

/// Fields that are one of several kinds. A change of kind is reported as a whole: no part of it can change alone.
const OF_SEVERAL_KINDS: [&str; 1] = ["delivery"];

/// Patches of objects, which are told field by field even if they are new.
const PATCHES: &str = "overrides";

/// A cluster as the lock has it.
pub(super) fn json(cluster: &Cluster) -> Value {
    serde_json::to_value(cluster).expect("a cluster is JSON")
}

/// Every leaf that is different, level by level.
pub(super) fn leaves(before: &Cluster, after: &Cluster) -> Vec<Leaf> {
    let (before, after) = (json(before), json(after));
    let mut found = Vec::new();
    let mut whole = |at: &Level, was: &Value, now: &Value, inner: &str| {
        let (was, now) = (without(was, inner), without(now, inner));
        compare(at, &mut Vec::new(), Some(&was), Some(&now), &mut found);
    };
    whole(&Level::Cluster, &before, &after, "datacenters");
    for (was, now) in pairs(&before, &after, "datacenters") {
        whole(&Level::Datacenter(name(now)), was, now, "racks");
        for (was, rack) in pairs(was, now, "racks") {
            whole(&Level::Rack(name(now), name(rack)), was, rack, "");
        }
    }
    found
}

fn name(value: &Value) -> String {
    value["name"].as_str().unwrap_or_default().to_owned()
}

fn without(value: &Value, key: &str) -> Value {
    let mut map = value.as_object().cloned().unwrap_or_default();
    map.remove(key);
    Value::Object(map)
}

/// The elements of a list that have the same name in both.
fn pairs<'v>(before: &'v Value, after: &'v Value, key: &str) -> Vec<(&'v Value, &'v Value)> {
    let list = |value: &'v Value| value[key].as_array().map_or(&[][..], Vec::as_slice);
    let was = |now: &'v Value| list(before).iter().find(|was| was["name"] == now["name"]);
    list(after).iter().filter_map(|now| Some((was(now)?, now))).collect()
}

/// Maps are compared key by key, anything else as a whole.
fn compare(at: &Level, path: &mut Vec<String>, from: Option<&Value>, to: Option<&Value>, found: &mut Vec<Leaf>) {
    if from == to {
        return;
    }
    let empty = Value::Object(serde_json::Map::new());
    let (from, to) = if path.first().is_some_and(|field| field == PATCHES) {
        let is_map = |side: Option<&Value>| side.is_some_and(Value::is_object);
        (from.or(is_map(to).then_some(&empty)), to.or(is_map(from).then_some(&empty)))
    } else {
        (from, to)
    };
    let mut whole = || found.push(Leaf { at: at.clone(), path: path.clone(), from: from.cloned(), to: to.cloned() });
    let (Some(Value::Object(was)), Some(Value::Object(now))) = (from, to) else { return whole() };
    let has_kinds = path.iter().map(String::as_str).eq(OF_SEVERAL_KINDS);
    if has_kinds && !was.keys().eq(now.keys()) {
        return whole();
    }
    let keys: BTreeSet<&String> = was.keys().chain(now.keys()).collect();
    for key in keys {
        path.push(key.clone());
        compare(at, path, was.get(key), now.get(key), found);
        path.pop();
    }
}
