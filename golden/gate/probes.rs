//! The scripts around Cassandra's life: start command, probes, drain; and what shellcheck says to all of them.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use super::world::write_program;
use crate::compare::repository;
use crate::real_tool::is_here;

/// The pod that the scripts run in.
const POD: &str = "shop-dc1-r1-sts-0";

/// Writes down its arguments and ends with the status in `$CASSC_ROOT/status`.
const RECORDER: &str =
    "#!/bin/sh\necho \"${0##*/} $*\" >>\"$CASSC_ROOT/calls\"\nexit \"$(cat \"$CASSC_ROOT/status\")\"\n";

/// A container in a folder.
fn container(status: &str) -> TempDir {
    let folder = TempDir::new().expect("a temporary folder can be made");
    let root = folder.path();
    for below in ["bin", "tmp", "var/lib/cassandra", "var/log/cassandra"] {
        fs::create_dir_all(root.join(below)).expect("the folder can be made");
    }
    fs::write(root.join("status"), status).expect("the file can be written");
    write_program(&root.join("bin/curl"), RECORDER);
    write_program(&root.join("tini"), RECORDER);
    folder
}

fn run(root: &Path, script: &str, environment: &[(&str, &str)]) -> Output {
    let mut shell = Command::new("sh");
    shell.arg(repository("templates/scripts").join(script)).env_clear().envs(environment.iter().copied());
    let path = format!("{}:/usr/bin:/bin", root.join("bin").display());
    shell.envs([("POD_NAME", POD), ("CASSC_NAMESPACE", "cass"), ("CASSC_STATE", "shop-state")]);
    shell
        .env("CASSC_CLAIMS", "server-data commit-log")
        .env("PATH", path)
        .env("CASSC_ROOT", root)
        .output()
        .expect("the shell starts")
}

fn calls(root: &Path) -> String {
    fs::read_to_string(root.join("calls")).unwrap_or_default()
}

#[test]
fn shellcheck_has_nothing_to_say() {
    if is_here("shellcheck", &["--version"]) {
        let folder = fs::read_dir(repository("templates/scripts")).expect("the folder is there");
        let names = folder.map(|entry| entry.expect("readable").file_name());
        let scripts: Vec<_> = names.filter(|name| Path::new(name).extension().is_some()).collect();
        let output = Command::new("shellcheck").args(scripts).current_dir(repository("templates/scripts")).output();
        let output = output.expect("shellcheck starts");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }
}

#[test]
fn the_start_command_clears_what_the_last_container_left() {
    let folder = container("0");
    let root = folder.path();
    for left in ["cassandra.pid", "cassandra.sock", "oss-mgmt.sock", "of-others"] {
        fs::write(root.join("tmp").join(left), "").expect("the file can be written");
    }
    assert!(run(root, "start.sh", &[]).status.success());
    let entry_point = root.join("docker-entrypoint.sh");
    assert_eq!(calls(root), format!("tini -g -- {} mgmtapi\n", entry_point.display()));
    let left = fs::read_dir(root.join("tmp")).expect("it is there").map(|entry| entry.expect("readable").file_name());
    assert_eq!(left.collect::<Vec<_>>(), ["of-others"]);
}

#[test]
fn readiness_leaves_the_marker_once_and_only_when_the_node_is_ready() {
    let folder = container("22");
    let volume = folder.path().join("var/lib/cassandra");
    fs::write(volume.join(".joining"), "").expect("the file can be written");
    assert!(!run(folder.path(), "ready.sh", &[]).status.success());
    assert!(!volume.join(".bootstrapped").exists() && volume.join(".joining").exists());
    fs::write(folder.path().join("status"), "0").expect("the file can be written");
    for _ in 0..2 {
        assert!(run(folder.path(), "ready.sh", &[("MGMT_API_LISTEN_TCP_PORT", "9999")]).status.success());
    }
    assert!(volume.join(".bootstrapped").exists() && !volume.join(".joining").exists());
    assert_eq!(fs::read_dir(&volume).expect("it is there").count(), 1);
    assert!(calls(folder.path()).ends_with("--fail http://localhost:9999/api/v0/probes/readiness\n"));
}

#[test]
fn a_member_that_cassandra_refuses_for_its_address_says_what_to_do() {
    let folder = container("22");
    let root = folder.path();
    let errors = root.join("var/log/cassandra/stderr.log");
    let said =
        |output: &Output| String::from_utf8_lossy(&output.stdout).contains("kubectl -n cass delete pod shop-dc1");
    let refusal =
        "java.lang.RuntimeException: A node with address /10.0.0.1:7000 already exists, cancelling join. Use\n";
    fs::write(&errors, refusal).expect("the file can be written");
    // A node that never had its place may have lost its volume: that is another case.
    assert!(!said(&run(root, "ready.sh", &[])));
    fs::write(root.join("var/lib/cassandra/.bootstrapped"), "").expect("the file can be written");
    for _ in 0..2 {
        let output = run(root, "ready.sh", &[]);
        assert!(said(&output) && !output.status.success(), "{output:?}");
    }
    let log = fs::read_to_string(&errors).expect("it is there");
    assert_eq!(log.matches("cassc: ").count(), 1, "{log}");
    fs::write(&errors, "nohup: ignoring input\n").expect("the file can be written");
    assert!(!said(&run(root, "ready.sh", &[])));
}

#[test]
fn a_newcomer_that_cassandra_keeps_out_for_a_node_that_is_down_says_what_to_do() {
    // As 4.1.10 was seen to say, and as the source of 3.11 does (RangeStreamer); the address is the one that the pod had with its lost volume.
    let refusals = [
        "java.lang.IllegalStateException: Necessary replicas for strict consistency were removed by source filters: \
            Filtered Full(/10.244.1.7:7000,(9207530658044919628,-8866650540642235215]) out because it was down\n",
        "A node required to move the data consistently is down (/10.244.1.7). If you wish to move the data from a\n",
    ];
    for refusal in refusals {
        let folder = container("22");
        let root = folder.path();
        let errors = root.join("var/log/cassandra/stderr.log");
        fs::write(&errors, refusal).expect("the file can be written");
        let output = run(root, "ready.sh", &[]);
        assert!(!output.status.success());
        let advice = "kubectl -n cass create configmap shop-state; kubectl -n cass patch configmap shop-state --type merge \
            -p '{\"data\":{\"replace.shop-dc1-r1-sts-0\":\"ADDRESS\"}}'; kubectl -n cass delete pod shop-dc1-r1-sts-0\n";
        assert!(String::from_utf8_lossy(&output.stdout).contains(advice), "{output:?}");
        assert!(fs::read_to_string(&errors).expect("it is there").contains(advice));
    }
}

#[test]
fn a_node_that_was_decommissioned_says_which_claims_to_delete() {
    // As 4.1.10 and 5.0.9 say it.
    let folder = container("22");
    let root = folder.path();
    let refusal = "This node was decommissioned and will not rejoin the ring unless cassandra.override_decommission=true \
        has been set, or all existing data is removed and the node is bootstrapped again\nFatal configuration error\n";
    fs::write(root.join("var/log/cassandra/stderr.log"), refusal).expect("the file can be written");
    fs::write(root.join("var/lib/cassandra/.bootstrapped"), "").expect("the file can be written");
    let output = run(root, "ready.sh", &[]);
    assert!(!output.status.success());
    let advice = "kubectl -n cass delete pvc/server-data-shop-dc1-r1-sts-0 pvc/commit-log-shop-dc1-r1-sts-0 \
        pod/shop-dc1-r1-sts-0 --wait=false\n";
    assert!(String::from_utf8_lossy(&output.stdout).ends_with(advice), "{output:?}");
}

/// A node that drain.sh finds.
#[derive(Clone, Copy, PartialEq)]
enum Node {
    /// A member that serves clients.
    Serves,
    /// Its CQL port is closed: it is starting or joining, or was told to.
    Closed,
}

/// Runs `drain.sh` for at most 105 seconds. curl ends with `liveness` when it asks the probe, and for a drain as the lines of
/// `answers` say: seconds that pass, exit status (22 is an error of the server, 28 a timeout), and what the node did by then:
/// `log` that it drains, `close` its port. Gives whether it succeeded, how long it was ready to wait for each drain, and how
/// many seconds passed.
fn drained(node: Node, liveness: &str, answers: &str) -> (bool, Vec<String>, u32) {
    let clock = "#!/bin/sh\ncat \"$CASSC_ROOT/now\"\n";
    let curl = "#!/bin/sh\necho \"$*\" >>\"$CASSC_ROOT/calls\"\n\
        case $* in */probes/*) exit \"$(cat \"$CASSC_ROOT/${*##*/}\")\" ;; esac\n\
        read -r took status effects <\"$CASSC_ROOT/answers\"\nsed -i 1d \"$CASSC_ROOT/answers\"\n\
        for effect in $effects; do case $effect in\n\
        log) echo 'INFO DRAINING: starting drain process' >>\"$CASSC_ROOT/var/log/cassandra/system.log\" ;;\n\
        close) : >\"$CASSC_ROOT/proc/net/tcp6\" ;;\nesac; done\n\
        echo $(($(cat \"$CASSC_ROOT/now\") + took)) >\"$CASSC_ROOT/now\"\nexit \"$status\"\n";
    let sleep = "#!/bin/sh\necho $(($(cat \"$CASSC_ROOT/now\") + $1)) >\"$CASSC_ROOT/now\"\n";
    let folder = container("0");
    let root = folder.path();
    for (name, program) in [("date", clock), ("curl", curl), ("sleep", sleep)] {
        write_program(&root.join("bin").join(name), program);
    }
    fs::create_dir_all(root.join("proc/net")).expect("the folder can be made");
    let head = "  sl  local_address remote_address st\n";
    // 9042 is 2352 in hexadecimal; 01 is a connection, 0A a socket that listens.
    let connection = "   0: 0100007F:2352 0100007F:9C40 01 00000000:00000000\n";
    let listens = if node == Node::Serves { "   0: 00000000000000000000000000000000:2352 0:0 0A 0\n" } else { "" };
    // A drain of an earlier container.
    let log = "INFO DRAINING: starting drain process\n";
    for (name, text) in [
        ("now", "1000\n"),
        ("answers", answers),
        ("liveness", liveness),
        ("var/log/cassandra/system.log", log),
        ("proc/net/tcp", &format!("{head}{connection}")),
        ("proc/net/tcp6", &format!("{head}{listens}")),
    ] {
        fs::write(root.join(name), text).expect("the file can be written");
    }
    let output = run(root, "drain.sh", &[("DRAIN_SECONDS", "105")]);
    let seconds = |call: &str| call.split(" -m ").nth(1).map(|rest| rest[..3].trim().to_owned());
    let now = fs::read_to_string(root.join("now")).expect("it is there").trim().parse::<u32>().expect("a number");
    let calls = calls(root);
    let drains = calls.lines().filter(|call| call.contains("drain")).filter_map(seconds).collect();
    (output.status.success(), drains, now - 1000)
}

fn texts(seconds: &[&str]) -> Vec<String> {
    seconds.iter().map(|text| (*text).to_owned()).collect()
}

#[test]
fn drain_asks_a_node_that_drains_until_it_is_done() {
    let serves = Node::Serves;
    assert_eq!(drained(serves, "0", "4 0\n"), (true, texts(&["105"]), 4));
    // As the real one answered when a drain took 49 seconds, and when its connection's heartbeat was not answered.
    let slow = "30 22 log close\n0 22\n0 22\n13 0\n";
    assert_eq!(drained(serves, "0", slow), (true, texts(&["105", "73", "71", "69"]), 49));
    let heartbeat = "7 22 log\n0 22\n0 22 close\n26 0\n";
    assert_eq!(drained(serves, "0", heartbeat), (true, texts(&["105", "96", "94", "92"]), 39));
    // The log says nothing, where its level is higher.
    let quiet = "7 22 close\n0 22\n0 22\n0 22\n0 22\n0 22\n0 22\n20 0\n";
    assert!(drained(serves, "0", quiet).0);
    assert_eq!(drained(serves, "28", "3 22 log\n2 0\n"), (true, texts(&["105", "100"]), 7));
    assert_eq!(drained(serves, "0", "60 52 log\n43 28\n"), (false, texts(&["105", "43"]), 107));
    // Clients are locked out (nodetool disablebinary), but the node is a member.
    let disabled = "7 22 log\n20 0\n";
    assert_eq!(drained(Node::Closed, "0", disabled), (true, texts(&["105", "96"]), 29));
}

#[test]
fn drain_gives_up_when_no_drain_begins() {
    // The Management API answers 500 for ever: fifteen seconds, not the whole grace period.
    let broken = "0 22\n".repeat(60);
    let (succeeded, requests, seconds) = drained(Node::Serves, "0", &broken);
    assert_eq!((succeeded, requests.len(), seconds), (false, 9, 16));
    // It does so after its own timeout: asked twice.
    assert_eq!(drained(Node::Serves, "0", &"30 22\n".repeat(60)), (false, texts(&["105", "73"]), 62));
    // It recovers in time.
    assert_eq!(drained(Node::Serves, "0", "0 22\n0 22\n4 0 log close\n"), (true, texts(&["105", "103", "101"]), 8));
}

#[test]
fn drain_asks_once_where_there_is_nothing_to_drain() {
    // Starting or joining, or left; the Management API does not listen; Cassandra died of the drain.
    assert_eq!(drained(Node::Closed, "0", "0 22\n0 0\n"), (false, texts(&["105"]), 0));
    assert_eq!(drained(Node::Serves, "7", "0 7\n0 0\n"), (false, texts(&["105"]), 0));
    assert_eq!(drained(Node::Serves, "22", "5 22 log close\n0 0\n"), (false, texts(&["105"]), 5));
}

#[test]
fn a_node_whose_marker_cannot_be_written_is_not_ready() {
    let folder = container("0");
    fs::remove_dir(folder.path().join("var/lib/cassandra")).expect("it is empty");
    assert!(!run(folder.path(), "ready.sh", &[]).status.success());
}

#[test]
fn probes_and_drain_show_their_certificate() {
    let tls = [
        ("MGMT_API_TLS_CA_CERT_FILE", "/c/ca.crt"),
        ("MGMT_API_TLS_CERT_FILE", "/c/tls.crt"),
        ("MGMT_API_TLS_KEY_FILE", "/c/tls.key"),
        ("DRAIN_SECONDS", "90"),
    ];
    let certificate = "-k --cert /c/tls.crt --key /c/tls.key --cacert /c/ca.crt https://localhost:8080/api/v0";
    for (script, expected) in [
        ("ready.sh", format!("curl -sS --noproxy * -m 8 -o /dev/null --fail {certificate}/probes/readiness\n")),
        ("live.sh", format!("curl -sS --noproxy * -m 8 -o /dev/null --fail {certificate}/probes/liveness\n")),
        ("drain.sh", format!("curl -sS --noproxy * -m 90 -o /dev/null --fail -X POST {certificate}/ops/node/drain\n")),
    ] {
        let folder = container("0");
        assert!(run(folder.path(), script, &tls).status.success());
        assert_eq!(calls(folder.path()), expected);
    }
}
