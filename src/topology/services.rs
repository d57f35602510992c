//! What a user may write about services.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Annotations and labels of the services.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Services {
    /// The service of each datacenter that CQL clients use; ready pods only.
    #[serde(default)]
    pub cql: CqlService,
    /// The service of each datacenter that names every pod, ready or not; it governs the StatefulSets.
    #[serde(default)]
    pub all_pods: ServiceOptions,
    /// The service of the cluster that finds the first pod of each rack.
    #[serde(default)]
    pub seed: ServiceOptions,
    /// The service of each datacenter that names the additional seeds.
    #[serde(default)]
    pub additional_seed: ServiceOptions,
    /// The service that opens the CQL port on every worker, where a datacenter has a `nodePort`.
    #[serde(default)]
    pub node_port: ServiceOptions,
}

/// What a service carries beside its own.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct ServiceOptions {
    /// Labels of the service.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Annotations of the service.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
}

/// What a datacenter says differently about its services.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct DatacenterServices {
    /// The service that CQL clients use; what is absent comes from the cluster.
    #[serde(default)]
    pub cql: CqlService,
}

/// The service that CQL clients use. The one that is always there, `<cluster>-<datacenter>-service`, has no address of its
/// own: its DNS name gives the addresses of all ready pods, which drivers and the gates of starting pods rely on. A `type`
/// adds another service beside it, `<cluster>-<datacenter>-client-service`, with one address for all ready pods.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct CqlService {
    /// Labels of the service; of the added one where there is a `type`.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Annotations of the service; of the added one where there is a `type`.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
    /// Adds a service with an address of its own. Drivers use that address to find the first node, and then connect to each
    /// node at its own address, which must be reachable too (see `nodePort`).
    pub r#type: Option<CqlServiceType>,
    /// Which load balancer is made, where the Kubernetes cluster has several. It never changes.
    pub load_balancer_class: Option<String>,
    /// The networks that the load balancer lets in, such as `10.0.0.0/8`. A list of a datacenter replaces that of the
    /// cluster.
    pub load_balancer_source_ranges: Option<Vec<String>>,
    /// Whether the load balancer sends clients to every worker (`Cluster`, the default), or only to workers with a ready
    /// pod, which keeps the addresses of clients (`Local`).
    pub external_traffic_policy: Option<TrafficPolicy>,
}

/// The types of a service with an address of its own (Kubernetes' own words). A port on every worker is `nodePort` of the
/// datacenter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum CqlServiceType {
    /// An address inside the Kubernetes cluster.
    #[serde(rename = "ClusterIP")]
    ClusterIp,
    /// An address of a load balancer.
    LoadBalancer,
}

/// Where a load balancer sends clients (Kubernetes' own words).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the names are Kubernetes' own")]
pub enum TrafficPolicy {
    Cluster,
    Local,
}

/// How many pods of a datacenter may be taken away at once, by drains of workers and by whoever else evicts pods.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct DisruptionBudget {
    /// How many pods may be missing, in all racks of the datacenter together. Defaults to 1. With 0 nothing is evicted: drains
    /// of workers wait. A worker with several pods is drained only if they all may go.
    pub max_unavailable: Option<u32>,
}
