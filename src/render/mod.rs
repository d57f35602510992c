//! `Cluster` → typed Kubernetes objects: pure, infallible, one function per object. This page lists everything that is
//! emitted. Which stage an object belongs to and what may happen to it when it is no longer rendered stands here too;
//! what a delivery tool needs is added by [`crate::deliver`].

pub mod config;
mod config_maps;
mod containers;
mod disruption_budget;
mod kit;
mod monitoring;
mod network;
mod overridden;
mod pod;
mod probes;
mod reaper;
mod resource;
mod service_account;
mod services;
mod stateful_set;
mod steps;
mod volumes;
mod workload;

pub(crate) use kit::{CLUSTER_LABEL, DATACENTER_LABEL, MANAGED_BY, MANAGED_BY_LABEL};
pub use monitoring::{PodMonitor, PrometheusRule, ServiceMonitor};
pub use overridden::Overridden;
pub use resource::Resource;
pub use workload::{PodTemplate, next_generation, pod_templates, step_name};

use self::overridden::overridden;
use crate::cluster::Cluster;
use crate::stages::Stage;

/// What a delivery tool may do with an object that is no longer rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retirement {
    /// Delete it.
    Prune,
    /// Leave it: it is deleted by hand once its nodes have left.
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

/// Everything that a cluster needs in one Kubernetes cluster.
pub(crate) fn objects(cluster: &Cluster, kube_cluster: Option<&str>) -> Vec<Object> {
    let overridden = |object: Object| Object { resource: overridden(cluster, object.resource), ..object };
    let objects = objects_before_overrides(cluster, kube_cluster).into_iter().map(overridden);
    let mut objects: Vec<Object> = objects.collect();
    steps::complete(cluster, &mut objects);
    objects
}

/// The same without what overrides make of it.
pub(crate) fn objects_before_overrides(cluster: &Cluster, kube_cluster: Option<&str>) -> Vec<Object> {
    let mut objects = Vec::new();
    let ring = workload::ring_json(cluster);
    for namespace in cluster.namespaces_in(kube_cluster) {
        let here = Here { cluster, kube_cluster, namespace };
        objects.extend(service_account::service_account(here));
        objects.push(services::seed_service(here));
        objects.push(config_maps::start_order(here));
        objects.push(config_maps::desired_ring(here, &ring));
    }
    for datacenter in cluster.datacenters_in(kube_cluster) {
        let here = Here { cluster, kube_cluster, namespace: datacenter.namespace.as_deref() };
        objects.push(disruption_budget::disruption_budget(here, datacenter));
        objects.extend(services::of_datacenter(here, datacenter));
        let configurations = config_maps::configurations(here, datacenter);
        for rack in &datacenter.racks {
            let configuration = config_maps::name_for(&configurations, datacenter, rack);
            objects.push(stateful_set::stateful_set(here, datacenter, rack, configuration));
        }
        objects.extend(config_maps::distinct(here, datacenter, configurations));
    }
    objects.extend(network::objects(cluster, kube_cluster));
    objects.extend(reaper::objects(cluster, kube_cluster));
    objects.extend(steps::objects(cluster, kube_cluster));
    objects.extend(monitoring::objects(cluster, kube_cluster));
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
    fn pruned(stage: Stage, resource: impl Into<Resource>) -> Self {
        Self { stage, retirement: Retirement::Prune, resource: resource.into() }
    }
}
