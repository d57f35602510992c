//! The dashboards: a ConfigMap each, which Grafana's sidecar finds by its label. Written as code, so that they ask for what is
//! collected and show what is there.

mod cluster;
mod grafana;
mod node;
mod repair;
mod table;

use cassc_ring::names;
use k8s_openapi::api::core::v1::ConfigMap;
use sha2::{Digest, Sha256};

use super::scope::Scope;
use super::with_labels;
use crate::cluster::Dashboards;
use crate::render::config_maps::eight_digits;
use crate::render::{Here, Object, kit};
use crate::stages::Stage;
use grafana::{Choice, Dashboard};

/// All dashboards of the part of a cluster that is in one Kubernetes cluster.
pub(super) fn dashboards(here: Here<'_>, scope: Scope<'_>, settings: &Dashboards) -> Vec<Object> {
    let always = [cluster::dashboard(scope), node::dashboard(scope), table::dashboard(scope)];
    let all = always.into_iter().chain(repair::dashboard(scope));
    all.map(|dashboard| config_map(here, scope, settings, &dashboard)).collect()
}

fn config_map(here: Here<'_>, scope: Scope<'_>, settings: &Dashboards, dashboard: &Dashboard) -> Object {
    let name = names::dashboard(&scope.cluster.name, dashboard.name);
    let file = format!("{name}.json");
    let metadata = kit::metadata(here, name, kit::cluster_selector(scope.cluster));
    let mut metadata = with_labels(metadata, &settings.labels);
    let annotations = metadata.annotations.take().unwrap_or_default().into_iter();
    metadata.annotations = kit::not_empty(annotations.chain(settings.annotations.clone()).collect());
    let title = match scope.kube_cluster {
        Some(kube_cluster) => format!("{} in {kube_cluster}", scope.cluster.ring_name),
        None => scope.cluster.ring_name.clone(),
    };
    let json = dashboard.json(&uid(here, dashboard), &title);
    let config_map = ConfigMap { metadata, data: Some([(file, json)].into()), ..ConfigMap::default() };
    Object::pruned(Stage::Monitoring, config_map)
}

/// At most 40 characters, and the same as long as the cluster keeps its name and place: links to the dashboard stay good.
fn uid(here: Here<'_>, dashboard: &Dashboard) -> String {
    let place = [here.kube_cluster.unwrap_or_default(), here.namespace.unwrap_or_default(), &here.cluster.name];
    format!("cassc-{}-{}", eight_digits(Sha256::new_with_prefix(place.join("/"))), dashboard.name)
}

/// The choice of datacenters.
fn datacenters(scope: Scope<'_>) -> Choice {
    Choice { name: "datacenter", series: format!("up{}", scope.own(&[])) }
}

/// The choice of pods, of the chosen datacenters.
fn pods(scope: Scope<'_>) -> Choice {
    Choice { name: "pod", series: format!("up{}", scope.own(&[CHOSEN_DATACENTERS])) }
}

const CHOSEN_DATACENTERS: (&str, &str) = ("datacenter", "~$datacenter");
const CHOSEN_PODS: (&str, &str) = ("pod", "~$pod");
