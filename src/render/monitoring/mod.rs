//! What is rendered for Prometheus and Grafana: what is collected, the alerts, the dashboards. All of it is in a stage of its own, the
//! last one: where the kinds of the Prometheus Operator are unknown, nothing but it fails.

mod dashboards;
mod filter;
mod kinds;
mod rules;
mod scope;
mod scrape;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::{Here, Object};
use crate::cluster::{Cluster, StringMap};
use scope::Scope;

pub(super) use filter::{AGENT_FILE, agent_file};
pub use kinds::{PodMonitor, PrometheusRule, ServiceMonitor};

/// Everything for Prometheus and Grafana in a Kubernetes cluster. Metrics are collected in each namespace; alerts and dashboards are
/// for all of them, and in the namespace of the program in the cluster.
pub(super) fn objects(cluster: &Cluster, kube_cluster: Option<&str>) -> Vec<Object> {
    let Some(monitoring) = &cluster.monitoring else { return Vec::new() };
    let Some(home) = cluster.datacenters_in(kube_cluster).first().copied() else { return Vec::new() };
    let scope = Scope { cluster, kube_cluster };
    let here = Here { cluster, kube_cluster, namespace: home.namespace.as_deref() };
    let mut objects = Vec::new();
    if let Some(settings) = &monitoring.service_monitor {
        for namespace in cluster.namespaces_in(kube_cluster) {
            objects.push(scrape::service_monitor(Here { namespace, ..here }, settings));
        }
        objects.extend(cluster.reaper().map(|reaper| scrape::of_reaper(here, settings, reaper)));
    }
    objects.extend(monitoring.rules.as_ref().map(|settings| rules::rules(here, scope, settings)));
    objects.extend(monitoring.dashboards.iter().flat_map(|settings| dashboards::dashboards(here, scope, settings)));
    objects
}

/// The user's labels below those of cassc.
fn with_labels(mut metadata: ObjectMeta, labels: &StringMap) -> ObjectMeta {
    let own = metadata.labels.take().unwrap_or_default();
    metadata.labels = Some(labels.clone().into_iter().chain(own).collect());
    metadata
}
