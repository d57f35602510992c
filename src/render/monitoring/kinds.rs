//! The kinds of the Prometheus Operator, as far as they are rendered: fields of `monitoring.coreos.com/v1` that the oldest
//! supported operator has (0.66.0) and the newest still takes. There is no crate of them; the tests hold what is rendered to the
//! schemas of both. Fields stand in the order of their names, as those of Kubernetes' own kinds do.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};
use serde::Serialize;

use crate::cluster::StringMap;

macro_rules! kind {
    ($(#[$doc:meta])* $kind:ident, $spec:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Serialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $kind {
            api_version: &'static str,
            kind: &'static str,
            /// Name, namespace, labels, annotations.
            pub metadata: ObjectMeta,
            spec: $spec,
        }

        impl $kind {
            /// Group and version.
            pub const API_VERSION: &'static str = "monitoring.coreos.com/v1";
            /// The kind.
            pub const KIND: &'static str = stringify!($kind);

            pub(super) fn new(metadata: ObjectMeta, spec: $spec) -> Self {
                Self { api_version: Self::API_VERSION, kind: Self::KIND, metadata, spec }
            }
        }
    };
}

kind! {
    /// Has Prometheus collect metrics from the pods behind Services.
    ServiceMonitor, ServiceMonitorSpec
}

kind! {
    /// Has Prometheus collect metrics from pods.
    PodMonitor, PodMonitorSpec
}

kind! {
    /// Alerts.
    PrometheusRule, PrometheusRuleSpec
}

/// Which Services, and what of their pods.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ServiceMonitorSpec {
    pub(super) endpoints: Vec<Endpoint>,
    pub(super) job_label: String,
    pub(super) selector: LabelSelector,
}

/// Which pods, and what of them.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PodMonitorSpec {
    pub(super) job_label: String,
    pub(super) pod_metrics_endpoints: Vec<Endpoint>,
    pub(super) selector: LabelSelector,
}

/// Where metrics are, and what becomes of them.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Endpoint {
    pub(super) interval: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) metric_relabelings: Vec<Relabeling>,
    pub(super) path: String,
    pub(super) port: String,
    pub(super) relabelings: Vec<Relabeling>,
    pub(super) scrape_timeout: String,
}

/// A rule about labels (`relabel_config` of Prometheus).
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Relabeling {
    pub(super) action: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) regex: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) replacement: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) source_labels: Vec<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) target_label: Option<&'static str>,
}

/// The alerts by group.
#[derive(Clone, Debug, Serialize)]
pub(super) struct PrometheusRuleSpec {
    pub(super) groups: Vec<Group>,
}

/// Alerts that are evaluated together.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Group {
    pub(super) name: String,
    pub(super) rules: Vec<Rule>,
}

/// One alert.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Rule {
    pub(super) alert: &'static str,
    pub(super) annotations: StringMap,
    pub(super) expr: String,
    #[serde(rename = "for")]
    pub(super) duration: String,
    pub(super) labels: StringMap,
}
