//! The topology language. The doc comments here are the descriptions of the JSON Schema and so the documentation for users:
//! unit, default, effect, example. Read by [`crate::parse`]; [`crate::cluster`] fills in defaults, and [`crate::check`]
//! checks values.

mod cassandra;
mod datacenter;
mod delivery;
mod environment;
pub(crate) mod foreign_names;
pub(crate) mod merge;
mod monitoring;
mod network;
mod operations;
pub(crate) mod overrides;
mod pod;
mod probes;
mod repair;
pub(crate) mod repository;
mod rollout;
mod scheduling;
mod services;
mod steps;
mod storage;
mod switch;

use std::collections::BTreeMap;

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use serde_json::{Value, json};

pub use cassandra::{Auth, Authenticator, Cassandra, Jvm, LogLevel, Role, Superuser};
pub use cassandra::{CassandraOverrides, Config};
pub(crate) use cassc_cassandra::jvm::GarbageCollector;
pub(crate) use cassc_ring::desired::{Cleanup, WhenNodesLeave};
pub(crate) use cassc_ring::founding::Founding;
pub use datacenter::{Datacenter, NodePort, Rack, default_racks};
pub use delivery::{Acceptance, ArgocdDelivery, Delivery, Dialect, FluxDelivery, SourceKind, SourceRef};
pub(crate) use environment::TEXT_OR_SECRET;
pub use environment::{EnvironmentValue, FromSecret, SecretKey};
pub use monitoring::{ALERTS, AlertRules, Collect, Dashboards, Monitoring, ServiceMonitor, Thresholds};
pub(crate) use monitoring::{BadValue, DASHBOARD_LABEL, RUNBOOKS, SCRAPE_INTERVAL, bad_interval, bad_rules};
pub(crate) use network::{API_SERVER_PORTS, DNS_PORTS, EVERY_NAMESPACE, MOST_PEERS};
pub use network::{ApiServer, Dns, Network, Peer};
pub use operations::{Field, Operation, Takes};
pub(crate) use operations::{MOST_OPERATIONS, bad_token, bad_values, misfits};
pub use overrides::{OVERRIDDEN_KINDS, Override};
pub use pod::{DnsPolicy, Gate, ManagementApi, ManagementApiTls, Pod, SystemLogger};
pub(crate) use pod::{GATE_LIMITS, GATE_REQUESTS, ResourceTable, SYSTEM_LOGGER_LIMITS, SYSTEM_LOGGER_REQUESTS};
pub use probes::{ProbeTimings, Probes};
pub(crate) use repair::{
    BESIDE_REAPER_HEAP, MOST_SCHEDULES, REAPER_HEAP, REAPER_KEYSPACE, REAPER_LIMITS, REAPER_REQUESTS, ReaperVersion,
    bad_values as bad_values_of_schedule, common_table, is_keyspace, keyspace_expected, misfits as misfits_of_schedule,
    version_fault,
};
pub use repair::{Reaper, ReaperAuth, ReaperStorage, ReaperVolume, Repair, Schedule};
pub use rollout::{Canary, Rollout};
pub(crate) use rollout::{LONGEST_TOKEN, is_token};
pub use scheduling::{AntiAffinity, Scheduling, TopologySpread, WhenUnsatisfiable};
pub use services::{CqlService, CqlServiceType, DisruptionBudget};
pub use services::{ServiceOptions, Services, TrafficPolicy};
pub use steps::Steps;
pub(crate) use steps::{DEFAULT_ROLE, LONGEST_ROLE_NAME, STEP_LIMITS, STEP_REQUESTS, is_role_name, schedule_fault};
pub(crate) use storage::{
    AccessMode, AdditionalVolume, EmptyDirectory, ImagePullPolicy, Resources, Storage, StorageOverrides,
};
pub(crate) use switch::SWITCH_OR_SETTINGS;
pub use switch::Switch;

/// The only supported `apiVersion`.
pub(crate) const API_VERSION: &str = "cassc/v1alpha1";
/// The only supported `kind`.
pub(crate) const KIND: &str = "CassandraTopology";

/// The JSON Schema of the language, as it is committed under `schemas/` and printed by `cassc schema`.
pub fn json_schema() -> String {
    let settings = SchemaSettings::draft2020_12().with_transform(RecursiveTransform(allow_plain_scalars));
    let schema = settings.into_generator().into_root_schema_for::<CassandraTopology>();
    serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n"
}

/// Free text may be written without quotes, also where YAML reads a number or a boolean: `team: 5`, `version: 1.33`. The
/// reader takes such a scalar as it is written.
fn allow_plain_scalars(schema: &mut Schema) {
    if schema.get("enum").is_some() || schema.get("const").is_some() {
        return;
    }
    let plain = |rest: &[&str]| ["string", "number", "boolean"].iter().chain(rest).copied().map(Value::from).collect();
    let Some(types) = schema.get_mut("type") else { return };
    if *types == json!("string") {
        *types = plain(&[]);
    } else if *types == json!(["string", "null"]) {
        *types = plain(&["null"]);
    }
}

/// One Cassandra cluster. `cassc render` compiles it into Kubernetes objects.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct CassandraTopology {
    /// Always `cassc/v1alpha1`.
    #[schemars(extend("const" = "cassc/v1alpha1"))]
    pub api_version: String,
    /// Always `CassandraTopology`.
    #[schemars(extend("const" = "CassandraTopology"))]
    pub kind: String,
    /// Name and namespace of the cluster in Kubernetes, and labels and annotations of all its objects.
    pub metadata: Metadata,
    /// The configuration of the cluster.
    pub spec: Spec,
}

/// Name and namespace of the cluster in Kubernetes, and labels and annotations of all its objects.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Metadata {
    /// The name of the cluster in Kubernetes, at the start of all object names. A DNS label that starts with a letter, such as
    /// `shop`. It cannot change once the cluster is deployed.
    pub name: String,
    /// The namespace of all objects. A datacenter may use a different one. By default the objects have no namespace, and the
    /// delivery tool chooses it. It cannot change once the cluster is deployed.
    pub namespace: Option<String>,
    /// Labels of all objects and pods, such as `{team: platform}`. They are not used in selectors or volumeClaimTemplates,
    /// which are immutable.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Annotations of all objects except pods (see `spec.pod.annotations`). Annotations for `kubectl`, kustomize
    /// (`config.kubernetes.io/…`) and delivery tools are about this file and are not rendered.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
}

/// The configuration of the cluster. Datacenters inherit its settings, and racks those of their datacenter.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Spec {
    /// `cluster_name` in `cassandra.yaml`. Defaults to `metadata.name`. It is immutable: Cassandra does not start with the data
    /// of a cluster with a different name.
    pub cluster_name: Option<String>,
    /// Whether the first pod may found a new ring. Defaults to `auto`. Write `never` once every node has been ready under cassc:
    /// from then on its volume carries a mark that it is a member. Volumes of an adopted or restored cluster do not carry it yet.
    #[serde(default)]
    pub founding: Founding,
    /// Properties of the Kubernetes cluster.
    #[serde(default)]
    pub kubernetes: Kubernetes,
    /// Version, image and configuration of Cassandra.
    pub cassandra: Cassandra,
    /// The replication factors of the system keyspaces.
    #[serde(default)]
    pub replication: Replication,
    /// Requests and limits of the Cassandra container.
    #[serde(default)]
    pub resources: Resources,
    /// The volume of the data, and additional volumes.
    #[serde(default)]
    pub storage: Storage,
    /// The datacenters, the founding one first. Their order never changes; new ones are added at the end.
    pub datacenters: Vec<Datacenter>,
    /// Which workers the pods go to.
    #[serde(default)]
    pub scheduling: Scheduling,
    /// What else the pods carry.
    #[serde(default)]
    pub pod: Pod,
    /// Annotations and labels of the services, and a service of another type for CQL clients.
    #[serde(default)]
    pub services: Services,
    /// Who may reach the pods, by `NetworkPolicies`.
    #[serde(default)]
    pub network: Network,
    /// How many pods of a datacenter may be taken away at once.
    #[serde(default)]
    pub disruption_budget: DisruptionBudget,
    /// Who may log in to Cassandra.
    #[serde(default)]
    pub auth: Auth,
    /// The program that does in the Kubernetes cluster what no manifest can express. Without it, you follow the plan.
    pub steps: Option<Steps>,
    /// Stops the whole ring: all nodes are drained, no pods run, and all volumes stay. `false` starts it again. Needs `steps`.
    /// Defaults to `false`.
    #[serde(default)]
    pub stopped: bool,
    /// What is done once: a repair, a restart, the replacement of a node. Needs `steps`.
    #[serde(default)]
    pub operations: Vec<Operation>,
    /// Repairs that run again and again.
    #[serde(default)]
    pub repair: Repair,
    /// What Prometheus collects, which alerts it raises, and what Grafana shows.
    #[serde(default)]
    pub monitoring: Monitoring,
    /// Whether nodes drop the data whose ranges moved to new nodes after the ring grew. Needs `steps`, where it defaults to
    /// `auto`.
    pub cleanup: Option<Cleanup>,
    /// The container that prints Cassandra's `system.log` and the output of its start script, so that `kubectl logs` shows
    /// it.
    #[serde(default)]
    pub system_logger: SystemLogger,
    /// The init container that decides when Cassandra may start.
    #[serde(default)]
    pub gate: Gate,
    /// The Management API, which starts and drains Cassandra: who has access, and its memory.
    #[serde(default)]
    pub management_api: ManagementApi,
    /// Addresses or DNS names of nodes of this Cassandra cluster that run in another Kubernetes cluster, or that
    /// another topology or system runs. With them the first pod joins the ring that they belong to; it founds none,
    /// unless this topology itself spans several Kubernetes clusters.
    #[serde(default)]
    pub additional_seeds: Vec<String>,
    /// How pods are restarted when their template changed, and restarts that are asked for.
    #[serde(default)]
    pub rollout: Rollout,
    /// The generation of defaults that pod templates are made with. Without it a deployed cluster keeps the one that
    /// its lock names, so that a newer cassc restarts nothing; a new cluster gets the newest. Raising it takes the
    /// newer defaults and restarts the pods.
    pub revision: Option<u32>,
    /// Warnings, and refused changes that may be forced, by code, each with the reason why.
    #[serde(default)]
    pub accept: Vec<Acceptance>,
    /// How the objects travel to Kubernetes.
    #[serde(default)]
    pub delivery: Delivery,
    /// The last resort: patches of rendered objects, for what no field offers. Each is a warning (W533).
    #[serde(default)]
    pub overrides: Vec<Override>,
}

/// Properties of the Kubernetes cluster.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Kubernetes {
    /// The minor version of the API server, such as `"1.33"`. Defaults to the oldest supported version, whose objects all
    /// newer versions accept.
    pub version: Option<String>,
    /// The DNS domain of the Kubernetes cluster (`clusterDomain` of the kubelets). Defaults to `cluster.local`.
    pub domain: Option<String>,
}

/// Replication factor of Cassandra's system keyspaces.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Replication {
    /// Replicas per datacenter of `system_auth`, `system_distributed` and `system_traces`, from 1 to 5. Defaults to 3, or to
    /// the number of nodes of the smallest datacenter if that is less.
    pub system: Option<u32>,
}
