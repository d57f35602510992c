//! What Git says of the commit at hand: which rendered files it would lack, because Git does not know them, and which files
//! it deletes. Hooks are told neither: `git commit --all` leaves new files out, pre-commit lets them lie, and names only
//! files that are there. Called for `render --check --touched`. Where Git does not answer, there is nothing to say.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Stdio;

use super::{PROGRAM, command};

/// How many files git is asked about at once: a command line has an end.
const FILES_AT_ONCE: usize = 500;

/// Those of the files that are there and not in the index; as seen from the working directory. Ignored ones are as bad as
/// others: nobody would commit them.
pub(crate) fn untracked(files: &[PathBuf]) -> Vec<String> {
    files.chunks(FILES_AT_ONCE).flat_map(|files| listed(&["ls-files", "--others", "-z", "--"], files)).collect()
}

/// The files below the working directory that the commit deletes or renames, as seen from there.
pub(crate) fn deleted() -> Vec<String> {
    let deleted = ["diff", "--cached", "--name-only", "--no-renames", "--diff-filter=D", "--relative", "-z"];
    listed::<&str>(&deleted, &[])
}

/// Asks in the working directory and with the index of the environment: a hook of `git commit --all` is told of one that
/// is made for that commit. Of a linked work tree a hook is told `GIT_DIR` and not where it begins, which git finds by
/// itself.
fn listed<Name: AsRef<OsStr>>(arguments: &[&str], paths: &[Name]) -> Vec<String> {
    let mut git = command(PROGRAM);
    git.arg("--literal-pathspecs").args(arguments).args(paths);
    if std::env::var_os("GIT_WORK_TREE").is_none() {
        git.env_remove("GIT_DIR");
    }
    git.stdin(Stdio::null());
    let Ok(output) = git.output() else { return Vec::new() };
    let answer = String::from_utf8_lossy(&output.stdout);
    let files = if output.status.success() { answer.as_ref() } else { "" };
    files.split_terminator('\0').map(str::to_owned).collect()
}
