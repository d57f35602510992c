//! Settings of the Services and the PodDisruptionBudgets.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Labels, annotations and types of the Services. A datacenter inherits those of the cluster key by key.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Services {
    /// The Service of each datacenter for CQL clients. It contains only ready pods.
    #[serde(default)]
    pub cql: CqlService,
    /// The headless Service of each datacenter with all pods, ready or not. It is the `serviceName` of the StatefulSets.
    #[serde(default)]
    pub all_pods: ServiceOptions,
    /// The headless Service of the cluster with the seed nodes (the first pod of each rack). Datacenters in one namespace have it
    /// together.
    #[serde(default)]
    pub seed: ServiceOptions,
    /// The Service of each datacenter with the addresses of `additionalSeeds`.
    #[serde(default)]
    pub additional_seed: ServiceOptions,
    /// The Service of type `NodePort` of each datacenter with a `nodePort`.
    #[serde(default)]
    pub node_port: ServiceOptions,
}

/// Additional labels and annotations of a Service.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct ServiceOptions {
    /// Labels of the Service, in addition to those of cassc.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Annotations of the Service, such as those of a cloud provider.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
}

/// The Services for CQL clients. `<cluster>-<datacenter>-service` always exists and is headless: its DNS name resolves to the
/// addresses of all ready pods. With `type` cassc also renders `<cluster>-<datacenter>-client-service`, which has one address
/// for all ready pods.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct CqlService {
    /// Labels of the Service. With `type` they are the labels of `<cluster>-<datacenter>-client-service` only.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Annotations of the Service. With `type` they are the annotations of `<cluster>-<datacenter>-client-service` only.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
    /// The type of the additional Service. Default: no additional Service. A driver uses its address as a contact point and
    /// then connects to the address of each node, which must be reachable too (see `nodePort`).
    pub r#type: Option<CqlServiceType>,
    /// The load balancer class, such as `example.com/internal`. It is immutable. Default: the class of the Kubernetes cluster.
    pub load_balancer_class: Option<String>,
    /// The client networks that the load balancer accepts, such as `10.0.0.0/8`. Default: all. The list of a datacenter
    /// replaces that of the cluster.
    pub load_balancer_source_ranges: Option<Vec<String>>,
    /// `Cluster` (default): the load balancer sends traffic to every worker. `Local`: only to workers with a ready pod, which
    /// preserves the client's IP address.
    pub external_traffic_policy: Option<TrafficPolicy>,
}

/// The types of the additional Service for CQL clients. For a port on every worker write `nodePort` in the datacenter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
pub enum CqlServiceType {
    /// One IP address inside the Kubernetes cluster.
    #[serde(rename = "ClusterIP")]
    ClusterIp,
    /// The IP address of a load balancer.
    LoadBalancer,
}

/// To which workers a load balancer sends traffic, as `externalTrafficPolicy` in Kubernetes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[expect(missing_docs, reason = "the names are Kubernetes' own")]
pub enum TrafficPolicy {
    Cluster,
    Local,
}

/// The PodDisruptionBudget of a datacenter. It limits evictions, such as those of `kubectl drain`.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct DisruptionBudget {
    /// The maximum number of unavailable pods in all racks of the datacenter together. Defaults to 1. With 0 no pod can be
    /// evicted, and `kubectl drain` waits.
    pub max_unavailable: Option<u32>,
}
