//! What the API server of one Kubernetes cluster holds: objects with UIDs, resourceVersions and deletion. Plain data; what
//! controllers and kubelets do with it is in [`crate::world`], what calls may do to it in [`calls`].

mod calls;
mod objects;
mod view;

pub use objects::{
    Begun, Budget, Claim, Files, JobObject, Lease, Phase, Pod, PodKey, SecretObject, StateMap, StatefulSet, Worker,
    WorkerState,
};
pub use view::{BEGINNING, epoch};

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use cassc_settle::cluster::Document;

use crate::commit::StartOrder;
use crate::queue::Ms;

/// How many versions of a ConfigMap are remembered for pods that still mount an older one.
const MOST_VERSIONS: usize = 64;

/// One Kubernetes cluster, as far as one Cassandra cluster is concerned.
#[derive(Clone, Debug, Default)]
pub struct Kube {
    /// Its name in `kubeCluster`; `None` is the only one.
    pub name: Option<String>,
    /// The name of the Cassandra cluster in Kubernetes.
    pub cluster: String,
    /// The last UID or resourceVersion that was given.
    pub last_version: u64,
    /// StatefulSets, in the order in which they were first applied. None is ever removed, so a position stays valid.
    pub sets: Vec<StatefulSet>,
    /// Pods.
    pub pods: BTreeMap<PodKey, Pod>,
    /// The claims of their data volumes.
    pub claims: BTreeMap<PodKey, Claim>,
    /// `<cluster>-desired-ring`.
    pub desired: Option<Document>,
    /// When that was last changed.
    pub desired_since: Ms,
    /// `<cluster>-state`, the newest version last.
    pub state: VecDeque<StateMap>,
    /// `<cluster>-start-order`, the newest version last.
    pub orders: VecDeque<(Ms, Rc<StartOrder>)>,
    /// Secrets by name.
    pub secrets: BTreeMap<String, SecretObject>,
    /// The Lease `<cluster>-step`.
    pub lease: Option<Lease>,
    /// Disruption budgets by datacenter.
    pub budgets: BTreeMap<Rc<str>, Budget>,
    /// Immutable ConfigMaps by name, with their UIDs and when they were made.
    pub config_maps: BTreeMap<String, (u64, Ms)>,
    /// Jobs by name.
    pub jobs: BTreeMap<String, JobObject>,
    /// Workers.
    pub workers: Vec<Worker>,
}

impl Kube {
    /// An empty one.
    pub fn new(cluster: &str, name: Option<String>) -> Self {
        Self { name, cluster: cluster.to_owned(), ..Self::default() }
    }

    /// A UID or resourceVersion that nobody had before.
    pub fn new_version(&mut self) -> u64 {
        self.last_version += 1;
        self.last_version
    }

    /// A StatefulSet by its name.
    pub fn set_position(&self, name: &str) -> Option<usize> {
        self.sets.iter().position(|set| *set.manifest.name == *name)
    }

    /// A pod by its name.
    pub fn key_of(&self, pod: &str) -> Option<PodKey> {
        let (set, ordinal) = cassc_ring::names::parts_of_pod(pod)?;
        Some(PodKey { set: u16::try_from(self.set_position(set)?).ok()?, ordinal })
    }

    /// The name of a pod.
    pub fn pod_name(&self, key: PodKey) -> String {
        cassc_ring::names::pod(&self.set(key).manifest.name, key.ordinal)
    }

    /// The StatefulSet of a pod.
    pub fn set(&self, key: PodKey) -> &StatefulSet {
        &self.sets[usize::from(key.set)]
    }

    /// The state as it was at some time; `None` where there was none.
    pub fn state_at(&self, time: Ms) -> Option<&StateMap> {
        let versions = self.state.iter().rev();
        versions.filter(|version| version.since <= time).chain(self.state.front()).next()
    }

    /// The start order as it was at some time, or the oldest that is known.
    pub fn order_at(&self, time: Ms) -> Option<&Rc<StartOrder>> {
        let versions = self.orders.iter().rev();
        versions.filter(|(since, _)| *since <= time).chain(self.orders.front()).map(|(_, order)| order).next()
    }

    /// Makes another start order the current one.
    pub fn put_order(&mut self, now: Ms, order: Rc<StartOrder>) {
        remember(&mut self.orders, (now, order));
    }

    /// Makes another state the current one.
    pub fn put_state(&mut self, state: StateMap) {
        remember(&mut self.state, state);
    }
}

fn remember<T>(versions: &mut VecDeque<T>, version: T) {
    if versions.len() == MOST_VERSIONS {
        versions.pop_front();
    }
    versions.push_back(version);
}
