//! What a user may write about volumes, processor and memory.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{CSIVolumeSource, DownwardAPIVolumeSource, ProjectedVolumeSource};
use schemars::JsonSchema;
use serde::Deserialize;

use super::cassandra::TextOrNumber;

/// Requests and limits of a container, by resource: `cpu`, `memory`, `ephemeral-storage`, `hugepages-2Mi` or an
/// extended resource. Merged resource by resource.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Resources {
    /// What the scheduler reserves.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, TextOrNumber>")]
    pub requests: BTreeMap<String, String>,
    /// What the container may not exceed.
    #[serde(default)]
    #[schemars(with = "BTreeMap<String, TextOrNumber>")]
    pub limits: BTreeMap<String, String>,
}

impl Resources {
    /// Whether anything is said here.
    pub fn is_written(&self) -> bool {
        !self.requests.is_empty() || !self.limits.is_empty()
    }
}

/// The volume of the data, and additional volumes.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Storage {
    /// The StorageClass of the data volume. It should bind on `WaitForFirstConsumer`. Without it the default class of
    /// the Kubernetes cluster is used.
    pub class: Option<String>,
    /// The size that a data volume is born with, such as `500Gi`. It never changes: claim templates are immutable.
    #[schemars(with = "Option<TextOrNumber>")]
    pub size: Option<String>,
    /// The size that claims are expanded to once the volumes exist, such as `1Ti`. It only grows. `size` stays what a
    /// claim is born with; no StatefulSet changes and nothing restarts. The StorageClass must allow expansion.
    #[schemars(with = "Option<TextOrNumber>")]
    pub expand_to: Option<String>,
    /// How the data volume may be mounted. Defaults to `ReadWriteOnce`.
    pub access_mode: Option<AccessMode>,
    /// Volumes beside the data volume, mounted in the Cassandra container; `containers` and `initContainers` may mount
    /// them by name.
    #[serde(default)]
    pub additional_volumes: Vec<AdditionalVolume>,
}

/// What a datacenter or a rack says differently about the data volume.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct StorageOverrides {
    /// The StorageClass of the data volume.
    pub class: Option<String>,
    /// The size that a data volume is born with.
    #[schemars(with = "Option<TextOrNumber>")]
    pub size: Option<String>,
    /// The size that claims are expanded to.
    #[schemars(with = "Option<TextOrNumber>")]
    pub expand_to: Option<String>,
    /// How the data volume may be mounted.
    pub access_mode: Option<AccessMode>,
}

/// How a volume may be mounted (Kubernetes' own words).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum AccessMode {
    /// By the pods of one worker.
    ReadWriteOnce,
    /// By one pod.
    ReadWriteOncePod,
    /// By the pods of many workers.
    ReadWriteMany,
}

/// When an image is pulled (Kubernetes' own words).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[expect(missing_docs, reason = "the names are Kubernetes' own")]
pub enum ImagePullPolicy {
    Always,
    IfNotPresent,
    Never,
}

/// A volume beside the data volume: exactly one of `claim`, `configMap`, `secret`, `emptyDir`, `downwardAPI`, `projected`
/// and `csi`.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct AdditionalVolume {
    /// The name of the volume in the pod, a DNS label.
    pub name: String,
    /// Where it is mounted: an absolute path.
    pub mount_path: String,
    /// A claim of its own for every pod, such as a disk for the commit log. It never changes.
    pub claim: Option<VolumeClaim>,
    /// A ConfigMap that exists in the namespace.
    pub config_map: Option<NamedObject>,
    /// A Secret that exists in the namespace.
    pub secret: Option<NamedObject>,
    /// Scratch space that lives as long as the pod.
    pub empty_dir: Option<EmptyDirectory>,
    /// What the pod knows of itself (labels, annotations, limits), as files, in Kubernetes' own form.
    #[serde(rename = "downwardAPI")]
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    pub downward_api: Option<DownwardAPIVolumeSource>,
    /// ConfigMaps, Secrets, a token of the service account and what the pod knows of itself in one folder, in Kubernetes'
    /// own form.
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    pub projected: Option<ProjectedVolumeSource>,
    /// A volume that a CSI driver makes together with the pod, such as secrets of a vault, in Kubernetes' own form.
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    pub csi: Option<CSIVolumeSource>,
}

/// A claim for every pod.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct VolumeClaim {
    /// The StorageClass; without it the default class of the Kubernetes cluster.
    pub class: Option<String>,
    /// The size that it is born with.
    #[schemars(with = "TextOrNumber")]
    pub size: String,
    /// How it may be mounted. Defaults to `ReadWriteOnce`.
    pub access_mode: Option<AccessMode>,
}

/// An object of the namespace, by name.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct NamedObject {
    /// Its name.
    pub name: String,
}

/// Scratch space.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct EmptyDirectory {
    /// The size after which the pod is evicted.
    #[schemars(with = "Option<TextOrNumber>")]
    pub size_limit: Option<String>,
}
