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
    for below in ["bin", "tmp", "var/lib/cassandra"] {
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
        let scripts = ["gate.sh", "gate-files.sh", "gate-ring.sh", "start.sh", "ready.sh", "live.sh", "drain.sh"];
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
