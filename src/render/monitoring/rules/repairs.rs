//! Alerts about Reaper and its schedules.
//!
//! The age of the last repair is compared with the interval of the topology. Reaper's own verdict, `unfulfilledRepairSchedule`, is not
//! asked: it counts a year in an `int`, which is 17 days (`RepairScheduleService.getUnfulfilledRepairSchedule` of 4.2.3), and 3.8 has none.

use std::collections::BTreeMap;

use super::super::scope::Scope;
use super::Severity::Warning;
use super::steps::reaper_tables;
use super::{Alert, BY_DATACENTER, alert};

/// The milliseconds since the last repair of a schedule that succeeded; of one that never did, those since 1970.
const AGE: &str = "io_cassandrareaper_service_RepairScheduleService_millisSinceLastRepairForSchedule";
/// More milliseconds than any repair is old: thirty years.
const NEVER: &str = "1e12";
/// The port of Reaper, by which its targets are told apart from those of the agent.
const OF_REAPER: (&str, &str) = ("endpoint", "admin");
/// A day in milliseconds.
const DAY: u64 = 24 * 3600 * 1000;
/// How many days of history a Prometheus is relied on to have.
const MOST_DAYS: u32 = 14;

/// All of them; none without Reaper.
pub(super) fn alerts(scope: Scope<'_>) -> Vec<Alert> {
    let Some(reaper) = scope.cluster.reaper() else { return Vec::new() };
    let writes = scope.cluster.writer_of_reaper().kube_cluster.as_deref() == scope.kube_cluster;
    let tables = reaper.keyspace.as_ref().filter(|_| writes).map(|_| reaper_tables(scope));
    let runs = (scope.nodes() > 0 && !scope.cluster.is_stopped()).then(|| reaper_down(scope));
    let mut alerts: Vec<Alert> = tables.into_iter().chain(runs).collect();
    if !scope.cluster.is_stopped() {
        alerts.extend(
            by_interval(scope)
                .into_iter()
                .flat_map(|(days, keyspaces)| [overdue(scope, days, &keyspaces), never_done(scope, days, &keyspaces)]),
        );
    }
    alerts
}

/// The keyspaces by the days between two repairs, as regular expressions. Of several schedules for one keyspace the longest interval
/// counts, because Reaper does not say of which a number is; schedules that are paused are overdue on purpose.
fn by_interval(scope: Scope<'_>) -> BTreeMap<u32, String> {
    let Some(reaper) = scope.cluster.reaper() else { return BTreeMap::new() };
    let mut days_of: BTreeMap<&str, u32> = BTreeMap::new();
    for schedule in reaper.schedules.iter().filter(|schedule| !schedule.paused) {
        let days = days_of.entry(&schedule.keyspace).or_default();
        *days = schedule.every_days.max(*days);
    }
    let mut keyspaces: BTreeMap<u32, Vec<&str>> = BTreeMap::new();
    for (keyspace, days) in days_of {
        keyspaces.entry(days).or_default().push(keyspace);
    }
    keyspaces.into_iter().map(|(days, names)| (days, names.join("|"))).collect()
}

fn reaper_down(scope: Scope<'_>) -> Alert {
    let up = scope.own(&[OF_REAPER]);
    let expr = format!("max by ({BY_DATACENTER}) (up{up}) == 0");
    let summary = "No Reaper of {{ $labels.datacenter }} answers, so that nothing is repaired.";
    alert("CassandraReaperDown", Warning, 60, expr, summary)
}

/// Every Reaper of a ring tells the age; the one that has just repaired tells the right one.
fn age(scope: Scope<'_>, keyspaces: &str) -> String {
    let pattern = format!("~{keyspaces}");
    let ages = format!("{AGE}{}", scope.own(&[OF_REAPER, ("keyspace", &pattern)]));
    format!("min by (namespace,cassandra_cluster,keyspace,scheduleid) ({ages})")
}

/// A tenth more than the interval, and a day, in which a run may take place.
fn allowed(days: u32) -> u64 {
    u64::from(days) * DAY * 11 / 10 + DAY
}

fn overdue(scope: Scope<'_>, days: u32, keyspaces: &str) -> Alert {
    let age = age(scope, keyspaces);
    let expr = format!("({age} > {} < {NEVER}) / {DAY}", allowed(days));
    let summary = format!(
        "The keyspace {{{{ $labels.keyspace }}}} was repaired {{{{ $value | humanize }}}} days ago, and should be every {days} days."
    );
    Alert { labels: interval(days), ..alert("CassandraRepairOverdue", Warning, 60, expr, &summary) }
}

/// A schedule that has been there for as long as it may take, and never ended a run.
fn never_done(scope: Scope<'_>, every_days: u32, keyspaces: &str) -> Alert {
    let age = age(scope, keyspaces);
    let days = every_days.min(MOST_DAYS - 2);
    let (window, samples) = (days + 2, u64::from(days + 1) * 24);
    let expr = format!("({age} > {NEVER}) and (count_over_time(({age} > {NEVER})[{window}d:1h]) > {samples})");
    let summary = format!(
        "The keyspace {{{{ $labels.keyspace }}}} has had a schedule for more than {days} days, and no repair of it has ended."
    );
    Alert { labels: interval(every_days), ..alert("CassandraRepairNeverDone", Warning, 60, expr, &summary) }
}

/// Schedules of different intervals have an alert each.
fn interval(days: u32) -> Vec<(&'static str, String)> {
    vec![("interval", format!("{days}d"))]
}
