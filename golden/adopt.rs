//! `golden/adopt/<case>/` has a dump of a ring that was made on a real API server as Cass Operator makes it (`tests/adopt`), a
//! topology, and what `cassc adopt` writes: the runbook. `refused.txt` is what is said of dumps that are not good, each the good
//! one with one change.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use crate::compare::{assert_same, difference, repository};
use crate::real_tool;

/// The files of a runbook that are compared.
const FILES: [&str; 3] = ["adopt.sh", "adopt.md", "state.yaml"];

fn cases() -> Vec<PathBuf> {
    let entries = fs::read_dir(repository("golden/adopt")).expect("the folder is there");
    let mut cases: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry can be read").path()).collect();
    cases.retain(|path| path.is_dir());
    cases.sort();
    cases
}

/// `cassc adopt` in a folder in which `dump.yaml` and `shop.yaml` stand.
fn adopted(folder: &Path) -> Output {
    cassc(folder, &["adopt", "--from", "dump.yaml", "--topology", "shop.yaml", "-o", "out"])
}

fn cassc(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cassc"));
    command.args(arguments).current_dir(folder).output().expect("cassc starts")
}

/// A fresh folder with the inputs of a case; the texts may be changed.
fn inputs(case: &Path, change: impl Fn(&str, String) -> String) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    for file in ["dump.yaml", "shop.yaml"] {
        let text = fs::read_to_string(case.join(file)).expect("a case has a dump and a topology");
        fs::write(folder.path().join(file), change(file, text)).expect("it can be written");
    }
    folder
}

fn said(output: &Output) -> String {
    format!("{}[exit {}]\n", String::from_utf8_lossy(&output.stderr), output.status.code().unwrap_or(-1))
}

#[test]
fn every_runbook_is_as_expected() {
    let mut differences = Vec::new();
    for case in cases() {
        let folder = inputs(&case, |_, text| text);
        let output = adopted(folder.path());
        differences.extend(difference(&case.join("said.txt"), &said(&output)));
        for file in FILES {
            let text = fs::read_to_string(folder.path().join("out").join(file)).unwrap_or_default();
            differences.extend(difference(&case.join("out").join(file), &text));
        }
    }
    assert_same(&differences);
}

/// Without a topology: one is made of the resources, held back, and nothing is left to decide where they say everything.
#[test]
fn a_topology_is_made_of_the_resources() {
    let mut differences = Vec::new();
    for case in cases() {
        let folder = inputs(&case, |_, text| text);
        let output = cassc(folder.path(), &["adopt", "--from", "dump.yaml", "-o", "out"]);
        assert!(output.status.success(), "{}", said(&output));
        let made = fs::read_to_string(folder.path().join("out/shop.yaml")).expect("it was written");
        differences.extend(difference(&case.join("imported.yaml"), &made));
    }
    assert_same(&differences);
}

#[test]
fn the_lock_says_what_is_deployed() {
    for case in cases() {
        let folder = inputs(&case, |_, text| text);
        assert!(adopted(folder.path()).status.success(), "{}", case.display());
        let plan = |text: &dyn Fn(String) -> String| {
            let topology = fs::read_to_string(folder.path().join("shop.yaml")).expect("it was written");
            fs::write(folder.path().join("next.yaml"), text(topology)).expect("it can be written");
            let output = cassc(
                folder.path(),
                &["plan", "next.yaml", "--against", "out/deploy/shop/cassc.lock", "-o", "out/deploy"],
            );
            String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
        };
        let same = plan(&|text| text);
        assert!(same.contains("nothing changes"), "{same}");
        let goes_on = plan(&|text| text.replace("  rollout: {stopped: true}\n", ""));
        assert!(goes_on.contains("a rolling restart resumes"), "{goes_on}");
    }
}

#[test]
fn a_second_run_writes_the_same() {
    let case = &cases()[0];
    let folder = inputs(case, |_, text| text);
    let first = adopted(folder.path());
    let texts = || FILES.map(|file| fs::read_to_string(folder.path().join("out").join(file)).expect("it was written"));
    let before = texts();
    let second = adopted(folder.path());
    assert_eq!((said(&first), before), (said(&second), texts()));
}

#[test]
fn shellcheck_has_nothing_to_say_about_the_script() {
    if !real_tool::is_here("shellcheck", &["--version"]) {
        return;
    }
    for case in cases() {
        let script = case.join("out/adopt.sh");
        real_tool::output(Command::new("shellcheck").args(["--severity=warning", "--shell=sh"]).arg(script));
    }
}

/// A title, the file, and what is changed in it everywhere: from, to.
const REFUSED: [(&str, &str, &str, &str); 25] = [
    ("no pods", "dump.yaml", "  kind: Pod\n", "  kind: Other\n"),
    ("no StatefulSets", "dump.yaml", "  kind: StatefulSet\n", "  kind: Other\n"),
    (
        "a StatefulSet is missing",
        "dump.yaml",
        "    name: shop-dc1-r2-sts\n    namespace",
        "    name: other\n    namespace",
    ),
    ("a pod is missing", "dump.yaml", "    name: shop-dc1-r2-sts-0\n", "    name: other\n"),
    ("a PVC is missing", "dump.yaml", "    name: server-data-shop-dc1-r2-sts-0\n", "    name: other\n"),
    ("a host id is missing", "dump.yaml", "        hostID: ", "        ip: "),
    ("the operator is at work", "dump.yaml", "cassandraOperatorProgress: Ready", "cassandraOperatorProgress: Updating"),
    ("the cluster is stopped", "dump.yaml", "    managementApiAuth:", "    stopped: true\n    managementApiAuth:"),
    (
        "it is being deleted",
        "dump.yaml",
        "    finalizers:",
        "    deletionTimestamp: \"2026-03-01T10:00:00Z\"\n    finalizers:",
    ),
    ("another finalizer", "dump.yaml", "    - finalizer.cassandra.datastax.com\n", "    - example.com/other\n"),
    (
        "of a K8ssandraCluster",
        "dump.yaml",
        "    finalizers:",
        "    ownerReferences:\n    - kind: K8ssandraCluster\n      name: store\n    finalizers:",
    ),
    ("another datacenter of the cluster", "shop.yaml", "name: dc1", "name: dc2"),
    ("another cluster", "shop.yaml", "{name: shop,", "{name: store,"),
    ("another namespace", "shop.yaml", "namespace: shop}", "namespace: other}"),
    ("more nodes", "shop.yaml", "nodes: 3", "nodes: 4"),
    ("a rack too few", "shop.yaml", "nodes: 3, racks: [{name: r1}, ", "nodes: 2, racks: ["),
    ("another version", "shop.yaml", "4.1.9", "4.1.10"),
    ("another number of tokens", "shop.yaml", "{version: 4.1.9}", "{version: 4.1.9, config: {num_tokens: 8}}"),
    ("another ring name", "shop.yaml", "{name: r1}", "{name: r1, ringName: rack1}"),
    ("another storage class", "shop.yaml", "class: server-storage", "class: other"),
    ("another size", "shop.yaml", "size: 10Gi", "size: 20Gi"),
    ("other passwords", "shop.yaml", "  storage:", "  auth: {authenticator: AllowAll}\n  storage:"),
    ("another user", "dump.yaml", "          runAsUser: 999", "          runAsUser: 1000"),
    (
        "another governing service",
        "dump.yaml",
        "    serviceName: shop-dc1-all-pods-service",
        "    serviceName: shop-dc1-service",
    ),
    ("the rolling restart is not held back", "shop.yaml", "  rollout: {stopped: true}\n", ""),
];

#[test]
fn what_is_no_good_is_refused_with_its_place() {
    let case = repository("golden/adopt/three-racks");
    let mut told = String::new();
    for (title, changed, from, to) in REFUSED {
        let folder = inputs(&case, |file, text| {
            assert!(file != changed || text.contains(from), "{title}: nothing is changed");
            if file == changed { text.replace(from, to) } else { text }
        });
        let output = adopted(folder.path());
        assert_eq!(output.status.code(), Some(1), "{title} is refused");
        assert!(!folder.path().join("out").exists(), "{title}: nothing is written");
        writeln!(told, "# {title}\n{}", said(&output)).expect("writing to a String cannot fail");
    }
    assert_same(&difference(&repository("golden/adopt/refused.txt"), &told).into_iter().collect::<Vec<_>>());
}
