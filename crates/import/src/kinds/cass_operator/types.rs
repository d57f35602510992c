//! The fields of the resource (k8ssandra/cass-operator d5697290, `apis/cassandra/v1beta1/cassandradatacenter_types.go`).

use serde::Deserialize;
use serde_json::Value;

use crate::pods::Others;

/// `spec`. What is read further by its own reader is a value here.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[allow(clippy::struct_excessive_bools)] // as many as the resource has
pub(super) struct Spec {
    pub(super) size: Option<u32>,
    pub(super) server_version: String,
    pub(super) server_image: Option<String>,
    pub(super) server_type: String,
    pub(super) docker_image_runs_as_cassandra: Option<bool>,
    pub(super) config: Option<Value>,
    pub(super) config_secret: Option<String>,
    pub(super) management_api_auth: Option<ManagementApiAuth>,
    pub(super) node_affinity_labels: Option<Value>,
    pub(super) resources: Option<Value>,
    pub(super) system_logger_resources: Option<Value>,
    pub(super) config_builder_resources: Option<Value>,
    pub(super) racks: Option<Value>,
    pub(super) storage_config: Option<Value>,
    pub(super) replace_nodes: Vec<String>,
    pub(super) cluster_name: String,
    pub(super) stopped: bool,
    pub(super) config_builder_image: Option<String>,
    pub(super) canary_upgrade: bool,
    pub(super) canary_upgrade_count: Option<u32>,
    pub(super) allow_multiple_nodes_per_worker: bool,
    pub(super) superuser_secret_name: Option<String>,
    pub(super) service_account: Option<String>,
    pub(super) service_account_name: Option<String>,
    pub(super) rolling_restart_requested: bool,
    pub(super) node_selector: Option<Value>,
    pub(super) force_upgrade_racks: Vec<String>,
    pub(super) dse_workloads: Option<Value>,
    pub(super) pod_template_spec: Option<Value>,
    pub(super) users: Vec<User>,
    pub(super) networking: Option<Value>,
    pub(super) additional_seeds: Vec<String>,
    pub(super) disable_system_logger_sidecar: bool,
    pub(super) system_logger_image: Option<String>,
    pub(super) additional_service_config: Option<Value>,
    pub(super) tolerations: Option<Value>,
    pub(super) additional_labels: Option<Value>,
    pub(super) additional_annotations: Option<Value>,
    pub(super) cdc: Option<Value>,
    pub(super) datacenter_name: Option<String>,
    pub(super) min_ready_seconds: Option<u32>,
    pub(super) max_unavailable: Option<Value>,
    pub(super) read_only_root_filesystem: Option<bool>,
    #[serde(flatten)]
    pub(super) others: Others,
}

/// `spec.managementApiAuth`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct ManagementApiAuth {
    pub(super) insecure: Option<Value>,
    pub(super) manual: Option<Value>,
    #[serde(flatten)]
    pub(super) others: Others,
}

/// `spec.users[]`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct User {
    pub(super) secret_name: String,
    pub(super) superuser: bool,
    #[serde(flatten)]
    pub(super) others: Others,
}
