//! The resolved cluster: every default filled in, every name built, racks sized, seeds chosen, quantities in their
//! canonical form. Made by [`crate::resolve`] from a [`crate::check::Checked`] topology; read by every later stage and kept in
//! `cassc.lock`, so its fields are a format: they are added, never renamed.

mod delivery;
pub mod generation;
mod monitoring;
mod network;
mod nodes;
mod overrides;
mod pod;
mod reaper;
mod services;
mod steps;

use std::collections::BTreeMap;
use std::str::FromStr;

use k8s_openapi::api::core::v1::{NodeAffinity, Toleration};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

pub use cassc_ring::desired::{Rollout, WhenNodesLeave};
pub use delivery::{ArgocdSource, FluxSource, Repository};
pub use monitoring::{AlertRules, Dashboards, Monitoring, ServiceMonitor};
pub use network::Network;
pub use nodes::Node;
pub use overrides::Overrides;
pub use pod::{AdditionalVolume, CASSANDRA_ID, Gate, Pod, Probes, SystemLogger, VolumeClaim, VolumeSource};
pub use reaper::Reaper;
pub use services::{CqlService, OwnServices, ServiceOptions, Services};
pub use steps::Steps;

use cassc_ring::release::Release;

use crate::kubernetes::release::KubernetesMinor;
use crate::topology::{
    Acceptance, AntiAffinity, Authenticator, Dialect, EnvironmentValue, Founding, GarbageCollector, LogLevel,
    WhenUnsatisfiable,
};

/// Labels or annotations.
pub(crate) type StringMap = BTreeMap<String, String>;

/// One Cassandra cluster, complete.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cluster {
    /// The name in Kubernetes; object names begin with it.
    pub name: String,
    /// The label value of `cassandra.datastax.com/cluster`, as the operator makes it.
    pub label: String,
    /// Cassandra's `cluster_name`.
    pub ring_name: String,
    /// Labels of all objects and pods.
    pub labels: StringMap,
    /// Annotations of all objects.
    pub annotations: StringMap,
    /// Whether the first pod may found the ring.
    pub founding: Founding,
    /// The oldest API server that the objects are made for.
    #[serde(serialize_with = "as_text", deserialize_with = "from_text")]
    pub kubernetes: KubernetesMinor,
    /// The DNS domain of Kubernetes.
    pub domain: String,
    /// The version of Cassandra.
    pub version: Release,
    /// The image of gate, Cassandra and system logger.
    pub image: String,
    /// Whether the image was named by the user.
    pub custom_image: bool,
    /// Kubernetes' own word.
    pub image_pull_policy: String,
    /// Environment variables of the Cassandra container.
    pub environment: BTreeMap<String, EnvironmentValue>,
    /// Log levels by logger.
    pub logging: BTreeMap<String, LogLevel>,
    /// Replicas per datacenter of Cassandra's own distributed keyspaces.
    pub system_replication: u32,
    /// How clients prove who they are.
    pub authenticator: Authenticator,
    /// The Secret of the first role, made by the user.
    pub superuser_secret: String,
    /// The datacenters, the founding one first.
    pub datacenters: Vec<Datacenter>,
    /// What else the pods carry, of all datacenters that do not say otherwise.
    pub pod: Pod,
    /// Volumes beside the data volume.
    pub additional_volumes: Vec<AdditionalVolume>,
    /// Labels and annotations of the services.
    pub services: Services,
    /// What `NetworkPolicies` let through; `None` without any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub network: Option<Network>,
    /// The container that prints `system.log`.
    pub system_logger: Option<SystemLogger>,
    /// What the gate requests and may use.
    #[serde(default, skip_serializing_if = "Gate::is_default")]
    pub gate: Gate,
    /// The Secret with certificate and key of the Management API, of all datacenters that have no other one.
    pub management_api_secret: Option<String>,
    /// Nodes of this Cassandra cluster that run elsewhere.
    pub additional_seeds: AdditionalSeeds,
    /// How the objects travel.
    pub dialect: Dialect,
    /// Where the delivery tool finds them, where that is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<Repository>,
    /// Whether a delivery tool that cassc renders nothing for leaves replicas of live StatefulSets alone.
    #[serde(default, skip_serializing_if = "is_default")]
    pub ignores_replicas: bool,
    /// The generation of defaults that the pod templates are made with; clusters of before there were any have the
    /// first.
    #[serde(default = "generation::oldest")]
    pub revision: u32,
    /// Counts the changes of the desired ring and of pod templates since the first lock, so that no two of them give
    /// the steps the same name. See [`crate::render::next_generation`].
    #[serde(default = "first_generation")]
    pub generation: u64,
    /// How pods are restarted.
    #[serde(default)]
    pub rollout: Rollout,
    /// The program in the cluster; `None` where it does not run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<Steps>,
    /// What is rendered for Prometheus and Grafana.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub monitoring: Option<Monitoring>,
    /// The accepted diagnostics: what is forced on a cluster that is to be deleted stands only here.
    #[serde(default)]
    pub accept: Vec<Acceptance>,
    /// Patches of the rendered objects.
    #[serde(default, skip_serializing_if = "Overrides::is_empty")]
    pub overrides: Overrides,
}

/// A datacenter, complete.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Datacenter {
    /// The name in Kubernetes, and the label value of `cassandra.datastax.com/datacenter`.
    pub name: String,
    /// The name in Cassandra.
    pub ring_name: String,
    /// The Kubernetes cluster that it runs in; `None` is the only one.
    pub kube_cluster: Option<String>,
    /// The namespace of its objects; `None` leaves it to the delivery tool.
    pub namespace: Option<String>,
    /// The CQL port: 9042, or the node port.
    pub native_port: u16,
    /// The CQL port on every worker.
    pub node_port: Option<u16>,
    /// What the datacenter has of its own for CQL clients.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cql_service: Option<CqlService>,
    /// What else its pods carry, where that is not as in the cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pod: Option<Pod>,
    /// Labels and annotations of its other services, where it has some of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub services: Option<OwnServices>,
    /// Where nodes of other Kubernetes clusters reach nodes of this datacenter.
    #[serde(default, skip_serializing_if = "is_default")]
    pub reachable_seeds: AdditionalSeeds,
    /// How many pods may be taken away at once.
    #[serde(default = "one_pod", skip_serializing_if = "is_one_pod")]
    pub max_unavailable: u32,
    /// The heap of the Management API in MiB; `None`: that of the image.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub management_api_heap: Option<u64>,
    /// The Secret of the Management API here, if it is not that of the cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub management_api_secret: Option<String>,
    /// The datacenter that it copies its data from when it is new, by its name in Cassandra.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rebuild_from: Option<String>,
    /// The racks.
    pub racks: Vec<Rack>,
    /// The pods that are Cassandra's seeds here, in the order of starting.
    pub seeds: Vec<String>,
}

/// A rack, complete: one StatefulSet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rack {
    /// The name in Kubernetes.
    pub name: String,
    /// The label value of `cassandra.datastax.com/rack`, as the operator makes it.
    pub label: String,
    /// The name in Cassandra.
    pub ring_name: String,
    /// The name of the StatefulSet.
    pub stateful_set: String,
    /// Cassandra nodes, one pod each.
    pub nodes: u32,
    /// Labels that a worker must carry, the zone among them.
    pub node_labels: StringMap,
    /// The keys of `cassandra.yaml` that the user wrote, merged.
    pub config: BTreeMap<String, Value>,
    /// The Java virtual machine.
    pub jvm: Jvm,
    /// Requests of the Cassandra container, canonical.
    pub requests: StringMap,
    /// Limits of the Cassandra container, canonical.
    pub limits: StringMap,
    /// The data volume.
    pub storage: VolumeClaim,
    /// The size that the claims of the data volume are expanded to, canonical.
    #[serde(default)]
    pub expand_to: Option<String>,
    /// What happens to the claims of nodes that leave.
    #[serde(default, skip_serializing_if = "is_default")]
    pub when_nodes_leave: WhenNodesLeave,
    /// Which workers the pods go to.
    pub scheduling: Scheduling,
    /// The restart tokens by the level that they are written at; the last one of each level stays when it is removed.
    #[serde(default)]
    pub restart: RestartTokens,
}

/// The tokens that a rack was last restarted by. Together they stand in the pod template.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are the levels of the topology")]
pub struct RestartTokens {
    pub cluster: Option<String>,
    pub datacenter: Option<String>,
    pub rack: Option<String>,
}

/// The Java virtual machine of a rack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Jvm {
    /// The heap in MiB.
    pub heap_mebibytes: u64,
    /// How the heap came about, for the comment above it. From the third generation of defaults on, the comment takes only
    /// what stands before the colon, and counts memory outside the heap too.
    pub heap_reason: String,
    /// The young generation in MiB that is computed where the collector wants it said.
    pub young_mebibytes: Option<u64>,
    /// The young generation in MiB that is written, and holds instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub written_young_mebibytes: Option<u64>,
    /// The heap in MiB to begin with, where it is not the whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initial_mebibytes: Option<u64>,
    /// The garbage collector.
    pub garbage_collector: GarbageCollector,
    /// More options.
    pub options: Vec<String>,
}

/// Which workers the pods of a rack go to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Scheduling {
    /// Whether pods of the cluster are kept from sharing a worker; `None`: they are not.
    pub anti_affinity: Option<AntiAffinity>,
    /// The tolerated taints.
    pub tolerations: Vec<Toleration>,
    /// What workers must and should be like, beside the node labels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node_affinity: Option<NodeAffinity>,
    /// The scheduler; `None` is that of Kubernetes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduler_name: Option<String>,
    /// The PriorityClass.
    pub priority_class: Option<String>,
    /// How the pods of the datacenter are spread.
    pub topology_spread: Vec<TopologySpread>,
}

/// A spread over the values of a worker's label.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TopologySpread {
    /// The label.
    pub topology_key: String,
    /// How far the counts may differ.
    pub max_skew: u16,
    /// What to do when it cannot be kept.
    pub when_unsatisfiable: WhenUnsatisfiable,
}

/// Nodes of this Cassandra cluster that run elsewhere, by kind of address (an `EndpointSlice` holds one kind).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AdditionalSeeds {
    /// IPv4 addresses.
    pub ipv4: Vec<String>,
    /// IPv6 addresses.
    pub ipv6: Vec<String>,
    /// DNS names.
    pub names: Vec<String>,
}

impl AdditionalSeeds {
    /// All of them, addresses first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &String> {
        self.ipv4.iter().chain(&self.ipv6).chain(&self.names)
    }
}

/// What a disruption budget allowed before there was a field for it, and allows by default.
fn one_pod() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_one_pod(pods: &u32) -> bool {
    *pods == one_pod()
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn first_generation() -> u64 {
    1
}

fn from_text<'de, T: FromStr<Err: std::fmt::Display>, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
}

fn as_text<T: std::fmt::Display, S: serde::Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

/// A cluster for the tests of other modules.
#[cfg(test)]
pub(crate) mod fixtures {
    use super::Cluster;
    use crate::check::fixtures::checked;
    use crate::resolve::resolve;

    /// One datacenter of one node.
    pub(crate) fn shop() -> Cluster {
        let text = "apiVersion: cassc/v1alpha1\nkind: CassandraTopology\nmetadata: {name: shop}\nspec:\n  \
                    cassandra: {version: 4.1.9}\n  resources: {limits: {memory: 8Gi}}\n  storage: {size: 10Gi}\n  \
                    datacenters: [{name: dc1, nodes: 1}]\n";
        resolve(&checked(text), None)
    }
}
