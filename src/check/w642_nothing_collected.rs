//! W642: alerts and dashboards of metrics that cassc has nobody collect.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W642",
    name: "nothing-collected",
    summary: "there are alerts or dashboards, but cassc has nobody collect their metrics",
    explain: "\
The alerts and dashboards ask for the metrics of Cassandra by the labels that the rendered ServiceMonitor gives them:
`cassandra_cluster`, `datacenter`, `rack`, `namespace`, `pod`. Metrics that somebody else collects have other labels, so that every
alert but those of kube-state-metrics stays silent, and every panel empty.

Write `serviceMonitor: true`, or accept the warning if your own Prometheus gives the same labels.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let monitoring = &subject.spec().monitoring;
    if monitoring.service_monitor.settings().is_some() {
        return;
    }
    let asked =
        [("rules", monitoring.rules.settings().is_some()), ("dashboards", monitoring.dashboards.settings().is_some())];
    if let Some((field, _)) = asked.into_iter().find(|(_, is_asked)| *is_asked) {
        let at = subject.value(Route::of("spec.monitoring").key(field), "");
        let message = format!("`{field}` need the metrics of Cassandra, and nobody is told to collect them");
        complaints.push(RULE.complain(message, at).help("write `serviceMonitor: true` beside it"));
    }
}
