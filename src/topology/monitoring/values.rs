//! What Prometheus takes as the values of `spec.monitoring`. Called by the rule about them and by the reader of locks.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::super::repository::{has_credentials, milliseconds};
use super::Thresholds;
use crate::diagnostic::Route;

/// The shortest and the longest time between two collections, in milliseconds: the rules look at five minutes, in which there
/// must be two collections.
const INTERVALS: RangeInclusive<u64> = 5_000..=120_000;
/// The labels of alerts that are not the user's.
const OWN_LABELS: [&str; 3] = ["alertname", "cassandra_cluster", "severity"];
/// Latencies of which the agent has buckets, in milliseconds.
const LATENCIES: RangeInclusive<u32> = 1..=17_000;
const PERCENT: RangeInclusive<u32> = 1..=99;
/// A month at most.
const HOURS: RangeInclusive<u32> = 1..=720;

/// Every alert, by its name, sorted. Which of them a cluster has follows from what it has.
pub const ALERTS: [&str; 33] = [
    "CassandraBackgroundTasksPending",
    "CassandraBlockedRequests",
    "CassandraCertificateExpires",
    "CassandraCompactionsPending",
    "CassandraDiskFillsUp",
    "CassandraDiskFull",
    "CassandraDiskFullSoon",
    "CassandraDroppedMessages",
    "CassandraGarbageCollection",
    "CassandraHeapFull",
    "CassandraHintsStored",
    "CassandraMetricsMissing",
    "CassandraNodeDown",
    "CassandraNodeRestarts",
    "CassandraPodNotReady",
    "CassandraPodsBehindTemplate",
    "CassandraQuorumLost",
    "CassandraReadLatency",
    "CassandraReaperDown",
    "CassandraReaperTablesFailed",
    "CassandraRepairNeverDone",
    "CassandraRepairOverdue",
    "CassandraRequestFailures",
    "CassandraRequestTimeouts",
    "CassandraRequestsPending",
    "CassandraRingNotWhole",
    "CassandraSchemaChangesWait",
    "CassandraStepRefused",
    "CassandraStepStuck",
    "CassandraStorageExceptions",
    "CassandraTombstones",
    "CassandraUnavailable",
    "CassandraWriteLatency",
];

/// A value that Prometheus does not take, or that says nothing.
pub(crate) struct BadValue {
    /// The way to the field below `spec.monitoring`.
    pub(crate) field: Route,
    /// The value, for people.
    pub(crate) value: String,
    /// What is expected instead.
    pub(crate) expected: String,
}

impl BadValue {
    fn new(field: Route, value: &str, expected: impl Into<String>) -> Self {
        Self { field, value: value.escape_debug().to_string(), expected: expected.into() }
    }
}

/// What is wrong with the time between two collections.
pub(crate) fn bad_interval(interval: &str) -> Option<BadValue> {
    let fits = milliseconds(interval).is_some_and(|it| INTERVALS.contains(&it)) && is_in_falling_units(interval);
    let expected = "5 seconds to 2 minutes, such as `30s`";
    (!fits).then(|| BadValue::new(Route::of("serviceMonitor.interval"), interval, expected))
}

/// Prometheus takes each unit once, the largest first (`model.ParseDuration` of its common library).
fn is_in_falling_units(text: &str) -> bool {
    let units: Vec<&str> = text.split(|c: char| c.is_ascii_digit()).filter(|it| !it.is_empty()).collect();
    let rank = |unit: &&str| ["h", "m", "s", "ms"].iter().position(|known| known == unit);
    units.iter().map(rank).collect::<Vec<_>>().windows(2).all(|pair| pair[0] < pair[1])
}

/// What is wrong with the settings of alerts.
pub(crate) fn bad_rules(
    alert_labels: &BTreeMap<String, String>,
    runbook_url: Option<&str>,
    exclude: &[String],
    thresholds: &Thresholds,
) -> Vec<BadValue> {
    let mut found: Vec<BadValue> = alert_labels.iter().filter_map(|(name, value)| bad_label(name, value)).collect();
    if let Some(url) = runbook_url.filter(|url| !is_runbook_url(url)) {
        let expected = "the beginning of an address, such as `https://runbooks.example.com/cassandra/`";
        found.push(BadValue::new(Route::of("rules.runbookURL"), url, expected));
    }
    for (index, name) in exclude.iter().enumerate().filter(|(_, name)| !ALERTS.contains(&name.as_str())) {
        let field = Route::of("rules.exclude").index(index);
        let nearest = cassc_wording::nearest(name, ALERTS).map(|known| format!(", such as `{known}`"));
        let expected = format!("the name of an alert in docs/alerts.md{}", nearest.unwrap_or_default());
        found.push(BadValue::new(field, name, expected));
    }
    found.extend(bad_thresholds(thresholds));
    found
}

/// The name follows Prometheus' own rule and is none of ours. Prometheus would take `{{` in the value for a template.
fn bad_label(name: &str, value: &str) -> Option<BadValue> {
    let field = Route::of("rules.alertLabels").key(name);
    let begins = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && !name.starts_with("__");
    if !begins || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') || OWN_LABELS.contains(&name) {
        let expected = "a name of letters, digits and `_`, not `alertname`, `cassandra_cluster` or `severity`";
        return Some(BadValue::new(field, name, expected));
    }
    let fits = !value.is_empty() && !value.contains("{{") && !value.contains(char::is_control);
    (!fits).then(|| BadValue::new(field, value, "a text on one line, without `{{`"))
}

fn is_runbook_url(url: &str) -> bool {
    let is_web = ["https://", "http://"].iter().any(|scheme| url.len() > scheme.len() && url.starts_with(scheme));
    is_web
        && !url.contains(|c: char| c.is_whitespace() || c.is_control())
        && !url.contains("{{")
        && !has_credentials(url)
}

fn bad_thresholds(thresholds: &Thresholds) -> Vec<BadValue> {
    let written = [
        ("readMilliseconds", thresholds.read_milliseconds, LATENCIES),
        ("writeMilliseconds", thresholds.write_milliseconds, LATENCIES),
        ("diskPercent", thresholds.disk_percent, PERCENT),
        ("heapPercent", thresholds.heap_percent, PERCENT),
        ("pendingCompactions", thresholds.pending_compactions, 1..=u32::MAX),
        ("rollHours", thresholds.roll_hours, HOURS),
        ("stepHours", thresholds.step_hours, HOURS),
    ];
    let bad = |(field, value, range): (&str, Option<u32>, RangeInclusive<u32>)| {
        let value = value.filter(|value| !range.contains(value))?;
        let expected = match *range.end() {
            u32::MAX => format!("{} or more", range.start()),
            end => format!("{} to {end}", range.start()),
        };
        Some(BadValue::new(Route::of("rules.thresholds").key(field), &value.to_string(), expected))
    };
    written.into_iter().filter_map(bad).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn intervals_are_those_of_prometheus() {
        for interval in ["5s", "30s", "1m", "1m30s", "2m", "90s"] {
            assert!(bad_interval(interval).is_none(), "{interval}");
        }
        for interval in ["", "30", "1s", "3m", "1h", "30s1m", "30s30s", "1.5m", "-30s", "half"] {
            assert!(bad_interval(interval).is_some(), "{interval}");
        }
    }

    #[test]
    fn alerts_are_sorted() {
        assert!(ALERTS.is_sorted());
    }
}
