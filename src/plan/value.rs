//! The plan as a value: what the formats print and the JSON Schema describes.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::order::{Guard, Stage};
use crate::transition::Accepted;

/// What will happen to one cluster.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    /// The name of the cluster in Kubernetes.
    pub cluster: String,
    /// What it comes to.
    pub verdict: Verdict,
    /// The first line: "2 racks roll (6 pods), 1 node joins, nothing leaves".
    pub summary: String,
    /// What the summary counts.
    pub counts: Counts,
    /// What is different, in the words of the topology, each with what it does.
    pub changes: Vec<Change>,
    /// What will happen, in the order of execution.
    pub steps: Vec<Step>,
    /// What is refused; then nothing of the plan happens.
    pub refusals: Vec<Refusal>,
    /// What would be refused and is accepted.
    pub accepted: Vec<Accepted>,
}

/// What a plan comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Nothing is deployed yet.
    New,
    /// Every object is as it is deployed.
    Unchanged,
    /// Some objects are different.
    Changed,
    /// The topology is gone.
    Deleted,
    /// The change is refused.
    Refused,
}

/// What the summary counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Racks of which a pod restarts.
    pub racks_roll: usize,
    /// Pods that restart.
    pub pods_restart: usize,
    /// Nodes that join the ring.
    pub nodes_join: usize,
    /// Nodes that leave the ring.
    pub nodes_leave: usize,
    /// Claims that are expanded.
    pub claims_grow: usize,
    /// Claims that are deleted, after their node has left.
    pub claims_deleted: usize,
}

/// One thing that is different.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// What the user wrote or could have written: `cassandra.config.num_tokens`.
    pub field: String,
    /// The datacenter, or datacenter and rack (`dc1/r1`), that it is restricted to; absent for the whole cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// What it was; absent when it was not there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What it will be; absent when it will be gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// What it does.
    pub effect: Effect,
    /// How many pods restart for it.
    pub pods: usize,
}

/// What a change does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Pods restart.
    Restarts,
    /// Nodes join or leave.
    Ring,
    /// Claims grow.
    Claims,
    /// Objects are different, and nothing restarts.
    Objects,
    /// No object is different.
    Nothing,
}

/// One step.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// Where it runs.
    pub stage: Stage,
    /// What is done.
    #[serde(flatten)]
    pub action: Action,
    /// What must hold before it, and while it goes on.
    pub guards: Vec<Guard>,
}

/// What a step does. Pods, StatefulSets and claims are named as in Kubernetes, in the order in which it is done.
#[derive(Clone, Debug, PartialEq, Serialize, JsonSchema)]
#[serde(tag = "action", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Action {
    /// A person does something that no manifest can say.
    Person {
        /// What, and how.
        task: String,
    },
    /// Objects are applied.
    Apply {
        /// The new ones.
        created: Vec<ObjectName>,
        /// The different ones.
        changed: Vec<ObjectName>,
        /// Those that are no longer rendered and that the delivery tool removes.
        removed: Vec<ObjectName>,
        /// Those that are no longer rendered and stay until something or somebody removes them.
        kept: Vec<ObjectName>,
    },
    /// Nodes leave the ring, one at a time; their data streams to the others.
    Decommission {
        /// The datacenter.
        datacenter: String,
        /// Their pods.
        pods: Vec<String>,
        /// How many nodes the datacenter then has.
        nodes_left: u32,
    },
    /// Nodes start for the first time, one at a time, in this order.
    Join {
        /// Their pods.
        pods: Vec<String>,
        /// Whether the first of them founds the ring.
        founds: bool,
    },
    /// The system keyspaces get replicas in the datacenters as they are now.
    ReplicateSystemKeyspaces {
        /// Replicas by datacenter, as Cassandra calls it.
        replicas: BTreeMap<String, u32>,
    },
    /// A new datacenter copies its data from another one.
    Rebuild {
        /// The datacenter.
        datacenter: String,
        /// Where the data comes from, as Cassandra calls it.
        from: String,
        /// Its pods, one at a time.
        pods: Vec<String>,
    },
    /// Pods restart, one at a time and rack by rack.
    Roll {
        /// The racks.
        racks: Vec<RackRoll>,
        /// How many pods restart before it waits for `rollout.canary` to be removed.
        #[serde(skip_serializing_if = "Option::is_none")]
        canary_pods: Option<u32>,
        /// Whether nothing restarts until `rollout.stopped` is removed.
        stopped: bool,
    },
    /// The roll goes on where it was stopped, or beyond its canary: pods that still run an older template restart.
    Resume {},
    /// Tables are rewritten in the format of the new version, node by node.
    UpgradeTables {
        /// The pods.
        pods: Vec<String>,
    },
    /// Nodes drop the data that now belongs to others, one at a time.
    Cleanup {
        /// The pods.
        pods: Vec<String>,
    },
    /// Claims grow in place; no StatefulSet changes.
    ExpandClaims {
        /// The claims.
        claims: Vec<ClaimGrowth>,
    },
    /// The claims of nodes that left are deleted, and their data with them.
    DeleteClaims {
        /// The claims.
        claims: Vec<String>,
    },
}

/// The restart of a rack's pods.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct RackRoll {
    /// The datacenter.
    pub datacenter: String,
    /// The rack.
    pub rack: String,
    /// Its StatefulSet.
    pub stateful_set: String,
    /// The pods that exist and restart; new ones start with the new template.
    pub pods: Vec<String>,
    /// Why, in the words of the topology.
    pub reasons: Vec<String>,
}

/// A claim and what it grows to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ClaimGrowth {
    /// The claim.
    pub claim: String,
    /// Its size.
    pub from: String,
    /// Its new size.
    pub to: String,
}

/// An object of Kubernetes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct ObjectName {
    /// The Kubernetes cluster, where there are several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kube_cluster: Option<String>,
    /// The namespace, where the topology names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// Its kind.
    pub kind: String,
    /// Its name.
    pub name: String,
}

/// A refusal, as the plan tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Refusal {
    /// The code of the rule.
    pub code: String,
    /// What is refused.
    pub message: String,
    /// Where the topology asks for it: `shop.yaml:12:7`.
    pub place: String,
    /// What to do instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}
