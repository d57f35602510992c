//! Real Cassandras that read configurations (`tests/cassandra/ReadConfiguration.java`): folders in, verdicts out.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use cassc_ring::release::{MINORS, Minor};

use crate::compare::repository;
use crate::real_tool::{is_folder_here, is_here};

/// What Cassandra says against a configuration; `None` when it takes it.
pub(super) type Refusal = Option<String>;

/// The largest heap, on which some defaults depend: that of the topologies that are read.
pub(super) const HEAP: &str = "2Gi";

/// Every class of Cassandra that was loaded stays in memory; a fresh JVM takes over before that is too much.
pub(super) const PER_JVM: usize = 150;

/// What Cassandra's start script gives Java 17, where it matters to reading, and what makes loading classes cheap.
const OPTIONS: &[&str] = &[
    "-Xms256m",
    "-Xmx2g",
    "-XX:+UseSerialGC",
    "-XX:TieredStopAtLevel=1",
    "-XX:+UnlockDiagnosticVMOptions",
    "-XX:-BytecodeVerificationRemote",
    "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
    "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
    "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/java.nio=ALL-UNNAMED",
    "--add-opens=java.base/java.net=ALL-UNNAMED",
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
    "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
    "--add-opens=java.base/java.util=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED",
    "--add-opens=java.base/jdk.internal.loader=ALL-UNNAMED",
    "--add-opens=java.base/jdk.internal.ref=ALL-UNNAMED",
    "--add-opens=java.base/jdk.internal.reflect=ALL-UNNAMED",
    "--add-opens=jdk.management/com.sun.management.internal=ALL-UNNAMED",
];

/// Whether there is a JDK, which compiles the reader, and the jars of every version in `tests/cassandra/versions`.
pub(super) fn are_here() -> bool {
    let jars_are_here = |minor: Minor| {
        let version = version(minor);
        is_folder_here(&jars(version), &format!("tests/cassandra/jars.sh {version}"))
    };
    is_here("javac", &["--version"]) && MINORS.into_iter().all(jars_are_here)
}

fn version(minor: Minor) -> &'static str {
    let versions = include_str!("../../tests/cassandra/versions");
    let version = versions.lines().find(|version| version.starts_with(&format!("{minor}.")));
    version.expect("the file names a version of every minor")
}

/// The folder of `tests/cassandra/jars.sh`.
fn jars(version: &str) -> PathBuf {
    let target = std::env::var("CARGO_TARGET_DIR").map_or_else(|_| repository("target"), PathBuf::from);
    target.join("cassandra").join(version)
}

/// Has a minor read folders, in one JVM.
pub(super) fn read(minor: Minor, folders: &[PathBuf]) -> Vec<Refusal> {
    let elsewhere = tempfile::tempdir().expect("a temporary folder can be made");
    let property = |name: &str, path: PathBuf| format!("-D{name}={}", path.display());
    let mut java = Command::new("java");
    java.args(OPTIONS).current_dir(elsewhere.path());
    java.arg(property("logback.configurationFile", repository("tests/cassandra/logback.xml")));
    java.arg(property("cassandra.storagedir", elsewhere.path().join("storage")));
    java.arg(property("cassandra.logdir", elsewhere.path().join("log")));
    java.arg(repository("tests/cassandra/ReadConfiguration.java")).arg(jars(version(minor)));
    let mut java =
        java.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it is here");
    let lines: String = folders.iter().flat_map(|folder| [folder.display().to_string(), "\n".to_owned()]).collect();
    java.stdin.take().expect("it is piped").write_all(lines.as_bytes()).expect("Java reads them");
    let output = java.wait_with_output().expect("Java ends");
    let answers = String::from_utf8_lossy(&output.stdout);
    let refusals: Vec<Refusal> = answers.lines().map(|line| Some(line.strip_prefix("refused\t")?.to_owned())).collect();
    assert_eq!(refusals.len(), folders.len(), "{answers}\n{}", String::from_utf8_lossy(&output.stderr));
    refusals
}
