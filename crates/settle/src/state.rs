//! What is remembered in the ConfigMap `<cluster>-state`. The keys that the gate of a starting pod reads stand on their own
//! ([`cassc_ring::state::Key`]); everything else is one JSON document under `settle.json`. No key decides alone: the ring is asked
//! again before anything is done that cannot be undone.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::cluster::{NodeJob, Time};

/// What is remembered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Whether the ring was founded.
    pub founded: bool,
    /// The host id of each pod's node, by pod. Written when the node says NORMAL of itself, taken away when it has left.
    pub host_ids: BTreeMap<String, String>,
    /// Pods of an adopted cluster, without a marker in their volume. Never written here, but kept.
    pub bootstrapped: BTreeSet<String>,
    /// The address of the dead node that a pod replaces.
    pub replaces: BTreeMap<String, String>,
    /// The host id of the node that left the ring from a pod, until the pod's claims are gone.
    pub left: BTreeMap<String, String>,
    /// The rest.
    pub memory: Memory,
    /// Keys of the ConfigMap that nothing here knows. They are written back.
    pub foreign: BTreeMap<String, String>,
}

/// The document `settle.json`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Memory {
    /// Whether every node that was asked for has joined once: from then on a node that joins makes others need cleanup.
    pub initialized: bool,
    /// Each pod's last address and when its node was last seen up.
    pub nodes: BTreeMap<String, Node>,
    /// The jobs under way, by pod; written before they are asked for.
    pub jobs: BTreeMap<String, Running>,
    /// Pods whose nodes need cleanup.
    pub needs_cleanup: BTreeSet<String>,
    /// What each node has done for good: `rebuilt`, `upgradedTables` …
    pub roles: BTreeMap<String, String>,
    /// Keyspaces whose replication was raised and that were not repaired since, with the pods that have to do it.
    pub needs_repair: BTreeMap<String, BTreeSet<String>>,
    /// Why a step failed for good, by what it was done on, with the retry token of that time.
    pub failed: BTreeMap<String, Failed>,
    /// The conditions.
    pub conditions: BTreeMap<String, Condition>,
    /// When a Cassandra node was last seen starting: `lastServerNodeStarted` of Cass Operator.
    pub last_server_node_started: Option<Time>,
}

/// A node as it was last seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Node {
    /// Its address.
    pub address: String,
    /// When it was last up.
    pub seen: Time,
    /// Whether its data was copied from another datacenter.
    pub rebuilt: bool,
    /// The release line whose format its tables have.
    pub tables: Option<String>,
}

/// A job that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Running {
    /// What.
    pub job: NodeJob,
    /// The host id of the node that runs it.
    pub host_id: String,
    /// The UID of its pod.
    pub pod_uid: String,
    /// The id of the job; `None` while it is not known whether the request arrived.
    pub id: Option<String>,
    /// When it was first asked for.
    pub since: Time,
    /// How often it was asked for.
    pub starts: u32,
    /// When the node was first seen LEFT without a job to ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_since: Option<Time>,
}

/// A step that failed for good.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Failed {
    /// CamelCase.
    pub reason: String,
    /// One sentence, with what to do.
    pub message: String,
    /// `rollout.retry` of that time: another token tries again.
    pub retry: Option<String>,
}

/// A condition, as Kubernetes has them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// `True` or `False`.
    pub status: bool,
    /// CamelCase.
    pub reason: String,
    /// One sentence.
    pub message: String,
    /// When the status last changed.
    pub since: Time,
}
