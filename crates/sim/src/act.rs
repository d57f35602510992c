//! The calls that change something, as values: they travel apart from the program that makes them, so that they can arrive
//! late, twice or never, and after its death.

use std::rc::Rc;

use cassc_settle::cluster::{NodeJob, Replication, Role, Stored, TableTask};
use cassc_settle::observed::{Leftover, Set};

/// What is asked for.
#[derive(Clone, Debug)]
pub enum Act {
    /// Takes or renews the Lease.
    Lease,
    /// Gives it back.
    Release,
    /// Writes the state.
    WriteState(Stored),
    /// Sets the replicas of a StatefulSet.
    Scale {
        /// Its name.
        set: String,
        /// As it was judged.
        judged: Set,
        /// How many.
        replicas: u32,
    },
    /// Evicts a pod.
    Evict {
        /// Its name.
        pod: String,
        /// Its UID.
        uid: String,
    },
    /// Deletes a pod.
    DeletePod {
        /// Its name.
        pod: String,
        /// Its UID.
        uid: String,
        /// Whether the API server forgets it at once.
        at_once: bool,
    },
    /// Deletes a claim.
    DeleteClaim {
        /// Its name.
        claim: String,
        /// Its UID.
        uid: String,
    },
    /// Raises what a claim requests.
    ExpandClaim {
        /// Its name.
        claim: String,
        /// Its UID.
        uid: String,
        /// The size, as Kubernetes writes it.
        size: String,
    },
    /// Creates a Secret.
    CreateSecret {
        /// Its name.
        secret: String,
        /// The name in it.
        username: String,
    },
    /// Deletes a ConfigMap or a Job.
    DeleteLeftover(Leftover),
    /// Asks the Management API of a pod.
    Node {
        /// The pod.
        pod: String,
        /// The address that is called.
        address: Option<Rc<str>>,
        /// What for.
        what: NodeAct,
    },
}

/// What the Management API is asked for.
#[derive(Clone, Debug)]
pub enum NodeAct {
    /// Sets the replication of a keyspace.
    Alter {
        /// The keyspace.
        keyspace: String,
        /// The replication.
        replication: Replication,
    },
    /// Makes or changes a role.
    PutRole {
        /// The role.
        role: Role,
        /// The Secret with its name and password.
        secret: String,
    },
    /// Locks the role `cassandra`.
    LockDefaultRole,
    /// Starts a job.
    Start(NodeJob),
    /// Takes a dead node out of the ring.
    RemoveNode {
        /// Its host id.
        host_id: String,
    },
}

/// What comes back.
#[derive(Clone, Debug)]
pub enum Reply {
    /// It was done.
    Done,
    /// The Lease is another's, by number.
    HeldBy(usize),
    /// The state as it is now.
    Stored(Stored),
    /// The id of a job.
    Job(String),
}

impl Act {
    /// Whether a request may happen twice without its sender ever knowing. A second cleanup has no id that anybody knows, and
    /// the Management API lists no jobs: nobody could wait for its end.
    pub fn may_be_repeated(&self) -> bool {
        !matches!(self, Self::Node { what: NodeAct::Start(NodeJob::Tables { task: TableTask::Cleanup, .. }), .. })
    }

    /// Whether only the holder of the Lease may do it: everything but taking and returning the Lease itself.
    pub fn needs_lease(&self) -> bool {
        !matches!(self, Self::Lease | Self::Release)
    }
}

impl Act {
    /// In few words, for the trace.
    pub fn words(&self) -> String {
        match self {
            Self::Lease => "lease".to_owned(),
            Self::Release => "release the lease".to_owned(),
            Self::WriteState(_) => "write the state".to_owned(),
            Self::Scale { set, judged, replicas } => format!("scale {set} {} → {replicas}", judged.replicas),
            Self::Evict { pod, .. } => format!("evict {pod}"),
            Self::DeletePod { pod, .. } => format!("delete pod {pod}"),
            Self::DeleteClaim { claim, .. } => format!("delete claim {claim}"),
            Self::ExpandClaim { claim, size, .. } => format!("expand {claim} to {size}"),
            Self::CreateSecret { secret, .. } => format!("create secret {secret}"),
            Self::DeleteLeftover(leftover) => format!("delete {} {}", leftover.kind, leftover.name),
            Self::Node { pod, what, .. } => format!("{pod}: {what:?}"),
        }
    }
}
