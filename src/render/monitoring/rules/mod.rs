//! The alerts. Each is about something that the cluster has, with limits that follow from it, and says in a sentence what is wrong.
//! docs/alerts.md has a section for each; `topology::ALERTS` lists their names.

mod limits;
mod nodes;
mod repairs;
mod requests;
mod resources;
mod steps;

use cassc_ring::names;

use super::kinds::{Group, PrometheusRule, PrometheusRuleSpec, Rule};
use super::scope::Scope;
use super::with_labels;
use crate::cluster::{AlertRules, StringMap};
use crate::render::{Here, Object, kit};
use crate::stages::Stage;
use limits::Limits;
pub(super) use requests::latency_buckets;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Severity {
    /// Somebody has to act now: clients get errors, or are about to.
    Critical,
    /// Somebody has to act within the working day.
    Warning,
}

/// An alert before it has its labels and its runbook.
struct Alert {
    name: &'static str,
    severity: Severity,
    /// How long it must be so, in minutes.
    minutes: u32,
    expr: String,
    /// What is wrong, in a sentence; `{{ $labels.pod }}` and the like are filled in by Prometheus.
    summary: String,
    /// Labels that the expression does not give.
    labels: Vec<(&'static str, String)>,
}

fn alert(name: &'static str, severity: Severity, minutes: u32, expr: String, summary: &str) -> Alert {
    Alert { name, severity, minutes, expr, summary: summary.to_owned(), labels: Vec::new() }
}

/// What an expression is grouped by, for nodes and for datacenters.
const BY_POD: &str = "namespace,cassandra_cluster,datacenter,rack,pod";
const BY_DATACENTER: &str = "namespace,cassandra_cluster,datacenter";

/// All alerts of the part of a cluster that is in one Kubernetes cluster.
pub(super) fn rules(here: Here<'_>, scope: Scope<'_>, settings: &AlertRules) -> Object {
    let limits = Limits::of(scope, &settings.thresholds);
    let groups = [
        ("nodes", nodes::alerts(scope)),
        ("requests", requests::alerts(scope, &limits)),
        ("resources", resources::alerts(scope, &limits)),
        ("steps", steps::alerts(scope, &limits)),
        ("repairs", repairs::alerts(scope)),
    ];
    let group = |(name, alerts): (&str, Vec<Alert>)| {
        let left = alerts.into_iter().filter(|alert| !settings.exclude.iter().any(|it| it == alert.name));
        let rules: Vec<Rule> = left.map(|alert| rule(scope, settings, alert)).collect();
        (!rules.is_empty()).then(|| Group { name: format!("{}.{name}", names::alerts(&scope.cluster.name)), rules })
    };
    let spec = PrometheusRuleSpec { groups: groups.into_iter().filter_map(group).collect() };
    let metadata = kit::metadata(here, names::alerts(&scope.cluster.name), kit::cluster_selector(scope.cluster));
    Object::pruned(Stage::Monitoring, PrometheusRule::new(with_labels(metadata, &settings.labels), spec))
}

/// A text that Prometheus takes for no template: labels of alerts are templates.
fn no_template(text: &str) -> String {
    text.replace("{{", "{{\"{{\"}}")
}

/// Every alert says which cluster it is about, also where the series are those of Kubernetes.
fn rule(scope: Scope<'_>, settings: &AlertRules, alert: Alert) -> Rule {
    let severity = match alert.severity {
        Severity::Critical => "critical",
        Severity::Warning => "warning",
    };
    let mut labels: StringMap = settings.alert_labels.clone();
    labels.insert(super::scope::CLUSTER.to_owned(), no_template(&scope.cluster.ring_name));
    labels.insert("severity".to_owned(), severity.to_owned());
    labels.extend(alert.labels.into_iter().map(|(name, value)| (name.to_owned(), value)));
    Rule {
        alert: alert.name,
        annotations: kit::strings([
            ("runbook_url", &format!("{}{}", settings.runbook_url, alert.name.to_lowercase())),
            ("summary", &alert.summary),
        ]),
        expr: alert.expr,
        duration: format!("{}m", alert.minutes),
        labels,
    }
}
