//! What `cassc-step status` and `kubectl cassc` print of a cluster on a real API server. Nobody answers for the Management API there,
//! and simulated nodes forward no ports: what is remembered is printed, and that it is.

use std::process::{Command, Output};

use cassc_settle::cluster::{Cluster as _, Event};
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::ConfigMap;
use kube::api::{Patch, PatchParams};
use serde_json::{Value, json};

use crate::world::{CLUSTER, LABEL, SET, World, objects};

const HOST_ID: &str = "8b1c0e1e-6c1f-4f0a-9d4b-1a2b3c4d5e6f";

fn plugin(world: &World, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-cassc"));
    command.args(arguments).args(["--namespace", &world.home]);
    command.output().expect("it starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("a text")
}

/// A cluster that a run has left behind: one pod is known, a repair failed, and the ring waits.
async fn remembered(world: &World) {
    let condition =
        |status: bool, reason: &str| json!({"status": status, "reason": reason, "message": "as it is", "since": 1});
    let memory = json!({
        "nodes": {format!("{SET}-0"): {"address": "10.9.9.9"}},
        "conditions": {"Ready": condition(false, "AsDeclared"), "ScalingUp": condition(true, "NodesMissing")},
        "operations": {"first": {"content": {"id": "", "kind": "cleanup"}, "since": 1, "ended": 2, "done": 2}},
    });
    let data = json!({"founded": "true", format!("host-id.{SET}-0"): HOST_ID, "settle.json": memory.to_string()});
    world.create::<ConfigMap>(&world.home, json!({"metadata": {"name": "shop-state"}, "data": data})).await;
    let live = world.live("a").await;
    objects(&live).await;
    let event = Event {
        kind: "Pod",
        name: format!("{SET}-0"),
        reason: "JobEnded",
        message: "a repair has ended".to_owned(),
        warning: false,
    };
    live.event(&event).await;
}

/// The Job of a commit, which nobody runs: its pod is suspended away.
async fn job(world: &World, name: &str) {
    let container = json!({"name": "settle", "image": "registry.test/cassc-step"});
    let spec = json!({"suspend": true, "template": {"spec": {"restartPolicy": "Never", "containers": [container]}}});
    let metadata = json!({"name": name, "labels": {LABEL: CLUSTER}});
    world.create::<Job>(&world.home, json!({"metadata": metadata, "spec": spec})).await;
}

/// Lets a Job end as its controller would.
async fn end(world: &World, name: &str, conditions: Value) {
    let at = "2026-12-01T00:00:00Z";
    let status = json!({"status": {"conditions": conditions, "startTime": at}});
    let jobs = world.api::<Job>(&world.home);
    jobs.patch_status(name, &PatchParams::default(), &Patch::Merge(status)).await.expect("it is taken");
}

#[tokio::test]
#[ignore = "tests/step/run"]
async fn status_shows_what_is_there_and_says_what_it_could_not_see() {
    let world = World::with_pods("viewed").await;
    remembered(&world).await;
    let output = plugin(&world, &["status", "-o", "json"]);
    let report: Value = serde_json::from_slice(&output.stdout).expect("an object");
    assert_eq!((&report["cluster"], &report["asked"]), (&json!(CLUSTER), &Value::Null));
    let first = &report["datacenters"][0]["racks"][0]["nodes"][0];
    assert_eq!(
        (&first["pod"], &first["hostId"], &first["state"]),
        (&json!(format!("{SET}-0")), &json!(HOST_ID), &Value::Null)
    );
    assert_eq!((&first["status"], &first["isBehind"]), (&json!("Ready"), &json!(false)));
    assert!(
        report["unseen"][0].as_str().is_some_and(|it| it.starts_with(&format!("the ring through {SET}-0: "))),
        "{report}"
    );
    assert_eq!(
        (&report["events"][0]["reason"], &report["operations"][0]["state"]),
        (&json!("JobEnded"), &json!("done"))
    );
    let yaml = text(&plugin(&world, &["status", "-o", "yaml"]).stdout);
    assert!(yaml.contains(&format!("hostId: {HOST_ID}")) && yaml.contains("isBehind: false"), "{yaml}");
    let plain = text(&plugin(&world, &["status"]).stdout);
    assert!(plain.starts_with(&format!("shop in namespace {}, Cassandra 4.1.9: not settled\n", world.home)), "{plain}");
    assert!(
        plain.contains("ScalingUp for ") && !plain.contains("Ready is false") && !plain.contains('\u{1b}'),
        "{plain}"
    );
    let colored = text(&plugin(&world, &["status", "--color", "always", "-o", "wide"]).stdout);
    assert!(colored.contains("\u{1b}[1mConditions") && colored.contains("Ready is false"), "{colored}");
}

#[tokio::test]
#[ignore = "tests/step/run"]
async fn pods_that_are_behind_are_named() {
    let world = World::with_pods("behind").await;
    assert_eq!(text(&plugin(&world, &["restart-needed"]).stdout), "");
    let template = json!({"spec": {"template": {"metadata": {"annotations": {"a": "b"}}}}});
    let sets = world.api::<StatefulSet>(&world.home);
    sets.patch(SET, &PatchParams::default(), &Patch::Strategic(template)).await.expect("it is taken");
    world.until_ready().await;
    let told = text(&plugin(&world, &["restart-needed"]).stdout);
    let why = "its StatefulSet has a newer pod template";
    assert_eq!(told, format!("{SET}-0: {why}\n{SET}-1: {why}\n"));
}

#[tokio::test]
#[ignore = "tests/step/run"]
async fn waiting_ends_with_the_newest_job() {
    let world = World::with_pods("waited").await;
    remembered(&world).await;
    let wait = |what: &str| plugin(&world, &["wait", "--for", what, "--timeout", "0"]);
    let none = wait("settled");
    assert_eq!(
        (none.status.code(), text(&none.stderr)),
        (Some(2), "error: not so after 0 s: there is no Job of the program\n".to_owned())
    );
    job(&world, "shop-settle-1").await;
    assert_eq!(wait("settled").status.code(), Some(2));
    let failed = json!([
        {"type": "FailureTarget", "status": "True", "reason": "PodFailurePolicy", "message": "exit code 1"},
        {"type": "Failed", "status": "True", "reason": "PodFailurePolicy", "message": "exit code 1"},
    ]);
    end(&world, "shop-settle-1", failed).await;
    let refused = wait("ready");
    assert_eq!(refused.status.code(), Some(1), "{}", text(&refused.stderr));
    assert_eq!(text(&refused.stderr), "refused: shop-settle-1: PodFailurePolicy: exit code 1\n");
    let history = text(&plugin(&world, &["history"]).stdout);
    for told in [
        "shop-settle-1: Failed: PodFailurePolicy: exit code 1",
        "operation first (cleanup): done, 2 nodes done",
        "a repair has ended",
    ] {
        assert!(history.contains(told), "{told}: {history}");
    }
}

#[tokio::test]
#[ignore = "tests/step/run"]
async fn a_cluster_that_is_not_there_is_named() {
    let world = World::empty("unviewed").await;
    let other = plugin(&world, &["status", "--cluster", "other"]);
    let told = format!(
        "error: there is no cluster `other` in namespace {}: it has no ConfigMap other-desired-ring\n",
        world.home
    );
    assert_eq!((other.status.code(), text(&other.stderr)), (Some(2), told));
    world.create::<ConfigMap>(&world.home, json!({"metadata": {"name": "other-desired-ring"}})).await;
    let several = plugin(&world, &["logs"]);
    assert!(text(&several.stderr).contains("has several clusters (other, shop); --cluster names one"));
    let nobody = Command::new(env!("CARGO_BIN_EXE_kubectl-cassc"))
        .args(["status", "-n", "default"])
        .output()
        .expect("it starts");
    assert!(
        text(&nobody.stderr).starts_with("error: namespace default has no cluster of cassc"),
        "{}",
        text(&nobody.stderr)
    );
}
