//! Why pods restart: each facet is applied alone to the deployed cluster, and the racks whose pod template is then
//! another one restart for it. Nothing is known here of which field ends up where.

use std::collections::{BTreeMap, BTreeSet};

use cassc_ring::step::RackRoll;
use serde::Deserialize;
use serde_json::Value;

use super::facets::Facet;
use super::leaves::{Leaf, Level, json};
use crate::cluster::Cluster;
use crate::render::{PodTemplate, pod_templates};

/// The reason when no single facet explains a restart: then the pod template changed because this version of cassc makes
/// it so.
pub(super) const CASSC_ITSELF: &str = "this version of cassc, or an edit of cassc.lock by hand";

/// Both clusters as values, in which single leaves can be changed.
pub(super) struct Sides {
    before: Value,
    after: Value,
}

impl Sides {
    /// The sides of a change.
    pub(super) fn new(before: &Cluster, after: &Cluster) -> Self {
        Self { before: json(before), after: json(after) }
    }

    /// The deployed cluster with this one thing as it will be.
    pub(super) fn with(&self, facet: &Facet) -> Cluster {
        changed(&self.before, &self.after, facet, |leaf| &leaf.to)
    }

    /// The wanted cluster with this one thing as it was.
    fn without(&self, facet: &Facet) -> Cluster {
        changed(&self.after, &self.before, facet, |leaf| &leaf.from)
    }
}

/// Finds the racks that restart for each facet, and the reasons of each restart.
pub(super) fn find(before: &Cluster, after: &Cluster, facets: &mut [Facet], rolls: &mut [RackRoll]) {
    if rolls.is_empty() {
        return;
    }
    let (was, now, sides) = (pod_templates(before), pod_templates(after), Sides::new(before, after));
    for facet in facets.iter_mut() {
        facet.rolls = different(&was, &pod_templates(&sides.with(facet)));
    }
    let is_explained = |roll: &RackRoll| facets.iter().any(|facet| facet.rolls.contains(&roll.stateful_set));
    let changes = |name: &str| was.get(name) != now.get(name);
    if rolls.iter().any(|roll| !is_explained(roll) && changes(&roll.stateful_set)) {
        // Only together they have an effect: each without which the pod template would stay different.
        let explained: BTreeSet<String> = facets.iter().flat_map(|facet| facet.rolls.iter().cloned()).collect();
        for facet in facets.iter_mut() {
            let needed = different(&now, &pod_templates(&sides.without(facet)));
            facet.rolls.extend(needed.into_iter().filter(|name| !explained.contains(name) && changes(name)));
        }
    }
    for roll in rolls.iter_mut() {
        roll.reasons = named(facets.iter().filter(|facet| facet.rolls.contains(&roll.stateful_set)));
        if roll.reasons.is_empty() {
            roll.reasons.push(CASSC_ITSELF.to_owned());
        }
    }
}

fn named<'f>(facets: impl Iterator<Item = &'f Facet>) -> Vec<String> {
    let mut names: Vec<String> = facets.map(|facet| facet.field.clone()).collect();
    names.dedup();
    names
}

fn different(one: &BTreeMap<&str, PodTemplate>, other: &BTreeMap<&str, PodTemplate>) -> BTreeSet<String> {
    let changed = one.iter().filter(|(name, template)| other.get(*name).is_some_and(|it| it != *template));
    changed.map(|(name, _)| (*name).to_owned()).collect()
}

/// A side with the leaves of a facet as they are on the other one. Where a leaf cannot be changed alone, because it is
/// half of something, the whole field is: fields of a resolved cluster do not depend on each other.
fn changed(side: &Value, other: &Value, facet: &Facet, to: impl Fn(&Leaf) -> &Option<Value>) -> Cluster {
    exactly(side, facet, to).unwrap_or_else(|_| with_whole_fields(side, other, facet))
}

fn exactly(side: &Value, facet: &Facet, to: impl Fn(&Leaf) -> &Option<Value>) -> serde_json::Result<Cluster> {
    let mut side = side.clone();
    for leaf in &facet.leaves {
        if let Some(level) = level(&mut side, &leaf.at) {
            set(level, &leaf.path, to(leaf).clone());
        }
    }
    Cluster::deserialize(side)
}

fn with_whole_fields(side: &Value, other: &Value, facet: &Facet) -> Cluster {
    let (mut whole, mut other) = (side.clone(), other.clone());
    for Leaf { at, path, .. } in &facet.leaves {
        let Some(field) = path.first() else { continue };
        let there = level(&mut other, at).and_then(|level| level.get(field)).cloned();
        if let Some(level) = level(&mut whole, at) {
            set(level, std::slice::from_ref(field), there);
        }
    }
    Cluster::deserialize(whole).expect("each field was read from one of two clusters, and none depends on another")
}

fn level<'v>(cluster: &'v mut Value, at: &Level) -> Option<&'v mut Value> {
    let element = |value: &'v mut Value, list: &str, name: &str| {
        value.get_mut(list)?.as_array_mut()?.iter_mut().find(|it| it["name"] == name)
    };
    match at {
        Level::Cluster => Some(cluster),
        Level::Datacenter(datacenter) => element(cluster, "datacenters", datacenter),
        Level::Rack(datacenter, rack) => element(element(cluster, "datacenters", datacenter)?, "racks", rack),
    }
}

/// Sets or removes the value at a path; maps on the way are made where they are missing.
fn set(value: &mut Value, path: &[String], to: Option<Value>) {
    let Some((last, way)) = path.split_last() else {
        return;
    };
    let mut map = value;
    for key in way {
        if !map.get(key).is_some_and(Value::is_object) {
            map[key] = Value::Object(serde_json::Map::new());
        }
        map = &mut map[key];
    }
    let Some(map) = map.as_object_mut() else { return };
    match to {
        Some(to) => drop(map.insert(last.clone(), to)),
        None => drop(map.remove(last)),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::check::fixtures::checked;
    use crate::cluster::fixtures::shop;
    use crate::plan::facets::facets;
    use crate::resolve::resolve;

    /// The ways to every value below one.
    fn ways(value: &Value) -> Vec<Vec<String>> {
        let below = |key: String, value: &Value| -> Vec<Vec<String>> {
            let longer = ways(value).into_iter().map(|way| [vec![key.clone()], way].concat());
            std::iter::once(vec![key.clone()]).chain(longer).collect()
        };
        match value {
            Value::Object(map) => map.iter().flat_map(|(key, value)| below(key.clone(), value)).collect(),
            Value::Array(items) => {
                items.iter().enumerate().flat_map(|(index, value)| below(index.to_string(), value)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn without(cluster: &Value, way: &[String]) -> Option<Cluster> {
        let mut cluster = cluster.clone();
        let (key, parents) = way.split_last()?;
        let parents = parents.iter().flat_map(|key| ["/".to_owned(), key.replace('/', "~1")]);
        match (cluster.pointer_mut(&parents.collect::<String>())?, key) {
            (Value::Object(map), key) => drop(map.remove(key)),
            (Value::Array(items), key) => drop(items.remove(key.parse().ok()?)),
            _ => return None,
        }
        Cluster::deserialize(cluster).ok()
    }

    /// From the cluster that has everything one value after the other is taken away and given back.
    #[test]
    fn every_facet_can_be_applied_alone() {
        let rich = resolve(&checked(include_str!("../../golden/topologies/everything.yaml")), None);
        let value = json(&rich);
        let mut tried = 0;
        // One datacenter and one rack are like the others.
        let is_first = |way: &&Vec<String>| way.iter().all(|key| !matches!(key.as_str(), "1" | "2"));
        for poor in ways(&value).iter().filter(is_first).filter_map(|way| without(&value, way)) {
            for (before, after) in [(&rich, &poor), (&poor, &rich)] {
                let sides = [json(before), json(after)];
                for facet in facets(before, after) {
                    tried += 1;
                    let (there, back) =
                        (exactly(&sides[0], &facet, |leaf| &leaf.to), exactly(&sides[1], &facet, |leaf| &leaf.from));
                    assert!(there.is_ok() && back.is_ok(), "{facet:#?}");
                }
            }
        }
        assert!(tried > 200, "only {tried} facets");
    }

    /// Argo CD's block and Flux's exclude each other: neither half can come or go alone.
    #[test]
    fn a_half_of_something_is_never_applied_alone() {
        let (before, mut after) = (shop(), shop());
        let argocd = json!({"argocd": {"repoURL": "https://h/a.git", "path": "a", "targetRevision": "HEAD",
            "project": "default", "namespace": "argocd", "name": "shop"}});
        let flux = json!({"flux": {"sourceKind": "GitRepository", "sourceName": "a", "path": "a",
            "namespace": "flux-system", "interval": "10m"}});
        let with = |delivery| {
            let mut cluster = before.clone();
            cluster.delivery = Some(serde_json::from_value(delivery).expect("it is a block"));
            cluster
        };
        let (before, wanted) = (with(argocd), with(flux));
        after.delivery.clone_from(&wanted.delivery);
        let found = facets(&before, &wanted);
        assert_eq!(found.iter().map(|facet| facet.field.as_str()).collect::<Vec<_>>(), ["delivery"]);
        assert_eq!(Sides::new(&before, &wanted).with(&found[0]), after);
        let halves = ["argocd", "flux"].map(|kind| {
            let leaf = &found[0].leaves[0];
            let half = |side: &Option<Value>| side.as_ref().and_then(|value| value.get(kind)).cloned();
            let path = vec!["delivery".to_owned(), kind.to_owned()];
            Leaf { path, from: half(&leaf.from), to: half(&leaf.to), ..leaf.clone() }
        });
        for half in halves {
            let facet = Facet { leaves: vec![half], ..found[0].clone() };
            assert_eq!(Sides::new(&before, &wanted).with(&facet), after);
        }
    }
}
