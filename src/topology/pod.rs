//! What a user may write about pods and services.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Container, HostAlias, PodDNSConfig, PodSecurityContext};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Probes, Resources};

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
    /// The security context of the pods, in Kubernetes' own form. Without it the pods run as user and group 999 and pass
    /// the `restricted` profile. One of yours is taken as it is written, and nothing is added: `{runAsNonRoot: true,
    /// seccompProfile: {type: RuntimeDefault}}` passes the profile too and leaves all ids to the platform (OpenShift).
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    pub security_context: Option<PodSecurityContext>,
    /// Names for `/etc/hosts` of the pods, in Kubernetes' own form: `{ip: 192.0.2.7, hostnames: [ldap.example.com]}`.
    #[serde(default)]
    #[schemars(with = "Vec<serde_json::Map<String, serde_json::Value>>")]
    pub host_aliases: Vec<HostAlias>,
    /// Which name servers the pods ask. Defaults to those of the Kubernetes cluster, which know all pods.
    pub dns_policy: Option<DnsPolicy>,
    /// Name servers, search domains and options beside those of the policy, in Kubernetes' own form.
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    pub dns_config: Option<PodDNSConfig>,
    /// The RuntimeClass of the pods.
    pub runtime_class_name: Option<String>,
    /// How often and how patiently the kubelet asks the Cassandra container.
    #[serde(default)]
    pub probes: Probes,
    /// Puts the pods on the network of their worker. Its ports must be free there, and the `restricted` profile refuses
    /// such pods. Defaults to `false`.
    #[serde(default)]
    pub host_network: bool,
}

/// Which name servers the pods ask (Kubernetes' own words).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum DnsPolicy {
    /// Those of the Kubernetes cluster.
    ClusterFirst,
    /// The same for pods on the network of their worker.
    ClusterFirstWithHostNet,
    /// Those of the worker. They do not know the pods, so that no node finds another: it is refused.
    Default,
    /// Those of `dnsConfig` alone; they must know the pods.
    None,
}

impl DnsPolicy {
    /// Kubernetes' own word.
    pub fn word(self) -> &'static str {
        match self {
            Self::ClusterFirst => "ClusterFirst",
            Self::ClusterFirstWithHostNet => "ClusterFirstWithHostNet",
            Self::Default => "Default",
            Self::None => "None",
        }
    }
}

/// Amounts by resource, where the topology does not say.
pub type ResourceTable = &'static [(&'static str, &'static str)];

/// What the gate requests where the topology does not say: it waits, asks the name service and copies files.
pub const GATE_REQUESTS: ResourceTable = &[("cpu", "50m"), ("memory", "64Mi")];
/// What it may use where the topology does not say.
pub const GATE_LIMITS: ResourceTable = &[("memory", "128Mi")];

/// The init container `server-config-init`, the gate: it decides when Cassandra may start and with which seeds, and
/// writes its configuration.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Gate {
    /// Its requests and limits. Default to 50m and 64Mi, at most 128Mi. A pod has the quality of service `Guaranteed` only
    /// where every container, this one too, has equal requests and limits of `cpu` and `memory`.
    #[serde(default)]
    pub resources: Resources,
}

/// What the system logger requests where the topology does not say: Cass Operator's values in binary units
/// (`pkg/reconciliation/construct_podtemplatespec.go`).
pub const SYSTEM_LOGGER_REQUESTS: ResourceTable = &[("cpu", "100m"), ("memory", "64Mi")];
/// What it may use where the topology does not say.
pub const SYSTEM_LOGGER_LIMITS: ResourceTable = &[("memory", "128Mi")];

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
