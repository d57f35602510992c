//! What Prometheus collects: from the agent in every Cassandra process, and from Reaper.

use cassc_ring::names;
use cassc_ring::reaper::ReaperMode;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::filter::metric_relabelings;
use super::kinds::{Endpoint, PodMonitor, PodMonitorSpec, Relabeling, ServiceMonitorSpec};
use super::scope::{CLUSTER, literally};
use super::{kinds, with_labels};
use crate::cluster::{Cluster, Reaper, ServiceMonitor};
use crate::render::{Here, Object, kit, reaper};
use crate::stages::Stage;

/// The label of Services and pods that Prometheus takes as the name of the job: `cassandra`.
const JOB_LABEL: &str = "app.kubernetes.io/name";
/// What Prometheus makes of the label of a pod: other characters than letters and digits become `_`.
const POD_DATACENTER: &str = "__meta_kubernetes_pod_label_cassandra_datastax_com_datacenter";
const POD_RACK: &str = "__meta_kubernetes_pod_label_cassandra_datastax_com_rack";

/// The metrics of Cassandra, of the pods in one namespace. The all-pods Services carry the label, and pods that are not ready are
/// among theirs: a node that joins is watched too.
pub(super) fn service_monitor(here: Here<'_>, settings: &ServiceMonitor) -> Object {
    let cluster = here.cluster;
    let mut selector = kit::cluster_selector(cluster);
    selector.insert(kit::PROMETHEUS_LABEL.to_owned(), "true".to_owned());
    selector.insert(kit::MANAGED_BY_LABEL.to_owned(), kit::MANAGED_BY.to_owned());
    let endpoint = Endpoint {
        metric_relabelings: metric_relabelings(settings.collect, &literally(&cluster.ring_name)),
        ..endpoint(cluster, settings, "metrics", "/metrics")
    };
    let spec = ServiceMonitorSpec {
        endpoints: vec![endpoint],
        job_label: JOB_LABEL.to_owned(),
        selector: kit::matching(selector),
    };
    let metadata = metadata(here, names::metrics(&cluster.name), settings);
    Object::pruned(Stage::Monitoring, kinds::ServiceMonitor::new(metadata, spec))
}

/// The metrics of Reaper, on its port for administration, which no Service has.
pub(super) fn of_reaper(here: Here<'_>, settings: &ServiceMonitor, reaper: &Reaper) -> Object {
    let cluster = here.cluster;
    let selector = match reaper.mode {
        ReaperMode::Sidecar => kit::cluster_selector(cluster),
        ReaperMode::Deployment => reaper::selector(cluster),
    };
    let spec = PodMonitorSpec {
        job_label: JOB_LABEL.to_owned(),
        pod_metrics_endpoints: vec![endpoint(cluster, settings, reaper::ADMIN, "/prometheusMetrics")],
        selector: kit::matching(selector),
    };
    let metadata = metadata(here, names::reaper_metrics(&cluster.name), settings);
    Object::pruned(Stage::Monitoring, PodMonitor::new(metadata, spec))
}

fn metadata(here: Here<'_>, name: String, settings: &ServiceMonitor) -> ObjectMeta {
    with_labels(kit::metadata(here, name, kit::cluster_selector(here.cluster)), &settings.labels)
}

/// A node under load was seen to take seconds for an answer, so it may take as long as the interval is.
fn endpoint(cluster: &Cluster, settings: &ServiceMonitor, port: &str, path: &str) -> Endpoint {
    // `$` begins a group of the expression.
    let name = cluster.ring_name.replace('$', "$$");
    Endpoint {
        interval: settings.interval.clone(),
        metric_relabelings: Vec::new(),
        path: path.to_owned(),
        port: port.to_owned(),
        relabelings: vec![
            label(CLUSTER, Vec::new(), Some(name)),
            label("datacenter", vec![POD_DATACENTER], None),
            label("rack", vec![POD_RACK], None),
        ],
        scrape_timeout: settings.interval.clone(),
    }
}

fn label(target: &'static str, source: Vec<&'static str>, replacement: Option<String>) -> Relabeling {
    Relabeling { action: "replace", regex: None, replacement, source_labels: source, target_label: Some(target) }
}
