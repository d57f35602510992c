//! `FileTree` → the world: a directory per cluster that changes as a whole, or one YAML stream.
//! Called by the command line; several clusters may be written at the same time. The only room that writes files.

use std::io;
use std::path::{Path, PathBuf};

use crate::lock::LockError;

mod decision;
pub mod directory;
mod disk;
pub mod read;
pub mod removal;
pub mod stream;
#[cfg(test)]
mod tests;

/// What to do with files below a cluster's directory that are not as cassc wrote them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overwrite {
    /// Keep and report what somebody edited and what cassc did not write; refuse a lock that cannot be read.
    KeepForeign,
    /// `--force`: the directory becomes exactly what is rendered. Every other file below it is removed, and a lock
    /// that cannot be read counts as absent.
    Force,
}

/// What the world refused us. Each message is one sentence and names the path and the cause.
#[derive(Debug, thiserror::Error)]
pub enum EmitError {
    /// The operating system refused an operation.
    #[error("cannot {action} {}: {cause}", path.display())]
    Disk {
        /// What was tried, as a verb: "write", "create the directory".
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// What the operating system says.
        cause: io::Error,
    },
    /// A file or a symbolic link stands where the directory of a cluster belongs.
    #[error("{} is not a directory, so nothing can be rendered there: move it away, or choose another output", path.display())]
    NotADirectory {
        /// What stands there.
        path: PathBuf,
    },
    /// The lock that stands there cannot be used.
    #[error("{} {cause}; {}", path.display(), cause.advice(path))]
    Lock {
        /// The lock.
        path: PathBuf,
        /// What is wrong with it.
        cause: LockError,
    },
    /// A render was killed between its two renames, and the tree still has its temporary name.
    #[error("a render was interrupted and left the files of the cluster in {}: run `cassc render` to put them back", kept_in.display())]
    Interrupted {
        /// Where the old tree waits.
        kept_in: PathBuf,
    },
    /// A name below the directory is not UTF-8, so it can neither be compared nor reported.
    #[error("the name of {} is not UTF-8: move the file away", path.display())]
    Name {
        /// The file or folder with that name.
        path: PathBuf,
    },
}

impl EmitError {
    /// Wraps what the operating system says, for `map_err`.
    fn disk(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self::Disk { action, path: path.to_owned(), cause }
    }
}

/// Where one cluster lives below the output root, and where its trees wait before and after they are seen.
struct Place {
    /// `<root>/<cluster>`, what everybody sees.
    tree: PathBuf,
    /// `<root>/.cassc-<cluster>`, present only while a render is under way or after it was killed. One for each
    /// cluster, because clusters are written in parallel.
    workspace: PathBuf,
}

/// In the workspace: a tree that is being built, or garbage. Never the only copy of anything.
const NEW: &str = "new-";
/// In the workspace: the old tree between the two renames. The only copy while the visible tree is missing.
const OLD: &str = "old-";
/// In the workspace: garbage that some run has begun to remove.
const DEAD: &str = "dead-";

impl Place {
    fn new(root: &Path, cluster_directory: &str) -> Self {
        let is_plain = !cluster_directory.contains('/') && crate::paths::is_relative(cluster_directory);
        assert!(is_plain, "the directory of a cluster is one plain name, unlike {cluster_directory:?}");
        assert!(!cluster_directory.starts_with('.'), "the name of a cluster begins with a letter or digit");
        Self { tree: root.join(cluster_directory), workspace: root.join(format!(".cassc-{cluster_directory}")) }
    }
}
