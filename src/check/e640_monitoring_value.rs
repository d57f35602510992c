//! E640: settings of metrics and alerts that Prometheus does not take, or that name nothing.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::{bad_interval, bad_rules};

pub(super) const RULE: Rule = Rule {
    code: "E640",
    name: "monitoring-value",
    summary: "a setting of metrics or alerts is invalid",
    explain: "\
The Prometheus Operator leaves out a whole ServiceMonitor or PrometheusRule of which Prometheus does not take one value, and says so
in its own log only: no metrics, no alerts. An alert that is excluded by a name that no alert has is raised all the same.

The interval is at least 5 seconds, and at most 2 minutes, because the alerts look at what was collected within 5. Alerts have the
names of docs/alerts.md.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let monitoring = &subject.spec().monitoring;
    let interval = monitoring.service_monitor.settings().and_then(|it| it.interval.as_deref());
    let rules = monitoring.rules.settings();
    let of_rules = rules.map(|it| bad_rules(&it.alert_labels, it.runbook_url.as_deref(), &it.exclude, &it.thresholds));
    for bad in interval.and_then(bad_interval).into_iter().chain(of_rules.into_iter().flatten()) {
        let at = subject.value(Route::of("spec.monitoring").join(&bad.field), "");
        let message = format!("`{}` is not valid for `{}`", bad.value, bad.field);
        complaints.push(RULE.complain(message, at).expected(bad.expected));
    }
}
