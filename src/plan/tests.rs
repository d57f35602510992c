//! The planner on small clusters: what restarts and why, and in which order.

use std::path::Path;

use super::*;
use crate::check::fixtures::checked;
use crate::deliver::{Arranged, arrange};
use crate::file_tree::FileTree;
use crate::resolve::resolve;

/// Three racks of two nodes each.
const SHOP: &str = "\
apiVersion: cassc/v1alpha1
kind: CassandraTopology
metadata: {name: shop, namespace: cass}
spec:
  cassandra: {version: 4.1.9, config: {concurrent_reads: 32}}
  resources: {requests: {cpu: \"2\", memory: 8Gi}, limits: {memory: 8Gi}}
  storage: {class: fast, size: 100Gi}
  datacenters:
    - name: dc1
      nodes: 6
      racks: [{name: a}, {name: b}, {name: c}]
";

/// The plan from the first text to the second one.
fn planned(before: &str, after: &str) -> Plan {
    let before = resolve(&checked(before), None);
    let after = resolve(&checked(after), Some(&before));
    plan(Some(&Before { cluster: &before, lock: None }), &after)
}

fn replaced(pairs: &[(&str, &str)]) -> String {
    pairs.iter().fold(SHOP.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    })
}

fn roll(plan: &Plan) -> Vec<(String, Vec<String>)> {
    let rolls = plan.steps.iter().filter_map(|step| match &step.action {
        Action::Roll { racks, .. } => Some(racks),
        _ => None,
    });
    rolls.flatten().map(|rack| (rack.rack.clone(), rack.reasons.clone())).collect()
}

fn changes(plan: &Plan) -> Vec<(&str, Option<&str>, Effect, usize)> {
    plan.changes.iter().map(|it| (it.field.as_str(), it.place.as_deref(), it.effect, it.pods)).collect()
}

#[test]
fn nothing_follows_from_nothing() {
    let plan = planned(SHOP, SHOP);
    assert_eq!((plan.verdict, plan.steps.len(), plan.changes.len()), (Verdict::Unchanged, 0, 0));
    assert_eq!(plan.summary, "nothing changes");
}

#[test]
fn a_key_of_cassandra_yaml_restarts_every_pod_and_is_named() {
    let plan = planned(SHOP, &replaced(&[("concurrent_reads: 32", "concurrent_reads: 64")]));
    assert_eq!(plan.summary, "3 racks restart (6 pods), no node joins, no node leaves");
    let why = vec!["cassandra.config.concurrent_reads".to_owned()];
    assert_eq!(roll(&plan), [("a".into(), why.clone()), ("b".into(), why.clone()), ("c".into(), why)]);
    assert_eq!(changes(&plan), [("cassandra.config.concurrent_reads", None, Effect::Restarts, 6)]);
    assert_eq!((plan.changes[0].from.as_deref(), plan.changes[0].to.as_deref()), (Some("32"), Some("64")));
}

#[test]
fn what_one_rack_says_restarts_that_rack_alone() {
    let plan = planned(SHOP, &replaced(&[("{name: b}", "{name: b, cassandra: {jvm: {heap: 3Gi}}}")]));
    assert_eq!(roll(&plan), [("b".to_owned(), vec!["cassandra.jvm.heap".to_owned()])]);
    assert_eq!(changes(&plan), [("cassandra.jvm.heap", Some("dc1/b"), Effect::Restarts, 2)]);
}

#[test]
fn an_annotation_of_the_objects_touches_nothing_that_runs() {
    let plan = planned(SHOP, &replaced(&[("namespace: cass}", "namespace: cass, annotations: {team: data}}")]));
    assert_eq!(plan.summary, "nothing restarts, no node joins, no node leaves");
    assert_eq!(changes(&plan), [("metadata.annotations.team", None, Effect::Objects, 0)]);
}

#[test]
fn a_version_brings_its_image_along_and_is_one_reason() {
    let plan = planned(SHOP, &replaced(&[("4.1.9", "4.1.10")]));
    assert_eq!(changes(&plan), [("cassandra.version", None, Effect::Restarts, 6)]);
    assert_eq!(plan.changes[0].to.as_deref(), Some("4.1.10"));
}

#[test]
fn a_restart_token_restarts_its_rack_and_removing_it_restarts_nothing() {
    let token = replaced(&[("{name: b}", "{name: b, restart: monday}")]);
    let plan = planned(SHOP, &token);
    assert_eq!(roll(&plan), [("b".to_owned(), vec!["restart".to_owned()])]);
    assert_eq!(planned(&token, SHOP).verdict, Verdict::Unchanged);
}

#[test]
fn growth_joins_in_start_order_and_cleans_up() {
    let plan = planned(SHOP, &replaced(&[("nodes: 6", "nodes: 8")]));
    assert_eq!(plan.summary, "nothing restarts, 2 nodes join, no node leaves");
    let actions: Vec<&Action> = plan.steps.iter().map(|step| &step.action).collect();
    let join = Action::Join {
        pods: vec!["shop-dc1-a-sts-2".into(), "shop-dc1-b-sts-2".into()],
        founds: false,
        start_orders: 1,
    };
    assert!(actions.contains(&&join), "{actions:#?}");
    assert!(actions.iter().any(|action| matches!(action, Action::Cleanup { pods } if pods.len() == 6)), "{actions:#?}");
}

#[test]
fn expanding_claims_changes_no_stateful_set() {
    let plan = planned(SHOP, &replaced(&[("size: 100Gi", "size: 100Gi, expandTo: 200Gi")]));
    assert_eq!(plan.summary, "nothing restarts, no node joins, no node leaves, 6 PVCs grow");
    assert_eq!(changes(&plan), [("storage.expandTo", None, Effect::Claims, 0)]);
    assert!(!format!("{:?}", plan.steps).contains("StatefulSet"), "{:#?}", plan.steps);
}

/// Plans are read by everybody who sees the pull request.
#[test]
fn no_password_is_told() {
    let keys = "client_encryption_options: {enabled: false, keystore_password: sesame}";
    let plan = planned(SHOP, &replaced(&[("concurrent_reads: 32", keys)]));
    let again = replaced(&[("concurrent_reads: 32", &keys.replace("sesame", "barley"))]);
    let changed = planned(&replaced(&[("concurrent_reads: 32", keys)]), &again);
    for plan in [plan, changed] {
        let told = format!("{plan:?}");
        assert!(told.contains("client_encryption_options"), "{told}");
        assert!(!told.contains("sesame") && !told.contains("barley"), "{told}");
    }
}

/// A lock records what was rendered, even if this version of cassc renders it differently.
#[test]
fn a_pod_template_that_the_lock_knows_otherwise_restarts_for_a_reason_of_its_own() {
    let cluster = resolve(&checked(SHOP), None);
    let Arranged { files, mut templates, .. } = arrange(&cluster);
    templates.insert("shop-dc1-b-sts".to_owned(), "0".repeat(64));
    let other = |(path, text): (&str, &str)| {
        let text = if path.ends_with("shop-dc1-b-sts.yaml") { "what an older cassc wrote" } else { text };
        (path.to_owned(), text.to_owned())
    };
    let lock = Lock::new(
        Path::new("shop.yaml"),
        cluster.clone(),
        &FileTree::new(files.iter().map(other).collect()),
        templates,
    );
    let plan = plan(Some(&Before { cluster: &cluster, lock: Some(&lock) }), &cluster);
    assert_eq!(plan.summary, "1 rack restarts (2 pods), no node joins, no node leaves");
    assert_eq!(roll(&plan), [("b".to_owned(), vec![reasons::CASSC_ITSELF.to_owned()])]);
    assert_eq!(changes(&plan), [(reasons::CASSC_ITSELF, None, Effect::Restarts, 2)]);
}

/// With two racks tokens cannot be allocated for three replicas; with three they can, and that is configuration.
#[test]
fn a_third_rack_restarts_the_two_others_and_says_so() {
    let two = replaced(&[("nodes: 6", "nodes: 4"), (", {name: c}", "")]);
    let plan = planned(&two, SHOP);
    assert_eq!(roll(&plan), [("a".to_owned(), vec!["racks".to_owned()]), ("b".to_owned(), vec!["racks".to_owned()])]);
    assert_eq!(changes(&plan)[1], ("racks", Some("dc1"), Effect::Restarts, 4));
}

#[test]
fn nodes_leave_after_the_system_keyspaces_have_fewer_replicas() {
    let of_one_rack = |nodes| replaced(&[("nodes: 6", nodes), (", {name: b}, {name: c}", "")]);
    let plan = planned(&of_one_rack("nodes: 3"), &of_one_rack("nodes: 2"));
    let actions: Vec<&Action> = plan.steps.iter().map(|step| &step.action).collect();
    let lower = actions.iter().position(|it| matches!(it, Action::ReplicateSystemKeyspaces { .. }));
    let leave = actions.iter().position(|it| matches!(it, Action::Decommission { .. }));
    assert!(lower.is_some() && lower < leave, "{actions:#?}");
    assert_eq!(actions.iter().filter(|it| matches!(it, Action::ReplicateSystemKeyspaces { .. })).count(), 1);
}

#[test]
fn a_second_namespace_makes_no_object_of_the_first_new() {
    let more = "    - {name: dc2, namespace: far, nodes: 3, racks: [{name: a}, {name: b}, {name: c}]}\n";
    let plan = planned(SHOP, &format!("{SHOP}{more}"));
    let near = |object: &ObjectName| object.namespace.as_deref() == Some("cass");
    for step in &plan.steps {
        if let Action::Apply { created, removed, kept, .. } = &step.action {
            assert!(!created.iter().chain(removed).chain(kept).any(near), "{step:#?}");
        }
    }
    // Pods keep apart from those of the other namespace, and that is in their template.
    assert_eq!(roll(&plan)[0], ("a".to_owned(), vec!["datacenters".to_owned()]));
}

/// One rack shrinks while another grows: there is a moment with fewer nodes than before and after.
#[test]
fn replicas_fit_the_moment_between_leaving_and_joining() {
    let racks = |sizes: [u32; 2]| {
        let [a, b] = sizes;
        replaced(&[
            ("      nodes: 6\n", ""),
            (
                "racks: [{name: a}, {name: b}, {name: c}]",
                &format!("racks: [{{name: a, nodes: {a}}}, {{name: b, nodes: {b}}}]"),
            ),
        ])
    };
    let plan = planned(&racks([3, 1]), &racks([1, 3]));
    let told: Vec<&Action> = plan.steps.iter().map(|step| &step.action).collect();
    let replicas = |number| Action::ReplicateSystemKeyspaces { replicas: [("dc1".to_owned(), number)].into() };
    let leave = |action: &&Action| matches!(action, Action::Decommission { nodes_left: 2, .. });
    let place = |action: &Action| told.iter().position(|it| *it == action);
    let leaves = told.iter().position(leave);
    assert!(leaves.is_some() && place(&replicas(2)) < leaves && leaves < place(&replicas(3)), "{told:#?}");
}
