//! Every metric that is asked for is one that somebody exports: `golden/monitoring/metrics` has what was seen, a line for each metric
//! with its labels (README.md there says of whom and how).

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::{alerts_of, queries_of};
use crate::compare::repository;
use crate::rendered::{Rendered, all, assert_none};

/// The agent in Cassandra, by the minor of Cassandra.
pub(super) const AGENTS: [&str; 3] = ["agent-4.0", "agent-4.1", "agent-5.0"];
/// Whoever exports the others.
const OTHERS: [&str; 5] = ["cert-manager", "kube-state-metrics", "kubelet", "prometheus", "reaper"];

/// What a target was seen to export: the labels and the number of series of each metric.
pub(super) type Exported = BTreeMap<String, (BTreeSet<String>, u32)>;

/// The labels that Prometheus gives the series of a target by the rendered ServiceMonitor and PodMonitor.
const OF_TARGET: [&str; 7] = ["cassandra_cluster", "container", "datacenter", "endpoint", "namespace", "pod", "rack"];

pub(super) fn exported(whose: &str) -> Exported {
    let path = repository(&format!("golden/monitoring/metrics/{whose}.txt"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let metric = |line: &str| {
        let mut words = line.split(' ');
        let mut word = || words.next().unwrap_or_else(|| panic!("{}: {line}", path.display()));
        let (name, labels, series) = (word(), word(), word());
        let labels = labels.split(',').filter(|it| *it != "-").map(str::to_owned).collect();
        (name.to_owned(), (labels, series.parse().expect("the number of series")))
    };
    text.lines().map(metric).collect()
}

/// The selectors of a query: the metric, and the labels between its braces.
fn selectors(query: &str) -> Vec<(String, Vec<String>)> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':');
    let braces = query.match_indices('{').filter(|(at, _)| query[..*at].ends_with(is_name));
    let selector = |(at, _): (usize, &str)| {
        let begin = query[..at].rfind(|c| !is_name(c)).map_or(0, |before| before + 1);
        (query[begin..at].to_owned(), labels(&query[at + 1..]))
    };
    braces.map(selector).collect()
}

/// The names of labels up to the brace that closes.
fn labels(matchers: &str) -> Vec<String> {
    let (mut names, mut name, mut quoted) = (Vec::new(), String::new(), false);
    let mut letters = matchers.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' if quoted => drop(letters.next()),
            '"' => quoted = !quoted,
            _ if quoted => {}
            '}' => break,
            ',' => name.clear(),
            '=' | '!' | '~' => {
                if !name.is_empty() {
                    names.push(std::mem::take(&mut name));
                }
            }
            letter => name.push(letter),
        }
    }
    names
}

/// What is wrong with a query: a metric that nobody exports, or that not every minor has, or a label that it never has.
fn faults(query: &str, known: &BTreeMap<&'static str, Exported>) -> Vec<String> {
    let of_selector = |(metric, labels): (String, Vec<String>)| -> Vec<String> {
        let has = |whose: &&str| known[*whose].contains_key(&metric);
        let of_agents = AGENTS.iter().filter(|it| has(it)).count();
        let exporter = OTHERS.iter().chain(&AGENTS).find(|it| has(it));
        let Some(exporter) = exporter else { return vec![format!("nobody exports {metric}: {query}")] };
        let mut found = Vec::new();
        if of_agents != 0 && of_agents != AGENTS.len() {
            found.push(format!("not every minor exports {metric}: {query}"));
        }
        let (own, _) = &known[exporter][&metric];
        let unknown = labels.into_iter().filter(|label| !own.contains(label) && !OF_TARGET.contains(&label.as_str()));
        found.extend(unknown.map(|label| format!("{metric} has no label {label}: {query}")));
        found
    };
    selectors(query).into_iter().flat_map(of_selector).collect()
}

fn known() -> BTreeMap<&'static str, Exported> {
    AGENTS.into_iter().chain(OTHERS).map(|whose| (whose, exported(whose))).collect()
}

/// All queries of alerts and dashboards.
fn all_queries(rendered: &Rendered) -> Vec<String> {
    let alerts = alerts_of(rendered);
    let of_alerts = alerts.iter().map(|rule| rule["expr"].as_str().expect("a rule has an expression").to_owned());
    of_alerts.chain(queries_of(rendered)).collect()
}

#[test]
fn every_metric_is_one_that_somebody_exports() {
    let known = known();
    let queries: BTreeSet<String> = all().iter().flat_map(all_queries).collect();
    assert!(queries.len() > 200, "only {} queries", queries.len());
    assert_none(&queries.iter().flat_map(|query| faults(query, &known)).collect::<Vec<_>>());
}

#[test]
fn a_metric_that_nobody_exports_is_found() {
    let known = known();
    for query in [
        "sum(org_apache_cassandra_metrics_table_tombstones{pod=\"x\"})",
        "up{pod=\"x\"} + upp{pod=\"x\"}",
        "org_apache_cassandra_metrics_storage_load{keyspace=\"x\"}",
        "kube_job_failed{job=~\"a\\\"=}\",job_name=\"x\"}",
    ] {
        assert_eq!(faults(query, &known).len(), 1, "{query}");
    }
    assert_eq!(labels("a=\"x,y=\",b=~\"}\",c!=\"\"} > 1"), ["a", "b", "c"]);
}
