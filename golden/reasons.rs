//! Whatever the program in the cluster waits for or refuses has a row in docs/steps.md, and so has every condition.

use std::collections::BTreeSet;
use std::fs;

use walkdir::WalkDir;

use crate::compare::repository;

/// The texts of the program's decisions, without its tests.
fn sources() -> Vec<String> {
    let folder = repository("crates/settle/src");
    let files = WalkDir::new(&folder).into_iter().map(|entry| entry.expect("a folder can be read"));
    let of_program = files.filter(|entry| {
        let path = entry.path();
        path.extension().is_some_and(|it| it == "rs") && !path.components().any(|it| it.as_os_str() == "tests")
    });
    of_program.map(|entry| fs::read_to_string(entry.path()).expect("a source file can be read")).collect()
}

/// The CamelCase words that are the first argument of a call; `if` gives several.
fn words_behind(text: &str, call: &str) -> Vec<String> {
    let arguments = text.split(call).skip(1).filter_map(|rest| rest.split(',').next());
    let literals = arguments.flat_map(|argument| argument.split('"').skip(1).step_by(2).map(str::to_owned));
    let is_word = |word: &String| {
        word.starts_with(|c: char| c.is_ascii_uppercase()) && word.chars().all(|c| c.is_ascii_alphanumeric())
    };
    literals.filter(is_word).collect()
}

/// The words in the first cells of the tables.
fn documented() -> BTreeSet<String> {
    let text = fs::read_to_string(repository("docs/steps.md")).expect("it is there");
    let rows = text.lines().filter(|line| line.starts_with("| `")).filter_map(|line| line.split('|').nth(1));
    rows.flat_map(|cell| cell.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[test]
fn every_reason_of_the_program_is_documented() {
    let mut told = BTreeSet::new();
    for text in sources() {
        for call in ["Reason::about(", "Reason::of_ring("] {
            told.extend(words_behind(&text, call));
        }
    }
    assert!(told.len() > 30, "the program has reasons: {told:?}");
    let documented = documented();
    let held_back = ["Stopped", "RolloutStopped", "Canary", "OperationSuspended", "Drained"];
    let missing: Vec<&String> =
        told.iter().filter(|it| !documented.contains(*it) && !held_back.contains(&it.as_str())).collect();
    assert_eq!(missing, Vec::<&String>::new(), "docs/steps.md has no row for these");
}

#[test]
fn every_condition_of_the_program_is_documented() {
    let conditions = fs::read_to_string(repository("crates/settle/src/conditions.rs")).expect("it is there");
    let list = conditions.split("vec![").nth(1).and_then(|rest| rest.split("\n    ]").next()).unwrap_or_default();
    let told: BTreeSet<String> = words_behind(list, "(").into_iter().collect();
    assert!(told.len() > 8, "the program has conditions: {told:?}");
    let documented = documented();
    assert_eq!(told.difference(&documented).collect::<Vec<_>>(), Vec::<&String>::new());
}
