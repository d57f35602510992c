//! What a user may write about pods and services.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Container;
use schemars::JsonSchema;
use serde::Deserialize;

use super::Resources;

/// What else the pods carry.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Pod {
    /// Labels of the pods, beside those of `metadata.labels`.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Annotations of the pods.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
    /// More containers, in Kubernetes' own form. Without a `securityContext` they get that of the `restricted` profile; a
    /// `securityContext` of their own is left as it is.
    #[serde(default)]
    #[schemars(with = "Vec<serde_json::Map<String, serde_json::Value>>")]
    pub containers: Vec<Container>,
    /// More init containers, in Kubernetes' own form; they run before cassc's own.
    #[serde(default)]
    #[schemars(with = "Vec<serde_json::Map<String, serde_json::Value>>")]
    pub init_containers: Vec<Container>,
    /// A service account that exists. Without it one without any rights is made.
    pub service_account: Option<String>,
    /// Secrets that the images are pulled with.
    #[serde(default)]
    pub image_pull_secrets: Vec<String>,
    /// How long a pod may drain before it is killed, in seconds. Defaults to 120.
    pub termination_grace_seconds: Option<u32>,
    /// Puts the pods on the network of their worker. Its ports must be free there, and the `restricted` profile refuses
    /// such pods. Defaults to `false`.
    #[serde(default)]
    pub host_network: bool,
}

/// Annotations and labels of the services.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Services {
    /// The service of each datacenter that CQL clients use; ready pods only.
    #[serde(default)]
    pub cql: ServiceOptions,
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

/// What the system logger requests where the topology does not say: Cass Operator's values in binary units
/// (`pkg/reconciliation/construct_podtemplatespec.go`).
pub const SYSTEM_LOGGER_REQUESTS: &[(&str, &str)] = &[("cpu", "100m"), ("memory", "64Mi")];
/// What it may use where the topology does not say.
pub const SYSTEM_LOGGER_LIMITS: &[(&str, &str)] = &[("memory", "128Mi")];

/// The container that prints Cassandra's `system.log` and what its start script says.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct SystemLogger {
    /// Whether there is one. Defaults to `true`.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Its image, with a tag or a digest. Defaults to the image of the Cassandra container, which then only follows the
    /// file.
    pub image: Option<String>,
    /// Its requests and limits. Default to 100m and 64Mi, at most 128Mi.
    #[serde(default)]
    pub resources: Resources,
}

impl Default for SystemLogger {
    fn default() -> Self {
        Self { enabled: true, image: None, resources: Resources::default() }
    }
}

fn yes() -> bool {
    true
}

/// Access to the Management API.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct ManagementApi {
    /// Both sides prove who they are. Without it the API is open to whoever reaches its port.
    pub tls: Option<ManagementApiTls>,
}

/// Secrets of type `kubernetes.io/tls` with `ca.crt`, `tls.crt` and `tls.key`, in the namespace of the pods.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct ManagementApiTls {
    /// The Secret of the server; the pods mount it, and their probes use it as a client too.
    pub server_secret: String,
}
