//! Metrics, alerts and dashboards of a lock.

use super::{Fault, Valid, annotations, each, field, labels, optional, text};
use crate::cluster::{AlertRules, Dashboards, Monitoring, ServiceMonitor};
use crate::topology::{BadValue, bad_interval, bad_rules};

/// Holds the settings to what the rules hold them to.
pub(super) fn monitoring(monitoring: &Monitoring) -> Valid {
    let Monitoring { service_monitor: of_metrics, rules: of_rules, dashboards: of_dashboards } = monitoring;
    optional("serviceMonitor", of_metrics.as_ref(), service_monitor)?;
    optional("rules", of_rules.as_ref(), rules)?;
    optional("dashboards", of_dashboards.as_ref(), dashboards)
}

fn service_monitor(of: &ServiceMonitor) -> Valid {
    let ServiceMonitor { interval, labels: own, collect: _, filter_in_agent: _ } = of;
    fits(bad_interval(interval))?;
    field("labels", labels(own))
}

fn rules(of: &AlertRules) -> Valid {
    let AlertRules { labels: own, alert_labels, runbook_url, exclude, thresholds } = of;
    field("labels", labels(own))?;
    each("exclude", exclude, |it| text(it))?;
    alert_labels.values().try_for_each(|value| field("alertLabels", text(value)))?;
    field("runbookURL", text(runbook_url))?;
    bad_rules(alert_labels, Some(runbook_url), exclude, thresholds).into_iter().try_for_each(|bad| fits(Some(bad)))
}

fn dashboards(Dashboards { labels: own, annotations: notes }: &Dashboards) -> Valid {
    field("labels", labels(own))?;
    field("annotations", annotations(notes))
}

/// The way to the value is part of the fault: it is that of the topology below the one that is asked for here.
fn fits(bad: Option<BadValue>) -> Valid {
    let Some(BadValue { field: way, value, expected }) = bad else { return Ok(()) };
    let fault = Fault::new(format!("is \"{value}\" (expected {expected})"));
    Err(way.steps().iter().skip(1).rev().fold(fault, |fault, step| fault.within(step.clone())))
}
