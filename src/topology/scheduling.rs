//! The workers on which pods may run.

use k8s_openapi::api::core::v1::{NodeAffinity, Toleration};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The workers on which the pods may run. Racks inherit missing settings from their datacenter, and datacenters from the
/// cluster.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Scheduling {
    /// The anti-affinity between the pods of this cluster. Defaults to `required`.
    pub anti_affinity: Option<AntiAffinity>,
    /// Allows several pods of this cluster on one worker, for test clusters. All pods then need `cpu` and `memory` requests.
    /// Defaults to `false`.
    pub several_nodes_per_worker: Option<bool>,
    /// Tolerations of the pods, in the form of Kubernetes. A list replaces the list of the level above.
    #[schemars(with = "Option<Vec<serde_json::Map<String, serde_json::Value>>>")]
    pub tolerations: Option<Vec<Toleration>>,
    /// The node affinity of the pods, in the form of Kubernetes. Workers must match its required part as well as `zone` and
    /// `nodeLabels`. The required and the preferred part are inherited separately.
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    pub node_affinity: Option<NodeAffinity>,
    /// The name of the scheduler of the pods. Defaults to `default-scheduler`.
    pub scheduler_name: Option<String>,
    /// The name of an existing PriorityClass for the pods.
    pub priority_class: Option<String>,
    /// Topology spread constraints for the pods of a datacenter. A list replaces the list of the level above.
    pub topology_spread: Option<Vec<TopologySpread>>,
}

/// The anti-affinity between the pods of this cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AntiAffinity {
    /// Pods never share a worker; a pod without a free worker stays Pending.
    #[default]
    Required,
    /// Pods share a worker only if there is no other worker.
    Preferred,
}

/// A topology spread constraint for the pods of the datacenter.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct TopologySpread {
    /// The key of a node label, such as `topology.kubernetes.io/zone`.
    pub topology_key: String,
    /// The largest allowed difference between the numbers of pods, at least 1. Defaults to 1.
    pub max_skew: Option<u16>,
    /// What happens if the constraint cannot be met. Defaults to `DoNotSchedule`.
    pub when_unsatisfiable: Option<WhenUnsatisfiable>,
}

/// What happens if a topology spread constraint cannot be met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum WhenUnsatisfiable {
    /// The pod stays Pending.
    #[default]
    DoNotSchedule,
    /// The pod is scheduled anyway.
    ScheduleAnyway,
}
