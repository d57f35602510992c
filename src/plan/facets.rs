//! What is different between two clusters, in the words of the topology. A facet is one thing that a user wrote, or
//! left to a default: `cassandra.version` with the image that follows from it, `cassandra.jvm.heap` with its
//! arithmetic. It keeps the leaves of the resolved cluster that it consists of, so that [`super::reasons`] can apply it
//! alone.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use super::fields::{derived_from_memory, derived_from_version, field_of};
use super::leaves::{Leaf, Level, leaves};
use crate::cluster::{Cluster, Datacenter, Rack};

/// The fields of lists, which are told as what becomes of the ring.
const RACKS: &str = "racks";
const DATACENTERS: &str = "datacenters";

/// One thing that is different.
#[derive(Clone, Debug, PartialEq)]
pub struct Facet {
    /// What the user writes: `cassandra.config.num_tokens`.
    pub field: String,
    /// The racks or datacenters that it is restricted to; empty for the whole cluster.
    pub place: Option<String>,
    /// What it was.
    pub from: Option<String>,
    /// What it will be.
    pub to: Option<String>,
    /// The leaves that it consists of.
    pub leaves: Vec<Leaf>,
    /// The StatefulSets whose pod templates are different for it alone.
    pub rolls: Vec<String>,
}

impl Facet {
    /// Whether it is told as what becomes of the ring.
    pub(super) fn is_of_the_ring(&self) -> bool {
        matches!(self.field.as_str(), "nodes" | RACKS | DATACENTERS)
    }
}

/// Everything that is different in what both have; new and removed datacenters and racks are not facets, they are told
/// by the steps.
pub(super) fn facets(before: &Cluster, after: &Cluster) -> Vec<Facet> {
    if before == after {
        return Vec::new();
    }
    let leaves = leaves(before, after);
    let mut by_field: BTreeMap<(String, Level), Vec<Leaf>> = BTreeMap::new();
    for leaf in leaves {
        let (field, at) = if derived_from_version(before, after, &leaf) {
            ("cassandra.version".to_owned(), Level::Cluster)
        } else if let Some(field) = derived_from_memory(before, after, &leaf) {
            (field.to_owned(), leaf.at.clone())
        } else {
            let Some(field) = field_of(&leaf) else { continue };
            (field, leaf.at.clone())
        };
        by_field.entry((field, at)).or_default().push(leaf);
    }
    let mut facets = merged(after, by_field);
    facets.extend(lists(before, after));
    facets
}

/// What racks and datacenters make different by being there: tokens are allocated for as many replicas as a datacenter
/// has racks, and pods keep apart from those of the other namespaces. Each list takes what it shares with the other
/// side as it is there, so that nothing else is different.
fn lists(before: &Cluster, after: &Cluster) -> Vec<Facet> {
    let rack = |rack: &Rack| rack.name.clone();
    let racks = |now: &Datacenter| {
        let was = before.datacenter(&now.name)?;
        let at = Level::Datacenter(now.name.clone());
        list(RACKS, &at, (&was.racks, &now.racks), rack)
    };
    let datacenter = |datacenter: &Datacenter| datacenter.name.clone();
    let datacenters = list(DATACENTERS, &Level::Cluster, (&before.datacenters, &after.datacenters), datacenter);
    after.datacenters.iter().filter_map(racks).chain(datacenters).collect()
}

fn list<T: Clone + Serialize>(
    field: &str,
    at: &Level,
    (was, now): (&[T], &[T]),
    name: impl Fn(&T) -> String,
) -> Option<Facet> {
    let names = |list: &[T]| list.iter().map(&name).collect::<Vec<_>>();
    let taken = |list: &[T], from: &[T]| -> Option<Value> {
        let there = |it: &T| from.iter().find(|other| name(other) == name(it)).unwrap_or(it).clone();
        Some(serde_json::to_value(list.iter().map(there).collect::<Vec<_>>()).expect("a list of them is JSON"))
    };
    let leaf = Leaf { at: at.clone(), path: vec![field.to_owned()], from: taken(was, now), to: taken(now, was) };
    (names(was) != names(now)).then(|| Facet {
        field: field.to_owned(),
        place: place(at),
        from: Some(names(was).join(", ")),
        to: Some(names(now).join(", ")),
        leaves: vec![leaf],
        rolls: Vec::new(),
    })
}

/// The same thing in every rack of a datacenter, or in every datacenter, is told once.
fn merged(after: &Cluster, by_field: BTreeMap<(String, Level), Vec<Leaf>>) -> Vec<Facet> {
    let mut facets: Vec<(Level, Facet)> = Vec::new();
    for ((field, at), leaves) in by_field {
        let (from, to) = shown(&field, &leaves);
        facets.push((at, Facet { field, place: None, from, to, leaves, rolls: Vec::new() }));
    }
    for datacenter in &after.datacenters {
        let racks = datacenter.racks.iter().map(|rack| Level::Rack(datacenter.name.clone(), rack.name.clone()));
        facets = lifted(&facets, &racks.collect::<Vec<_>>(), &Level::Datacenter(datacenter.name.clone()));
    }
    let datacenters = after.datacenters.iter().map(|datacenter| Level::Datacenter(datacenter.name.clone()));
    facets = lifted(&facets, &datacenters.collect::<Vec<_>>(), &Level::Cluster);
    let mut facets: Vec<Facet> = facets.into_iter().map(|(at, facet)| Facet { place: place(&at), ..facet }).collect();
    facets.sort_by(|one, other| (&one.field, &one.place).cmp(&(&other.field, &other.place)));
    facets
}

fn place(at: &Level) -> Option<String> {
    match at {
        Level::Cluster => None,
        Level::Datacenter(datacenter) => Some(datacenter.clone()),
        Level::Rack(datacenter, rack) => Some(format!("{datacenter}/{rack}")),
    }
}

/// Facets that are the same on every one of the inner levels become one on the outer level.
fn lifted(facets: &[(Level, Facet)], inner: &[Level], outer: &Level) -> Vec<(Level, Facet)> {
    let same = |one: &Facet, other: &Facet| one.field == other.field && one.from == other.from && one.to == other.to;
    let everywhere = |facet: &Facet| {
        let there = |level: &Level| facets.iter().any(|(at, it)| at == level && same(it, facet));
        inner.iter().all(there)
    };
    let mut kept: Vec<(Level, Facet)> = Vec::new();
    for (at, facet) in facets {
        if !inner.contains(at) || !everywhere(facet) || facet.field == "nodes" {
            kept.push((at.clone(), facet.clone()));
            continue;
        }
        match kept.iter_mut().find(|(level, it)| level == outer && same(it, facet)) {
            Some((_, known)) => known.leaves.extend(facet.leaves.iter().cloned()),
            None => kept.push((outer.clone(), facet.clone())),
        }
    }
    kept
}

/// The value that stands for a facet: that of its shortest leaf, which is the one that users write.
fn shown(field: &str, leaves: &[Leaf]) -> (Option<String>, Option<String>) {
    let telling = |leaf: &&Leaf| {
        let last = leaf.path.last().map(String::as_str).unwrap_or_default();
        field.ends_with(last) || matches!(last, "heapMebibytes" | "canaryPods")
    };
    let leaf = leaves.iter().find(telling).or_else(|| leaves.first());
    let Some(Leaf { from, to, path, .. }) = leaf else { return (None, None) };
    let unit = if path.last().is_some_and(|key| key == "heapMebibytes") { "M" } else { "" };
    let is_secret = field.to_lowercase().contains("password");
    let shown = |value: &Value| if is_secret { "…".to_owned() } else { format!("{}{unit}", short(value)) };
    let text = |value: &Option<Value>| value.as_ref().filter(|value| !value.is_null()).map(shown);
    (text(from), text(to))
}

/// A value in the flow style of YAML, without the outer braces and without quotes; acceptances are told by their codes. A
/// plan is a comment on a pull request: what is below a key that speaks of a password is not shown.
fn in_words(value: &Value) -> String {
    match value {
        Value::Array(items) if items.is_empty() => "none".to_owned(),
        Value::Array(items) => items.iter().map(item).collect::<Vec<_>>().join(", "),
        Value::Object(map) => entries(map),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn item(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(item).collect::<Vec<_>>().join(", ")),
        Value::Object(map) => match map.get("code").and_then(Value::as_str) {
            Some(code) => code.to_owned(),
            None => format!("{{{}}}", entries(map)),
        },
        other => in_words(other),
    }
}

fn entries(map: &serde_json::Map<String, Value>) -> String {
    let is_secret = |key: &str| key.to_lowercase().contains("password");
    let shown = |(key, value): (&String, &Value)| {
        format!("{key}: {}", if is_secret(key) { "…".to_owned() } else { item(value) })
    };
    map.iter().filter(|(_, value)| !value.is_null()).map(shown).collect::<Vec<_>>().join(", ")
}

/// Long values are cut: the manifests have them whole.
const LONGEST_SHOWN: usize = 120;

fn short(value: &Value) -> String {
    let text = in_words(value);
    if text.chars().count() <= LONGEST_SHOWN {
        return text;
    }
    text.chars().take(LONGEST_SHOWN - 1).chain(['…']).collect()
}
