//! Settings of pods and services.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{Container, HostAlias, PodDNSConfig, PodSecurityContext};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Probes, Resources, Spec};

/// Labels, extra containers and other settings of the pods. In a datacenter, labels and annotations are laid over those of the
/// cluster key by key, the timings of a probe field by field; every other field replaces that of the cluster.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Pod {
    /// Labels of the pods, in addition to `metadata.labels`.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Annotations of the pods.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
    /// Extra containers, in the form of Kubernetes. A container without `securityContext` gets one that complies with the
    /// `restricted` Pod Security Standard; your own `securityContext` is not changed.
    #[schemars(with = "Option<Vec<serde_json::Map<String, serde_json::Value>>>")]
    pub containers: Option<Vec<Container>>,
    /// Extra init containers, in the form of Kubernetes. They run before the init containers of cassc.
    #[schemars(with = "Option<Vec<serde_json::Map<String, serde_json::Value>>>")]
    pub init_containers: Option<Vec<Container>>,
    /// The name of an existing ServiceAccount. Default: cassc renders a ServiceAccount without permissions.
    pub service_account: Option<String>,
    /// The names of existing Secrets for pulling images.
    pub image_pull_secrets: Option<Vec<String>>,
    /// Seconds that a pod has to drain before the kubelet kills it. Defaults to 120.
    pub termination_grace_seconds: Option<u32>,
    /// The security context of the pods, in the form of Kubernetes. By default the pods run as user and group 999 and comply with
    /// the `restricted` Pod Security Standard. Your own security context is not changed. `{runAsNonRoot: true, seccompProfile:
    /// {type: RuntimeDefault}}` also complies, and lets the platform (such as OpenShift) choose the ids.
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    pub security_context: Option<PodSecurityContext>,
    /// Entries of `/etc/hosts` in the pods, in the form of Kubernetes: `{ip: 192.0.2.7, hostnames: [ldap.example.com]}`.
    #[schemars(with = "Option<Vec<serde_json::Map<String, serde_json::Value>>>")]
    pub host_aliases: Option<Vec<HostAlias>>,
    /// The name servers of the pods. Defaults to those of the Kubernetes cluster, which resolve the names of all pods.
    pub dns_policy: Option<DnsPolicy>,
    /// Name servers, search domains and options in addition to those of `dnsPolicy`, in the form of Kubernetes.
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    pub dns_config: Option<PodDNSConfig>,
    /// The name of the RuntimeClass of the pods.
    pub runtime_class_name: Option<String>,
    /// The timings of the probes of the Cassandra container.
    #[serde(default)]
    pub probes: Probes,
    /// Whether the pods use the network of their worker. Their ports must be free on the worker. The `restricted` Pod
    /// Security Standard does not allow it. Defaults to `false`.
    pub host_network: Option<bool>,
}

impl Pod {
    /// The pods of a datacenter: what it writes itself, laid over what the cluster writes.
    pub(crate) fn with(&self, own: &Self) -> Self {
        let merged = |outer: &BTreeMap<String, String>, inner: &BTreeMap<String, String>| {
            outer.clone().into_iter().chain(inner.clone()).collect()
        };
        Self {
            labels: merged(&self.labels, &own.labels),
            annotations: merged(&self.annotations, &own.annotations),
            containers: own.containers.clone().or_else(|| self.containers.clone()),
            init_containers: own.init_containers.clone().or_else(|| self.init_containers.clone()),
            service_account: own.service_account.clone().or_else(|| self.service_account.clone()),
            image_pull_secrets: own.image_pull_secrets.clone().or_else(|| self.image_pull_secrets.clone()),
            termination_grace_seconds: own.termination_grace_seconds.or(self.termination_grace_seconds),
            security_context: own.security_context.clone().or_else(|| self.security_context.clone()),
            host_aliases: own.host_aliases.clone().or_else(|| self.host_aliases.clone()),
            dns_policy: own.dns_policy.or(self.dns_policy),
            dns_config: own.dns_config.clone().or_else(|| self.dns_config.clone()),
            runtime_class_name: own.runtime_class_name.clone().or_else(|| self.runtime_class_name.clone()),
            probes: self.probes.with(own.probes),
            host_network: own.host_network.or(self.host_network),
        }
    }

    /// Whether anything is written here.
    pub(crate) fn is_written(&self) -> bool {
        *self != Self::default()
    }

    /// Whether a field is written here, by its name. Labels, annotations and probes are merged, and stand at both levels.
    pub(crate) fn writes(&self, field: &str) -> bool {
        match field {
            "containers" => self.containers.is_some(),
            "initContainers" => self.init_containers.is_some(),
            "serviceAccount" => self.service_account.is_some(),
            "imagePullSecrets" => self.image_pull_secrets.is_some(),
            "terminationGraceSeconds" => self.termination_grace_seconds.is_some(),
            "securityContext" => self.security_context.is_some(),
            "hostAliases" => self.host_aliases.is_some(),
            "dnsPolicy" => self.dns_policy.is_some(),
            "dnsConfig" => self.dns_config.is_some(),
            "runtimeClassName" => self.runtime_class_name.is_some(),
            "hostNetwork" => self.host_network.is_some(),
            other => unreachable!("`{other}` is merged, or is no field of a pod"),
        }
    }
}

/// The name servers of the pods, as `dnsPolicy` in Kubernetes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum DnsPolicy {
    /// Those of the Kubernetes cluster.
    ClusterFirst,
    /// Those of the Kubernetes cluster, for pods with `hostNetwork`.
    ClusterFirstWithHostNet,
    /// Those of the worker. They do not resolve the names of the pods, so cassc refuses this value.
    Default,
    /// Only those of `dnsConfig`. They must resolve the names of the pods.
    None,
}

impl DnsPolicy {
    /// The value in the Kubernetes API.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::ClusterFirst => "ClusterFirst",
            Self::ClusterFirstWithHostNet => "ClusterFirstWithHostNet",
            Self::Default => "Default",
            Self::None => "None",
        }
    }
}

/// Default amounts: pairs of a resource and a quantity.
pub(crate) type ResourceTable = &'static [(&'static str, &'static str)];

/// The default requests of the gate, which waits, resolves DNS names and copies files.
pub(crate) const GATE_REQUESTS: ResourceTable = &[("cpu", "50m"), ("memory", "64Mi")];
/// The default limits of the gate.
pub(crate) const GATE_LIMITS: ResourceTable = &[("memory", "128Mi")];

/// The init container `server-config-init`, the gate: it decides when Cassandra may start and with which seeds, and
/// writes its configuration.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Gate {
    /// Requests and limits of the gate. Default: requests 50m CPU and 64Mi memory, limit 128Mi memory. A pod has the QoS class
    /// `Guaranteed` only if all containers, including the gate, have equal requests and limits of `cpu` and `memory`.
    #[serde(default)]
    pub resources: Resources,
}

/// The default requests of the system logger: Cass Operator's values in binary units
/// (`pkg/reconciliation/construct_podtemplatespec.go`).
pub(crate) const SYSTEM_LOGGER_REQUESTS: ResourceTable = &[("cpu", "100m"), ("memory", "64Mi")];
/// The default limits of the system logger.
pub(crate) const SYSTEM_LOGGER_LIMITS: ResourceTable = &[("memory", "128Mi")];

/// The container `server-system-logger`, which prints Cassandra's `system.log` and the output of its start script.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct SystemLogger {
    /// Whether the container is rendered. Defaults to `true`.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// The image of the container, with a tag or a digest. Defaults to the image of the Cassandra container, with a command
    /// that follows the log file.
    pub image: Option<String>,
    /// Requests and limits of the container. Default: requests 100m CPU and 64Mi memory, limit 128Mi memory.
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

/// Access to the Management API, and its memory.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct ManagementApi {
    /// The heap of the Management API, a JVM beside that of Cassandra in the same container: a binary size such as `256Mi`, at
    /// least 64 MiB. Without it the image takes 128 MiB. It counts in the memory that the container needs.
    pub heap: Option<String>,
    /// Mutual TLS. By default every client that reaches the port 8080 of a pod can use the API.
    pub tls: Option<ManagementApiTls>,
}

impl Spec {
    /// Whether the Management API has certificates: all nodes do, or none.
    pub(crate) fn has_management_certificates(&self) -> bool {
        let own = self.datacenters.iter().map(|datacenter| &datacenter.management_api);
        own.chain([&self.management_api]).any(|api| api.tls.is_some())
    }
}

/// Mutual TLS of the Management API. The Secret has the type `kubernetes.io/tls` and the keys `ca.crt`, `tls.crt` and
/// `tls.key`, and is in the namespace of the pods.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct ManagementApiTls {
    /// The name of the Secret. The pods mount it, and the probes use it as their client certificate.
    pub server_secret: String,
}
