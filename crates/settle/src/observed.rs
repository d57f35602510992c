//! What is found of Kubernetes and of the ring, as values.

/// Seconds since 1970.
pub type Time = u64;

/// A live StatefulSet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Set {
    /// Its UID.
    pub uid: String,
    /// Its resourceVersion.
    pub version: String,
    /// Whether its status is of its newest generation (`observedGeneration`).
    pub is_observed: bool,
    /// `spec.replicas`.
    pub replicas: u32,
    /// `status.updateRevision`: the revision of its template.
    pub update_revision: String,
    /// The annotation `cassc.io/template`: the digest of its template as the compiler rendered it.
    pub template: Option<String>,
    /// Whether `updateStrategy` is `OnDelete` and no claim goes with its pod (`whenScaled: Retain`).
    pub is_ours: bool,
    /// Whether it is being deleted.
    pub is_deleting: bool,
}

/// A live pod of a StatefulSet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pod {
    /// Its UID.
    pub uid: String,
    /// The StatefulSet that owns it.
    pub set: String,
    /// Its ordinal.
    pub ordinal: u32,
    /// The label `controller-revision-hash`.
    pub revision: String,
    /// Its address.
    pub address: Option<String>,
    /// Whether it is ready.
    pub is_ready: bool,
    /// Since when it is ready, or is not (`Ready.lastTransitionTime`); where nobody says, since it was created.
    pub ready_since: Time,
    /// Whether it is being deleted. Such a pod may still run.
    pub is_deleting: bool,
    /// When its grace period is over, of one that is being deleted (`metadata.deletionTimestamp`).
    pub ends_by: Option<Time>,
    /// Whether it still waits in an init container: Cassandra has never run in this pod.
    pub is_in_gate: bool,
    /// When it was created.
    pub created: Time,
    /// Why it does not run, in Kubernetes' words (`ImagePullBackOff`, `Unschedulable`, `CrashLoopBackOff, exit code 1`).
    pub trouble: Option<String>,
    /// The claims that it mounts.
    pub claims: Vec<String>,
    /// The ConfigMaps that it mounts.
    pub config_maps: Vec<String>,
}

/// A live claim.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claim {
    /// Its UID.
    pub uid: String,
    /// The pod that it belongs to by name, whether that exists or not.
    pub pod: String,
    /// Whether it holds the data of Cassandra (`server-data-…`).
    pub is_data: bool,
    /// Bytes requested.
    pub requested: u64,
    /// Bytes it has (`status.capacity`).
    pub capacity: u64,
    /// Whether the API server has refused to expand it, because of its StorageClass.
    pub is_fixed: bool,
    /// Whether it is being deleted.
    pub is_deleting: bool,
}

/// A Secret, without its values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Secret {
    /// UID and resourceVersion: another value is another Secret.
    pub version: String,
    /// Whether it has the keys `username` and `password`, both not empty.
    pub is_complete: bool,
}

/// An object that nobody needs any more, once certain things hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// `ConfigMap` or `Job`.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// Its UID.
    pub uid: String,
    /// Whether a `StatefulSet` or a `ControllerRevision` refers to it, or whether the Job is not finished or is this one.
    pub is_in_use: bool,
}

/// How a node stands in the ring, as gossip says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// `NORMAL`: a member that owns tokens.
    Normal,
    /// `BOOT`, `BOOT_REPLACE`: joins, or joins in the place of another.
    Joining,
    /// `LEAVING`.
    Leaving,
    /// `LEFT`.
    Left,
    /// `MOVING`.
    Moving,
    /// `shutdown`, `hibernate`, removal of any kind, or nothing at all: a member as far as we know.
    Other(String),
}

/// A node as one other node sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its host id; missing for the ghost of an assassinated address, and with answers that are cut short.
    pub host_id: Option<String>,
    /// Its address.
    pub address: String,
    /// How it stands in the ring.
    pub status: Status,
    /// Whether it is up.
    pub is_alive: bool,
    /// Whether it is the node that was asked.
    pub is_local: bool,
    /// Its cluster's name.
    pub cluster_name: Option<String>,
    /// Its datacenter, as Cassandra calls it.
    pub datacenter: Option<String>,
    /// Its rack, as Cassandra calls it.
    pub rack: Option<String>,
    /// Its version of the schema.
    pub schema: Option<String>,
    /// Its version of Cassandra.
    pub release: Option<String>,
    /// Bytes of data on it.
    pub load: Option<u64>,
}
