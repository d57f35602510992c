//! What the services carry beside their own, and the service of another type for CQL clients.

use serde::{Deserialize, Serialize};

use super::StringMap;
use crate::topology::{self, CqlServiceType, TrafficPolicy};

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

/// What a service carries beside its own.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ServiceOptions {
    /// Labels.
    pub labels: StringMap,
    /// Annotations.
    pub annotations: StringMap,
}

impl Services {
    /// As the user wrote them.
    pub(super) fn of(written: &topology::Services) -> Self {
        let options = |options: &topology::ServiceOptions| ServiceOptions {
            labels: options.labels.clone(),
            annotations: options.annotations.clone(),
        };
        Self {
            cql: ServiceOptions { labels: written.cql.labels.clone(), annotations: written.cql.annotations.clone() },
            all_pods: options(&written.all_pods),
            seed: options(&written.seed),
            additional_seed: options(&written.additional_seed),
            node_port: options(&written.node_port),
        }
    }
}

/// What a datacenter has of its own for CQL clients: another service beside the headless one, or other labels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CqlService {
    /// The type of the added service; `None`: there is none.
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

impl CqlService {
    /// `None` where everything is as for every datacenter before there were types.
    pub(super) fn of(cluster: &topology::CqlService, datacenter: &topology::CqlService) -> Option<Self> {
        let service_type = datacenter.r#type.or(cluster.r#type);
        let is_own = !datacenter.labels.is_empty() || !datacenter.annotations.is_empty();
        let merged = |outer: &StringMap, inner: &StringMap| outer.clone().into_iter().chain(inner.clone()).collect();
        let ranges = datacenter.load_balancer_source_ranges.as_ref().or(cluster.load_balancer_source_ranges.as_ref());
        let is_balanced = service_type == Some(CqlServiceType::LoadBalancer);
        let class = datacenter.load_balancer_class.as_ref().or(cluster.load_balancer_class.as_ref());
        let policy = datacenter.external_traffic_policy.or(cluster.external_traffic_policy);
        (service_type.is_some() || is_own).then(|| Self {
            service_type,
            labels: merged(&cluster.labels, &datacenter.labels),
            annotations: merged(&cluster.annotations, &datacenter.annotations),
            load_balancer_class: class.filter(|_| is_balanced).cloned(),
            load_balancer_source_ranges: ranges.filter(|_| is_balanced).cloned().unwrap_or_default(),
            external_traffic_policy: policy.filter(|_| is_balanced),
        })
    }
}
