//! Volumes, CPU and memory.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{CSIVolumeSource, DownwardAPIVolumeSource, ProjectedVolumeSource};
use schemars::JsonSchema;
use serde::Deserialize;

use super::WhenNodesLeave;
use super::cassandra::TextOrNumber;

/// Requests and limits of a container by resource: `cpu`, `memory`, `ephemeral-storage`, `hugepages-2Mi` or an extended
/// resource. Each missing resource is inherited.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Resources {
    /// The amounts that the scheduler reserves, such as `{cpu: "4", memory: 16Gi}`.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, TextOrNumber>")]
    pub requests: BTreeMap<String, String>,
    /// The amounts that the container must not exceed, such as `{memory: 16Gi}`. The heap is computed from the memory limit.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, TextOrNumber>")]
    pub limits: BTreeMap<String, String>,
}

impl Resources {
    /// Whether anything is written here.
    pub(crate) fn is_written(&self) -> bool {
        !self.requests.is_empty() || !self.limits.is_empty()
    }
}

/// The data volume, and additional volumes.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Storage {
    /// The StorageClass of the data volume, preferably with `volumeBindingMode: WaitForFirstConsumer`. Defaults to the default
    /// class of the Kubernetes cluster. It cannot change once deployed.
    pub class: Option<String>,
    /// The size of a new data volume, such as `500Gi`. It cannot change once deployed (volumeClaimTemplates are immutable); use
    /// `expandTo` to grow volumes.
    #[schemars(with = "Option<TextOrNumber>")]
    pub size: Option<String>,
    /// The size to which existing PVCs are expanded, such as `1Ti`. It can only grow. `size` stays unchanged, and no pod
    /// restarts. The StorageClass must allow expansion.
    #[schemars(with = "Option<TextOrNumber>")]
    pub expand_to: Option<String>,
    /// The access mode of the data volume. Defaults to `ReadWriteOnce`. It cannot change once deployed.
    pub access_mode: Option<AccessMode>,
    /// What happens to all PVCs of a node that left the ring. `delete` needs `steps`. Defaults to `retain`.
    pub when_nodes_leave: Option<WhenNodesLeave>,
    /// Additional volumes, mounted in the Cassandra container. `pod.containers` and `pod.initContainers` can mount them by
    /// name.
    #[serde(default)]
    pub additional_volumes: Vec<AdditionalVolume>,
}

/// The data volume in one datacenter or rack. Missing settings are inherited.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct StorageOverrides {
    /// The StorageClass of the data volume. It cannot change once deployed.
    pub class: Option<String>,
    /// The size of a new data volume, such as `500Gi`. It cannot change once deployed.
    #[schemars(with = "Option<TextOrNumber>")]
    pub size: Option<String>,
    /// The size to which existing PVCs are expanded, such as `1Ti`. It can only grow.
    #[schemars(with = "Option<TextOrNumber>")]
    pub expand_to: Option<String>,
    /// The access mode of the data volume. It cannot change once deployed.
    pub access_mode: Option<AccessMode>,
    /// What happens to all PVCs of a node that left the ring. `delete` needs `steps`.
    pub when_nodes_leave: Option<WhenNodesLeave>,
}

/// The access mode of a volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[expect(clippy::enum_variant_names, reason = "the names are Kubernetes' own")]
pub enum AccessMode {
    /// For the pods of one worker.
    ReadWriteOnce,
    /// For one pod.
    ReadWriteOncePod,
    /// For the pods of several workers.
    ReadWriteMany,
}

/// When an image is pulled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum ImagePullPolicy {
    Always,
    IfNotPresent,
    Never,
}

/// A volume in addition to the data volume, with exactly one of `claim`, `configMap`, `secret`, `emptyDir`,
/// `downwardAPI`, `projected` and `csi`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct AdditionalVolume {
    /// The name of the volume in the pod, a DNS label.
    pub name: String,
    /// The absolute path in the Cassandra container, such as `/commitlog`. At `/var/log/cassandra` the volume, a `claim` or an
    /// `emptyDir`, takes the place of the one for the logs.
    pub mount_path: String,
    /// A PVC for each pod, such as a disk for the commit log. It is immutable.
    pub claim: Option<VolumeClaim>,
    /// An existing ConfigMap in the namespace of the pods.
    pub config_map: Option<NamedObject>,
    /// An existing Secret in the namespace of the pods.
    pub secret: Option<NamedObject>,
    /// A directory that is deleted with the pod.
    pub empty_dir: Option<EmptyDirectory>,
    /// Labels, annotations and limits of the pod as files, in the form of Kubernetes.
    #[serde(rename = "downwardAPI")]
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    pub downward_api: Option<DownwardAPIVolumeSource>,
    /// Several sources in one directory (ConfigMaps, Secrets, service account tokens, fields of the pod), in the form of
    /// Kubernetes.
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    pub projected: Option<ProjectedVolumeSource>,
    /// A CSI ephemeral volume, such as secrets of a vault, in the form of Kubernetes.
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    pub csi: Option<CSIVolumeSource>,
}

/// A claim for every pod.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct VolumeClaim {
    /// The StorageClass. Defaults to the default class of the Kubernetes cluster.
    pub class: Option<String>,
    /// The size, such as `50Gi`.
    #[schemars(with = "TextOrNumber")]
    pub size: String,
    /// The access mode. Defaults to `ReadWriteOnce`.
    pub access_mode: Option<AccessMode>,
}

/// A reference to an object in the namespace.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct NamedObject {
    /// The name of the object.
    pub name: String,
}

/// A temporary volume.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct EmptyDirectory {
    /// The size above which the pod is evicted, such as `1Gi`. Unlimited by default.
    #[schemars(with = "Option<TextOrNumber>")]
    pub size_limit: Option<String>,
}
