//! What a user may write about the workers that pods go to.

use k8s_openapi::api::core::v1::{NodeAffinity, Toleration};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Which workers the pods go to. What a rack leaves out comes from its datacenter, and then from the cluster.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Scheduling {
    /// Whether two pods of this cluster are kept from sharing a worker. Defaults to `required`.
    pub anti_affinity: Option<AntiAffinity>,
    /// Allows several pods of this cluster on one worker: for test clusters. All pods then need requests for processor and
    /// memory. Defaults to `false`.
    pub several_nodes_per_worker: Option<bool>,
    /// Taints that the pods tolerate, in Kubernetes' own form. A list replaces the one of the level above.
    #[schemars(with = "Option<Vec<serde_json::Map<String, serde_json::Value>>>")]
    pub tolerations: Option<Vec<Toleration>>,
    /// Which workers the pods must or should go to, in Kubernetes' own form, with the operators `In`, `NotIn`, `Exists`,
    /// `DoesNotExist`, `Gt` and `Lt`. Whatever is required here is required beside `zone` and `nodeLabels`. The required and
    /// the preferred half are each taken from the innermost level that writes it.
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    pub node_affinity: Option<NodeAffinity>,
    /// The scheduler of the pods. Defaults to that of Kubernetes.
    pub scheduler_name: Option<String>,
    /// The PriorityClass of the pods.
    pub priority_class: Option<String>,
    /// Spreads the pods of the datacenter over the values of a worker's label. A list replaces the one of the level above.
    pub topology_spread: Option<Vec<TopologySpread>>,
}

/// Whether two pods of this cluster are kept from sharing a worker.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AntiAffinity {
    /// They never share one; a pod without a free worker waits.
    #[default]
    Required,
    /// They share one only where there is no other.
    Preferred,
}

/// Spreads the pods of the datacenter over the values of a worker's label.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct TopologySpread {
    /// The label, such as `topology.kubernetes.io/zone`.
    pub topology_key: String,
    /// How far the counts may differ, at least 1. Defaults to 1.
    pub max_skew: Option<u16>,
    /// What to do when it cannot be kept. Defaults to `DoNotSchedule`.
    pub when_unsatisfiable: Option<WhenUnsatisfiable>,
}

/// What to do when a spread cannot be kept (Kubernetes' own words).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum WhenUnsatisfiable {
    /// The pod waits.
    #[default]
    DoNotSchedule,
    /// The pod goes where it fits.
    ScheduleAnyway,
}
