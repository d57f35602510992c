//! Histories, made step by step: a ring is founded and gets data, and then things happen.

use std::collections::BTreeMap;
use std::rc::Rc;

use cassc_ring::Ring;
use cassc_settle::cluster::Replication;

use crate::commit::{Commit, Trouble};
use crate::fault::{Fault, Whose, Wrong};
use crate::history::History;
use crate::queue::{MINUTE, Ms};
use crate::world::Op;

/// A history under construction.
pub(super) struct Scene {
    history: History,
    last: Option<Rc<Commit>>,
    trouble: BTreeMap<String, Trouble>,
}

impl Scene {
    /// A ring that is founded in peace; then somebody makes the keyspace `orders` with so many replicas by datacenter.
    pub(super) fn founded(seed: u64, ring: Ring, replicas: &[(&str, u32)]) -> Self {
        let nodes: u32 = ring.datacenters.iter().map(cassc_ring::desired::Datacenter::nodes).sum();
        let mut kube_clusters: Vec<Option<String>> =
            ring.datacenters.iter().map(|datacenter| datacenter.kube_cluster.clone()).collect();
        kube_clusters.dedup();
        let history = History { kube_clusters, ..History::new(seed, "shop") };
        let scene = Self { history, last: None, trouble: BTreeMap::new() };
        scene.commit(0, ring).replicate(300 + u64::from(nodes) * 120, replicas)
    }

    /// Something that happens so many seconds after what was added before.
    pub(super) fn then(mut self, after: u64, op: Op) -> Self {
        self.history = self.history.then(after, op);
        self
    }

    /// A commit.
    pub(super) fn commit(mut self, after: u64, ring: Ring) -> Self {
        let commit = Rc::new(Commit::new("shop", self.last.as_deref(), ring, &self.trouble));
        self.last = Some(Rc::clone(&commit));
        self.then(after, Op::Commit(commit, false))
    }

    /// Pods with this template never run, from the next commit on.
    pub(super) fn broken(mut self, template: &str, trouble: Trouble) -> Self {
        self.trouble.insert(template.to_owned(), trouble);
        self
    }

    /// A fault.
    pub(super) fn fault(self, after: u64, fault: Fault) -> Self {
        self.then(after, Op::Fault(fault))
    }

    /// So many of 100 calls go wrong for some minutes.
    pub(super) fn calls(self, after: u64, whose: Whose, wrong: Wrong, percent: u8, minutes: u64) -> Self {
        self.fault(after, Fault::Calls { whose, wrong, percent, lasts: minutes * MINUTE })
    }

    /// Somebody sets the replication of the keyspace `orders`.
    pub(super) fn replicate(self, after: u64, replicas: &[(&str, u32)]) -> Self {
        let replication: Replication = replicas.iter().map(|(name, number)| ((*name).to_owned(), *number)).collect();
        self.then(after, Op::Replicate("orders".to_owned(), replication))
    }

    /// How long it goes on after what was added last.
    pub(super) fn goes_on(mut self, minutes: u64) -> History {
        self.history.tail = minutes * MINUTE;
        self.history
    }

    /// The history so far, to change how Cassandra behaves in it or how large volumes are.
    pub(super) fn with(mut self, change: impl FnOnce(&mut History)) -> Self {
        change(&mut self.history);
        self
    }
}

/// A pod of the ring.
pub(super) fn pod(datacenter: u32, rack: u32, ordinal: u32) -> String {
    format!("shop-dc{datacenter}-r{rack}-sts-{ordinal}")
}

/// The worker of a pod has no power.
pub(super) fn dead(pod: String, lasts: Ms) -> Fault {
    Fault::WorkerDead { pod, lasts }
}

/// Streaming of a pod's node breaks, once.
pub(super) fn breaks(pod: String, percent: u8) -> Fault {
    Fault::StreamFails { pod, percent, hangs: false }
}
