use std::collections::BTreeMap;

use super::super::{Condition, Datacenter, Failed, Job, Rack};
use super::*;

const NOW: &str = "2026-12-01T00:10:00Z";

fn page(columns: usize, wide: bool) -> Page {
    Page { columns, wide, now: log::seconds(NOW).expect("a time") }
}

fn racks() -> Vec<Rack> {
    let node = |pod: &str, state: &str, status: &str, is_behind: bool| Node {
        pod: Some(pod.to_owned()),
        state: Some(state.to_owned()),
        host_id: Some("8b1c0e1e-6c1f-4f0a-9d4b-1a2b3c4d5e6f".to_owned()),
        address: Some("10.0.0.7".to_owned()),
        load: Some(12 * 1024 * 1024 * 1024 + 400 * 1024 * 1024),
        version: Some("4.1.9".to_owned()),
        status: Some(status.to_owned()),
        is_behind: Some(is_behind),
        ..Node::default()
    };
    let first = vec![node("shop-dc1-r1-sts-0", "UN", "Ready", false), node("shop-dc1-r1-sts-1", "UL", "Ready", true)];
    let lost = Node { state: Some("DN".to_owned()), gossip: Some("shutdown".to_owned()), ..Node::default() };
    vec![
        Rack { name: "r1".to_owned(), wanted: 1, nodes: first },
        Rack { name: "r2".to_owned(), wanted: 1, nodes: vec![lost] },
    ]
}

fn failure() -> Event {
    Event {
        time: "2026-12-01T00:00:00Z".to_owned(),
        count: 2,
        warning: true,
        reason: "JobFailed".to_owned(),
        about: "shop-dc1-r1-sts-1".to_owned(),
        message: "a\u{1b}[31m message".to_owned(),
    }
}

fn report() -> Report {
    let racks = racks();
    let refused = Condition {
        status: true,
        reason: "NoRoom".to_owned(),
        message: "the nodes that stay have no room for the data of shop-dc1-r1-sts-1".to_owned(),
        since: "2026-12-01T00:05:00Z".to_owned(),
    };
    let steady =
        Condition { status: false, reason: "AsDeclared".to_owned(), message: String::new(), since: NOW.to_owned() };
    let job = Job {
        pod: "shop-dc1-r1-sts-1".to_owned(),
        job: "decommission".to_owned(),
        since: "2026-12-01T00:09:00Z".to_owned(),
        bytes_left: Some(3 << 30),
    };
    let operation = Operation {
        id: "repair-2".to_owned(),
        kind: "repair".to_owned(),
        state: "runs",
        done: 1,
        nodes: Some(3),
        since: Some("2026-12-01T00:00:00Z".to_owned()),
        ended: None,
        failed: BTreeMap::new(),
    };
    Report {
        cluster: "shop".to_owned(),
        namespace: "ns".to_owned(),
        version: "4.1.9".to_owned(),
        founded: Some(true),
        asked: Some("shop-dc1-r1-sts-0".to_owned()),
        datacenters: vec![Datacenter { name: "dc1".to_owned(), kube_cluster: None, racks }],
        jobs: vec![job],
        operations: vec![operation],
        failed: BTreeMap::from([("p".to_owned(), Failed { reason: "R".to_owned(), message: "m".to_owned() })]),
        conditions: BTreeMap::from([("Refused".to_owned(), refused), ("Ready".to_owned(), steady)]),
        run: Some(Run {
            job: "shop-settle-1".to_owned(),
            state: "Running",
            created: "2026-12-01T00:04:00Z".to_owned(),
            says: vec!["JobRuns: shop-dc1-r1-sts-1 runs decommission".to_owned()],
            ..Run::default()
        }),
        events: vec![failure()],
        ..Report::default()
    }
}

/// The text without its colors.
fn uncolored(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

#[test]
fn a_report_fits_on_a_terminal_of_80_columns() {
    let expected = "\
shop in namespace ns, Cassandra 4.1.9: refused, NoRoom
The ring as shop-dc1-r1-sts-0 sees it.

     POD                LOAD      VERSION  HOST ID   STATUS
dc1 r1, 2 of 1 nodes
 UN  shop-dc1-r1-sts-0  12.4 GiB  4.1.9    8b1c0e1e  Ready
 UL  shop-dc1-r1-sts-1  12.4 GiB  4.1.9    8b1c0e1e  Ready, older template
dc1 r2, 1 of 1 nodes
 DN  -                  -         -        -         shutdown

Under way
  shop-dc1-r1-sts-1: decommission for 60s, 3.0 GiB left to stream

Operations
  repair-2 (repair): runs for 10m, 1 of 3 nodes done

Failed
  p: R: m

Conditions
  Refused for 5m, NoRoom: the nodes that stay have no room for the data of
    shop-dc1-r1-sts-1

Program
  shop-settle-1: Running for 6m
    JobRuns: shop-dc1-r1-sts-1 runs decommission

Events
  10m ago (2 times) JobFailed: shop-dc1-r1-sts-1: a [31m message
";
    let told = uncolored(&text(&report(), page(80, false)));
    assert_eq!(told, expected);
    assert!(told.lines().all(|line| line.chars().count() <= 80));
}

#[test]
fn wide_shows_everything_on_lines_of_any_length() {
    let told = uncolored(&text(&report(), page(80, true)));
    assert!(told.contains("8b1c0e1e-6c1f-4f0a-9d4b-1a2b3c4d5e6f  10.0.0.7  Ready, older template\n"), "{told}");
    assert!(told.contains("Ready is false for 0s, AsDeclared\n"), "{told}");
    assert!(told.contains("have no room for the data of shop-dc1-r1-sts-1\n"), "{told}");
}

#[test]
fn what_nobody_was_asked_about_is_said_to_be_remembered() {
    let unseen = vec!["the ring through p-0: the API server opened no stream to the pod: status 403".to_owned()];
    let told = uncolored(&text(&Report { asked: None, unseen, ..report() }, page(60, false)));
    assert!(told.contains("No pod was asked: host ids and addresses are what is\n  remembered.\n"), "{told}");
    assert!(
        told.contains(
            "  not seen: the ring through p-0: the API server opened no\n    stream to the pod: status 403\n"
        ),
        "{told}"
    );
}

#[test]
fn states_have_colors() {
    let told = text(&report(), page(80, false));
    for (style, state) in [(GOOD, "UN"), (CHANGING, "UL"), (BAD, "DN"), (BAD, "refused, NoRoom"), (HEADING, "Events")] {
        assert!(told.contains(&styled(style, state)), "{state} in {told:?}");
    }
}

#[test]
fn times_and_sizes_are_short() {
    let ago = |text: &str| since(text, page(80, false));
    assert_eq!((ago("2026-12-01T00:08:01Z"), ago("2026-12-01T00:08:00Z")), ("119s".to_owned(), "2m".to_owned()));
    assert_eq!((ago("2026-11-30T22:10:00Z"), ago("2026-11-29T00:10:00Z")), ("2h".to_owned(), "2d".to_owned()));
    assert_eq!((ago(""), ago("2027-01-01T00:00:00Z")), ("?".to_owned(), "0s".to_owned()));
    assert_eq!(
        (size(0), size(1023), size(1024), size(5 << 50)),
        ("0 bytes".into(), "1023 bytes".into(), "1.0 KiB".into(), "5120.0 TiB".into())
    );
}
