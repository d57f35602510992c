//! Metrics, alerts and dashboards, complete but for the thresholds that follow from the topology.

use cassc_ring::names::{self, Named};
use serde::{Deserialize, Serialize};

use super::{Cluster, StringMap, is_default};
use crate::topology::{Collect, Thresholds};

/// What is rendered for Prometheus and Grafana.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Monitoring {
    /// How metrics are collected; `None` where cassc has nothing collected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_monitor: Option<ServiceMonitor>,
    /// Which alerts there are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<AlertRules>,
    /// How Grafana finds the dashboards.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dashboards: Option<Dashboards>,
}

/// How metrics are collected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceMonitor {
    /// The time between two collections, in the form of Prometheus.
    pub interval: String,
    /// Labels of the objects, beside those of cassc.
    #[serde(default, skip_serializing_if = "StringMap::is_empty")]
    pub labels: StringMap,
    /// How much is collected.
    pub collect: Collect,
    /// Whether the agent leaves out what is not collected.
    #[serde(default, skip_serializing_if = "is_default")]
    pub filter_in_agent: bool,
}

/// Which alerts there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AlertRules {
    /// Labels of the object, beside those of cassc.
    #[serde(default, skip_serializing_if = "StringMap::is_empty")]
    pub labels: StringMap,
    /// Labels of every alert.
    #[serde(default, skip_serializing_if = "StringMap::is_empty")]
    pub alert_labels: StringMap,
    /// What the name of an alert is put behind for the address of its runbook.
    #[serde(rename = "runbookURL")]
    pub runbook_url: String,
    /// The names of alerts that are left out, sorted.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
    /// Thresholds that were written; the others follow from the cluster where the rules are rendered.
    #[serde(default, skip_serializing_if = "is_default")]
    pub thresholds: Thresholds,
}

/// How Grafana finds the dashboards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Dashboards {
    /// Labels of the ConfigMaps, beside those of cassc.
    #[serde(default, skip_serializing_if = "StringMap::is_empty")]
    pub labels: StringMap,
    /// Annotations of the ConfigMaps.
    #[serde(default, skip_serializing_if = "StringMap::is_empty")]
    pub annotations: StringMap,
}

impl Cluster {
    /// How metrics are collected, where they are.
    pub(crate) fn service_monitor(&self) -> Option<&ServiceMonitor> {
        self.monitoring.as_ref()?.service_monitor.as_ref()
    }

    /// What the agent in Cassandra is told to leave out; `None` where it exports everything.
    pub(crate) fn filtered_by_agent(&self) -> Option<Collect> {
        self.service_monitor().filter(|it| it.filter_in_agent).map(|it| it.collect)
    }

    /// The objects for Prometheus and Grafana.
    pub(crate) fn objects_of_monitoring(&self) -> Vec<Named> {
        let Some(monitoring) = &self.monitoring else { return Vec::new() };
        let name = &self.name;
        let metrics = monitoring.service_monitor.as_ref().map(|_| names::of_metrics(name));
        let of_reaper = metrics.as_ref().and(self.reaper()).map(|_| names::of_reaper_metrics(name));
        let alerts = monitoring.rules.as_ref().map(|_| names::of_alerts(name));
        let dashboards = monitoring.dashboards.as_ref().map(|_| names::of_dashboards(name));
        [metrics, of_reaper, alerts, dashboards].into_iter().flatten().flatten().collect()
    }

    /// How much of each node there is in Prometheus. Where somebody else collects the metrics, nothing is known: the least.
    pub(crate) fn collected(&self) -> Collect {
        self.service_monitor().map(|it| it.collect).unwrap_or_default()
    }
}
