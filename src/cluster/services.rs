//! What the services carry beside their own, and the service of another type for CQL clients.

use serde::{Deserialize, Serialize};

use super::StringMap;
use crate::topology::{CqlServiceType, TrafficPolicy};

/// Labels and annotations of the services.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the services' names")]
pub struct Services {
    pub cql: ServiceOptions,
    pub all_pods: ServiceOptions,
    pub seed: ServiceOptions,
    pub additional_seed: ServiceOptions,
    pub node_port: ServiceOptions,
}

/// Labels and annotations of the services of a datacenter that writes some itself, with those of the cluster.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "the fields are the services' names")]
pub struct OwnServices {
    pub all_pods: ServiceOptions,
    pub seed: ServiceOptions,
    pub additional_seed: ServiceOptions,
    pub node_port: ServiceOptions,
}

/// What a service carries beside its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ServiceOptions {
    /// Labels.
    pub labels: StringMap,
    /// Annotations.
    pub annotations: StringMap,
}

/// What a datacenter has of its own for CQL clients: another service beside the headless one, or other labels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CqlService {
    /// The type of the added service; `None` if it is not wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_type: Option<CqlServiceType>,
    /// Labels, merged.
    pub labels: StringMap,
    /// Annotations, merged.
    pub annotations: StringMap,
    /// The class of the load balancer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub load_balancer_class: Option<String>,
    /// The networks that the load balancer lets in; empty: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub load_balancer_source_ranges: Vec<String>,
    /// Where the load balancer sends clients.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_traffic_policy: Option<TrafficPolicy>,
}
