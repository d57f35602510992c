//! What is rendered for Prometheus and Grafana, judged by what will read it: the schemas of the Prometheus Operator, and Prometheus' own
//! `promtool` and rules about labels (`tests/monitoring/build`). Metrics are held to what a real agent was seen to export
//! (`golden/monitoring/metrics`).

mod alerts;
mod cases;
mod crds;
mod documents;
mod metrics;
mod relabeling;

use std::path::PathBuf;

use cassc::topology::Dialect;
use serde_json::Value;

use crate::compare::repository;
use crate::rendered::{Rendered, compiled, rendered};

/// The cluster that has every alert and every dashboard.
const EVERYTHING: &str = "monitoring";

/// A program of `tests/monitoring/build`.
fn program(name: &str) -> PathBuf {
    repository("target/monitoring").join(name)
}

/// What is rendered of a topology by the name of its file, once for each Kubernetes cluster.
fn rendered_of(topology: &str) -> Vec<Rendered> {
    let path = repository(&format!("golden/topologies/{topology}.yaml"));
    let text = std::fs::read(&path).expect("the topology is there");
    rendered(&compiled(topology, text, Some(Dialect::Plain)))
}

/// All alerts in objects: name, expression and the whole rule.
fn alerts_of(rendered: &Rendered) -> Vec<Value> {
    let groups = rendered.of_kind("PrometheusRule").flat_map(|rule| items(&rule["spec"]["groups"]));
    groups.flat_map(|group| items(&group["rules"])).cloned().collect()
}

/// All queries of the dashboards.
fn queries_of(rendered: &Rendered) -> Vec<String> {
    let panels = dashboards_of(rendered).into_iter().flat_map(|dashboard| items(&dashboard["panels"]).to_vec());
    let targets = panels.flat_map(|panel| items(&panel["targets"]).to_vec());
    targets.map(|target| target["expr"].as_str().expect("a target has a query").to_owned()).collect()
}

/// All dashboards.
fn dashboards_of(rendered: &Rendered) -> Vec<Value> {
    let of_dashboards = |it: &&Value| it["metadata"]["name"].as_str().is_some_and(|name| name.contains("-dashboard-"));
    let texts =
        rendered.of_kind("ConfigMap").filter(of_dashboards).flat_map(|it| it["data"].as_object().into_iter().flatten());
    texts
        .map(|(_, text)| serde_json::from_str(text.as_str().expect("data is text")).expect("a dashboard is JSON"))
        .collect()
}

fn items(list: &Value) -> &[Value] {
    list.as_array().map_or(&[], Vec::as_slice)
}
