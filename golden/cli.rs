//! `golden/cli/<story>.txt` is a session at the command line: lines that begin with `$ ` are run by `sh` in one fresh
//! folder, with `cassc` and the `examples` at hand; under each stands what it printed (standard error included) and,
//! where it is not 0, its exit code. Lines before the first command tell what the story is about.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::compare::{assert_same, difference, repository};
use crate::real_tool;

fn stories() -> Vec<PathBuf> {
    let folder = fs::read_dir(repository("golden/cli")).expect("the folder of stories is there");
    let mut stories: Vec<PathBuf> = folder.map(|entry| entry.expect("an entry can be read").path()).collect();
    stories.sort();
    stories
}

fn told_again(story: &Path) -> String {
    let text = fs::read_to_string(story).expect("a story can be read");
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let copy = Command::new("cp").arg("-r").arg(repository("examples")).arg(folder.path()).status();
    assert!(copy.is_ok_and(|status| status.success()), "the examples can be copied");
    let (preface, _) = text.split_once("\n$ ").expect("a story has a command");
    let mut told = format!("{preface}\n");
    for command in text.lines().filter_map(|line| line.strip_prefix("$ ")) {
        write!(told, "$ {command}\n{}", run(command, folder.path())).expect("writing to a String cannot fail");
    }
    told
}

/// Runs a command line with an environment that is the same everywhere.
fn run(command: &str, folder: &Path) -> String {
    let binary = Path::new(env!("CARGO_BIN_EXE_cassc")).parent().expect("a binary lies in a folder");
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap_or_default());
    let output = Command::new("sh")
        .args(["-c", &format!("exec 2>&1; {command}")])
        .current_dir(folder)
        .env_clear()
        .env("PATH", path)
        .env("LC_ALL", "C")
        .output()
        .expect("there is a shell");
    let mut text = String::from_utf8_lossy(&output.stdout).into_owned();
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
    match output.status.code() {
        Some(0) => text,
        code => text + &format!("[exit {}]\n", code.map_or_else(|| "by a signal".to_owned(), |code| code.to_string())),
    }
}

#[test]
fn every_story_goes_as_told() {
    let mut stories = stories();
    if !real_tool::is_here("git", &["--version"]) {
        stories.retain(|story| !fs::read_to_string(story).is_ok_and(|text| text.contains("\n$ git ")));
    }
    assert!(!stories.is_empty(), "there are stories");
    let told = std::thread::scope(|scope| {
        let tellers: Vec<_> = stories.iter().map(|story| scope.spawn(move || told_again(story))).collect();
        tellers.into_iter().map(|teller| teller.join().expect("a teller does not panic")).collect::<Vec<_>>()
    });
    let differences: Vec<String> =
        stories.iter().zip(told).filter_map(|(story, told)| difference(story, &told)).collect();
    assert_same(&differences);
}
