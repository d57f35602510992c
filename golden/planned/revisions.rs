//! A newer cassc restarts nothing until it is asked to; and the Jobs of the steps get another name whenever there is
//! something to do.

use std::collections::BTreeSet;

use cassc::cluster::{Cluster, generation};
use cassc::lock::Lock;
use cassc::plan::{Action, Before, Verdict, plan};
use cassc::render::{pod_templates, step_name};
use serde_json::Value;

use super::{lock, racks, read};

const SHOP: &str = "\
apiVersion: cassc/v1alpha1
kind: CassandraTopology
metadata: {name: shop}
spec:
  cassandra: {version: 4.1.9}
  resources: {requests: {cpu: \"2\", memory: 8Gi}, limits: {memory: 8Gi}}
  storage: {size: 100Gi}
  datacenters:
    - {name: dc1, nodes: 9, racks: [{name: a}, {name: b}, {name: c}]}
";

fn with(pairs: &[(&str, &str)]) -> String {
    pairs.iter().fold(SHOP.to_owned(), |text, (from, to)| text.replace(from, to))
}

fn revised(revision: u32) -> String {
    with(&[("spec:\n", &format!("spec:\n  revision: {revision}\n"))])
}

/// The lock that a cassc left that knew one generation only, in format 2.
fn of_the_first_generation() -> Lock {
    lock(&cassc::resolved(&read(&revised(1)), None))
}

/// The same in format 1: without digests of templates, and without what the cluster had not yet.
fn of_format_1() -> Lock {
    let mut value: Value = serde_json::from_str(&of_the_first_generation().to_text()).expect("a lock is JSON");
    value["format"] = 1.into();
    let mut forget = |pointer: &str, fields: &[&str]| {
        let map = value.pointer_mut(pointer).and_then(Value::as_object_mut).expect("there is a map");
        fields.iter().for_each(|field| drop(map.remove(*field).expect("the field is written")));
    };
    forget("", &["templates"]);
    forget("/cluster", &["revision", "generation", "rollout", "accept"]);
    for rack in 0..3 {
        forget(&format!("/cluster/datacenters/0/racks/{rack}"), &["expandTo", "restart"]);
    }
    Lock::read(&value.to_string()).expect("a lock of format 1 is read")
}

#[test]
fn the_same_topology_restarts_nothing_with_a_newer_cassc() {
    for lock in [of_the_first_generation(), of_format_1()] {
        let before = lock.cluster();
        let after = cassc::resolved(&read(SHOP), Some(before));
        assert_eq!(after.revision, 1);
        let plan = plan(Some(&Before { cluster: before, lock: Some(&lock) }), &after);
        assert_eq!((plan.verdict, plan.steps, plan.changes), (Verdict::Unchanged, Vec::new(), Vec::new()));
        let bytes = |cluster: &Cluster| serde_json::to_string(&pod_templates(cluster)).expect("templates are JSON");
        assert_eq!(bytes(before), bytes(&after));
        assert_ne!(bytes(before), bytes(&cassc::resolved(&read(SHOP), None)), "generations do not differ");
    }
}

#[test]
fn raising_the_revision_restarts_every_pod_and_says_why() {
    for lock in [of_the_first_generation(), of_format_1()] {
        let after = cassc::resolved(&read(&revised(2)), Some(lock.cluster()));
        let plan = plan(Some(&Before { cluster: lock.cluster(), lock: Some(&lock) }), &after);
        assert_eq!(plan.summary, "3 racks restart (9 pods), no node joins, no node leaves");
        assert!(racks(&plan).all(|rack| rack.reasons == ["revision"]), "{plan:#?}");
        assert!(!plan.steps.iter().any(|step| matches!(step.action, Action::Join { .. })), "{plan:#?}");
    }
}

#[test]
fn a_new_cluster_has_the_newest_generation() {
    assert_eq!(cassc::resolved(&read(SHOP), None).revision, generation::newest());
}

/// The clusters that follow from one another, each resolved with the lock of the one before.
fn history(texts: &[String]) -> Vec<Cluster> {
    let mut history: Vec<Cluster> = Vec::new();
    for text in texts {
        let previous = history.last().map(lock);
        history.push(cassc::resolved(&read(text), previous.as_ref().map(Lock::cluster)));
    }
    history
}

fn prepare(cluster: &Cluster) -> String {
    step_name(cluster, "prepare", "")
}

#[test]
fn nodes_that_go_and_come_back_never_meet_a_finished_job_of_before() {
    let nodes = |number: &str| with(&[("nodes: 9", &format!("nodes: {number}"))]);
    let clusters = history(&["9", "6", "9", "6"].map(nodes));
    let names: BTreeSet<String> = clusters.iter().map(prepare).collect();
    assert_eq!(names.len(), 4, "{names:?}");
    assert!(names.iter().all(|name| name.starts_with("shop-prepare-")), "{names:?}");
    let settle: BTreeSet<String> = clusters.iter().map(|cluster| step_name(cluster, "settle", "")).collect();
    assert_eq!(settle.len(), 4, "{settle:?}");
}

#[test]
fn jobs_keep_their_names_while_nothing_is_to_be_done() {
    let annotated = with(&[("{name: shop}", "{name: shop, annotations: {team: data}}")]);
    let clusters = history(&[SHOP.to_owned(), SHOP.to_owned(), annotated]);
    let names: BTreeSet<String> = clusters.iter().map(prepare).collect();
    assert_eq!(names.len(), 1, "{names:?}");
}

#[test]
fn a_retry_token_and_another_pod_template_give_jobs_other_names() {
    let retry = with(&[("spec:\n", "spec:\n  rollout: {retry: again}\n")]);
    let retried = with(&[("spec:\n", "spec:\n  rollout: {retry: and again}\n")]);
    let config = with(&[("4.1.9}", "4.1.9, config: {concurrent_reads: 64}}")]);
    let clusters = history(&[SHOP.to_owned(), retry, retried, config]);
    let names: BTreeSet<String> = clusters.iter().map(prepare).collect();
    assert_eq!(names.len(), 4, "{names:?}");
}
