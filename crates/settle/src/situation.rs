//! Everything that a decision is made from: what is asked for, what was found, what is remembered. Questions about pods and
//! nodes that several steps ask are answered here.

use std::collections::BTreeSet;

use cassc_ring::desired::{Cleanup, Datacenter, Rack, Ring, Steps};
use cassc_ring::names;

use crate::action::Reason;
use crate::gossip::Gossip;
use crate::guard::{Guard, Guards};
use crate::look::Observed;
use crate::observed::{Claim, Pod, Set};
use crate::state::{Failed, Running, State};

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
        Self { site, ring, seen, state, gossip: Gossip::of(seen, guards), guards }
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

    /// Why the ring is not whole; empty if every node is up and NORMAL and every pod of ours answers. The pod `except`
    /// and its node are left aside.
    pub fn not_whole(&self, except: Option<&str>) -> Vec<Reason> {
        let node = except.and_then(|pod| self.member(pod));
        let mut reasons = self.others_down(except);
        let silent = self.gossip.silent().iter().filter(|pod| except != Some(**pod) && self.member(pod).is_some());
        reasons.extend(silent.map(|pod| {
            Reason::about("NoAnswer", pod, format!("the Management API of {pod} does not answer completely"))
        }));
        let missing = self.state.host_ids.iter().filter(|(pod, _)| !self.seen.views.contains_key(*pod));
        let missing = missing.filter(|(_, host_id)| Some(host_id.as_str()) != node);
        reasons.extend(missing.map(|(pod, _)| Reason::about("PodMissing", pod, self.absent(pod))));
        reasons
    }

    /// Why a member's pod cannot be asked.
    fn absent(&self, pod: &str) -> String {
        match self.pod(pod) {
            Some(it) if it.is_in_gate => {
                format!("{pod} waits in its gate: kubectl logs {pod} -c server-config-init says why")
            }
            Some(it) if it.is_deleting => format!("{pod} ends"),
            Some(_) => format!("{pod} is not ready{}", self.trouble(pod)),
            None => format!("{pod} is a member of the ring and does not exist"),
        }
    }

    /// Which nodes are not up and NORMAL, as gossip and Kubernetes say; the pod `except` and its node are left aside.
    pub fn others_down(&self, except: Option<&str>) -> Vec<Reason> {
        if self.gossip.is_empty() {
            return vec![Reason::of_ring("NoAnswer", "no node answers")];
        }
        let node = except.and_then(|pod| self.member(pod));
        let found = self.gossip.disturbances(&self.known(), node);
        found.into_iter().map(|text| Reason::of_ring("RingNotWhole", text)).collect()
    }

    /// Pods of members, other than `except`, that are not ready, end, or are not there; and any other pod that ends: it may be
    /// a member of which nothing is remembered.
    pub fn unready(&self, except: Option<&str>) -> Vec<Reason> {
        let members = self.state.host_ids.keys();
        let unready = members.filter(|pod| self.pod(pod).is_none_or(|it| !it.is_ready || it.is_deleting));
        let ending = self.seen.objects.pods.iter().filter(|(_, pod)| pod.is_deleting && !pod.is_in_gate);
        let pods: BTreeSet<&String> = unready.chain(ending.map(|(name, _)| name)).collect();
        let others = pods.into_iter().filter(|pod| except != Some(pod.as_str()));
        others
            .map(|pod| Reason::about("PodNotReady", pod, format!("{pod} is not ready{}", self.trouble(pod))))
            .collect()
    }

    /// What Kubernetes says is wrong with a pod, as the end of a sentence.
    pub fn trouble(&self, pod: &str) -> String {
        let trouble = self.pod(pod).and_then(|pod| pod.trouble.as_ref());
        trouble.map_or(String::new(), |trouble| format!(": {trouble}"))
    }

    /// What keeps any change of the ring from beginning now: a node that is down or changes, a schema or versions that
    /// differ, a job that runs. `except` is a pod that may be down.
    pub fn not_ready_to_change(&self, except: Option<&str>) -> Vec<Reason> {
        let mut reasons = Vec::new();
        let whole = self.not_whole(except);
        if !self.holds(Guard::RingWhole, || whole.is_empty()) {
            reasons.extend(whole);
        }
        if !self.holds(Guard::OneAtATime, || !self.gossip.is_changing()) {
            reasons.push(Reason::of_ring("RingChanges", "a node joins, leaves or moves"));
        }
        if !self.holds(Guard::SchemaAgrees, || self.gossip.schema_agrees()) {
            reasons.push(Reason::of_ring("SchemaDisagrees", "the nodes do not have one version of the schema"));
        }
        if !self.holds(Guard::VersionsAgree, || self.gossip.releases().len() <= 1) {
            reasons.push(Reason::of_ring("VersionsMixed", "nodes run different versions of Cassandra"));
        }
        reasons.extend(self.strangers());
        reasons.extend(self.running_jobs());
        reasons
    }

    /// Jobs that run, which no change of the ring may begin beside.
    pub fn running_jobs(&self) -> Vec<Reason> {
        let jobs = self.state.memory.jobs.iter();
        let jobs = jobs.filter(|_| !self.is_off(Guard::NoCleanupRuns));
        jobs.map(|(pod, running)| self.runs(pod, running)).collect()
    }

    /// A job that runs; it takes as long as it takes while its node is up.
    pub fn runs(&self, pod: &str, running: &Running) -> Reason {
        let text = format!("{pod} runs {}", running.job.name());
        if self.gossip.is_alive(&running.host_id) {
            return Reason::about("JobRuns", pod, text).that_takes_long();
        }
        Reason::about("JobRuns", pod, format!("{text}, and its node is down: {}", self.absent(pod)))
    }

    /// Members of our datacenters that are none of our pods' nodes: a pod that was never seen up, or a node from elsewhere.
    pub fn strangers(&self) -> Vec<Reason> {
        let known = self.known();
        let mut reasons = Vec::new();
        for datacenter in self.datacenters() {
            let members = self.gossip.members_of(&datacenter.ring_name);
            let strange = members.into_iter().filter(|host_id| !known.contains(host_id));
            reasons.extend(strange.map(|host_id| {
                let name = &datacenter.ring_name;
                let text = format!("datacenter {name} has a member with host id {host_id} that no pod was seen with");
                Reason::about("UnknownNode", &datacenter.name, text)
            }));
        }
        if self.is_off(Guard::ForeignNodes) { Vec::new() } else { reasons }
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

    /// Pods that exist, are asked for and have no node yet.
    pub fn not_members(&self) -> Vec<Reason> {
        let wanted = self.wanted();
        let there = wanted.iter().filter(|pod| {
            self.place_of(pod).is_some_and(|(place, ordinal)| ordinal < place.set.replicas)
                && self.member(pod).is_none()
        });
        let said = |pod: &String| {
            let reason = Reason::about("Joining", pod, format!("{pod} has not joined yet{}", self.trouble(pod)));
            let address = self.pod(pod).and_then(|it| it.address.as_ref());
            let joins = address.is_some_and(|it| self.gossip.is_joining_at(it));
            if joins { reason.that_takes_long() } else { reason }
        };
        there.map(said).collect()
    }
}
