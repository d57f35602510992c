//! What the `git` program knows: of a commit beside the work tree ([`Repository`]), and of the commit that is being made
//! ([`untracked`], [`deleted`]). The only room that starts a program. Nothing is written, and nothing is fetched.
#![expect(clippy::disallowed_methods, reason = "runs git, which the user named by `git:REV` or by a hook")]

mod index;
mod repository;

use std::process::Command;

pub(crate) use index::{deleted, untracked};
pub use repository::GitError;
pub(crate) use repository::{Blob, Repository, Tree};

/// The program, where nobody names another one.
pub(crate) const PROGRAM: &str = "git";

/// Neither writes nor fetches nor asks, and answers in English. `GIT_ALLOW_PROTOCOL` names no protocol that there is, which
/// also keeps a git that knows no `GIT_NO_LAZY_FETCH` (before 2.39.4) from fetching.
const ENVIRONMENT: [(&str, &str); 5] = [
    ("GIT_OPTIONAL_LOCKS", "0"),
    ("GIT_NO_LAZY_FETCH", "1"),
    ("GIT_ALLOW_PROTOCOL", "none"),
    ("GIT_TERMINAL_PROMPT", "0"),
    ("LC_ALL", "C"),
];

fn command(program: &str) -> Command {
    let mut command = Command::new(program);
    command.arg("--no-pager").envs(ENVIRONMENT);
    command
}
