//! `cassc completions`, read by the shells that they are for.

use std::fs;
use std::process::{Command, Stdio};

use crate::real_tool::{self, output};

fn completions(shell: &str) -> String {
    let text = output(Command::new(env!("CARGO_BIN_EXE_cassc")).args(["completions", shell]));
    String::from_utf8(text).expect("completions are UTF-8")
}

#[test]
fn shells_read_their_completions() {
    for shell in ["bash", "zsh", "fish"] {
        if real_tool::is_here(shell, &["-c", "true"]) {
            let folder = tempfile::tempdir().expect("a temporary folder can be made");
            let script = folder.path().join("completions");
            fs::write(&script, completions(shell)).expect("a file can be written");
            output(Command::new(shell).arg("-n").arg(&script).stdin(Stdio::null()));
        }
    }
    for shell in ["elvish", "powershell"] {
        assert!(completions(shell).contains("validate"), "{shell}");
    }
}

/// What bash offers behind these words, the last of which is being written.
fn offered(words: &[&str]) -> Vec<String> {
    let last = words.len() - 1;
    let (quoted, current, previous) = (words.join(" "), words[last], words[last.saturating_sub(1)]);
    let script = format!(
        "{}\nCOMP_WORDS=({quoted}); COMP_CWORD={last}; _cassc cassc '{current}' '{previous}'; printf '%s\\n' \
         \"${{COMPREPLY[@]}}\"",
        completions("bash")
    );
    let offered = output(Command::new("bash").args(["--norc", "-c", &script]));
    String::from_utf8_lossy(&offered).lines().map(str::to_owned).collect()
}

#[test]
fn bash_completes_verbs_flags_and_values() {
    if !real_tool::is_here("bash", &["-c", "true"]) {
        return;
    }
    assert_eq!(offered(&["cassc", "val"]), ["validate"]);
    assert_eq!(offered(&["cassc", "render", "--rep"]), ["--report"]);
    assert_eq!(offered(&["cassc", "validate", "--format", "s"]), ["short", "sarif"]);
    assert_eq!(offered(&["cassc", "plan", "--exit"]), ["--exit-code"]);
    assert_eq!(offered(&["cassc", "diff", "--q"]), ["--quiet"]);
    assert_eq!(offered(&["cassc", "render", "--color", "a"]), ["auto", "always"]);
}
