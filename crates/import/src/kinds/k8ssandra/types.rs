//! The fields of the resource (k8ssandra/k8ssandra-operator 9e3d1b51, `apis/k8ssandra/v1alpha1/k8ssandracluster_types.go`).

use serde::Deserialize;
use serde_json::Value;

use crate::pods::Others;

/// `spec`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Spec {
    pub(super) auth: Option<bool>,
    pub(super) cassandra: Option<Cassandra>,
    pub(super) stargate: Option<Value>,
    pub(super) reaper: Option<Value>,
    pub(super) medusa: Option<Value>,
    pub(super) external_datacenters: Vec<String>,
    pub(super) secrets_provider: Option<String>,
    #[serde(flatten)]
    pub(super) others: Others,
}

/// `spec.cassandra`: what a datacenter does not have too.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Cassandra {
    pub(super) superuser_secret_ref: Option<Value>,
    pub(super) datacenters: Vec<Value>,
    pub(super) additional_seeds: Vec<String>,
    pub(super) server_encryption_stores: Option<Value>,
    pub(super) client_encryption_stores: Option<Value>,
    pub(super) cluster_name: Option<String>,
    pub(super) server_type: Option<String>,
}

/// A datacenter, with what it has of the cluster.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Datacenter {
    pub(super) metadata: Option<Value>,
    pub(super) size: Option<u32>,
    pub(super) stargate: Option<Value>,
    pub(super) per_node_config_map_ref: Option<Value>,
    pub(super) server_version: String,
    pub(super) server_image: Option<String>,
    pub(super) config: Option<Value>,
    pub(super) storage_config: Option<Value>,
    pub(super) networking: Option<Value>,
    pub(super) resources: Option<Value>,
    pub(super) racks: Option<Value>,
    pub(super) jmx_init_container_image: Option<Value>,
    pub(super) soft_pod_anti_affinity: Option<bool>,
    pub(super) tolerations: Option<Value>,
    #[serde(rename = "mgmtAPIHeap")]
    pub(super) mgmt_api_heap: Option<Value>,
    pub(super) telemetry: Option<Value>,
    pub(super) cdc: Option<Value>,
    pub(super) containers: Option<Value>,
    pub(super) init_containers: Option<Value>,
    pub(super) extra_volumes: Option<Value>,
    pub(super) dse_workloads: Option<Value>,
    pub(super) pod_security_context: Option<Value>,
    pub(super) pod_priority_class_name: Option<String>,
    pub(super) management_api_auth: Option<Value>,
    pub(super) per_node_config_init_container_image: Option<String>,
    pub(super) service_account: Option<String>,
    pub(super) datacenter_name: Option<String>,
    pub(super) read_only_root_filesystem: Option<bool>,
    pub(super) rebuild: Option<Value>,
    #[serde(flatten)]
    pub(super) others: Others,
}

/// Fields of `spec.cassandra` that the overlay of a datacenter brings along.
pub(super) const OF_CLUSTER: [&str; 10] = [
    "datacenters",
    "superuserSecretRef",
    "additionalSeeds",
    "serverEncryptionStores",
    "clientEncryptionStores",
    "clusterName",
    "serverType",
    // Read where all datacenters are known.
    "k8sContext",
    "stopped",
    "metadata",
];
