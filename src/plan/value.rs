//! The plan as a value: what the formats print and the JSON Schema describes.

use cassc_ring::step::{Action, Guard, Stage};
use schemars::JsonSchema;
use serde::Serialize;

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
    /// What the change asks of the Kubernetes cluster; absent where that stays as it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resources: Option<Resources>,
    /// What is different, in the words of the topology, each with what it does.
    pub changes: Vec<Change>,
    /// What will happen, in the order of execution.
    pub steps: Vec<Step>,
    /// What is refused; then nothing of the plan happens.
    pub refusals: Vec<Refusal>,
    /// What would be refused and is accepted.
    pub accepted: Vec<Accepted>,
    /// The objects that an override changes, such as `StatefulSet` for all of them or `Service/shop-seed-service`; cassc does not
    /// check what it does.
    pub overrides: Vec<String>,
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
    /// Operations that run, go on or try again.
    pub operations: usize,
}

/// What a cluster asks of Kubernetes before and after a change: the pods of Cassandra with their requests, and their PVCs. What
/// stays as it is, is absent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Resources {
    /// Pods.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pods: Option<PodCount>,
    /// Processors that the pods request, in cores.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu: Option<Amount>,
    /// Memory that the pods request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<Amount>,
    /// Storage that the PVCs of all volumes request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage: Option<Amount>,
}

/// A number of pods before and after.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PodCount {
    /// Before.
    pub from: u32,
    /// After.
    pub to: u32,
}

/// An amount before and after, as a Kubernetes quantity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Amount {
    /// Before.
    pub from: String,
    /// After.
    pub to: String,
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
    /// Who does it.
    pub by: By,
    /// What is done.
    #[serde(flatten)]
    pub action: Action,
    /// What must hold before it, and while it runs.
    pub guards: Vec<Guard>,
}

/// Who does a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum By {
    /// You.
    You,
    /// The delivery tool, and Kubernetes with what it applies.
    Tool,
    /// The Job of the program in the cluster.
    Job,
}

/// A refusal in the plan.
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
