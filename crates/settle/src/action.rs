//! What is decided, as values.

use cassc_ring::desired::Role;

use crate::cluster::{NodeJob, Replication};
use crate::observed::Leftover;
use crate::reaper::{ReaperAct, ReaperAt};
use crate::record::Record;

/// What is to be done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// One act.
    Act(Action),
    /// Nothing now, but something later.
    Wait(Vec<Reason>),
    /// Everything is as it is asked for; the reasons say what the topology holds back.
    Done(Vec<Reason>),
    /// What is asked for cannot be done, whatever happens without a person.
    Refuse(Vec<Reason>),
}

/// Why something is waited for, held back or refused.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reason {
    /// CamelCase, documented in docs/steps.md.
    pub code: &'static str,
    /// The pod, StatefulSet, keyspace or datacenter.
    pub about: Option<String>,
    /// One sentence, with what to do where a person has to do something.
    pub message: String,
    /// Whether it passes by itself however long it takes: data streams, a job runs.
    pub takes_long: bool,
}

impl Reason {
    /// A reason about an object.
    pub fn about(code: &'static str, about: &str, message: impl Into<String>) -> Self {
        Self { code, about: Some(about.to_owned()), message: message.into(), takes_long: false }
    }

    /// A reason about the ring.
    pub fn of_ring(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, about: None, message: message.into(), takes_long: false }
    }

    /// The same, of something that takes as long as it takes.
    pub fn that_takes_long(self) -> Self {
        Self { takes_long: true, ..self }
    }
}

/// One call that changes something. Names are those of Kubernetes; what they mean is judged again on the second look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Makes a Secret with a random password.
    CreateSecret {
        /// Its name.
        name: String,
        /// The role that it is for.
        username: String,
    },
    /// Sets the replicas of a StatefulSet.
    Scale {
        /// The StatefulSet.
        set: String,
        /// The number it has.
        from: u32,
        /// The number it gets.
        to: u32,
        /// Why.
        why: ScaleReason,
    },
    /// Evicts a pod, so that it restarts.
    Evict {
        /// The pod.
        pod: String,
        /// Its UID.
        uid: String,
        /// Why, as the end of a sentence.
        why: &'static str,
    },
    /// Deletes a pod that does no good as it is.
    DeletePod {
        /// The pod.
        pod: String,
        /// Its UID.
        uid: String,
        /// Why.
        why: &'static str,
        /// Whether the API server forgets it without asking its kubelet.
        at_once: bool,
    },
    /// Deletes a claim that no member of the ring needs.
    DeleteClaim {
        /// The claim.
        claim: String,
        /// Its UID.
        uid: String,
        /// The pod that it belonged to.
        pod: String,
        /// Why.
        why: &'static str,
    },
    /// Raises the size of a claim.
    ExpandClaim {
        /// The claim.
        claim: String,
        /// Its UID.
        uid: String,
        /// The size, as the topology writes it.
        size: String,
    },
    /// Sets the replication of a keyspace.
    Alter {
        /// The keyspace.
        keyspace: String,
        /// Its replicas in all datacenters.
        replication: Replication,
        /// Whether some datacenter gets more: the keyspace has to be repaired then.
        raises: bool,
        /// The pod that is asked.
        asked: String,
    },
    /// Starts a job on a node.
    Start {
        /// The pod of the node.
        pod: String,
        /// The host id of the node.
        host_id: String,
        /// The job.
        job: NodeJob,
        /// The operation that it is a part of.
        operation: Option<String>,
    },
    /// Remembers that an operation begins; for a node that is replaced also its address, for the gate of its pod.
    Begin {
        /// The operation.
        id: String,
        /// What is remembered, without the time.
        record: Box<Record>,
    },
    /// Takes a dead node out of the ring.
    RemoveNode {
        /// The operation.
        operation: String,
        /// Its `retry`, for the record of a failure.
        retry: Option<String>,
        /// The host id of the node.
        host_id: String,
        /// The pod that is asked.
        asked: String,
    },
    /// Makes a role, or sets its password anew.
    PutRole {
        /// The role.
        role: Role,
        /// The version of its Secret.
        version: String,
        /// The pod that is asked.
        asked: String,
    },
    /// Takes login and superuser from the role `cassandra`.
    LockDefaultRole {
        /// The pod that is asked.
        asked: String,
    },
    /// Asks Reaper for something.
    Reaper {
        /// Where.
        at: ReaperAt,
        /// What it is about, for a reader.
        about: String,
        /// What.
        act: Box<ReaperAct>,
    },
    /// Deletes what nobody needs any more.
    DeleteLeftover(Leftover),
}

/// Why replicas change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScaleReason {
    /// The node of the last pod has left the ring.
    NodeLeft,
    /// The last pod has never been a member and is not asked for.
    NeverJoined,
    /// The last pod's node left earlier; it starts anew with new claims.
    StartsAnew,
    /// A new node joins.
    Joins,
    /// Pods of members are missing.
    MembersMissing,
    /// The cluster is stopped.
    Stopped,
}
