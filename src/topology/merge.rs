//! How racks inherit settings: rack before datacenter before cluster. A [`NestedRack`] is a rack with its two outer levels; it
//! returns the merged value of each setting and the level that writes it. Used by rules and by the resolved cluster.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{NodeSelector, PreferredSchedulingTerm, Toleration};
use serde_json::Value;

use super::{
    AccessMode, AntiAffinity, CassandraTopology, Config, Datacenter, GarbageCollector, Jvm, Rack, Resources,
    Scheduling, Spec, TopologySpread, WhenNodesLeave,
};
use crate::diagnostic::{Route, Step};

/// The level at which a setting is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Directly below `spec`.
    Cluster,
    /// In a datacenter, by its position.
    Datacenter(usize),
    /// In a rack, by the positions of datacenter and rack.
    Rack(usize, usize),
}

impl Level {
    /// `spec`, `spec.datacenters[0]` or `spec.datacenters[0].racks[1]`.
    pub(crate) fn route(self) -> Route {
        // In one go, not step by step: a topology may have thousands of racks, and every rule asks for their routes.
        let key = |key: &str| Step::Key(key.to_owned());
        Route::from(match self {
            Self::Cluster => vec![key("spec")],
            Self::Datacenter(datacenter) => vec![key("spec"), key("datacenters"), Step::Index(datacenter)],
            Self::Rack(datacenter, rack) => {
                vec![key("spec"), key("datacenters"), Step::Index(datacenter), key("racks"), Step::Index(rack)]
            }
        })
    }
}

/// A merged value, and the innermost level that writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Merged<T> {
    /// The value after merging.
    pub value: T,
    /// The innermost level that writes it.
    pub level: Level,
}

/// A rack with its datacenter and its cluster.
#[derive(Clone, Copy, Debug)]
pub struct NestedRack<'t> {
    /// The whole topology's specification.
    pub spec: &'t Spec,
    /// The datacenter of the rack.
    pub datacenter: &'t Datacenter,
    /// Its position.
    pub datacenter_index: usize,
    /// The rack itself.
    pub rack: &'t Rack,
    /// Its position in the datacenter.
    pub rack_index: usize,
}

/// All racks of a topology, datacenter by datacenter.
pub(crate) fn racks(topology: &CassandraTopology) -> Vec<NestedRack<'_>> {
    let spec = &topology.spec;
    let datacenters = spec.datacenters.iter().enumerate();
    datacenters.flat_map(|(index, datacenter)| racks_of(spec, datacenter, index)).collect()
}

fn racks_of<'t>(
    spec: &'t Spec,
    datacenter: &'t Datacenter,
    datacenter_index: usize,
) -> impl Iterator<Item = NestedRack<'t>> {
    let racks = datacenter.racks.iter().enumerate();
    racks.map(move |(rack_index, rack)| NestedRack { spec, datacenter, datacenter_index, rack, rack_index })
}

impl<'t> NestedRack<'t> {
    /// The level of the rack itself.
    pub(crate) fn level(&self) -> Level {
        Level::Rack(self.datacenter_index, self.rack_index)
    }

    /// The levels from the rack outwards.
    pub(crate) fn levels(&self) -> [Level; 3] {
        [self.level(), Level::Datacenter(self.datacenter_index), Level::Cluster]
    }

    /// The merged keys of `cassandra.yaml`: maps are merged key by key, other values are replaced. The level is the innermost
    /// one that writes the key.
    pub fn config(&self) -> BTreeMap<&'t str, Merged<Value>> {
        let mut merged: BTreeMap<&'t str, Merged<Value>> = BTreeMap::new();
        for (level, config) in self.configs().into_iter().rev() {
            lay_over(&mut merged, config, level);
        }
        merged
    }

    /// What holds here for one key of `cassandra.yaml`, merged in the same way.
    pub(crate) fn config_value(&self, key: &str) -> Option<Merged<Value>> {
        let mut merged: Option<Merged<Value>> = None;
        for (level, config) in self.configs().into_iter().rev() {
            let Some(value) = config.get(key) else { continue };
            let entry = merged.get_or_insert(Merged { value: Value::Null, level });
            entry.level = level;
            merge_value(&mut entry.value, value);
        }
        merged
    }

    /// What each level writes under `cassandra.config`, from the rack outwards.
    pub(crate) fn configs(&self) -> [(Level, &'t Config); 3] {
        let [rack, datacenter, cluster] = self.levels();
        [
            (rack, &self.rack.cassandra.config),
            (datacenter, &self.datacenter.cassandra.config),
            (cluster, &self.spec.cassandra.config),
        ]
    }

    /// The heap as written.
    pub(crate) fn heap(&self) -> Option<Merged<&'t str>> {
        self.innermost(self.jvms().map(|jvm| jvm.heap.as_deref()))
    }

    /// The heap that the JVM starts with, as written.
    pub(crate) fn initial_heap(&self) -> Option<Merged<&'t str>> {
        self.innermost(self.jvms().map(|jvm| jvm.initial_heap.as_deref()))
    }

    /// The young generation, as written.
    pub(crate) fn young_generation(&self) -> Option<Merged<&'t str>> {
        self.innermost(self.jvms().map(|jvm| jvm.young_generation.as_deref()))
    }

    /// The heap of the Management API, as written.
    pub(crate) fn management_heap(&self) -> Option<Merged<&'t str>> {
        let (datacenter, cluster) = (&self.datacenter.management_api, &self.spec.management_api);
        self.innermost([None, datacenter.heap.as_deref(), cluster.heap.as_deref()])
    }

    /// The garbage collector.
    pub(crate) fn garbage_collector(&self) -> Option<Merged<GarbageCollector>> {
        self.innermost(self.jvms().map(|jvm| jvm.gc))
    }

    /// The additional JVM options.
    pub(crate) fn jvm_options(&self) -> Option<Merged<&'t [String]>> {
        self.innermost(self.jvms().map(|jvm| jvm.options.as_deref()))
    }

    /// What is requested of a resource, as written.
    pub(crate) fn request(&self, resource: &str) -> Option<Merged<&'t str>> {
        self.innermost(self.resources().map(|level| level.requests.get(resource).map(String::as_str)))
    }

    /// The limit of a resource, as written.
    pub(crate) fn limit(&self, resource: &str) -> Option<Merged<&'t str>> {
        self.innermost(self.resources().map(|level| level.limits.get(resource).map(String::as_str)))
    }

    /// All requests that hold here, as written.
    pub(crate) fn requests(&self) -> BTreeMap<&'t str, Merged<&'t str>> {
        self.merged_quantities(self.resources().map(|level| &level.requests))
    }

    /// All limits that hold here, as written.
    pub(crate) fn limits(&self) -> BTreeMap<&'t str, Merged<&'t str>> {
        self.merged_quantities(self.resources().map(|level| &level.limits))
    }

    /// The StorageClass of the data volume.
    pub(crate) fn storage_class(&self) -> Option<Merged<&'t str>> {
        let cluster = self.spec.storage.class.as_deref();
        self.innermost([self.rack.storage.class.as_deref(), self.datacenter.storage.class.as_deref(), cluster])
    }

    /// The size of the data volume, as written.
    pub(crate) fn storage_size(&self) -> Option<Merged<&'t str>> {
        let cluster = self.spec.storage.size.as_deref();
        self.innermost([self.rack.storage.size.as_deref(), self.datacenter.storage.size.as_deref(), cluster])
    }

    /// The size that claims of the data volume are expanded to, as written.
    pub(crate) fn expand_to(&self) -> Option<Merged<&'t str>> {
        let cluster = self.spec.storage.expand_to.as_deref();
        self.innermost([self.rack.storage.expand_to.as_deref(), self.datacenter.storage.expand_to.as_deref(), cluster])
    }

    /// How the data volume may be mounted.
    pub(crate) fn access_mode(&self) -> Option<Merged<AccessMode>> {
        let (rack, datacenter) = (&self.rack.storage, &self.datacenter.storage);
        self.innermost([rack.access_mode, datacenter.access_mode, self.spec.storage.access_mode])
    }

    /// What happens to the claims of nodes that leave.
    pub(crate) fn when_nodes_leave(&self) -> Option<Merged<WhenNodesLeave>> {
        let (rack, datacenter) = (&self.rack.storage, &self.datacenter.storage);
        self.innermost([rack.when_nodes_leave, datacenter.when_nodes_leave, self.spec.storage.when_nodes_leave])
    }

    /// Whether pods are kept from sharing a worker.
    pub(crate) fn anti_affinity(&self) -> Option<Merged<AntiAffinity>> {
        self.innermost(self.schedulings().map(|level| level.anti_affinity))
    }

    /// Whether several pods may share a worker.
    pub(crate) fn several_nodes_per_worker(&self) -> Option<Merged<bool>> {
        self.innermost(self.schedulings().map(|level| level.several_nodes_per_worker))
    }

    /// The tolerated taints.
    pub(crate) fn tolerations(&self) -> Option<Merged<&'t [Toleration]>> {
        self.innermost(self.schedulings().map(|level| level.tolerations.as_deref()))
    }

    /// What workers must be like.
    pub(crate) fn required_workers(&self) -> Option<Merged<&'t NodeSelector>> {
        self.innermost(
            self.schedulings().map(|level| {
                level.node_affinity.as_ref()?.required_during_scheduling_ignored_during_execution.as_ref()
            }),
        )
    }

    /// What workers should be like.
    pub(crate) fn preferred_workers(&self) -> Option<Merged<&'t [PreferredSchedulingTerm]>> {
        self.innermost(
            self.schedulings().map(|level| {
                level.node_affinity.as_ref()?.preferred_during_scheduling_ignored_during_execution.as_deref()
            }),
        )
    }

    /// The scheduler.
    pub(crate) fn scheduler_name(&self) -> Option<Merged<&'t str>> {
        self.innermost(self.schedulings().map(|level| level.scheduler_name.as_deref()))
    }

    /// The PriorityClass.
    pub(crate) fn priority_class(&self) -> Option<Merged<&'t str>> {
        self.innermost(self.schedulings().map(|level| level.priority_class.as_deref()))
    }

    /// How the pods are spread.
    pub(crate) fn topology_spread(&self) -> Option<Merged<&'t [TopologySpread]>> {
        self.innermost(self.schedulings().map(|level| level.topology_spread.as_deref()))
    }

    fn innermost<T>(&self, written: [Option<T>; 3]) -> Option<Merged<T>> {
        let found = written.into_iter().zip(self.levels()).find_map(|(value, level)| Some((value?, level)));
        found.map(|(value, level)| Merged { value, level })
    }

    fn jvms(&self) -> [&'t Jvm; 3] {
        [&self.rack.cassandra.jvm, &self.datacenter.cassandra.jvm, &self.spec.cassandra.jvm]
    }

    fn resources(&self) -> [&'t Resources; 3] {
        [&self.rack.resources, &self.datacenter.resources, &self.spec.resources]
    }

    fn schedulings(&self) -> [&'t Scheduling; 3] {
        [&self.rack.scheduling, &self.datacenter.scheduling, &self.spec.scheduling]
    }

    fn merged_quantities(&self, written: [&'t BTreeMap<String, String>; 3]) -> BTreeMap<&'t str, Merged<&'t str>> {
        let mut merged = BTreeMap::new();
        for (quantities, level) in written.into_iter().zip(self.levels()).rev() {
            for (resource, quantity) in quantities {
                merged.insert(resource.as_str(), Merged { value: quantity.as_str(), level });
            }
        }
        merged
    }
}

fn lay_over<'t>(merged: &mut BTreeMap<&'t str, Merged<Value>>, config: &'t Config, level: Level) {
    for (key, value) in config {
        let entry = merged.entry(key).or_insert(Merged { value: Value::Null, level });
        entry.level = level;
        merge_value(&mut entry.value, value);
    }
}

/// Lays a value over another: maps key by key, anything else replaces.
pub(crate) fn merge_value(under: &mut Value, over: &Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (key, value) in over {
                merge_value(under.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (under, over) => over.clone_into(under),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn maps_merge_key_by_key_and_lists_are_replaced() {
        let mut under = json!({"a": {"b": 1, "c": 2}, "l": [1, 2], "s": "x"});
        merge_value(&mut under, &json!({"a": {"c": 3}, "l": [9], "s": null}));
        assert_eq!(under, json!({"a": {"b": 1, "c": 3}, "l": [9], "s": null}));
    }
}
