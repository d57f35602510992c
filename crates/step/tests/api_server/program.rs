//! The program itself: it takes the Lease, says why it waits, and ends in order when it is asked to.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::ConfigMap;
use serde_json::{Value, json};

use crate::world::{World, until};

fn program(world: &World, verb: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cassc-step"));
    command.args([verb, "--cluster", "shop", "--namespace", &world.home]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The exit code, and the lines of the log.
fn ended(child: Child) -> (Option<i32>, Vec<Value>) {
    let output = child.wait_with_output().expect("it ends");
    let log = String::from_utf8(output.stderr).expect("a text");
    (output.status.code(), log.lines().map(|line| serde_json::from_str(line).expect("an object per line")).collect())
}

fn terminate(child: &Child) {
    let sent = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().expect("there is a kill");
    assert!(sent.success());
}

#[tokio::test]
#[ignore = "tests/step/run"]
async fn it_waits_and_ends_in_order() {
    let world = World::with_pods("program").await;
    let folder = std::env::temp_dir().join(format!("{}-{}", world.home, std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for the test");
    let message = folder.join("termination-log");
    fs::write(&message, "").expect("a file for the test");
    let child = program(&world, "settle").arg("--termination-log").arg(&message).spawn().expect("it starts");
    let leases = world.api::<Lease>(&world.home);
    let maps = world.api::<ConfigMap>(&world.home);
    let holder = async || leases.get_opt("shop-step").await.expect("an answer")?.spec?.holder_identity;
    until("it has the Lease", async || holder().await.is_some()).await;
    until("it has remembered something", async || maps.get_opt("shop-state").await.expect("an answer").is_some()).await;
    terminate(&child);
    let (code, log) = ended(child);
    assert_eq!(code, Some(143));
    assert_eq!(holder().await, None, "the Lease is given back");
    let last = log.last().expect("it says how it ended");
    assert_eq!((last["reason"].as_str(), last["level"].as_str()), (Some("Interrupted"), Some("warning")));
    assert!(log.iter().all(|line| line["time"].is_string() && line["message"].is_string()), "{log:?}");
    assert!(fs::read_to_string(&message).expect("it is there").starts_with("Interrupted: "));
    fs::remove_dir_all(&folder).expect("the test made it");

    let output = program(&world, "status").args(["--output", "json"]).output().expect("it starts");
    let report: Value = serde_json::from_slice(&output.stdout).expect("an object");
    assert!(output.status.success() && report["conditions"].is_object(), "{report}");
}

#[tokio::test]
#[ignore = "tests/step/run"]
async fn it_ends_with_its_time() {
    let world = World::with_pods("deadline").await;
    let (code, log) = ended(program(&world, "settle").args(["--deadline", "1"]).spawn().expect("it starts"));
    assert_eq!(code, Some(2));
    assert_eq!(log.last().expect("it says how it ended")["reason"], "DeadlineExceeded");
}

#[tokio::test]
#[ignore = "tests/step/run"]
async fn it_waits_for_the_ring_that_it_was_made_for() {
    let world = World::with_pods("older").await;
    let maps = world.api::<ConfigMap>(&world.home);
    let remembers = async || maps.get_opt("shop-state").await.expect("an answer").is_some();
    let run = |generation: &str| {
        ended(
            program(&world, "settle").args(["--deadline", "3", "--generation", generation]).spawn().expect("it starts"),
        )
    };
    let is_older = |line: &Value| line["reason"] == "OlderRing" && line["about"] == "shop-desired-ring";
    let (code, log) = run("2");
    assert_eq!(code, Some(2));
    assert!(log.iter().any(is_older), "{log:?}");
    assert!(!remembers().await, "it did nothing");
    let (_, log) = run("1");
    assert!(!log.iter().any(is_older), "{log:?}");
    assert!(remembers().await, "the ring is the one that it was made for");
}

#[tokio::test]
#[ignore = "tests/step/run"]
async fn it_refuses_a_ring_that_it_cannot_read() {
    let world = World::empty("unreadable").await;
    let maps = world.api::<ConfigMap>(&world.home);
    let newer = json!({"data": {"ring.json": r#"{"format": 99}"#}});
    let by = kube::api::PatchParams::default();
    maps.patch("shop-desired-ring", &by, &kube::api::Patch::Merge(newer)).await.expect("it is taken");
    let (code, log) = ended(program(&world, "settle").spawn().expect("it starts"));
    assert_eq!(code, Some(1));
    let last = log.last().expect("it says how it ended");
    assert!(last["message"].as_str().is_some_and(|message| message.contains("format 99")), "{last}");
}

#[test]
#[ignore = "tests/step/run"]
fn without_a_connection_it_says_so() {
    let outcome = Command::new(env!("CARGO_BIN_EXE_cassc-step"))
        .args(["status", "--cluster", "shop"])
        .env("KUBECONFIG", Path::new("/nowhere/kubeconfig"))
        .env_remove("KUBERNETES_SERVICE_HOST")
        .output()
        .expect("it starts");
    let told = String::from_utf8_lossy(&outcome.stderr);
    assert_eq!(outcome.status.code(), Some(2));
    assert!(told.starts_with("error: no kubeconfig: "), "{told}");
}
