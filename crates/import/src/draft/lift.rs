//! What all datacenters have alike is written once, for the cluster: topologies inherit it from there.

use super::node::Node;
use crate::path::Path;

/// The maps of a datacenter whose keys it shares with `spec`.
const SHARED: &[&[&str]] = &[
    &["cassandra", "config"],
    &["cassandra", "jvm"],
    &["resources", "requests"],
    &["resources", "limits"],
    &["storage"],
    &["scheduling"],
    &["managementApi"],
    &["managementApi", "tls"],
    &["pod", "labels"],
    &["pod", "annotations"],
    &["pod", "probes"],
    &["pod"],
    &["services", "cql"],
    &["services", "allPods"],
    &["services", "seed"],
    &["services", "additionalSeed"],
    &["services", "nodePort"],
    &["disruptionBudget"],
];

/// Moves the values, and answers with the path from which and to which each of them moved.
pub(super) fn lift(root: &mut Node) -> Vec<(Path, Path)> {
    let spec = Path::of(&["spec"]);
    let datacenters = spec.key("datacenters");
    let number = root.get(&datacenters).map_or(0, Node::len);
    let mut moved = Vec::new();
    for keys in SHARED {
        let in_map = |path: &Path| keys.iter().fold(path.clone(), |path, key| path.key(*key));
        let maps: Vec<Path> = (0..number).map(|index| in_map(&datacenters.index(index))).collect();
        let Some((first, others)) = maps.split_first() else { continue };
        for key in root.keys(first) {
            let alike = |map: &Path| {
                let (ours, theirs) = (root.get(&first.key(&key)), root.get(&map.key(&key)));
                ours.zip(theirs).is_some_and(|(ours, theirs)| ours.same(theirs))
            };
            let target = in_map(&spec).key(&key);
            if others.iter().all(alike) && root.get(&target).is_none() {
                let slots: Vec<_> = maps.iter().filter_map(|map| root.take(map, &key)).collect();
                slots.into_iter().take(1).for_each(|slot| root.put(&target, slot));
                moved.extend(maps.iter().map(|map| (map.key(&key), target.clone())));
            }
        }
    }
    (0..number).for_each(|index| prune(root, &datacenters.index(index)));
    moved
}

/// Takes out the maps of a datacenter that are empty now.
fn prune(root: &mut Node, datacenter: &Path) {
    let longest_first = SHARED.iter().rev().flat_map(|keys| (1..=keys.len()).rev().map(|length| &keys[..length]));
    for keys in longest_first.collect::<Vec<_>>() {
        let Some((last, before)) = keys.split_last() else { continue };
        let map = before.iter().fold(datacenter.clone(), |path, key| path.key(*key));
        let is_empty =
            root.get(&map.key(*last)).is_some_and(|node| matches!(node, Node::Map(entries) if entries.is_empty()));
        if is_empty {
            root.take(&map, last);
        }
    }
}
