//! What is seen of a cluster, as one value: [`gather::gather`] makes it, [`text::text`] prints it for a human, and serde for programs.

pub(crate) mod gather;
mod nodes;
mod operations;
mod repairs;
pub(crate) mod restarts;
pub(crate) mod text;

use std::collections::BTreeMap;

use cassc_settle::repairs::Told;
use serde::Serialize;

/// A cluster.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Report {
    /// Its name in Kubernetes.
    pub(crate) cluster: String,
    /// The namespace of its state.
    pub(crate) namespace: String,
    /// The version of Cassandra that the topology asks for.
    pub(crate) version: String,
    /// Whether the ring was founded; `None` where nothing is remembered.
    pub(crate) founded: Option<bool>,
    /// The pod that was asked about the ring; `None` where none answered, and what stands here is remembered.
    pub(crate) asked: Option<String>,
    /// What could not be seen, and why.
    pub(crate) unseen: Vec<String>,
    /// The datacenters.
    pub(crate) datacenters: Vec<Datacenter>,
    /// Jobs that nodes run.
    pub(crate) jobs: Vec<Job>,
    /// What the topology asks for once, in its order, and what ran before.
    pub(crate) operations: Vec<Operation>,
    /// Reaper's schedules of the ring, as it said them last; those of others after those of the topology.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) repairs: Vec<Told>,
    /// Steps that failed for good, by what they were done on.
    pub(crate) failed: BTreeMap<String, Failed>,
    /// The conditions.
    pub(crate) conditions: BTreeMap<String, Condition>,
    /// The newest Job of the program.
    pub(crate) run: Option<Run>,
    /// The last Events, the oldest first.
    pub(crate) events: Vec<Event>,
}

/// A datacenter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Datacenter {
    /// Its name in Cassandra.
    pub(crate) name: String,
    /// The Kubernetes cluster that it runs in, where that is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kube_cluster: Option<String>,
    /// Its racks.
    pub(crate) racks: Vec<Rack>,
}

/// A rack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rack {
    /// Its name in Cassandra.
    pub(crate) name: String,
    /// How many nodes the topology asks for.
    pub(crate) wanted: u32,
    /// Its nodes.
    pub(crate) nodes: Vec<Node>,
}

/// A node, or a pod without one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Node {
    /// Its pod; `None` for a node of another Kubernetes cluster, or of none.
    pub(crate) pod: Option<String>,
    /// As `nodetool status` has it: U or D, then N, L, J or M; `None` where nobody was asked or nobody lists it.
    pub(crate) state: Option<String>,
    /// What gossip says beyond that (`shutdown`).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) gossip: Option<String>,
    /// Its host id, as it says or as is remembered.
    pub(crate) host_id: Option<String>,
    /// Its address, as it says or as is remembered.
    pub(crate) address: Option<String>,
    /// Bytes of data on it.
    pub(crate) load: Option<u64>,
    /// The version of Cassandra that it runs.
    pub(crate) version: Option<String>,
    /// How its pod stands: `Ready`, or why it is not.
    pub(crate) status: Option<String>,
    /// Whether its pod has an older template than its StatefulSet.
    pub(crate) is_behind: Option<bool>,
}

/// A job that a node runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Job {
    /// The pod.
    pub(crate) pod: String,
    /// As `nodetool` calls it.
    pub(crate) job: String,
    /// Since when.
    pub(crate) since: String,
    /// Bytes that its node still has to send and to receive, where it says so.
    pub(crate) bytes_left: Option<u64>,
}

/// An operation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Operation {
    /// Its id.
    pub(crate) id: String,
    /// Its kind.
    pub(crate) kind: String,
    /// `waits`, `suspended`, `runs`, `failed` or `done`.
    pub(crate) state: &'static str,
    /// How many nodes are done.
    pub(crate) done: usize,
    /// How many nodes it is about, once it has begun.
    pub(crate) nodes: Option<usize>,
    /// When it began.
    pub(crate) since: Option<String>,
    /// When it ended.
    pub(crate) ended: Option<String>,
    /// Why nodes failed, by pod.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) failed: BTreeMap<String, String>,
}

/// A step that failed for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Failed {
    /// CamelCase.
    pub(crate) reason: String,
    /// One sentence, with what to do.
    pub(crate) message: String,
}

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Condition {
    /// Whether it is true.
    pub(crate) status: bool,
    /// CamelCase.
    pub(crate) reason: String,
    /// One sentence.
    pub(crate) message: String,
    /// Since when.
    pub(crate) since: String,
}

/// A Job of the program.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Run {
    /// Its name.
    pub(crate) job: String,
    /// `Running`, `Complete` or `Failed`.
    pub(crate) state: &'static str,
    /// Why it failed, in Kubernetes' words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) message: Option<String>,
    /// When it was created.
    pub(crate) created: String,
    /// When it ended.
    pub(crate) ended: Option<String>,
    /// What it said last: what it does, and what it waits for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) says: Vec<String>,
}

/// An Event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Event {
    /// When it was last recorded.
    pub(crate) time: String,
    /// How often.
    pub(crate) count: u32,
    /// Whether somebody has to do something.
    pub(crate) warning: bool,
    /// CamelCase.
    pub(crate) reason: String,
    /// The object.
    pub(crate) about: String,
    /// One sentence.
    pub(crate) message: String,
}

impl Report {
    /// All nodes.
    pub(crate) fn nodes(&self) -> impl Iterator<Item = &Node> {
        self.datacenters.iter().flat_map(|datacenter| &datacenter.racks).flat_map(|rack| &rack.nodes)
    }

    /// Whether a condition is true.
    pub(crate) fn is(&self, condition: &str) -> bool {
        self.conditions.get(condition).is_some_and(|it| it.status)
    }
}
