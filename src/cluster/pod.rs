//! What pods carry: volumes beside the data volume, containers, what the gate and the system logger may use.

use k8s_openapi::api::core::v1::{
    CSIVolumeSource, Container, DownwardAPIVolumeSource, HostAlias, PodDNSConfig, PodSecurityContext,
    ProjectedVolumeSource,
};
use serde::{Deserialize, Serialize};

use super::StringMap;
use crate::topology::{GATE_LIMITS, GATE_REQUESTS, ProbeTimings, ResourceTable};

/// User and group `cassandra` of the images.
pub const CASSANDRA_ID: i64 = 999;

/// What a claim is born with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VolumeClaim {
    /// The StorageClass; `None` is the default class of the Kubernetes cluster.
    pub class: Option<String>,
    /// The size, canonical.
    pub size: String,
    /// Kubernetes' own word.
    pub access_mode: String,
}

/// A volume beside the data volume.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AdditionalVolume {
    /// Its name in the pod.
    pub name: String,
    /// Where it is mounted.
    pub mount_path: String,
    /// What it is.
    pub source: VolumeSource,
}

/// What an additional volume is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum VolumeSource {
    /// A claim for every pod.
    Claim(VolumeClaim),
    /// A ConfigMap of that name.
    ConfigMap(String),
    /// A Secret of that name.
    Secret(String),
    /// Scratch space with a size limit.
    EmptyDir(Option<String>),
    /// The pod's own metadata, as files.
    #[serde(rename = "downwardAPI")]
    DownwardApi(DownwardAPIVolumeSource),
    /// Several sources in one folder.
    Projected(ProjectedVolumeSource),
    /// A volume that a CSI driver makes with the pod.
    Csi(CSIVolumeSource),
}

/// What else the pods carry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Pod {
    /// Labels of the pods alone.
    pub labels: StringMap,
    /// Annotations of the pods.
    pub annotations: StringMap,
    /// More containers.
    pub containers: Vec<Container>,
    /// More init containers.
    pub init_containers: Vec<Container>,
    /// The service account that exists; `None`: one is made.
    pub service_account: Option<String>,
    /// Secrets that the images are pulled with.
    pub image_pull_secrets: Vec<String>,
    /// How long a pod may drain, in seconds.
    pub termination_grace_seconds: u32,
    /// Whether the pods are on the network of their worker.
    pub host_network: bool,
    /// Names for `/etc/hosts`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub host_aliases: Vec<HostAlias>,
    /// Kubernetes' own word; `None`: the Kubernetes cluster's name servers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns_policy: Option<String>,
    /// More name servers, search domains and options.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dns_config: Option<PodDNSConfig>,
    /// The RuntimeClass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runtime_class_name: Option<String>,
    /// When the Cassandra container is asked, where that is not as by default.
    #[serde(default, skip_serializing_if = "Probes::is_default")]
    pub probes: Probes,
    /// The user's security context; `None`: cassc's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub security_context: Option<PodSecurityContext>,
}

/// The container that prints `system.log`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SystemLogger {
    /// Its image.
    pub image: String,
    /// Its requests, canonical.
    pub requests: StringMap,
    /// Its limits, canonical.
    pub limits: StringMap,
}

/// What the gate requests and may use, canonical.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gate {
    /// Its requests.
    pub requests: StringMap,
    /// Its limits.
    pub limits: StringMap,
}

impl Default for Gate {
    fn default() -> Self {
        let defaults = |table: ResourceTable| {
            table.iter().map(|(resource, amount)| ((*resource).to_owned(), (*amount).to_owned())).collect()
        };
        Self { requests: defaults(GATE_REQUESTS), limits: defaults(GATE_LIMITS) }
    }
}

impl Gate {
    /// Whether it is as it was before there was a field for it: then the lock does not name it.
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// When the Cassandra container is asked. What is not written follows the generation of defaults.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Probes {
    /// Whether the Management API lives.
    #[serde(skip_serializing_if = "is_default_timing")]
    pub liveness: ProbeTimings,
    /// Whether the node serves.
    #[serde(skip_serializing_if = "is_default_timing")]
    pub readiness: ProbeTimings,
    /// Before both, if set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub startup: Option<ProbeTimings>,
}

fn is_default_timing(timings: &ProbeTimings) -> bool {
    *timings == ProbeTimings::default()
}

impl Probes {
    /// Whether nothing is written: then the lock does not name it.
    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::cluster::Cluster;
    use crate::cluster::fixtures::shop;

    /// Locks of before there was a field must not change by its being there, and must be read.
    #[test]
    fn what_nobody_wrote_is_not_in_the_lock() {
        let cluster = shop();
        let value = json!(cluster);
        assert!(value.get("gate").is_none());
        let pod = ["hostAliases", "dnsPolicy", "dnsConfig", "runtimeClassName", "probes", "securityContext"];
        for field in pod {
            assert!(value["pod"].get(field).is_none(), "{field}");
        }
        for field in ["nodeAffinity", "schedulerName"] {
            assert!(value["datacenters"][0]["racks"][0]["scheduling"].get(field).is_none(), "{field}");
        }
        assert_eq!(serde_json::from_value::<Cluster>(value).expect("a cluster is read back"), cluster);
    }
}
