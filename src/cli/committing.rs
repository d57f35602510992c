//! What Git says of the commit at hand: which rendered files it would lack, because Git does not know them, and which files
//! it deletes. Hooks are told neither: `git commit --all` leaves new files out, pre-commit lets them lie, and names only
//! files that are there. Called for `render --check --touched`. Where Git does not answer, there is nothing to say.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::file_tree::FileTree;
use crate::lock::LOCK_FILE_NAME;

/// How many files git is asked about at once: a command line has an end.
const FILES_AT_ONCE: usize = 500;

/// Neither locks nor asks.
const MANNERS: [(&str, &str); 2] = [("GIT_OPTIONAL_LOCKS", "0"), ("GIT_TERMINAL_PROMPT", "0")];

/// The files of a cluster, its lock among them, that are there and not in the index; as seen from the working directory.
/// Ignored ones are as bad as others: nobody would commit them.
pub(super) fn untracked(folder: &Path, files: &FileTree) -> Vec<String> {
    let paths: Vec<PathBuf> =
        files.iter().map(|(path, _)| path).chain([LOCK_FILE_NAME]).map(|path| folder.join(path)).collect();
    paths.chunks(FILES_AT_ONCE).flat_map(|paths| listed(&["ls-files", "--others", "-z", "--"], paths)).collect()
}

/// The files below the working directory that the commit deletes or renames, as seen from there.
pub(super) fn deleted() -> Vec<String> {
    let deleted = ["diff", "--cached", "--name-only", "--no-renames", "--diff-filter=D", "--relative", "-z"];
    listed::<&str>(&deleted, &[])
}

/// Asks in the working directory and with the index of the environment: a hook of `git commit --all` is told of one that
/// is made for that commit. Of a linked work tree a hook is told `GIT_DIR` and not where it begins, which git finds by
/// itself.
fn listed<Name: AsRef<OsStr>>(arguments: &[&str], paths: &[Name]) -> Vec<String> {
    let mut git = Command::new("git");
    git.args(["--no-pager", "--literal-pathspecs"]).args(arguments).args(paths);
    if std::env::var_os("GIT_WORK_TREE").is_none() {
        git.env_remove("GIT_DIR");
    }
    git.envs(MANNERS).stdin(Stdio::null());
    let Ok(output) = git.output() else { return Vec::new() };
    let said = String::from_utf8_lossy(&output.stdout);
    let files = if output.status.success() { said.as_ref() } else { "" };
    files.split_terminator('\0').map(str::to_owned).collect()
}
