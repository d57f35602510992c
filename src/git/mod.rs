//! What the `git` program reports: about a commit beside the work tree ([`Repository`]), and of the commit that is being made
//! ([`untracked`], [`deleted`]) or was made last ([`committed`]). The only room that starts a program. Nothing is written, and nothing is fetched.
#![expect(clippy::disallowed_methods, reason = "runs git, which knows what is deployed")]

mod index;
mod repository;

use std::process::Command;

pub(crate) use index::{committed, deleted, files_called, untracked};
pub(crate) use repository::GitError;
pub(crate) use repository::{Blob, Repository, Tree};

/// The program, unless another is configured.
pub(crate) const PROGRAM: &str = "git";

/// Neither writes nor fetches nor asks, and answers in English. `GIT_ALLOW_PROTOCOL` names no protocol that there is, which
/// also keeps a git without `GIT_NO_LAZY_FETCH` (before 2.39.4) from fetching.
const ENVIRONMENT: [(&str, &str); 5] = [
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_ALLOW_PROTOCOL", "none"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("LC_ALL", "C"),
];

/// Would take git to another repository than that of the folder it is asked about. Hooks are run with them.
const ELSEWHERE: [&str; 5] = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"];

fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command.arg("--no-pager").envs(ENVIRONMENT);
    command
}
