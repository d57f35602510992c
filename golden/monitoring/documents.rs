//! The documents about alerts and dashboards, and the form of the dashboards.

use std::collections::BTreeSet;
use std::fs;

use cassc::topology::ALERTS;
use serde_json::Value;

use super::{EVERYTHING, alerts_of, dashboards_of, items, rendered_of};
use crate::compare::repository;
use crate::rendered::all;

fn document(name: &str) -> String {
    fs::read_to_string(repository(&format!("docs/{name}"))).expect("the document is there")
}

/// The sections of docs/alerts.md by their headings.
fn sections(text: &str) -> Vec<(&str, &str)> {
    text.split("\n### ").skip(1).filter_map(|section| section.split_once('\n')).collect()
}

#[test]
fn every_alert_has_its_section() {
    let text = document("alerts.md");
    let sections = sections(&text);
    let headings: BTreeSet<&str> = sections.iter().map(|(heading, _)| *heading).collect();
    assert_eq!(headings, ALERTS.into_iter().collect());
    assert_eq!(headings.len(), sections.len());
    for (heading, section) in sections {
        for part in ["**Means.**", "**Look at.**", "**Do.**"] {
            assert!(section.contains(part), "{heading} lacks {part}");
        }
    }
}

/// A runbook is found by the anchor that a heading has on a page: lower case.
#[test]
fn every_alert_has_severity_sentence_and_runbook() {
    for rule in alerts_of(&rendered_of(EVERYTHING)[0]) {
        let name = rule["alert"].as_str().expect("an alert has a name");
        let runbook = format!("https://github.com/cassc/cassc/blob/main/docs/alerts.md#{}", name.to_lowercase());
        assert_eq!(rule["annotations"]["runbook_url"], runbook);
        assert!(matches!(rule["labels"]["severity"].as_str(), Some("critical" | "warning")), "{name}");
        let summary = rule["annotations"]["summary"].as_str().expect("an alert has a sentence");
        assert!(summary.ends_with('.') && summary.len() > 40, "{name}: {summary}");
        assert_eq!(rule["labels"]["cassandra_cluster"], "Tom's Shop", "{name}");
    }
}

#[test]
fn no_two_panels_overlap_and_no_two_dashboards_are_one() {
    let mut uids = BTreeSet::new();
    for rendered in all().into_iter().filter(|it| it.title.ends_with("as Plain")) {
        for dashboard in dashboards_of(&rendered) {
            let uid = dashboard["uid"].as_str().expect("a dashboard has an id").to_owned();
            assert!(uid.len() <= 40 && uids.insert(uid), "{}", dashboard["uid"]);
            let (mut taken, mut ids) = (BTreeSet::new(), BTreeSet::new());
            for panel in items(&dashboard["panels"]) {
                let of = |key: &str| panel["gridPos"][key].as_u64().expect("a panel has a place");
                assert!(ids.insert(panel["id"].to_string()) && of("x") + of("w") <= 24, "{panel}");
                for x in of("x")..of("x") + of("w") {
                    assert!((of("y")..of("y") + of("h")).all(|y| taken.insert((x, y))), "{panel}");
                }
                let is_row = panel["type"] == "row";
                assert!(is_row || !items(&panel["targets"]).is_empty(), "{panel}");
            }
        }
    }
    assert!(uids.len() >= 12, "{} dashboards", uids.len());
}

/// Only what is there is shown.
#[test]
fn dashboards_follow_the_topology() {
    let titles = |topology: &str| -> BTreeSet<String> {
        let dashboards = dashboards_of(&rendered_of(topology)[0]);
        let panels = dashboards.iter().flat_map(|dashboard: &Value| items(&dashboard["panels"]).to_vec());
        panels.map(|panel| panel["title"].as_str().expect("a panel has a title").to_owned()).collect()
    };
    let (everything, alone) = (titles(EVERYTHING), titles("monitoring-alone"));
    for title in ["Program in the cluster", "Since the last repair"] {
        assert!(everything.contains(title) && !alone.contains(title), "{title}");
    }
    let several = titles("monitoring-several");
    assert!(everything.contains("Tombstones, 99th percentile") && !several.contains("Tombstones, 99th percentile"));
}
