//! Why the text of a lock cannot be used, and what to do about each. Made by the reader of locks; `emit` puts the path
//! before and the advice behind.

use std::path::Path;

use super::conflict::first_marker;
use super::{FORMAT, LARGEST_LOCK};

/// Why the text of a lock cannot be used. Each message is the middle of a sentence that begins with the path of the
/// lock and ends with [`LockError::advice`].
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Git left its conflict markers in the text.
    #[error("has a merge conflict in line {line}")]
    MergeConflict {
        /// The line of the first marker, counted from 1.
        line: usize,
    },
    /// Git left its conflict markers in the text, and what stands between them is not two locks.
    #[error("has a merge conflict in line {line} that cannot be read: {detail}")]
    BrokenConflict {
        /// The line of the first marker, counted from 1.
        line: usize,
        /// Which side is no lock, and why.
        detail: String,
    },
    /// The operating system refused to read it.
    #[error("cannot be read: {cause}")]
    Refused {
        /// What it said.
        cause: std::io::Error,
    },
    /// No render writes so much.
    #[error("is larger than {} MiB", LARGEST_LOCK / 1024 / 1024)]
    TooLarge,
    /// There is no text.
    #[error("is empty")]
    Empty,
    /// The text ends too early.
    #[error("is cut off in line {line}")]
    CutOff {
        /// The last line, counted from 1.
        line: usize,
    },
    /// The text is no JSON.
    #[error("is not JSON: {cause}")]
    Invalid {
        /// What the JSON reader found, with line and column.
        cause: serde_json::Error,
    },
    /// A later cassc wrote it.
    #[error(
        "has format {found}, which a later cassc wrote: cassc {} understands format {FORMAT}, so use the cassc that wrote it",
        env!("CARGO_PKG_VERSION")
    )]
    NewerFormat {
        /// The format that the lock names.
        found: u64,
    },
    /// It is JSON, but no lock.
    #[error("is not a lock of cassc: {detail}")]
    Shape {
        /// What is missing or wrong in it.
        detail: String,
    },
}

impl LockError {
    /// What the JSON reader refused, in words about locks. JSON as we write it has no line that begins with a marker,
    /// so such a line is always a conflict.
    pub(super) fn of(text: &str, cause: serde_json::Error) -> Self {
        match first_marker(text) {
            Some(line) => Self::MergeConflict { line },
            None if text.trim().is_empty() => Self::Empty,
            None if cause.is_eof() => Self::CutOff { line: cause.line() },
            None => Self::Invalid { cause },
        }
    }

    /// What to do about it, as the end of the sentence, where the cause does not say it. `path` is that of the lock.
    pub(crate) fn advice(&self, path: &Path) -> Option<String> {
        let directory = path.parent().unwrap_or(path).display();
        match self {
            Self::MergeConflict { .. } => Some("run `cassc render`, which reads both sides".to_owned()),
            Self::BrokenConflict { .. } => Some(format!(
                "take back the files of the current branch with \
                 `git restore --source=HEAD --staged --worktree -- {directory}`, then run `cassc render` again"
            )),
            Self::NewerFormat { .. } => None,
            _ => Some(format!("take it back with `git checkout HEAD -- {}`", path.display())),
        }
    }
}
