//! The calls to the outside: Kubernetes' API server, the Management API of the pods, and Reaper. `cassc-step` makes them on the real
//! thing, `cassc-sim` on a simulated one.
//!
//! Every read of Kubernetes is a quorum read (no `resourceVersion`), so it never comes from a cache. Every write names what
//! was judged: the UID of the object, and its resourceVersion where the API takes one. Pods, StatefulSets and claims are
//! named as in Kubernetes; the implementation knows their namespaces.

use std::collections::BTreeMap;

pub use crate::observed::Time;
use crate::observed::{Claim, Endpoint, Leftover, Pod, Secret, Set};
use crate::reaper::{ReaperAct, ReaperAt, ReaperSeen};

/// The answer of a call.
pub type Answer<T> = Result<T, Failure>;

/// Why a call failed. An unknown outcome is never taken for a refusal: [`Failure::Unknown`] says that the act may have
/// taken place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The object, the job or the keyspace is not there (404).
    NotFound,
    /// Another version or another object of that name is there (409, or a precondition that does not hold).
    Conflict,
    /// Not now: a disruption budget or a rate limit (429).
    TooManyRequests(String),
    /// The request was understood and refused, or failed on the other side (other 4xx and 5xx); the text is the server's.
    Refused {
        /// The HTTP status.
        status: u16,
        /// The server's words.
        text: String,
    },
    /// No answer: not connected, timed out, cut off. What was asked for may have happened.
    Unknown(String),
}

/// A job of the Management API that a node runs.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum NodeJob {
    /// `POST /api/v1/ops/node/decommission`. `force` only for the last node of a datacenter of which nothing but `system_auth`
    /// has replicas there: Cassandra 4.1 and later neither lets that keyspace go nor the node without it.
    Decommission {
        /// Whether Cassandra's own check of the replication is left out.
        force: bool,
    },
    /// `POST /api/v1/ops/node/rebuild?src_dc=`.
    Rebuild {
        /// Where the data comes from, as Cassandra calls it.
        source: String,
    },
    /// `PUT /api/v2/repairs`, full, of one keyspace.
    Repair {
        /// The keyspace.
        keyspace: String,
        /// Its tables; empty means all.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tables: Vec<String>,
        /// Whether only the ranges whose first replica the node is are repaired: right where every node of every datacenter does it.
        #[serde(default)]
        primary: bool,
    },
    /// Works through tables of the node: `POST /api/v1/ops/…`.
    Tables {
        /// What is done with them.
        task: TableTask,
        /// The keyspace; `None` means all, for a cleanup without those that are local to a node.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        keyspace: Option<String>,
        /// The tables of the keyspace; empty means all.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tables: Vec<String>,
    },
    /// `POST /api/v0/ops/node/snapshots`: done when it answers.
    Snapshot {
        /// Its name.
        name: String,
        /// The keyspaces; empty means all.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        keyspaces: Vec<String>,
    },
    /// `POST /api/v0/ops/node/move?newToken=`.
    Move {
        /// The token.
        token: String,
    },
    /// `POST /api/v0/ops/node/drain`: done when it answers.
    Drain,
}

/// What a node does with tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TableTask {
    /// `keyspace/cleanup`: drops data whose ranges went to other nodes.
    Cleanup,
    /// `tables/sstables/upgrade`: rewrites files of an older format.
    Upgrade,
    /// `tables/scrub`.
    Scrub,
    /// `tables/compact`.
    Compact,
    /// `tables/flush`.
    Flush,
    /// `tables/garbagecollect`.
    GarbageCollect,
}

impl NodeJob {
    /// Cleanup of everything.
    pub const CLEANUP: Self = Self::of_all_tables(TableTask::Cleanup);

    /// All files of an older format are rewritten.
    pub const UPGRADE_TABLES: Self = Self::of_all_tables(TableTask::Upgrade);

    const fn of_all_tables(task: TableTask) -> Self {
        Self::Tables { task, keyspace: None, tables: Vec::new() }
    }

    /// A full repair of all ranges of a keyspace that the node has.
    pub const fn repair(keyspace: String) -> Self {
        Self::Repair { keyspace, tables: Vec::new(), primary: false }
    }

    /// Whether data goes over the network for it, so that the node can say how much is left.
    pub const fn streams(&self) -> bool {
        matches!(self, Self::Decommission { .. } | Self::Rebuild { .. } | Self::Repair { .. } | Self::Move { .. })
    }

    /// What it is called, as `nodetool` calls it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Decommission { .. } => "decommission",
            Self::Rebuild { .. } => "rebuild",
            Self::Repair { .. } => "repair",
            Self::Tables { task, .. } => task.name(),
            Self::Snapshot { .. } => "snapshot",
            Self::Move { .. } => "move",
            Self::Drain => "drain",
        }
    }
}

impl TableTask {
    /// What it is called, as `nodetool` calls it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Cleanup => "cleanup",
            Self::Upgrade => "upgradesstables",
            Self::Scrub => "scrub",
            Self::Compact => "compact",
            Self::Flush => "flush",
            Self::GarbageCollect => "garbagecollect",
        }
    }
}

/// What the Management API says of a job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobStatus {
    /// `WAITING`: queued or running.
    Running,
    /// `COMPLETED`.
    Completed,
    /// `ERROR`, with the text.
    Failed(String),
    /// No such job (404, or 500 of this call): Cassandra was restarted, or never got it.
    Lost,
}

/// Everything of the cluster that Kubernetes knows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Objects {
    /// StatefulSets of the cluster by name.
    pub sets: BTreeMap<String, Set>,
    /// Pods that a StatefulSet of the cluster owns, by name; those that terminate included.
    pub pods: BTreeMap<String, Pod>,
    /// The claims of these pods by name, also of pods that are gone.
    pub claims: BTreeMap<String, Claim>,
    /// The Secrets that the desired ring names, by name, without their values.
    pub secrets: BTreeMap<String, Secret>,
    /// Immutable ConfigMaps and finished Jobs of the cluster that this run may have to delete.
    pub leftovers: Vec<Leftover>,
}

/// The desired ring as it stands in its ConfigMap.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Document {
    /// The key `ring.json`.
    pub ring: String,
    /// The key `generation`: counts the changes of it.
    pub generation: String,
}

/// The data of the state ConfigMap with its resourceVersion; `None` where it does not exist yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// The keys.
    pub data: BTreeMap<String, String>,
    /// The version that a write must name.
    pub version: Option<String>,
}

/// A role of Cassandra.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its name.
    pub name: String,
    /// Whether it is a superuser.
    pub superuser: bool,
    /// Whether it may log in.
    pub login: bool,
}

/// An Event of Kubernetes about a pod or a StatefulSet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// `Pod`, `StatefulSet` or `ConfigMap` (the state: what is about the whole ring).
    pub kind: &'static str,
    /// The name of the object.
    pub name: String,
    /// CamelCase, such as `Decommissioning`.
    pub reason: &'static str,
    /// One sentence.
    pub message: String,
    /// Whether it is a `Warning`; else `Normal`.
    pub warning: bool,
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Whether somebody has to do something.
    pub warning: bool,
    /// CamelCase, such as `Waiting`.
    pub reason: &'static str,
    /// The pod, the StatefulSet or the keyspace that it speaks about.
    pub about: Option<String>,
    /// One sentence.
    pub message: String,
}

/// Replicas by datacenter as Cassandra calls it. A keyspace of `SimpleStrategy` has the key `replication_factor`; one of
/// `LocalStrategy` and `EverywhereStrategy` is not listed at all.
pub type Replication = BTreeMap<String, u32>;

/// The outside.
#[allow(async_fn_in_trait, reason = "the loop runs on one thread, so no future has to be `Send`")]
pub trait Cluster {
    // --- Time -------------------------------------------------------------------------------------------------------

    /// The time. It may jump, also backwards.
    fn now(&self) -> Time;

    /// Seconds since the last successful [`Cluster::lease`], by a clock that cannot jump and counts suspended time.
    fn lease_age(&self) -> Time;

    /// Waits for some seconds, or until the process is asked to end: then `false`.
    async fn sleep(&self, seconds: Time) -> bool;

    // --- Kubernetes -------------------------------------------------------------------------------------------------

    /// Takes or renews the Lease `<cluster>-step`. `Ok(None)`: it is ours; `Ok(Some(holder))`: another one has it.
    async fn lease(&self) -> Answer<Option<String>>;

    /// Gives the Lease back.
    async fn release(&self) -> Answer<()>;

    /// The ConfigMap `<cluster>-desired-ring`.
    async fn desired(&self) -> Answer<Document>;

    /// StatefulSets, pods, claims, Secrets and leftovers of the cluster.
    async fn objects(&self) -> Answer<Objects>;

    /// The ConfigMap `<cluster>-state`.
    async fn state(&self) -> Answer<Stored>;

    /// Writes all keys of the state, if it still has the version; returns it with the new version. Creates it where
    /// there was no version.
    async fn write_state(&self, state: &Stored) -> Answer<Stored>;

    /// Sets the replicas of a StatefulSet through its `scale` subresource, if it still has this UID and version.
    async fn scale(&self, name: &str, set: &Set, replicas: u32) -> Answer<()>;

    /// Evicts a pod, if it still has this UID.
    async fn evict(&self, name: &str, uid: &str) -> Answer<()>;

    /// Deletes a pod with its own grace period, if it still has this UID. `at_once` with none: the API server forgets it, and does not
    /// ask its kubelet.
    async fn delete_pod(&self, name: &str, uid: &str, at_once: bool) -> Answer<()>;

    /// Deletes a claim, if it still has this UID.
    async fn delete_claim(&self, name: &str, uid: &str) -> Answer<()>;

    /// Raises the storage request of a claim, if it still has this UID.
    async fn expand_claim(&self, name: &str, uid: &str, size: &str) -> Answer<()>;

    /// Creates a Secret of `username` and a random `password`. [`Failure::Conflict`] where there is one.
    async fn create_secret(&self, name: &str, username: &str) -> Answer<()>;

    /// Deletes an immutable ConfigMap or a finished Job, if it still has this UID.
    async fn delete_leftover(&self, leftover: &Leftover) -> Answer<()>;

    /// Says what is done or waited for, once per change.
    fn say(&self, line: &Line);

    /// Records an Event. Failures are not told: an Event is never more than a message.
    async fn event(&self, event: &Event);

    // --- The Management API of a pod ------------------------------------------------------------------------------------

    /// What a node knows of all nodes: `GET /api/v0/metadata/endpoints`. `pod` is the pod that is asked.
    async fn endpoints(&self, name: &str, pod: &Pod) -> Answer<Vec<Endpoint>>;

    /// The replication of every keyspace that has one: `GET /api/v0/ops/keyspace` and `…/replication` of each.
    async fn keyspaces(&self, name: &str, pod: &Pod) -> Answer<BTreeMap<String, Replication>>;

    /// Sets the replication of a keyspace: `POST /api/v0/ops/keyspace/alter`.
    async fn alter(&self, name: &str, pod: &Pod, keyspace: &str, replication: &Replication) -> Answer<()>;

    /// The roles: `GET /api/v0/ops/auth/role`.
    async fn roles(&self, name: &str, pod: &Pod) -> Answer<Vec<Role>>;

    /// Makes a role, or changes it, with the name and password that a Secret holds: `POST /api/v0/ops/auth/role`.
    async fn put_role(&self, name: &str, pod: &Pod, role: &Role, secret: &str) -> Answer<()>;

    /// Takes login and superuser from the role `cassandra`, and gives it a random password.
    async fn lock_default_role(&self, name: &str, pod: &Pod) -> Answer<()>;

    /// Starts a job; returns its id. One that is done already has an id, too, and has completed.
    async fn start_job(&self, name: &str, pod: &Pod, job: &NodeJob) -> Answer<String>;

    /// How a job goes: `GET /api/v0/ops/executor/job`.
    async fn job(&self, name: &str, pod: &Pod, id: &str) -> Answer<JobStatus>;

    /// Runs `nodetool removenode` for a dead node in the pod `name`. Returns when Cassandra has refused it, has ended it, or works on
    /// it: how far it is, gossip tells. The Management API has no such call, so it is a command in the pod.
    async fn remove_node(&self, name: &str, pod: &Pod, host_id: &str) -> Answer<()>;

    /// Bytes that the node still has to send and to receive, where it says so: `GET /api/v0/ops/node/streaminfo`.
    async fn streaming(&self, name: &str, pod: &Pod) -> Answer<Option<u64>>;

    /// The last lines that Cassandra wrote, for the reason of a pod that does not come up; empty where they cannot be had.
    async fn last_lines(&self, name: &str, pod: &Pod) -> String;

    // --- Reaper ---------------------------------------------------------------------------------------------------------

    /// What Reaper says of the ring and of its schedules.
    async fn reaper(&self, at: &ReaperAt) -> Answer<ReaperSeen>;

    /// Asks Reaper for something. A failure has Reaper's own words. 204 to a schedule that is to be made is one, too: Reaper has
    /// another one and made none.
    async fn reaper_act(&self, at: &ReaperAt, act: &ReaperAct) -> Answer<()>;
}
