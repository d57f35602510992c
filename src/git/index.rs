//! What Git reports about the commit being made: which rendered files it would lack, because they are untracked, and which files
//! it deletes. Hooks learn of neither: `git commit --all` leaves new files out, pre-commit lets them lie, and names only
//! files that are there. Called for `render --check --touched`; and what the last commit has in a folder. Where Git does not
//! answer, there is nothing to say.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{ELSEWHERE, PROGRAM, command};
use crate::paths::{absolute, shown};

/// How many files git is asked about at once: a command line has an end.
const FILES_AT_ONCE: usize = 500;

/// Those of the files that are there and not in the index; as seen from the working directory. Ignored ones are as bad as
/// others: they would not be committed.
pub(crate) fn untracked(files: &[PathBuf]) -> Vec<String> {
    files.chunks(FILES_AT_ONCE).flat_map(|files| listed(&["ls-files", "--others", "-z", "--"], files)).collect()
}

/// The files below the working directory that the commit deletes or renames, as seen from there.
pub(crate) fn deleted() -> Vec<String> {
    let deleted = ["diff", "--cached", "--name-only", "--no-renames", "--diff-filter=D", "--relative", "-z"];
    listed::<&str>(&deleted, &[])
}

/// Asks in the working directory and with the index of the environment: a hook of `git commit --all` gets one that
/// is made for that commit. In a linked work tree a hook gets `GIT_DIR` but not the work tree's root, which git finds by
/// itself.
fn listed<Name: AsRef<OsStr>>(arguments: &[&str], paths: &[Name]) -> Vec<String> {
    let mut git = command(PROGRAM);
    git.arg("--literal-pathspecs").args(arguments).args(paths);
    if std::env::var_os("GIT_WORK_TREE").is_none() {
        git.env_remove("GIT_DIR");
    }
    answered(git)
}

/// The files of the last commit below a folder, as seen from there. The folder itself may be gone from the work tree.
pub(crate) fn committed(folder: &Path) -> Vec<String> {
    let folder = absolute(folder);
    let Some(standing) = folder_of_repository(&folder) else { return Vec::new() };
    let mut git = command(PROGRAM);
    git.arg("-C").arg(standing).args(["--literal-pathspecs", "ls-tree", "-r", "-z", "--name-only", "HEAD"]);
    for name in ELSEWHERE {
        git.env_remove(name);
    }
    let below = shown(&folder, standing);
    if below.is_empty() {
        return answered(git);
    }
    git.arg("--").arg(format!("{below}/"));
    let files = answered(git).into_iter();
    files.filter_map(|file| Some(file.strip_prefix(&below)?.strip_prefix('/')?.to_owned())).collect()
}

/// The files of a name in the repository of a folder, tracked or not, but for ignored ones; as seen from the working
/// directory.
pub(crate) fn files_called(folder: &Path, name: &str) -> Vec<PathBuf> {
    let folder = absolute(folder);
    let Some(standing) = folder_of_repository(&folder) else { return Vec::new() };
    let mut git = command(PROGRAM);
    git.arg("-C").arg(standing).args(["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--"]);
    git.arg(format!(":(top,glob)**/{name}"));
    for name in ELSEWHERE {
        git.env_remove(name);
    }
    let directory = std::env::current_dir().unwrap_or_default();
    let mut files: Vec<PathBuf> =
        answered(git).iter().map(|file| PathBuf::from(shown(&standing.join(file), &directory))).collect();
    files.sort();
    files.dedup();
    files
}

/// The nearest folder that is there, where it is in a repository: else no program has to be started.
fn folder_of_repository(folder: &Path) -> Option<&Path> {
    let standing = folder.ancestors().find(|ancestor| ancestor.is_dir())?;
    standing.ancestors().any(|ancestor| ancestor.join(".git").exists()).then_some(standing)
}

/// The names that git answers with; none where it fails.
fn answered(mut git: Command) -> Vec<String> {
    git.stdin(Stdio::null());
    let Ok(output) = git.output() else { return Vec::new() };
    let answer = String::from_utf8_lossy(&output.stdout);
    let files = if output.status.success() { answer.as_ref() } else { "" };
    files.split_terminator('\0').map(str::to_owned).collect()
}
