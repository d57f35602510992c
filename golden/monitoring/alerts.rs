//! The alerts in front of `promtool`: every rule and every query of a dashboard is one that Prometheus takes, and each alert is raised
//! by series that are wrong, and by none that are right.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use cassc::topology::ALERTS;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::cases::{Case, HEALTHY, cases};
use super::{EVERYTHING, alerts_of, program, queries_of, rendered_of};
use crate::real_tool::is_here;
use crate::rendered::{Rendered, all, assert_none};

/// `promtool`, where it was built.
fn promtool() -> Option<PathBuf> {
    let promtool = program("promtool");
    is_here(&promtool.to_string_lossy(), &["--version"]).then_some(promtool)
}

/// Runs promtool over a file.
fn run(promtool: &Path, arguments: &[&str], file: &Path) -> Output {
    Command::new(promtool).args(arguments).arg(file).output().expect("promtool starts")
}

/// The complaints of promtool about a file with this content; `None` for none.
fn complaints(promtool: &Path, arguments: &[&str], content: &Value) -> Option<String> {
    let folder = TempDir::new().expect("a folder can be made");
    let file = folder.path().join("rules.yaml");
    fs::write(&file, content.to_string()).expect("a file can be written");
    let output = run(promtool, arguments, &file);
    let told = || format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    (!output.status.success()).then(told)
}

/// The rules as a file of Prometheus: what the operator makes of the object.
fn file_of_rules(rendered: &Rendered) -> Option<Value> {
    rendered.of_kind("PrometheusRule").next().map(|rule| rule["spec"].clone())
}

/// Queries as rules that record them: Prometheus reads both alike.
fn file_of_queries(queries: &[String]) -> Value {
    let record = |(at, query): (usize, &String)| json!({"record": format!("query:{at}"), "expr": query});
    json!({"groups": [{"name": "queries", "rules": queries.iter().enumerate().map(record).collect::<Vec<_>>()}]})
}

const CHECK: [&str; 4] = ["check", "rules", "--lint=all", "--lint-fatal"];

#[test]
fn prometheus_takes_every_rule_and_every_query() {
    let Some(promtool) = promtool() else { return };
    let (mut rules, mut queries, mut found) = (0, 0, Vec::new());
    for rendered in all().into_iter().filter(|it| it.title.ends_with("as Plain")) {
        let of_dashboards = queries_of(&rendered);
        let files = [file_of_rules(&rendered), (!of_dashboards.is_empty()).then(|| file_of_queries(&of_dashboards))];
        (rules, queries) = (rules + alerts_of(&rendered).len(), queries + of_dashboards.len());
        let of_file =
            |file: &Value| complaints(&promtool, &CHECK, file).map(|told| format!("{}: {told}", rendered.title));
        found.extend(files.iter().flatten().filter_map(of_file));
    }
    assert_none(&found);
    assert!(rules > 100 && queries > 100, "{rules} rules, {queries} queries");
}

#[test]
fn prometheus_finds_what_is_wrong_with_a_rule() {
    let Some(promtool) = promtool() else { return };
    let good = file_of_rules(&rendered_of(EVERYTHING)[0]).expect("it has rules");
    for (field, value) in [
        ("expr", json!("up{")),
        ("expr", json!("sum by (pod) rate(up[5m])")),
        ("for", json!("5 minutes")),
        ("labels", json!({"team": "{{ $labels"})),
        ("annotations", json!({"summary": "{{ $value | humanise }}"})),
    ] {
        let mut bad = good.clone();
        bad["groups"][0]["rules"][0][field] = value.clone();
        assert!(complaints(&promtool, &CHECK, &bad).is_some(), "{field}: {value}");
    }
    assert!(complaints(&promtool, &CHECK, &file_of_queries(&["up{a=~\"(\"}".to_owned()])).is_some());
}

/// One test of promtool: with these series, so many alerts of a name are raised at that time.
fn test(title: &str, series: &[(&str, &str)], (alert, minute): (&str, u32), raised: u32) -> Value {
    let input = series.iter().map(|(series, values)| json!({"series": expanded(series), "values": values}));
    let alert = if alert.is_empty() {
        String::new()
    } else {
        format!("alertname=\"{alert}\",cassandra_cluster=\"Tom's Shop\",")
    };
    json!({
        "name": title,
        "interval": "1m",
        "input_series": input.collect::<Vec<_>>(),
        "promql_expr_test": [{
            "expr": format!("count(ALERTS{{{alert}alertstate=\"firing\"}}) or vector(0)"),
            "eval_time": format!("{minute}m"),
            "exp_samples": [{"labels": "{}", "value": raised}],
        }],
    })
}

/// The cluster, and one of its nodes: `{CLUSTER}`, `{a0}` to `{c1}`.
fn expanded(series: &str) -> String {
    let cluster = "cassandra_cluster=\"Tom's Shop\",namespace=\"shop\"";
    let mut series = series.replace("CLUSTER", cluster);
    for rack in ["a", "b", "c"] {
        for ordinal in 0..2 {
            let pod = format!("{cluster},datacenter=\"dc1\",rack=\"{rack}\",pod=\"shop-dc1-{rack}-sts-{ordinal}\"");
            series = series.replace(&format!("NODE-{rack}{ordinal}"), &pod);
        }
    }
    series
}

fn tests_of(case: &Case) -> [Value; 2] {
    let at = (case.alert, case.minute);
    [
        test(&format!("{} is raised", case.alert), case.wrong, at, 1),
        test(&format!("{} is not raised", case.alert), case.right, at, 0),
    ]
}

/// What promtool says of tests of the rules of the cluster that has every alert.
fn complaints_of_tests(promtool: &Path, tests: &[Value]) -> Option<String> {
    let folder = TempDir::new().expect("a folder can be made");
    let rules = folder.path().join("rules.yaml");
    let of_cluster = file_of_rules(&rendered_of(EVERYTHING)[0]).expect("it has rules");
    fs::write(&rules, of_cluster.to_string()).expect("a file can be written");
    complaints(
        promtool,
        &["test", "rules"],
        &json!({"rule_files": [rules], "evaluation_interval": "1m", "tests": tests}),
    )
}

#[test]
fn every_alert_is_raised_by_what_is_wrong_and_by_nothing_that_is_right() {
    let Some(promtool) = promtool() else { return };
    let mut tests: Vec<Value> = cases().flat_map(tests_of).collect();
    tests.push(test("a healthy ring raises nothing", HEALTHY, ("", 240), 0));
    if let Some(told) = complaints_of_tests(&promtool, &tests) {
        panic!("{told}");
    }
}

/// A test that expects the opposite fails.
#[test]
fn a_test_of_an_alert_can_fail() {
    let Some(promtool) = promtool() else { return };
    let case = cases().next().expect("there are alerts");
    let wrong = test("is not raised", case.wrong, (case.alert, case.minute), 0);
    let right = test("is raised", case.right, (case.alert, case.minute), 1);
    for test in [wrong, right] {
        assert!(complaints_of_tests(&promtool, &[test]).is_some());
    }
}

#[test]
fn every_alert_has_a_case_and_is_in_the_table() {
    let cases: BTreeSet<&str> = cases().map(|case| case.alert).collect();
    assert_eq!(cases, ALERTS.into_iter().collect());
    let names = |rendered: &Rendered| -> BTreeSet<String> {
        alerts_of(rendered).iter().map(|rule| rule["alert"].as_str().expect("it has a name").to_owned()).collect()
    };
    assert_eq!(names(&rendered_of(EVERYTHING)[0]), ALERTS.map(str::to_owned).into());
}

/// No alert for what is not there.
#[test]
fn alerts_follow_the_topology() {
    let alone = &rendered_of("monitoring-alone")[0];
    let rules = alerts_of(alone);
    let of = |name: &str| rules.iter().find(|rule| rule["alert"] == name);
    for absent in [
        "CassandraStepRefused",
        "CassandraStepStuck",
        "CassandraReaperDown",
        "CassandraRepairOverdue",
        "CassandraCertificateExpires",
        "CassandraHintsStored",
        "CassandraRequestFailures",
    ] {
        assert!(of(absent).is_none(), "{absent}");
    }
    let expr = |name: &str| of(name).unwrap_or_else(|| panic!("{name} is there"))["expr"].as_str().expect("text");
    assert!(expr("CassandraReadLatency").ends_with("> 200000"), "a tenth of what is configured");
    assert!(expr("CassandraWriteLatency").ends_with("> 50000"), "as written");
    assert!(expr("CassandraRequestsPending").ends_with("> 256"), "four for each of 64 threads");
    assert!(
        expr("CassandraQuorumLost").contains("count by (namespace,cassandra_cluster,datacenter) ((max by"),
        "nodes, not racks"
    );
    assert!(!expr("CassandraReadLatency").contains("rate("), "histograms of 3.11 go down");
    assert!(!expr("CassandraPodNotReady").contains("namespace="), "nobody knows the namespace");
    assert_eq!(of("CassandraPodsBehindTemplate").map(|rule| rule["for"].clone()), Some(json!("300m")));
    assert_eq!(
        rules[0]["annotations"]["runbook_url"],
        "https://runbooks.example.com/cassandra/cassandrametricsmissing"
    );
}

/// Where nothing runs on purpose, nothing is down.
#[test]
fn a_stopped_ring_raises_no_alert_about_its_nodes() {
    let path = crate::compare::repository(&format!("golden/topologies/{EVERYTHING}.yaml"));
    let text = fs::read_to_string(path).expect("the topology is there");
    let stopped = text.replace("  steps:", "  stopped: true\n  steps:");
    let compilation = crate::rendered::compiled("stopped.yaml", stopped.into_bytes(), None);
    let rules = alerts_of(&crate::rendered::rendered(&compilation)[0]);
    let names: BTreeSet<&str> = rules.iter().filter_map(|rule| rule["alert"].as_str()).collect();
    let left = [
        "CassandraCertificateExpires",
        "CassandraDiskFillsUp",
        "CassandraDiskFull",
        "CassandraDiskFullSoon",
        "CassandraReaperTablesFailed",
        "CassandraStepRefused",
        "CassandraStepStuck",
    ];
    assert_eq!(names, left.into());
}
