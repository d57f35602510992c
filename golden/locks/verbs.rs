//! Every verb that reads locks, run on hostile ones: it ends with exit code 2 and a sentence, soon, and within 1 GiB.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use rayon::prelude::*;
use serde_json::Value;

use super::hostile::{Row, rows};
use super::{EVERYTHING, of_everything};
use crate::compare::repository;
use crate::deployed::scratch::{Scratch, git_is_here};
use crate::plugin::server::{Ran, ended};
use crate::rendered::assert_none;

/// What a process may allocate, in KiB.
const MOST_MEMORY: &str = "1048576";

/// Command lines in a folder with `every.yaml`, its lock `every/cassc.lock`, and a copy of that elsewhere.
const VERBS: [&str; 9] = [
    "render every.yaml -o .",
    "render every.yaml -o . --check",
    "plan every.yaml -o .",
    "plan every.yaml --against every/cassc.lock",
    "plan every.yaml --against copy.lock",
    "plan every.yaml --against .",
    "plan every.yaml --against git:HEAD",
    "diff every.yaml -o .",
    "argocd generate",
];

/// The first row of each field.
fn one_of_each_field() -> Vec<Row> {
    let mut seen = BTreeSet::new();
    rows().into_iter().filter(|row| seen.insert(row.pointer.clone())).collect()
}

fn run(folder: &Scratch, arguments: &str) -> Ran {
    let mut limited = Command::new("sh");
    let limit = if cfg!(target_os = "linux") { "ulimit -v \"$1\" || exit 9; " } else { "" };
    limited.args(["-c", &format!("{limit}shift; exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_cassc"), MOST_MEMORY]);
    limited.args(arguments.split(' ')).current_dir(&folder.path).env("RAYON_NUM_THREADS", "2");
    limited.env("ARGOCD_APP_PARAMETERS", r#"[{"name": "kube-cluster", "string": "kube-east"}]"#);
    ended(limited.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("there is a shell"))
}

fn fault(verb: &str, row: &Row, ran: &Ran) -> Option<String> {
    let is_told =
        ran.stderr.contains(row.told) && ran.stderr.contains("cassc.lock") || ran.stderr.contains("copy.lock");
    // Argo CD asks only whether it is 0.
    let code = if verb.starts_with("argocd") { 1 } else { 2 };
    let is_right =
        ran.status.code() == Some(code) && is_told && !ran.stderr.contains("panicked") && ran.stdout.is_empty();
    (!is_right).then(|| format!("{verb}: {}: {:?}\n{}{}", row.title(), ran.status, ran.stdout, ran.stderr))
}

/// A repository with the topology and a lock of it.
fn repository_with(lock: &str) -> Scratch {
    let scratch = Scratch::repository();
    let topology = std::fs::read(repository(EVERYTHING)).expect("a topology can be read");
    scratch.write("every.yaml", topology).write("every/cassc.lock", lock).write("copy.lock", lock);
    scratch.commit();
    scratch
}

#[test]
fn every_verb_refuses_a_hostile_lock_and_ends_soon() {
    if !git_is_here() {
        return;
    }
    let (lock, rows) = (of_everything(), one_of_each_field());
    let faults = rows.par_iter().flat_map_iter(|row| {
        let folder = repository_with(&row.of(&lock));
        let faults = VERBS.iter().filter_map(|verb| fault(verb, row, &run(&folder, verb)));
        faults.collect::<Vec<_>>()
    });
    assert_none(&faults.collect::<Vec<_>>());
    assert!(rows.len() > 90, "only {} fields", rows.len());
}

/// Without a change no verb complains about the lock, or the table would prove nothing.
#[test]
fn every_verb_reads_the_lock_as_it_was_written() {
    if !git_is_here() {
        return;
    }
    let text = serde_json::to_string_pretty(&of_everything()).expect("a lock is JSON");
    let folder = repository_with(&text);
    let faults = VERBS.iter().filter_map(|verb| {
        let ran = run(&folder, verb);
        (ran.status.code() == Some(2) || ran.stderr.contains("not a lock")).then(|| format!("{verb}: {ran:?}"))
    });
    assert_none(&faults.collect::<Vec<_>>());
    let _: Value = serde_json::from_str(&text).expect("a lock is JSON");
}
