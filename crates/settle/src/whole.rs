//! What keeps the ring from being changed: nodes that are down or change, and what is not known of them.

use std::collections::BTreeSet;

use crate::action::Reason;
use crate::guard::Guard;
use crate::situation::Situation;
use crate::state::Running;

/// What is left aside when the ring is judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aside<'s> {
    /// Pods that may be down.
    pub pods: BTreeSet<&'s str>,
    /// Host ids of nodes that may be down.
    pub nodes: BTreeSet<&'s str>,
    /// The operation whose jobs may run.
    pub operation: Option<&'s str>,
}

impl<'s> Aside<'s> {
    /// Nothing is: every node counts.
    pub fn nothing() -> Self {
        Self::default()
    }

    /// These pods and their nodes.
    pub fn pods(situation: &Situation<'s>, pods: impl IntoIterator<Item = &'s str>) -> Self {
        let pods: BTreeSet<&str> = pods.into_iter().collect();
        let nodes = pods.iter().filter_map(|pod| situation.member(pod)).collect();
        Self { pods, nodes, operation: None }
    }

    /// The jobs of an operation.
    pub fn jobs_of(operation: &'s str) -> Self {
        Self { operation: Some(operation), ..Self::default() }
    }
}

impl Situation<'_> {
    /// Why the ring is not whole; empty if every node is up and NORMAL and every pod of ours answers.
    pub fn not_whole(&self, aside: &Aside<'_>) -> Vec<Reason> {
        let mut reasons = self.others_down(aside);
        let silent =
            self.gossip.silent().iter().filter(|pod| !aside.pods.contains(**pod) && self.member(pod).is_some());
        reasons.extend(silent.map(|pod| {
            Reason::about("NoAnswer", pod, format!("the Management API of {pod} does not answer completely"))
        }));
        let missing = self.state.host_ids.iter().filter(|(pod, _)| !self.seen.views.contains_key(*pod));
        let missing = missing.filter(|(_, host_id)| !aside.nodes.contains(host_id.as_str()));
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

    /// Which nodes are not up and NORMAL, as gossip says.
    pub fn others_down(&self, aside: &Aside<'_>) -> Vec<Reason> {
        if self.gossip.is_empty() {
            return vec![Reason::of_ring("NoAnswer", "no node answers")];
        }
        let found = self.gossip.disturbances(&self.known(), &aside.nodes);
        found.into_iter().map(|text| Reason::of_ring("RingNotWhole", text)).collect()
    }

    /// Pods of members that are not ready, end, or are not there; and any other pod that ends: it may be a member of which nothing
    /// is remembered.
    pub fn unready(&self, aside: &Aside<'_>) -> Vec<Reason> {
        let members = self.state.host_ids.keys();
        let unready = members.filter(|pod| self.pod(pod).is_none_or(|it| !it.is_ready || it.is_deleting));
        let ending = self.seen.objects.pods.iter().filter(|(_, pod)| pod.is_deleting && !pod.is_in_gate);
        let pods: BTreeSet<&String> = unready.chain(ending.map(|(name, _)| name)).collect();
        let others = pods.into_iter().filter(|pod| !aside.pods.contains(pod.as_str()));
        others.map(|pod| self.pod_not_ready(pod)).collect()
    }

    /// A pod that is not ready, ends, or is not there.
    pub fn pod_not_ready(&self, pod: &str) -> Reason {
        Reason::about("PodNotReady", pod, format!("{pod} is not ready{}", self.trouble(pod)))
    }

    /// What Kubernetes says is wrong with a pod, as the end of a sentence.
    pub fn trouble(&self, pod: &str) -> String {
        let trouble = self.pod(pod).and_then(|pod| pod.trouble.as_ref());
        trouble.map_or(String::new(), |trouble| format!(": {trouble}"))
    }

    /// What keeps any change of the ring from beginning now: a node that is down or changes, a schema or versions that
    /// differ, a job that runs.
    pub fn not_ready_to_change(&self, aside: &Aside<'_>) -> Vec<Reason> {
        let mut reasons = Vec::new();
        let whole = self.not_whole(aside);
        if !self.holds(Guard::RingWhole, || whole.is_empty()) {
            reasons.extend(whole);
        }
        if !self.holds(Guard::OneAtATime, || !self.gossip.is_changing(&aside.nodes)) {
            reasons.push(Reason::of_ring("RingChanges", "a node joins, leaves or moves"));
        }
        if !self.holds(Guard::SchemaAgrees, || self.gossip.schema_agrees()) {
            reasons.push(Reason::of_ring("SchemaDisagrees", "the nodes do not have one version of the schema"));
        }
        if !self.holds(Guard::VersionsAgree, || self.gossip.releases().len() <= 1) {
            reasons.push(Reason::of_ring("VersionsMixed", "nodes run different versions of Cassandra"));
        }
        reasons.extend(self.strangers(aside));
        reasons.extend(self.running_jobs(aside));
        reasons
    }

    /// Jobs that run, which no change of the ring may begin beside.
    pub fn running_jobs(&self, aside: &Aside<'_>) -> Vec<Reason> {
        let jobs = self.state.memory.jobs.iter();
        let is_aside = |pod: &str, running: &Running| {
            aside.pods.contains(pod) || running.operation.is_some() && running.operation.as_deref() == aside.operation
        };
        let jobs = jobs.filter(|(pod, running)| !self.is_off(Guard::NoCleanupRuns) && !is_aside(pod, running));
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
    pub fn strangers(&self, aside: &Aside<'_>) -> Vec<Reason> {
        let known = self.known();
        let mut reasons = Vec::new();
        for datacenter in self.datacenters() {
            let members = self.gossip.members_of(&datacenter.ring_name);
            let strange =
                members.into_iter().filter(|host_id| !known.contains(host_id) && !aside.nodes.contains(host_id));
            reasons.extend(strange.map(|host_id| {
                let name = &datacenter.ring_name;
                let text = format!("datacenter {name} has a member with host id {host_id} that no pod was seen with");
                Reason::about("UnknownNode", &datacenter.name, text)
            }));
        }
        if self.is_off(Guard::ForeignNodes) { Vec::new() } else { reasons }
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
