//! The folder of one cluster below the output directory: the tree that everybody sees, and the workspace beside it in which a
//! render builds the next one. Called by `deployed`, which reads locks there, and by `emit`, which writes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::lock::LOCK_FILE_NAME;
use crate::paths::is_relative;

/// A render of the cluster `shop` works in `.cassc-shop`.
const WORKSPACE: &str = ".cassc-";

/// In the workspace: a tree that is being built, or garbage. Never the only copy of anything.
pub(crate) const NEW: &str = "new-";
/// In the workspace: the old tree between the two renames. The only copy while the visible tree is missing.
pub(crate) const OLD: &str = "old-";
/// In the workspace: garbage that some run has begun to remove.
pub(crate) const DEAD: &str = "dead-";

/// Where one cluster lives below the output directory.
pub(crate) struct ClusterFolder {
    /// `<output>/<cluster>`, what everybody sees.
    pub(crate) tree: PathBuf,
    /// `<output>/.cassc-<cluster>`, present only while a render is under way or after it was killed. One for each
    /// cluster, because clusters are written in parallel.
    pub(crate) workspace: PathBuf,
}

/// Why the folder of a cluster cannot be read or written. Each message is one sentence and names the path and the cause.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The operating system refused an operation.
    #[error("cannot {action} {}: {cause}", path.display())]
    Disk {
        /// What was tried, as a verb: "write", "create the directory".
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// The error of the operating system.
        cause: io::Error,
    },
    /// A file or a symbolic link stands where the directory of a cluster belongs.
    #[error("{} is not a directory, so nothing can be rendered there: move it away, or choose another output", path.display())]
    NotADirectory {
        /// What stands there.
        path: PathBuf,
    },
    /// A render was killed between its two renames, and the tree still has its temporary name.
    #[error("a render was interrupted and left the files of the cluster in {}: run `cassc render` to put them back", kept_in.display())]
    Interrupted {
        /// Where the old tree waits.
        kept_in: PathBuf,
    },
    /// Something went while the directory was written: the operating system has no lock that would have kept others away.
    #[error("{} changed while it was written, perhaps by another cassc: nothing of it was written, run this again", path.display())]
    Disturbed {
        /// The directory of the cluster.
        path: PathBuf,
    },
    /// A name below the directory is not UTF-8, so it can neither be compared nor reported.
    #[error("the name of {} is not UTF-8: move the file away", path.display())]
    Name {
        /// The file or folder with that name.
        path: PathBuf,
    },
}

impl FolderError {
    /// Wraps an error of the operating system, for `map_err`.
    pub(crate) fn disk(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self::Disk { action, path: path.to_owned(), cause }
    }

    /// The same error of a write, in words of its own where something in the folder or its workspace went meanwhile.
    pub(crate) fn of_write(self, folder: &ClusterFolder) -> Self {
        match self {
            Self::Disk { path, cause, .. }
                if cause.kind() == io::ErrorKind::NotFound
                    && (path.starts_with(&folder.workspace) || path.starts_with(&folder.tree)) =>
            {
                Self::Disturbed { path: folder.tree.clone() }
            }
            other => other,
        }
    }
}

impl ClusterFolder {
    /// The folder of a cluster, whose name rules have accepted.
    pub(crate) fn new(output: &Path, cluster: &str) -> Self {
        let is_plain = !cluster.contains('/') && is_relative(cluster);
        assert!(is_plain, "the directory of a cluster is one plain name, unlike {cluster:?}");
        assert!(!cluster.starts_with('.'), "the name of a cluster begins with a letter or digit");
        Self { tree: output.join(cluster), workspace: output.join(format!("{WORKSPACE}{cluster}")) }
    }

    /// The folder that a workspace is for; `None` for other hidden folders.
    pub(crate) fn of_workspace(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?;
        let cluster =
            name.strip_prefix(WORKSPACE).filter(|cluster| !cluster.is_empty() && !cluster.starts_with('.'))?;
        Some(Self { tree: path.with_file_name(cluster), workspace: path.to_owned() })
    }

    /// The file of the lock.
    pub(crate) fn lock(&self) -> PathBuf {
        self.tree.join(LOCK_FILE_NAME)
    }

    /// Whether the tree is there. It is an error when a killed render left it in the workspace: the cluster would look new.
    pub(crate) fn exists(&self) -> Result<bool, FolderError> {
        match fs::symlink_metadata(&self.tree) {
            Ok(metadata) if metadata.is_dir() => Ok(true),
            Ok(_) => Err(FolderError::NotADirectory { path: self.tree.clone() }),
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => match self.old_tree()? {
                Some(kept_in) => Err(FolderError::Interrupted { kept_in }),
                None => Ok(false),
            },
            Err(cause) => Err(FolderError::disk("look at", &self.tree)(cause)),
        }
    }

    /// The old tree that a killed render left in the workspace; meaningful only while the visible tree is missing.
    pub(crate) fn old_tree(&self) -> Result<Option<PathBuf>, FolderError> {
        let names = self.leftovers()?.unwrap_or_default();
        Ok(names.into_iter().find(|name| name.starts_with(OLD)).map(|name| self.workspace.join(name)))
    }

    /// The names in the workspace, sorted; `None` without a workspace, as after every render that came to its end.
    pub(crate) fn leftovers(&self) -> Result<Option<Vec<String>>, FolderError> {
        let refused = |cause| FolderError::disk("list", &self.workspace)(cause);
        let listing = match fs::read_dir(&self.workspace) {
            Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
            listing => listing.map_err(refused)?,
        };
        let names: Result<Vec<_>, _> =
            listing.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect();
        let mut names = names.map_err(refused)?;
        names.sort();
        Ok(Some(names))
    }
}
