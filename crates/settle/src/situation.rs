//! Everything that a decision is made from: what is asked for, what was found, what is remembered. Questions about pods and
//! nodes that several steps ask are answered here.

use std::collections::BTreeSet;

use cassc_ring::desired::{Cleanup, Datacenter, Rack, Ring, Steps};
use cassc_ring::names;
use cassc_ring::operation::{Operation, OperationKind};
use cassc_ring::reaper::Reaper;

use crate::gossip::Gossip;
use crate::guard::{Guard, Guards};
use crate::keyspaces::is_system;
use crate::look::Observed;
use crate::observed::{Claim, Pod, Set};
use crate::record::{Failed, Record};
use crate::state::State;

/// Which part of a ring this run is responsible for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Site {
    /// The cluster's name in Kubernetes.
    pub cluster: String,
    /// The Kubernetes cluster, as the topology calls it; `None` is the only one.
    pub kube_cluster: Option<String>,
    /// The generation of the desired ring that this run was made for; `None` takes whichever is there.
    pub generation: Option<u64>,
}

/// What a decision is made from.
#[derive(Debug)]
pub struct Situation<'s> {
    /// Which part of the ring is ours.
    pub site: &'s Site,
    /// The ring that is asked for.
    pub ring: &'s Ring,
    /// What was found.
    pub seen: &'s Observed,
    /// What is remembered.
    pub state: &'s State,
    /// What nodes say of each other.
    pub gossip: Gossip<'s>,
    /// The guards that hold.
    pub guards: Guards,
}

/// A rack of ours with its StatefulSet.
#[derive(Clone, Copy, Debug)]
pub struct Place<'s> {
    /// Its datacenter.
    pub datacenter: &'s Datacenter,
    /// The rack that is asked for.
    pub rack: &'s Rack,
    /// The live StatefulSet.
    pub set: &'s Set,
}

impl<'s> Situation<'s> {
    /// Brings the parts together.
    pub fn new(site: &'s Site, ring: &'s Ring, seen: &'s Observed, state: &'s State, guards: Guards) -> Self {
        Self { site, ring, seen, state, gossip: Gossip::of(seen, &state.host_ids, guards), guards }
    }

    /// Whether a condition holds, or its guard is taken away.
    pub fn holds(&self, guard: Guard, condition: impl FnOnce() -> bool) -> bool {
        self.guards.hold(guard, condition)
    }

    /// Whether a guard is taken away.
    pub fn is_off(&self, guard: Guard) -> bool {
        self.guards.is_off(guard)
    }

    /// The datacenters of this Kubernetes cluster, in the order of the ring.
    pub fn datacenters(&self) -> impl Iterator<Item = &'s Datacenter> + use<'s> {
        let (kube_cluster, ring) = (&self.site.kube_cluster, self.ring);
        ring.datacenters.iter().filter(move |it| it.kube_cluster == *kube_cluster)
    }

    /// The racks of this Kubernetes cluster that have a StatefulSet.
    pub fn places(&self) -> impl Iterator<Item = Place<'s>> + use<'s> {
        let sets = &self.seen.objects.sets;
        self.datacenters().flat_map(move |datacenter| {
            datacenter
                .racks
                .iter()
                .filter_map(move |rack| Some(Place { datacenter, rack, set: sets.get(&rack.stateful_set)? }))
        })
    }

    /// What the program is told to do.
    pub fn steps(&self) -> Steps {
        self.ring.steps.clone().unwrap_or_default()
    }

    /// Whether the cluster is to be stopped.
    pub fn is_stopped(&self) -> bool {
        self.ring.steps.as_ref().is_some_and(|steps| steps.stopped)
    }

    /// Whether nodes clean up by themselves.
    pub fn cleans_up(&self) -> bool {
        self.ring.steps.as_ref().is_some_and(|steps| steps.cleanup == Cleanup::Auto)
    }

    /// Reaper, where the program keeps its schedules: one alone does, where the ring is in several Kubernetes clusters.
    pub fn reaper(&self) -> Option<&'s Reaper> {
        let reaper = self.ring.steps.as_ref()?.reaper.as_ref()?;
        let is_ours = reaper.written_by.is_none() || reaper.written_by == self.site.kube_cluster;
        is_ours.then_some(reaper)
    }

    /// Whether a keyspace is Cassandra's own or Reaper's: its replication follows the datacenters.
    pub fn is_own_keyspace(&self, keyspace: &str) -> bool {
        is_system(keyspace) || self.reaper_keyspace() == Some(keyspace)
    }

    /// The keyspace that Reaper works with, in whichever Kubernetes cluster.
    pub fn reaper_keyspace(&self) -> Option<&'s str> {
        self.ring.steps.as_ref()?.reaper.as_ref()?.keyspace.as_deref()
    }

    /// What is to be done once, in this order.
    pub fn operations(&self) -> &'s [Operation] {
        self.ring.steps.as_ref().map_or(&[], |steps| steps.operations.as_slice())
    }

    /// What is remembered of an operation that began.
    pub fn record(&self, id: &str) -> Option<&'s Record> {
        self.state.memory.operations.get(id)
    }

    /// Pods whose nodes were drained by an operation, and that have not restarted since.
    pub fn drained(&self) -> BTreeSet<&'s str> {
        let records = self.state.memory.operations.values();
        let pods = records
            .filter(|it| it.content.kind == OperationKind::Drain)
            .flat_map(|it| it.pods.iter().filter(|(pod, _)| !it.todo.contains(*pod)));
        let is_same =
            |(pod, uid): (&'s String, &String)| self.pod(pod).is_some_and(|it| it.uid == *uid).then_some(pod.as_str());
        pods.filter_map(is_same).collect()
    }

    /// A live pod.
    pub fn pod(&self, name: &str) -> Option<&'s Pod> {
        self.seen.objects.pods.get(name)
    }

    /// The claims of a pod, by name.
    pub fn claims_of<'n>(&self, pod: &'n str) -> impl Iterator<Item = (&'s str, &'s Claim)> + use<'s, 'n> {
        self.seen.objects.claims.iter().filter(move |(_, it)| it.pod == pod).map(|(name, it)| (name.as_str(), it))
    }

    /// The pods that mount a claim, also those that terminate.
    pub fn is_mounted(&self, claim: &str) -> bool {
        self.seen.objects.pods.values().any(|pod| pod.claims.iter().any(|it| it == claim))
    }

    /// The host id of a pod's node, where that is a member as far as we know.
    pub fn member(&self, pod: &str) -> Option<&'s str> {
        self.state.host_ids.get(pod).map(String::as_str)
    }

    /// One more than the highest ordinal of a StatefulSet whose node is a member.
    pub fn members_reach(&self, set: &str) -> u32 {
        let parts = self.state.host_ids.keys().filter_map(|pod| names::parts_of_pod(pod));
        let ordinals = parts.filter(|(name, _)| *name == set).map(|(_, ordinal)| ordinal);
        ordinals.max().map_or(0, |ordinal| ordinal.saturating_add(1))
    }

    /// A pod that answers, to be asked about the whole ring: the first in start order.
    pub fn anybody(&self) -> Option<&'s str> {
        let in_order = self.datacenters().flat_map(Datacenter::pods_in_start_order);
        let answering: BTreeSet<&str> = self.gossip.answering().collect();
        let is_up = |pod: &&str| self.member(pod).is_some_and(|host_id| self.gossip.is_up(host_id));
        let up: BTreeSet<&'s str> =
            self.seen.views.keys().map(String::as_str).filter(|pod| answering.contains(pod)).collect();
        let first = in_order.into_iter().find_map(|pod| up.get(pod.as_str()).copied().filter(is_up));
        first.or_else(|| up.into_iter().find(is_up))
    }

    /// The host ids that must be in every view.
    pub fn known(&self) -> BTreeSet<&'s str> {
        self.state.host_ids.values().map(String::as_str).collect()
    }

    /// A failure of this pod's node that a person has to look at.
    pub fn failure(&self, pod: &str) -> Option<&'s Failed> {
        self.state.memory.failed.get(pod)
    }

    /// Whether a StatefulSet is the one that the desired ring was written with.
    pub fn is_applied(&self, place: Place<'_>) -> bool {
        self.holds(Guard::TemplateApplied, || {
            place.rack.template.is_none() || place.rack.template == place.set.template
        })
    }

    /// The nodes of a rack as they are: pods that exist or would be made, and members beyond them.
    pub fn live_nodes(&self, place: Place<'_>) -> u32 {
        place.set.replicas.max(self.members_reach(&place.rack.stateful_set))
    }

    /// A datacenter of ours with the numbers of nodes that it has now.
    pub fn live(&self, datacenter: &Datacenter) -> Datacenter {
        let mut live = datacenter.clone();
        for rack in &mut live.racks {
            let reach = self.members_reach(&rack.stateful_set);
            rack.nodes = self.seen.objects.sets.get(&rack.stateful_set).map_or(reach, |set| set.replicas.max(reach));
        }
        live
    }

    /// The place of a pod of ours.
    pub fn place_of(&self, pod: &str) -> Option<(Place<'s>, u32)> {
        let (set, ordinal) = names::parts_of_pod(pod)?;
        let place = self.places().find(|place| place.rack.stateful_set == set)?;
        Some((place, ordinal))
    }

    /// Every pod of ours that is asked for, in the order of first starts.
    pub fn wanted(&self) -> Vec<String> {
        self.datacenters().flat_map(Datacenter::pods_in_start_order).collect()
    }

    /// The name of a pod of a StatefulSet.
    pub fn pod_name(place: Place<'_>, ordinal: u32) -> String {
        names::pod(&place.rack.stateful_set, ordinal)
    }
}
