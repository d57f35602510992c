//! What a rule looks at: one topology, its racks with their merged settings, and labels for places in it.

use std::borrow::Cow;

use cassc_ring::racks::split;

use crate::diagnostic::{DocumentId, Label, Part, Place, Route};
use crate::parse::Parsed;
use crate::topology::merge::{Level, NestedRack, racks};
use crate::topology::{CassandraTopology, Config, Datacenter, Jvm, Pod, Resources, Scheduling, Spec};

/// A topology under judgment.
#[derive(Debug)]
pub struct Subject<'t> {
    /// Its document.
    pub document: DocumentId,
    /// What the user wrote.
    pub topology: &'t CassandraTopology,
    /// All racks, datacenter by datacenter, with their merged settings.
    pub racks: Vec<NestedRack<'t>>,
    /// The pods that differ: those of datacenters that write nothing about them, then those of each that does.
    pods: Vec<PodAt<'t>>,
    /// The number of nodes of each rack, datacenter by datacenter.
    nodes: Vec<Option<Vec<u32>>>,
}

impl<'t> Subject<'t> {
    /// A topology that was read.
    pub fn new(parsed: &'t Parsed) -> Self {
        let topology = &parsed.topology;
        let nodes = topology.spec.datacenters.iter().map(nodes_of_racks).collect();
        Self { document: parsed.document, topology, racks: racks(topology), pods: pods(&topology.spec), nodes }
    }

    /// The specification.
    pub(crate) fn spec(&self) -> &'t Spec {
        &self.topology.spec
    }

    /// A label on a value.
    pub(crate) fn value(&self, route: Route, text: impl Into<String>) -> Label {
        self.label(route, Part::Value, text)
    }

    /// A label on a key (for complaints about the key itself).
    pub(crate) fn key(&self, route: Route, text: impl Into<String>) -> Label {
        self.label(route, Part::Key, text)
    }

    /// The racks of a datacenter, by its position.
    pub(crate) fn racks_of(&self, datacenter_index: usize) -> impl Iterator<Item = &NestedRack<'t>> {
        let before = |index| self.racks.partition_point(|place| place.datacenter_index < index);
        self.racks[before(datacenter_index)..before(datacenter_index + 1)].iter()
    }

    /// The number of nodes of each rack of a datacenter; `None` while the counts are missing or contradict each other.
    pub(crate) fn nodes_of_racks(&self, datacenter_index: usize) -> Option<&[u32]> {
        self.nodes.get(datacenter_index)?.as_deref()
    }

    /// The number of nodes of a rack; 0 while it is not known.
    pub(crate) fn nodes_of(&self, place: &NestedRack<'_>) -> u32 {
        let counts = self.nodes_of_racks(place.datacenter_index).unwrap_or_default();
        counts.get(place.rack_index).copied().unwrap_or_default()
    }

    /// The pods that differ.
    pub(crate) fn pods(&self) -> &[PodAt<'t>] {
        &self.pods
    }

    /// The pods of a datacenter, by its position.
    pub(crate) fn pod_of(&self, datacenter_index: usize) -> &PodAt<'t> {
        let own = self.pods.iter().find(|pod| pod.own.is_some_and(|(index, _)| index == datacenter_index));
        own.unwrap_or(&self.pods[0])
    }

    /// Every place where `pod` is written.
    pub(crate) fn written_pods(&self) -> impl Iterator<Item = (Level, &'t Pod)> {
        let cluster = std::iter::once((Level::Cluster, &self.spec().pod));
        let datacenters = self.spec().datacenters.iter().enumerate();
        cluster.chain(datacenters.map(|(index, datacenter)| (Level::Datacenter(index), &datacenter.pod)))
    }

    /// Every place where `cassandra.config` is written.
    pub(crate) fn configs(&self) -> Vec<(Level, &'t Config)> {
        let outer = std::iter::once((Level::Cluster, &self.spec().cassandra.config));
        let datacenters = self.spec().datacenters.iter().enumerate();
        let datacenters =
            datacenters.map(|(index, datacenter)| (Level::Datacenter(index), &datacenter.cassandra.config));
        let racks = self.racks.iter().map(|place| (place.level(), &place.rack.cassandra.config));
        outer.chain(datacenters).chain(racks).collect()
    }

    /// Every place where `cassandra.jvm` is written.
    pub(crate) fn jvms(&self) -> Vec<(Level, &'t Jvm)> {
        let outer = std::iter::once((Level::Cluster, &self.spec().cassandra.jvm));
        let datacenters = self.spec().datacenters.iter().enumerate();
        let datacenters = datacenters.map(|(index, datacenter)| (Level::Datacenter(index), &datacenter.cassandra.jvm));
        let racks = self.racks.iter().map(|place| (place.level(), &place.rack.cassandra.jvm));
        outer.chain(datacenters).chain(racks).collect()
    }

    /// Every place where `resources` of Cassandra are written.
    pub(crate) fn resources(&self) -> Vec<(Level, &'t Resources)> {
        let outer = std::iter::once((Level::Cluster, &self.spec().resources));
        let datacenters = self.spec().datacenters.iter().enumerate();
        let datacenters = datacenters.map(|(index, datacenter)| (Level::Datacenter(index), &datacenter.resources));
        let racks = self.racks.iter().map(|place| (place.level(), &place.rack.resources));
        outer.chain(datacenters).chain(racks).collect()
    }

    /// Every place where `scheduling` is written.
    pub(crate) fn schedulings(&self) -> Vec<(Level, &'t Scheduling)> {
        let outer = std::iter::once((Level::Cluster, &self.spec().scheduling));
        let datacenters = self.spec().datacenters.iter().enumerate();
        let datacenters = datacenters.map(|(index, datacenter)| (Level::Datacenter(index), &datacenter.scheduling));
        let racks = self.racks.iter().map(|place| (place.level(), &place.rack.scheduling));
        outer.chain(datacenters).chain(racks).collect()
    }

    fn label(&self, route: Route, part: Part, text: impl Into<String>) -> Label {
        Label { place: Place::Value { document: self.document, route, part }, text: text.into() }
    }
}

/// The pods of one or more datacenters, with their merged settings.
#[derive(Debug)]
pub(crate) struct PodAt<'t> {
    /// What they carry.
    pub(crate) pod: Cow<'t, Pod>,
    /// The datacenter that writes something about them itself.
    own: Option<(usize, &'t Pod)>,
}

impl PodAt<'_> {
    /// Where a field is written that one level replaces as a whole.
    pub(crate) fn route(&self, field: &str) -> Route {
        let own = self.own.filter(|(_, pod)| pod.writes(field));
        own.map_or(Level::Cluster, |(index, _)| Level::Datacenter(index)).route().key("pod").key(field)
    }
}

fn pods(spec: &Spec) -> Vec<PodAt<'_>> {
    let own = spec.datacenters.iter().enumerate().filter(|(_, datacenter)| datacenter.pod.is_written());
    let own = own.map(|(index, datacenter)| PodAt {
        pod: Cow::Owned(spec.pod.with(&datacenter.pod)),
        own: Some((index, &datacenter.pod)),
    });
    std::iter::once(PodAt { pod: Cow::Borrowed(&spec.pod), own: None }).chain(own).collect()
}

fn nodes_of_racks(datacenter: &Datacenter) -> Option<Vec<u32>> {
    let written: Option<Vec<u32>> = datacenter.racks.iter().map(|rack| rack.nodes).collect();
    match (datacenter.nodes, written) {
        (Some(nodes), None) if datacenter.racks.iter().all(|rack| rack.nodes.is_none()) => {
            Some(split(nodes, u32::try_from(datacenter.racks.len()).ok()?))
        }
        (None, Some(written)) => Some(written),
        (Some(nodes), Some(written))
            if written.iter().map(|nodes| u64::from(*nodes)).sum::<u64>() == u64::from(nodes) =>
        {
            Some(written)
        }
        _ => None,
    }
}
