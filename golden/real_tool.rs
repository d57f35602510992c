//! Programs that some tests ask for their opinion. A newcomer need not own them: a test whose tool is missing says so and
//! passes. In CI (`CI=true`), where every tool is installed, a missing tool is a failure.
#![expect(clippy::disallowed_methods, reason = "tests may ask whether they run in CI")]

use std::collections::BTreeSet;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;

/// Whether `tool` answers to `probe` (arguments that make it print something harmless and succeed). Where it does not, the
/// caller returns at once: the test is skipped, and has said so.
pub(crate) fn is_here(tool: &str, probe: &[&str]) -> bool {
    let is_here = Command::new(tool).args(probe).output().is_ok_and(|output| output.status.success());
    or_skipped(is_here, tool, &format!("`{tool} {}` fails", probe.join(" ")))
}

/// Whether a folder is there, which a command brings; else like a tool that is missing.
pub(crate) fn is_folder_here(folder: &Path, brought_by: &str) -> bool {
    or_skipped(folder.is_dir(), &folder.display().to_string(), &format!("brought by `{brought_by}`"))
}

fn or_skipped(is_here: bool, what: &str, why: &str) -> bool {
    let is_ci = std::env::var("CI").is_ok_and(|value| value == "true");
    assert!(is_here || !is_ci, "{what} is missing ({why}), and CI must not skip a test");
    if !is_here && is_news(what) {
        // Not `eprintln!`, which the test harness hides for a test that passes.
        let _ = writeln!(std::io::stderr(), "skipped: every test that asks {what} ({why})");
    }
    is_here
}

/// Whether nothing was said about the tool yet: dozens of tests ask for the same ones.
fn is_news(tool: &str) -> bool {
    static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    SAID.lock().is_ok_and(|mut said| said.insert(tool.to_owned()))
}

/// Runs a tool and returns what it printed. Its failure is the test's failure, with its complaint.
pub(crate) fn output(command: &mut Command) -> Vec<u8> {
    let output = command.output().expect("the tool answered to its probe, so it starts");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
