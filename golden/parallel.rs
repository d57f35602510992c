//! Several processes at work in one output directory: each waits for the other, none fails for want of a file that the other
//! has just replaced, and what stands there in the end is the whole of one.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use crate::plugin::fixture::SHOP;

/// How often two renders are started at once.
const PAIRS: usize = 12;

fn started(folder: &Path, arguments: &str) -> Child {
    let mut cassc = Command::new(env!("CARGO_BIN_EXE_cassc"));
    cassc.args(arguments.split(' ')).current_dir(folder).stdout(Stdio::null()).stderr(Stdio::piped());
    cassc.spawn().expect("the binary is built")
}

fn ended(child: Child) -> (Option<i32>, String) {
    let Output { status, stderr, .. } = child.wait_with_output().expect("it ends");
    (status.code(), String::from_utf8_lossy(&stderr).into_owned())
}

/// A folder with two forms of one topology.
fn two_forms() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    fs::write(folder.path().join("a.yaml"), SHOP).expect("the folder is empty");
    let other = SHOP.replace("concurrent_reads: 64", "concurrent_reads: 32").replace("nodes: 6", "nodes: 9");
    fs::write(folder.path().join("b.yaml"), other).expect("the folder is empty");
    folder
}

/// Whether the output is what one of the forms renders, with nothing beside it.
fn is_whole(folder: &Path, output: &str, forms: &[&str]) -> bool {
    let entries = fs::read_dir(folder.join(output)).expect("it was rendered");
    let names: Vec<_> = entries.map(|entry| entry.expect("it can be read").file_name()).collect();
    let checked = |form: &&str| ended(started(folder, &format!("render {form} -o {output} --check"))).0 == Some(0);
    names == ["shop"] && forms.iter().any(checked)
}

#[test]
fn two_renders_into_one_directory_come_one_after_the_other() {
    for _ in 0..PAIRS {
        let folder = two_forms();
        let both = ["a.yaml", "a.yaml"].map(|form| started(folder.path(), &format!("render {form} -o not/yet/out")));
        for (code, said) in both.map(ended) {
            assert_eq!(code, Some(0), "{said}");
        }
        assert!(is_whole(folder.path(), "not/yet/out", &["a.yaml"]));
    }
}

/// The topology is another one for each process: the second is judged against what the first has written.
#[test]
fn of_two_changes_at_the_same_time_the_second_is_judged_against_the_first() {
    let folder = two_forms();
    fs::rename(folder.path().join("a.yaml"), folder.path().join("shop.yaml")).expect("it is there");
    assert_eq!(ended(started(folder.path(), "render shop.yaml -o out")).0, Some(0));
    for round in 0..PAIRS {
        let reads = format!("concurrent_reads: {}", 65 + round);
        let next = SHOP.replace("concurrent_reads: 64", &reads);
        fs::write(folder.path().join("shop.yaml"), next).expect("it can be written");
        let arguments = [
            "render shop.yaml -o out",
            "render shop.yaml -o out --force",
            "render shop.yaml -o out --check",
            "diff shop.yaml -o out",
            "plan shop.yaml -o out",
        ];
        let all = arguments.map(|arguments| (arguments, started(folder.path(), arguments)));
        for (arguments, child) in all {
            let (code, said) = ended(child);
            let is_well =
                code == Some(0) || code == Some(1) && (arguments.contains("check") || arguments.contains("diff"));
            assert!(is_well && !said.contains("os error"), "{arguments}: {code:?}\n{said}");
        }
        assert!(is_whole(folder.path(), "out", &["shop.yaml"]));
    }
}

#[test]
fn a_run_says_for_whom_it_waits() {
    let folder = two_forms();
    assert_eq!(ended(started(folder.path(), "render a.yaml -o out")).0, Some(0));
    let held = File::open(folder.path().join("out")).expect("it was rendered");
    held.lock().expect("the file system of the tests has locks");
    let waits = [
        ("render a.yaml -o out", "waiting: another cassc is reading or writing out\n"),
        ("render a.yaml -o out --check", "waiting: another cassc is writing to out\n"),
        ("diff a.yaml -o out", "waiting: another cassc is writing to out\n"),
        ("plan a.yaml -o out", "waiting: another cassc is writing to out\n"),
    ];
    let mut waiting = Vec::new();
    for (arguments, expected) in waits {
        let mut child = started(folder.path(), arguments);
        let mut said = BufReader::new(child.stderr.take().expect("it is a pipe"));
        let mut line = String::new();
        said.read_line(&mut line).expect("it says something");
        assert_eq!(line, expected, "{arguments}");
        assert!(child.try_wait().expect("it can be asked").is_none(), "{arguments}");
        waiting.push((arguments, child, said));
    }
    held.unlock().expect("it was locked");
    for (arguments, mut child, mut said) in waiting {
        let mut rest = String::new();
        said.read_to_string(&mut rest).expect("it is text");
        assert!(child.wait().expect("it ends").success(), "{arguments}: {rest}");
    }
}

#[test]
fn a_first_render_that_is_refused_leaves_no_directory() {
    let folder = two_forms();
    let text = SHOP.replace("nodes: 6", "nodes: 6\n      founding: maybe");
    fs::write(folder.path().join("a.yaml"), text).expect("it can be written");
    assert_eq!(ended(started(folder.path(), "render a.yaml -o new/out")).0, Some(1));
    assert_eq!(
        ended(started(folder.path(), "render b.yaml -o new/out --against b.yaml --forget-deployed-state x")).0,
        Some(2)
    );
    assert!(!folder.path().join("new").exists());
}
