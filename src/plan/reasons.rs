//! Why pods restart: each facet is applied alone to the deployed cluster, and the racks whose pod template is then
//! another one restart for it. Nothing is known here of which field ends up where.

use std::collections::BTreeMap;

use cassc_ring::step::RackRoll;
use k8s_openapi::api::core::v1::PodTemplateSpec;
use serde_json::Value;

use super::facets::Facet;
use super::leaves::{Leaf, Level};
use crate::cluster::Cluster;
use crate::render::pod_templates;

/// What is told when no single facet explains a restart: then the pod template is another one because this cassc makes
/// it so.
pub(super) const CASSC_ITSELF: &str = "this version of cassc";

/// Finds the racks that restart for each facet, and the reasons of each restart.
pub(super) fn find(before: &Cluster, after: &Cluster, facets: &mut [Facet], rolls: &mut [RackRoll]) {
    if rolls.is_empty() {
        return;
    }
    let (was, now) = (pod_templates(before), pod_templates(after));
    for facet in facets.iter_mut() {
        facet.rolls = different(&was, &pod_templates(&with(before, facet)));
    }
    for roll in rolls.iter_mut() {
        let name = &roll.stateful_set;
        roll.reasons = named(facets.iter().filter(|facet| facet.rolls.contains(name)));
        if roll.reasons.is_empty() && was.get(name.as_str()) != now.get(name.as_str()) {
            // Only together they do it: whatever the pod template would not be the same without.
            let needed = |facet: &&mut Facet| different(&now, &pod_templates(&without(after, facet))).contains(name);
            let needed: Vec<&mut Facet> = facets.iter_mut().filter(needed).collect();
            roll.reasons = named(needed.iter().map(|facet| &**facet));
            needed.into_iter().for_each(|facet| facet.rolls.push(name.clone()));
        }
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

fn different(one: &BTreeMap<&str, PodTemplateSpec>, other: &BTreeMap<&str, PodTemplateSpec>) -> Vec<String> {
    let changed = one.iter().filter(|(name, template)| other.get(*name).is_some_and(|it| it != *template));
    changed.map(|(name, _)| (*name).to_owned()).collect()
}

/// The cluster with this one thing as it will be.
pub(super) fn with(cluster: &Cluster, facet: &Facet) -> Cluster {
    changed(cluster, facet.leaves.iter().map(|leaf| (leaf, &leaf.to)))
}

/// The cluster with this one thing as it was.
fn without(cluster: &Cluster, facet: &Facet) -> Cluster {
    changed(cluster, facet.leaves.iter().map(|leaf| (leaf, &leaf.from)))
}

fn changed<'l>(cluster: &Cluster, leaves: impl Iterator<Item = (&'l Leaf, &'l Option<Value>)>) -> Cluster {
    let mut value = serde_json::to_value(cluster).expect("a cluster is JSON");
    for (leaf, to) in leaves {
        let Some(level) = level(&mut value, &leaf.at) else { continue };
        set(level, &leaf.path, to.clone());
    }
    serde_json::from_value(value).unwrap_or_else(|_| cluster.clone())
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
