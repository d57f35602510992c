//! Metrics, alerts and dashboards: defaults for what is not written. Called by [`super::resolve`].

use crate::cluster::{AlertRules, Dashboards, Monitoring, ServiceMonitor};
use crate::topology::{self, DASHBOARD_LABEL, RUNBOOKS, SCRAPE_INTERVAL};

/// `None` where nothing is turned on: nothing appears in a cluster because cassc was upgraded.
pub(super) fn monitoring(written: &topology::Monitoring) -> Option<Monitoring> {
    let resolved = Monitoring {
        service_monitor: written.service_monitor.settings().map(service_monitor),
        rules: written.rules.settings().map(rules),
        dashboards: written.dashboards.settings().map(dashboards),
    };
    (resolved != Monitoring::default()).then_some(resolved)
}

fn service_monitor(written: &topology::ServiceMonitor) -> ServiceMonitor {
    ServiceMonitor {
        interval: written.interval.clone().unwrap_or_else(|| SCRAPE_INTERVAL.to_owned()),
        labels: written.labels.clone(),
        collect: written.collect,
        filter_in_agent: written.filter_in_agent,
    }
}

fn rules(written: &topology::AlertRules) -> AlertRules {
    let mut exclude = written.exclude.clone();
    exclude.sort();
    exclude.dedup();
    AlertRules {
        labels: written.labels.clone(),
        alert_labels: written.alert_labels.clone(),
        runbook_url: written.runbook_url.clone().unwrap_or_else(|| RUNBOOKS.to_owned()),
        exclude,
        thresholds: written.thresholds,
    }
}

fn dashboards(written: &topology::Dashboards) -> Dashboards {
    let (key, value) = DASHBOARD_LABEL;
    let default = || [(key.to_owned(), value.to_owned())].into();
    Dashboards { labels: written.labels.clone().unwrap_or_else(default), annotations: written.annotations.clone() }
}
