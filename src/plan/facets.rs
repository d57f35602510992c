//! What is different between two clusters, in the words of the topology. A facet is one thing that a user wrote, or
//! left to a default: `cassandra.version` with the image that follows from it, `cassandra.jvm.heap` with its
//! arithmetic. It keeps the leaves of the resolved cluster that it consists of, so that [`super::reasons`] can apply it
//! alone.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use super::fields::{derived_from_memory, derived_from_version, field_of, word_of};
use super::leaves::{Leaf, Level, leaves};
use crate::cluster::{Cluster, Datacenter, Rack};

/// The fields of lists, which are reported as changes of the ring.
const RACKS: &str = "racks";
const DATACENTERS: &str = "datacenters";

/// One thing that is different.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Facet {
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
    pub rolls: BTreeSet<String>,
}

impl Facet {
    /// Whether it is reported as a change of the ring.
    pub(super) fn is_of_the_ring(&self) -> bool {
        matches!(self.field.as_str(), "nodes" | RACKS | DATACENTERS)
    }
}

/// Facets are rendered one by one. Where there are more, each stands for all
/// that is below one word, such as all labels, and if need be for all racks.
const MOST: usize = 200;

/// The leaves of each field on each level.
type ByField = BTreeMap<(String, Level), Vec<Leaf>>;

/// Everything that is different in what both have; new and removed datacenters and racks are not facets, they are reported
/// by the steps.
pub(super) fn facets(before: &Cluster, after: &Cluster) -> Vec<Facet> {
    if before == after {
        return Vec::new();
    }
    let leaves = leaves(before, after);
    let grouped = |field: fn(&Leaf) -> Option<String>| {
        let mut by_field = ByField::new();
        for leaf in &leaves {
            let place = place_of_leaf(before, after, leaf, field);
            place.into_iter().for_each(|key| by_field.entry(key).or_default().push(leaf.clone()));
        }
        by_field
    };
    let by_field = grouped(field_of);
    let mut facets = if by_field.len() > MOST {
        merged(after, grouped(word_of), shown_together)
    } else {
        merged(after, by_field, shown)
    };
    if facets.len() > MOST {
        facets = of_all_places(facets);
    }
    facets.extend(lists(before, after));
    facets
}

/// The field that a leaf is reported as, and its level; `None` for what follows from something else.
fn place_of_leaf(
    before: &Cluster,
    after: &Cluster,
    leaf: &Leaf,
    field: fn(&Leaf) -> Option<String>,
) -> Option<(String, Level)> {
    if derived_from_version(before, after, leaf) {
        return Some(("cassandra.version".to_owned(), Level::Cluster));
    }
    let of_memory = derived_from_memory(before, after, leaf).map(str::to_owned);
    Some((of_memory.or_else(|| field(leaf))?, leaf.at.clone()))
}

/// One facet for each field, whichever racks and datacenters it is restricted to.
fn of_all_places(facets: Vec<Facet>) -> Vec<Facet> {
    let mut by_field: BTreeMap<String, Facet> = BTreeMap::new();
    for facet in facets {
        match by_field.get_mut(&facet.field) {
            Some(all) => {
                (all.place, all.from, all.to) = (None, None, None);
                all.leaves.extend(facet.leaves);
            }
            None => drop(by_field.insert(facet.field.clone(), facet)),
        }
    }
    by_field.into_values().collect()
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
    let leaf = || Leaf { at: at.clone(), path: vec![field.to_owned()], from: taken(was, now), to: taken(now, was) };
    (names(was) != names(now)).then(|| Facet {
        field: field.to_owned(),
        place: place(at),
        from: Some(names(was).join(", ")),
        to: Some(names(now).join(", ")),
        leaves: vec![leaf()],
        rolls: BTreeSet::new(),
    })
}

/// The same thing in every rack of a datacenter, or in every datacenter, is reported once.
fn merged(after: &Cluster, by_field: ByField, shown: fn(&str, &[Leaf]) -> Values) -> Vec<Facet> {
    let facet = |((field, at), leaves): ((String, Level), Vec<Leaf>)| {
        let (from, to) = shown(&field, &leaves);
        (at, Facet { field, place: None, from, to, leaves, rolls: BTreeSet::new() })
    };
    let datacenter_of = |at: &Level| match at {
        Level::Rack(datacenter, _) => {
            let racks = after.datacenter(datacenter).map_or(0, |it| it.racks.len());
            Some((Level::Datacenter(datacenter.clone()), racks))
        }
        _ => None,
    };
    let cluster_of = |at: &Level| match at {
        Level::Datacenter(_) => Some((Level::Cluster, after.datacenters.len())),
        _ => None,
    };
    let facets = lifted(by_field.into_iter().map(facet).collect(), datacenter_of);
    let facets = lifted(facets, cluster_of).into_iter();
    let mut facets: Vec<Facet> = facets.map(|(at, facet)| Facet { place: place(&at), ..facet }).collect();
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

/// Level, field, old and new value: what is the same here is reported once.
type Same = (Level, String, Option<String>, Option<String>);

/// Facets that are the same on every inner level of an outer one become one there. `outer` is the outer level of an
/// inner one, and how many inner ones it has.
fn lifted(facets: Vec<(Level, Facet)>, outer: impl Fn(&Level) -> Option<(Level, usize)>) -> Vec<(Level, Facet)> {
    let same = |level: &Level, facet: &Facet| -> Same {
        (level.clone(), facet.field.clone(), facet.from.clone(), facet.to.clone())
    };
    let mut inner: BTreeMap<Same, BTreeSet<Level>> = BTreeMap::new();
    for (at, facet) in &facets {
        if let Some((outer, _)) = outer(at) {
            inner.entry(same(&outer, facet)).or_default().insert(at.clone());
        }
    }
    let is_everywhere = |outer: &Level, count: usize, facet: &Facet| {
        facet.field != "nodes" && inner.get(&same(outer, facet)).is_some_and(|levels| levels.len() == count)
    };
    let mut kept: Vec<(Level, Facet)> = Vec::new();
    let mut known: BTreeMap<Same, usize> = BTreeMap::new();
    for (at, facet) in facets {
        let outer = outer(&at).filter(|(outer, count)| is_everywhere(outer, *count, &facet));
        let level = outer.map_or(at, |(outer, _)| outer);
        match known.get(&same(&level, &facet)) {
            Some(position) => kept[*position].1.leaves.extend(facet.leaves),
            None => {
                known.insert(same(&level, &facet), kept.len());
                kept.push((level, facet));
            }
        }
    }
    kept
}

/// What a facet was and will be.
type Values = (Option<String>, Option<String>);

/// Where a facet stands for many things, no value stands for it.
fn shown_together(field: &str, leaves: &[Leaf]) -> Values {
    if let [_] = leaves { shown(field, leaves) } else { (None, None) }
}

/// The value that stands for a facet: that of its shortest leaf, which is the one that users write.
fn shown(field: &str, leaves: &[Leaf]) -> Values {
    let telling = |leaf: &&Leaf| {
        let last = leaf.path.last().map(String::as_str).unwrap_or_default();
        field.ends_with(last) || matches!(last, "heapMebibytes" | "canaryPods")
    };
    let leaf = leaves.iter().find(telling).or_else(|| leaves.first());
    let Some(Leaf { from, to, path, .. }) = leaf else { return (None, None) };
    let unit = if path.last().is_some_and(|key| key == "heapMebibytes") { "M" } else { "" };
    let is_secret = field.to_lowercase().contains("password");
    let shown = |value: &Value| match value {
        _ if is_secret => "…".to_owned(),
        Value::Object(_) if field == "steps" => "enabled".to_owned(),
        value => format!("{}{unit}", short(value)),
    };
    let text = |value: &Option<Value>| value.as_ref().filter(|value| !value.is_null()).map(shown);
    (text(from), text(to))
}

/// A value in the flow style of YAML, without the outer braces and without quotes; acceptances are reported by their codes,
/// and operations by their ids. A
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
        Value::Object(map) => match (map.get("code").and_then(Value::as_str), operation(map)) {
            (Some(code), _) => code.to_owned(),
            (None, Some(operation)) => operation,
            (None, None) => format!("{{{}}}", entries(map)),
        },
        other => in_words(other),
    }
}

/// An operation by its id, and what steers it.
fn operation(map: &serde_json::Map<String, Value>) -> Option<String> {
    let (id, _kind) = map.get("id")?.as_str().zip(map.get("kind")?.as_str())?;
    let suspended = map.get("suspend").and_then(Value::as_bool).filter(|it| *it).map(|_| "suspended".to_owned());
    let number = map.get("concurrency").map(|it| format!("concurrency {it}"));
    let retry = map.get("retry").and_then(Value::as_str).map(|it| format!("retry {it}"));
    let how: Vec<String> = [suspended, number, retry].into_iter().flatten().collect();
    Some(if how.is_empty() { id.to_owned() } else { format!("{id} ({})", how.join(", ")) })
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::fixtures::shop;

    fn told(before: &Cluster, after: &Cluster) -> Vec<(String, Option<String>, Option<String>)> {
        facets(before, after).into_iter().map(|facet| (facet.field, facet.place, facet.to)).collect()
    }

    fn with_labels(count: usize) -> Cluster {
        let mut cluster = shop();
        cluster.labels = (0..count).map(|number| (format!("l{number}"), "x".to_owned())).collect();
        cluster
    }

    #[test]
    fn more_changes_than_anybody_reads_are_told_by_their_words() {
        assert_eq!(told(&shop(), &with_labels(MOST)).len(), MOST);
        assert_eq!(told(&shop(), &with_labels(MOST + 1)), [("metadata.labels".to_owned(), None, None)]);
    }

    #[test]
    fn more_places_than_anybody_reads_are_told_together() {
        let racks = |size: u32| {
            let mut cluster = shop();
            let rack = cluster.datacenters[0].racks[0].clone();
            let name = |number: u32| Rack {
                name: format!("r{number}"),
                expand_to: Some(format!("{}Gi", size + number)),
                ..rack.clone()
            };
            cluster.datacenters[0].racks = (0..=u32::try_from(MOST).expect("it is few")).map(name).collect();
            cluster
        };
        assert_eq!(told(&racks(20), &racks(30)), [("storage.expandTo".to_owned(), None, None)]);
    }
}
