//! The kinds of objects.

use std::collections::BTreeMap;
use std::rc::Rc;

use crate::commit::{Manifest, Template, Trouble};
use crate::queue::Ms;
use crate::ring::{Cause, ProcessId, VolumeId};

/// A pod by its place: position of its StatefulSet and ordinal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PodKey {
    /// The position of its StatefulSet.
    pub set: u16,
    /// Its ordinal.
    pub ordinal: u32,
}

/// A StatefulSet: `Parallel`, `OnDelete`, claims retained.
#[derive(Clone, Debug)]
pub struct StatefulSet {
    /// Its UID.
    pub uid: u64,
    /// Its resourceVersion.
    pub version: u64,
    /// `metadata.generation`.
    pub generation: u64,
    /// `status.observedGeneration`.
    pub observed: u64,
    /// `spec.replicas`.
    pub replicas: u32,
    /// What was applied, `replicas` aside.
    pub manifest: Manifest,
    /// `status.updateRevision`.
    pub update_revision: Option<Rc<str>>,
    /// When `spec` was last changed.
    pub changed: Ms,
    /// `status.replicas` and `status.readyReplicas`.
    pub status: (u32, u32),
    /// The templates of its `ControllerRevisions`, newest last; at most ten.
    pub revisions: Vec<Rc<Template>>,
}

/// How far a pod is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// No worker has it yet.
    Pending,
    /// Its init container, the gate, decides whether it may start.
    Gate,
    /// Its containers run.
    Running,
}

/// A pod.
#[derive(Clone, Debug)]
pub struct Pod {
    /// Its UID.
    pub uid: u64,
    /// Its name.
    pub name: Rc<str>,
    /// The label `controller-revision-hash`.
    pub revision: Rc<str>,
    /// What it was made from.
    pub template: Rc<Template>,
    /// When it was created.
    pub created: Ms,
    /// How far it is.
    pub phase: Phase,
    /// The worker that it is bound to.
    pub worker: Option<usize>,
    /// Its address.
    pub address: Option<Rc<str>>,
    /// Whether it is ready, as the API server knows.
    pub is_ready: bool,
    /// Since when it is ready or not, as the API server knows.
    pub ready_since: Ms,
    /// Since when it is being deleted.
    pub deleting: Option<Ms>,
    /// Why it does not run.
    pub trouble: Option<Trouble>,
    /// Cassandra in it, while there is a process.
    pub process: Option<ProcessId>,
    /// The address of the node that it replaces, as the gate wrote it into its options.
    pub replace: Option<String>,
    /// What the gate wrote down about its seeds.
    pub seeds: Vec<String>,
    /// How old the ConfigMaps are that it sees, at most; never older than the pod.
    pub lag: Ms,
    /// In how many looks in a row its gate saw nobody.
    pub calm: u32,
    /// When its gate looks next.
    pub looks_at: Ms,
    /// What its gate said last.
    pub said: &'static str,
    /// Whether its kubelet is asked to stop Cassandra already.
    pub is_draining: bool,
    /// Whether the API server is about to learn how its readiness is, or cannot.
    pub is_probe_armed: bool,
}

impl Pod {
    /// A pod that was just created.
    pub fn new(uid: u64, name: &str, revision: Rc<str>, template: Rc<Template>, created: Ms, lag: Ms) -> Self {
        let trouble = template.trouble.filter(|trouble| *trouble == Trouble::Unschedulable);
        Self {
            uid,
            name: name.into(),
            revision,
            template,
            created,
            phase: Phase::Pending,
            worker: None,
            address: None,
            is_ready: false,
            ready_since: created,
            deleting: None,
            trouble,
            process: None,
            replace: None,
            seeds: Vec::new(),
            lag,
            calm: 0,
            looks_at: 0,
            said: "",
            is_draining: false,
            is_probe_armed: false,
        }
    }
}

/// What stands on a data volume beside Cassandra's own data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Files {
    /// `.bootstrapped`.
    pub marker: bool,
    /// `.joining`.
    pub joining: Option<Begun>,
}

/// What `.joining` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begun {
    /// The ring was to be founded.
    Founding,
    /// A ring was to be joined.
    Joining,
}

/// A claim with its volume.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Its UID.
    pub uid: u64,
    /// The volume that is bound to it.
    pub volume: VolumeId,
    /// What stands on it.
    pub files: Files,
    /// Bytes requested.
    pub requested: u64,
    /// Bytes it has.
    pub capacity: u64,
    /// Whether its StorageClass allows expansion.
    pub expands: bool,
    /// Whether its volume was on a worker that is gone: no pod can mount it.
    pub is_lost: bool,
    /// Whether it is being deleted.
    pub is_deleting: bool,
    /// Who deletes it.
    pub deleted_by: Cause,
}

/// One version of the ConfigMap `<cluster>-state`.
#[derive(Clone, Debug)]
pub struct StateMap {
    /// Its resourceVersion.
    pub version: u64,
    /// When it was written.
    pub since: Ms,
    /// Its keys.
    pub data: Rc<BTreeMap<String, String>>,
}

/// A Secret with a name and a password.
#[derive(Clone, Debug)]
pub struct SecretObject {
    /// UID and resourceVersion.
    pub version: u64,
    /// The key `username`.
    pub username: String,
    /// Whether `username` and `password` are there, and not empty.
    pub is_complete: bool,
}

/// A Lease.
#[derive(Clone, Debug)]
pub struct Lease {
    /// Who holds it.
    pub holder: usize,
    /// When it was taken or renewed.
    pub renewed: Ms,
}

/// A PodDisruptionBudget with `maxUnavailable: 1` and `unhealthyPodEvictionPolicy: AlwaysAllow`, as it is rendered.
#[derive(Clone, Debug, Default)]
pub struct Budget {
    /// `status.disruptionsAllowed`.
    pub allowed: u32,
    /// `status.disruptedPods`: evicted, and not yet seen to be deleted, with their UIDs.
    pub disrupted: Vec<(PodKey, u64)>,
}

/// The Job of a settle step.
#[derive(Clone, Debug)]
pub struct JobObject {
    /// Its UID.
    pub uid: u64,
    /// Whether it ended, well or not.
    pub is_finished: bool,
    /// How often its pod failed.
    pub failures: u32,
    /// The instance of the program that it runs.
    pub instance: Option<usize>,
}

/// A worker.
#[derive(Clone, Debug)]
pub struct Worker {
    /// Its zone: the racks have one each.
    pub zone: usize,
    /// How it does.
    pub state: WorkerState,
    /// Whether new pods may come.
    pub is_cordoned: bool,
}

/// How a worker does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WorkerState {
    /// Well.
    Up,
    /// It has no power: nothing runs on it.
    Dead,
    /// It is gone for good, and so are its disks.
    Gone,
    /// Its kubelet does not reach the API server, and what ran on it goes on.
    Cut,
}

impl StatefulSet {
    /// One that was just created.
    pub fn new(version: u64, manifest: Manifest, changed: Ms) -> Self {
        Self {
            uid: version,
            version,
            generation: 1,
            observed: 0,
            replicas: manifest.replicas,
            manifest,
            update_revision: None,
            changed,
            status: (0, 0),
            revisions: Vec::new(),
        }
    }

    /// Whether its status is of its newest generation.
    pub fn is_observed(&self) -> bool {
        self.observed == self.generation
    }
}
