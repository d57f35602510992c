//! The scripts around Cassandra's life: start command, probes, drain; and what shellcheck says to all of them.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use tempfile::TempDir;

use super::world::write_program;
use crate::compare::repository;
use crate::real_tool::is_here;

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
    shell.env("PATH", path).env("CASSC_ROOT", root).output().expect("the shell starts")
}

fn calls(root: &Path) -> String {
    fs::read_to_string(root.join("calls")).unwrap_or_default()
}

#[test]
fn shellcheck_has_nothing_to_say() {
    if is_here("shellcheck", &["--version"]) {
        let folder = fs::read_dir(repository("templates/scripts")).expect("the folder is there");
        let scripts: Vec<_> = folder.map(|entry| entry.expect("readable").file_name()).collect();
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
    let pod = [("POD_NAME", "shop-dc1-r1-sts-0")];
    let said = |output: &Output| String::from_utf8_lossy(&output.stdout).contains("delete the pod shop-dc1-r1-sts-0");
    let refusal =
        "java.lang.RuntimeException: A node with address /10.0.0.1:7000 already exists, cancelling join. Use\n";
    fs::write(&errors, refusal).expect("the file can be written");
    // A node that never had its place may have lost its volume: that is another case.
    assert!(!said(&run(root, "ready.sh", &pod)));
    fs::write(root.join("var/lib/cassandra/.bootstrapped"), "").expect("the file can be written");
    for _ in 0..2 {
        let output = run(root, "ready.sh", &pod);
        assert!(said(&output) && !output.status.success(), "{output:?}");
    }
    let log = fs::read_to_string(&errors).expect("it is there");
    assert_eq!(log.matches("cassc: ").count(), 1, "{log}");
    fs::write(&errors, "nohup: ignoring input\n").expect("the file can be written");
    assert!(!said(&run(root, "ready.sh", &pod)));
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
        let output = run(root, "ready.sh", &[("POD_NAME", "shop-dc1-r1-sts-0")]);
        assert!(!output.status.success());
        let advice = "under replace.shop-dc1-r1-sts-0 into the ConfigMap <cluster>-state";
        assert!(String::from_utf8_lossy(&output.stdout).contains(advice), "{output:?}");
        assert!(fs::read_to_string(&errors).expect("it is there").contains(advice));
    }
}

#[test]
fn drain_asks_until_it_is_done_and_not_when_there_is_nothing_to_drain() {
    // The clock is a file: a call takes as many seconds as `took` says.
    let clock = "#!/bin/sh\ncat \"$CASSC_ROOT/now\"\n";
    let curl = "#!/bin/sh\necho \"$*\" >>\"$CASSC_ROOT/calls\"\nread -r took status <\"$CASSC_ROOT/answers\"\n\
        sed -i 1d \"$CASSC_ROOT/answers\"\necho $(($(cat \"$CASSC_ROOT/now\") + took)) >\"$CASSC_ROOT/now\"\nexit \"$status\"\n";
    let sleep = "#!/bin/sh\necho $(($(cat \"$CASSC_ROOT/now\") + $1)) >\"$CASSC_ROOT/now\"\n";
    let drained = |answers: &str| {
        let folder = container("0");
        let root = folder.path();
        write_program(&root.join("bin/date"), clock);
        write_program(&root.join("bin/curl"), curl);
        write_program(&root.join("bin/sleep"), sleep);
        fs::write(root.join("now"), "1000\n").expect("the file can be written");
        fs::write(root.join("answers"), answers).expect("the file can be written");
        let output = run(root, "drain.sh", &[("DRAIN_SECONDS", "105")]);
        let seconds = |call: &str| call.split(" -m ").nth(1).map(|rest| rest[..3].trim().to_owned());
        (output.status.success(), calls(root).lines().filter_map(seconds).collect::<Vec<_>>())
    };
    let texts = |seconds: &[&str]| seconds.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    assert_eq!(drained("4 0\n"), (true, texts(&["105"])));
    // As the real one answered when a drain took 49 seconds.
    assert_eq!(drained("30 22\n0 22\n0 22\n13 0\n"), (true, texts(&["105", "73", "71", "69"])));
    assert_eq!(drained("60 52\n43 28\n"), (false, texts(&["105", "43"])));
    assert_eq!(drained("0 22\n0 0\n"), (false, texts(&["105"])));
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
