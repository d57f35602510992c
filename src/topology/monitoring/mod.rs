//! What Prometheus collects, which alerts it raises, and what Grafana shows.

mod values;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use values::ALERTS;
pub(crate) use values::{BadValue, bad_interval, bad_rules};

use super::switch::{Switch, SwitchSchema};

/// The default time between two collections.
pub(crate) const SCRAPE_INTERVAL: &str = "30s";
/// The default beginning of the addresses of runbooks: the page of this repository, whose headings are the alerts.
pub(crate) const RUNBOOKS: &str = "https://github.com/cassc/cassc/blob/main/docs/alerts.md#";
/// The label by which Grafana's sidecar finds dashboards, as the chart `kube-prometheus-stack` has it.
pub(crate) const DASHBOARD_LABEL: (&str, &str) = ("grafana_dashboard", "1");

/// Metrics, alerts and dashboards (docs/monitoring.md). Each is on by one line, and needs the Prometheus Operator, whose kinds
/// `ServiceMonitor`, `PodMonitor` and `PrometheusRule` must be known to the Kubernetes cluster; dashboards need Grafana's sidecar.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Monitoring {
    /// Whether Prometheus collects the metrics of Cassandra, and of Reaper where it runs: `true`, or how.
    #[serde(default)]
    #[schemars(with = "SwitchSchema<ServiceMonitor>")]
    pub service_monitor: Switch<ServiceMonitor>,
    /// Whether there are alerts: `true`, or which and how.
    #[serde(default)]
    #[schemars(with = "SwitchSchema<AlertRules>")]
    pub rules: Switch<AlertRules>,
    /// Whether there are dashboards for Grafana: `true`, or how it finds them.
    #[serde(default)]
    #[schemars(with = "SwitchSchema<Dashboards>")]
    pub dashboards: Switch<Dashboards>,
}

/// How Prometheus collects metrics.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct ServiceMonitor {
    /// The time between two collections, such as `1m`. Defaults to `30s`. At most 2 minutes, because the alerts look at five.
    pub interval: Option<String>,
    /// Labels of the `ServiceMonitor` and the `PodMonitor`, such as `{release: prometheus}`: many a Prometheus collects only what has
    /// the label that it was told.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// How much is collected of each node. Defaults to `essential`.
    #[serde(default)]
    pub collect: Collect,
    /// Whether the agent in Cassandra already leaves out what is not collected; otherwise Prometheus does, after it was sent. With
    /// hundreds of tables that saves megabytes in each collection. It restarts the pods once. Defaults to `false`.
    #[serde(default)]
    pub filter_in_agent: bool,
}

/// How much is collected of each node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Collect {
    /// Everything about the node; of each table its size, its `SSTables` and its pending compactions. Default.
    #[default]
    Essential,
    /// Also latency, tombstones and partition sizes of each table.
    Tables,
    /// Everything that the agent has, of each table, index and peer: in large rings hundreds of thousands of series.
    Everything,
}

/// Which alerts there are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct AlertRules {
    /// Labels of the `PrometheusRule`, such as `{release: prometheus}`.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Labels of every alert, for routes of the Alertmanager, such as `{team: data}`.
    #[serde(default)]
    pub alert_labels: BTreeMap<String, String>,
    /// What the name of the alert, in lower case, is put behind for the address of its runbook. Defaults to the page of cassc,
    /// `https://github.com/cassc/cassc/blob/main/docs/alerts.md#`. Example: `https://runbooks.example.com/cassandra/`.
    #[serde(rename = "runbookURL")]
    pub runbook_url: Option<String>,
    /// The alerts that are left out, by their names in docs/alerts.md, such as `CassandraHintsStored`.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// When alerts are raised. What is not written follows from the topology.
    #[serde(default)]
    pub thresholds: Thresholds,
}

/// When alerts are raised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Thresholds {
    /// The 99th percentile of reads, in milliseconds. Defaults to a tenth of `read_request_timeout`: 500.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_milliseconds: Option<u32>,
    /// The 99th percentile of writes, in milliseconds. Defaults to a tenth of `write_request_timeout`: 200.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub write_milliseconds: Option<u32>,
    /// How full a volume is for a warning, in per cent. Defaults to 75, because compaction needs room. From 90 on it is critical.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disk_percent: Option<u32>,
    /// How full the heap stays, also after garbage collection, in per cent. Defaults to 90.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heap_percent: Option<u32>,
    /// Compactions of a node that wait. Defaults to 100.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending_compactions: Option<u32>,
    /// How long a rolling restart may take, in hours. Defaults to 1, and 1 more for every four nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roll_hours: Option<u32>,
    /// How long the program in the cluster may be at one change, in hours. Defaults to 6, and 1 more for every two nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step_hours: Option<u32>,
}

/// How Grafana finds the dashboards.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Dashboards {
    /// Labels of the ConfigMaps. Defaults to `{grafana_dashboard: "1"}`.
    pub labels: Option<BTreeMap<String, String>>,
    /// Annotations of the ConfigMaps, such as `{grafana_folder: Cassandra}`.
    #[serde(default)]
    pub annotations: BTreeMap<String, String>,
}
