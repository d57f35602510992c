//! The commands that users copy out of the README and the other documents.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::compare::repository;
use crate::real_tool::is_here;
use crate::rendered::assert_none;

/// The documents for users, and what stands in their blocks of shell commands.
fn documents() -> Vec<(PathBuf, Vec<String>)> {
    let folders = ["", "docs", "examples/argocd", "examples/ci"].into_iter().map(repository);
    let entries = folders.flat_map(|folder| fs::read_dir(folder).expect("the folder is there"));
    let paths = entries.map(|entry| entry.expect("readable").path());
    let documents = paths.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let blocks = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a document is text");
        let begun = text.split("\n```sh\n").skip(1);
        let blocks = begun.filter_map(|rest| rest.split("\n```").next()).map(|block| format!("{block}\n"));
        (path, blocks.collect())
    };
    documents.map(blocks).collect()
}

#[test]
fn commands_in_documents_do_not_fail_silently() {
    let lines = documents().into_iter().flat_map(|(_, blocks)| blocks).collect::<String>();
    let (loud, silent): (Vec<&str>, Vec<&str>) = lines
        .lines()
        .filter(|line| line.contains("curl "))
        .partition(|line| line.contains("curl -sS --fail-with-body "));
    assert_eq!(silent, Vec::<&str>::new(), "these do not show the error of a server");
    assert!(!loud.is_empty(), "the documents have commands with curl");
}

#[test]
fn commands_in_documents_can_be_copied() {
    if !is_here("dash", &["-c", ":"]) {
        return;
    }
    let mut faults = Vec::new();
    for (path, blocks) in documents() {
        for block in blocks {
            let output = Command::new("dash").args(["-n", "-c", &block]).output().expect("the shell starts");
            if !output.status.success() {
                faults.push(format!("{}: {}\n{block}", path.display(), String::from_utf8_lossy(&output.stderr)));
            }
        }
    }
    assert_none(&faults);
}
