//! `Cluster` → typed Kubernetes objects: pure, infallible, one function per object. This page lists everything that is
//! emitted. Which stage an object belongs to and what may happen to it when it is no longer rendered stands here too;
//! how a delivery tool is told is [`crate::deliver`]'s.

pub mod config;
mod config_maps;
mod containers;
mod disruption_budget;
mod kit;
mod pod;
mod probes;
mod service_account;
mod services;
mod stateful_set;
mod volumes;
mod workload;

use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{ConfigMap, Service, ServiceAccount};
use k8s_openapi::api::discovery::v1::EndpointSlice;
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Serialize;

pub use workload::{next_generation, pod_templates, step_name};

use crate::cluster::Cluster;

/// The stages of delivery, in order. Nothing waits on a rack's health between them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Everything that no pod restarts for.
    Base,
    /// What runs before the StatefulSets change; nothing yet.
    Prepare,
    /// The StatefulSets.
    Cluster,
}

/// What a delivery tool may do with an object that is no longer rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retirement {
    /// Delete it.
    Prune,
    /// Leave it: a person deletes it once its nodes have left.
    ByHand,
    /// Leave it: old pods that restart need it. The settle step deletes what nothing uses.
    Keep,
}

/// A rendered object.
#[derive(Clone, Debug)]
pub struct Object {
    /// When it is applied.
    pub stage: Stage,
    /// What may happen to it later.
    pub retirement: Retirement,
    /// The object itself.
    pub resource: Resource,
}

/// The kinds of objects that are rendered.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
#[expect(missing_docs, reason = "the names are Kubernetes' own")]
pub enum Resource {
    ConfigMap(ConfigMap),
    EndpointSlice(EndpointSlice),
    PodDisruptionBudget(PodDisruptionBudget),
    Service(Box<Service>),
    ServiceAccount(ServiceAccount),
    StatefulSet(Box<StatefulSet>),
}

/// Everything that a cluster needs in one Kubernetes cluster.
pub fn objects(cluster: &Cluster, kube_cluster: Option<&str>) -> Vec<Object> {
    let mut objects = Vec::new();
    for namespace in cluster.namespaces_in(kube_cluster) {
        let here = Here { cluster, kube_cluster, namespace };
        objects.extend(service_account::service_account(here));
        objects.push(services::seed_service(here));
        objects.push(config_maps::start_order(here));
        objects.push(config_maps::desired_ring(here));
    }
    for datacenter in cluster.datacenters_in(kube_cluster) {
        let here = Here { cluster, kube_cluster, namespace: datacenter.namespace.as_deref() };
        objects.push(disruption_budget::disruption_budget(here, datacenter));
        objects.extend(services::of_datacenter(here, datacenter));
        let configurations = config_maps::configurations(here, datacenter);
        for rack in &datacenter.racks {
            let configuration = config_maps::name_for(&configurations, rack);
            objects.push(stateful_set::stateful_set(here, datacenter, rack, configuration));
        }
        objects.extend(config_maps::distinct(here, datacenter, configurations));
    }
    objects
}

/// Where an object is rendered for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Here<'c> {
    /// The whole Cassandra cluster.
    cluster: &'c Cluster,
    /// The Kubernetes cluster.
    kube_cluster: Option<&'c str>,
    /// The namespace.
    namespace: Option<&'c str>,
}

impl Object {
    /// An object that is pruned when it is no longer rendered.
    fn pruned(stage: Stage, resource: Resource) -> Self {
        Self { stage, retirement: Retirement::Prune, resource }
    }
}

impl Resource {
    /// `apiVersion` and `kind`.
    pub fn kind(&self) -> (&'static str, &'static str) {
        match self {
            Self::ConfigMap(_) => ("v1", "ConfigMap"),
            Self::EndpointSlice(_) => ("discovery.k8s.io/v1", "EndpointSlice"),
            Self::PodDisruptionBudget(_) => ("policy/v1", "PodDisruptionBudget"),
            Self::Service(_) => ("v1", "Service"),
            Self::ServiceAccount(_) => ("v1", "ServiceAccount"),
            Self::StatefulSet(_) => ("apps/v1", "StatefulSet"),
        }
    }

    /// Name, namespace, labels, annotations.
    pub fn metadata(&self) -> &ObjectMeta {
        match self {
            Self::ConfigMap(object) => &object.metadata,
            Self::EndpointSlice(object) => &object.metadata,
            Self::PodDisruptionBudget(object) => &object.metadata,
            Self::Service(object) => &object.metadata,
            Self::ServiceAccount(object) => &object.metadata,
            Self::StatefulSet(object) => &object.metadata,
        }
    }

    /// The same, to be completed by delivery.
    pub fn metadata_mut(&mut self) -> &mut ObjectMeta {
        match self {
            Self::ConfigMap(object) => &mut object.metadata,
            Self::EndpointSlice(object) => &mut object.metadata,
            Self::PodDisruptionBudget(object) => &mut object.metadata,
            Self::Service(object) => &mut object.metadata,
            Self::ServiceAccount(object) => &mut object.metadata,
            Self::StatefulSet(object) => &mut object.metadata,
        }
    }
}
