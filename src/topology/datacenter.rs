//! Datacenters and racks.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::{
    CassandraOverrides, DisruptionBudget, ManagementApi, Pod, Resources, Scheduling, Services, StorageOverrides,
};

/// A datacenter of the cluster.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Datacenter {
    /// The name in Kubernetes, a DNS label. It is immutable once the cluster is deployed.
    pub name: String,
    /// The name in Cassandra, such as `DC1` or `us_east`. Defaults to `name`. It is immutable.
    pub ring_name: Option<String>,
    /// The number of Cassandra nodes, split over the racks as evenly as it goes, the first racks one more. Either here
    /// or at every rack.
    pub nodes: Option<u32>,
    /// The racks, one StatefulSet each. Defaults to a single rack `default`. Keep their order, and add new racks at
    /// the end.
    #[serde(default = "default_racks")]
    pub racks: Vec<Rack>,
    /// Labels that a worker must carry, for all racks.
    #[serde(default)]
    pub node_labels: BTreeMap<String, String>,
    /// The Kubernetes cluster that the datacenter runs in, by any name you like: a DNS label. Each one gets an output
    /// of its own. Without it there is one Kubernetes cluster.
    pub kube_cluster: Option<String>,
    /// The namespace, where it differs from `metadata.namespace`.
    pub namespace: Option<String>,
    /// Addresses or DNS names of nodes of this datacenter, as pods of other Kubernetes clusters reach them: they are additional
    /// seeds of the datacenters there. Needs datacenters in several Kubernetes clusters (`kubeCluster`).
    #[serde(default)]
    pub reachable_seeds: Vec<String>,
    /// Opens the CQL port on every worker.
    pub node_port: Option<NodePort>,
    /// The Services of this datacenter. Missing fields are inherited from the cluster.
    #[serde(default)]
    pub services: Services,
    /// What else the pods of this datacenter carry.
    #[serde(default)]
    pub pod: Pod,
    /// The Management API of this datacenter. Missing settings are inherited from the cluster.
    #[serde(default)]
    pub management_api: ManagementApi,
    /// The PodDisruptionBudget of this datacenter. Missing fields are inherited from the cluster.
    #[serde(default)]
    pub disruption_budget: DisruptionBudget,
    /// What is different about Cassandra here.
    #[serde(default)]
    pub cassandra: CassandraOverrides,
    /// Requests and limits here; what is absent comes from the cluster.
    #[serde(default)]
    pub resources: Resources,
    /// The data volume here; what is absent comes from the cluster.
    #[serde(default)]
    pub storage: StorageOverrides,
    /// Which workers the pods go to; what is absent comes from the cluster.
    #[serde(default)]
    pub scheduling: Scheduling,
    /// The datacenter that a new one copies its data from, by its name. Defaults to the first other datacenter with nodes. With
    /// `additionalSeeds` it may be one that runs elsewhere, by its name in Cassandra.
    pub rebuild_from: Option<String>,
    /// Any text. A new one restarts every pod of the datacenter once; removing it restarts nothing.
    pub restart: Option<String>,
}

/// A rack: pods that may be lost together. Cassandra spreads replicas over racks.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Rack {
    /// The name in Kubernetes, a DNS label such as `r1`. It cannot change once the rack is deployed.
    pub name: String,
    /// The name in Cassandra, such as `RAC1`. Defaults to `name`. It cannot change once the rack is deployed.
    pub ring_name: Option<String>,
    /// The number of Cassandra nodes of this rack, instead of `nodes` of the datacenter.
    pub nodes: Option<u32>,
    /// The zone of the workers: the value of their label `topology.kubernetes.io/zone`.
    pub zone: Option<String>,
    /// Labels that a worker must have, in addition to those of the datacenter.
    #[serde(default)]
    pub node_labels: BTreeMap<String, String>,
    /// Settings of Cassandra in this rack.
    #[serde(default)]
    pub cassandra: CassandraOverrides,
    /// Requests and limits in this rack. Missing ones are inherited from the datacenter.
    #[serde(default)]
    pub resources: Resources,
    /// The data volume in this rack. Missing settings are inherited from the datacenter.
    #[serde(default)]
    pub storage: StorageOverrides,
    /// The workers on which the pods of this rack may run. Missing settings are inherited from the datacenter.
    #[serde(default)]
    pub scheduling: Scheduling,
    /// Any text, such as a date. A new text restarts all pods of the rack once; removing it restarts nothing.
    pub restart: Option<String>,
}

/// The CQL port on every worker of the Kubernetes cluster. Cassandra itself listens on this port and announces the address of
/// the worker, because drivers connect to all nodes.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct NodePort {
    /// The port, in the range of the API server, which is 30000 to 32767 by default.
    pub native: u16,
}

/// The default of `racks`.
pub fn default_racks() -> Vec<Rack> {
    vec![Rack { name: "default".to_owned(), ..Rack::default() }]
}
