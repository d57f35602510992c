//! What stands in a cluster's directory: which files are as rendered, which differ, which are foreign.
//! Changes nothing. Called by `directory` before it writes, and by the command line for `diff` and `--check`. The lock is
//! handed in: `deployed` has read it.
#![expect(clippy::disallowed_methods, reason = "this is the reading side of the output directory")]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;

use crate::deployed::OwnLock;
use crate::file_tree::{FileTree, with_lf};
use crate::folder::{ClusterFolder, FolderError};
use crate::lock::{LOCK_FILE_NAME, Lock, Recorded};

/// What stands in the directory of one cluster, seen beside what is rendered for it.
#[derive(Debug, Default)]
pub(crate) struct Standing {
    /// Whether the directory is there at all.
    pub exists: bool,
    /// The lock that stands there.
    pub own: OwnLock,
    /// Whether Git could not merge the lock, so that both sides were read.
    pub is_in_conflict: bool,
    /// Everything else below the directory that is not a folder: relative path with `/` to what it is.
    pub entries: BTreeMap<String, Entry>,
}

/// One thing below the directory that is not a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    /// A file with exactly the rendered bytes, whatever the line ends of the checkout.
    Same,
    /// A file whose path is rendered or in the lock, and its bytes with the line ends that cassc writes, which are not the
    /// rendered ones.
    Different(Vec<u8>),
    /// A file whose path is neither rendered nor in the lock; its bytes are not read.
    Foreign,
    /// A symbolic link (never followed), a socket or the like.
    NotAFile,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Other,
}

impl Standing {
    /// What the lock records, where there is one that can be read.
    pub(super) fn recorded(&self) -> Option<&Recorded> {
        self.own.recorded()
    }

    /// Whether the lock that stands there has the very text of this one.
    pub(crate) fn has_lock(&self, lock: &Lock) -> bool {
        self.own.read().is_some_and(|own| own.is_as_written(lock))
    }
}

/// Reads `<root>/<cluster_directory>` beside what is rendered for it, and the lock that was read there. A missing directory
/// is not an error.
pub(crate) fn standing(
    root: &Path,
    cluster_directory: &str,
    rendered: &FileTree,
    own: &OwnLock,
) -> Result<Standing, FolderError> {
    let folder = ClusterFolder::new(root, cluster_directory);
    if !folder.exists()? {
        return Ok(Standing::default());
    }
    let mut kinds = list(&folder.tree)?;
    kinds.remove(LOCK_FILE_NAME); // It is not one of the files that it lists.
    let is_in_conflict = own.recorded().is_some_and(Recorded::is_conflict);
    let mut buffer = Vec::new();
    let mut entries = BTreeMap::new();
    for (path, kind) in kinds {
        let entry = match (kind, rendered.get(&path)) {
            (Kind::Other, _) => Entry::NotAFile,
            (Kind::File, Some(text)) => compared(&folder.tree.join(&path), text.as_bytes(), &mut buffer)?,
            (Kind::File, None) if own.recorded().is_some_and(|recorded| recorded.lists(&path)) => {
                Entry::Different(bytes(&folder.tree.join(&path))?)
            }
            (Kind::File, None) => Entry::Foreign,
        };
        entries.insert(path, entry);
    }
    Ok(Standing { exists: true, own: own.clone(), is_in_conflict, entries })
}

/// Everything below a directory that is not a folder. Folders without files are not worth a report: Git has none.
fn list(directory: &Path) -> Result<BTreeMap<String, Kind>, FolderError> {
    let mut kinds = BTreeMap::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        let path = directory.join(&folder);
        for entry in fs::read_dir(&path).map_err(FolderError::disk("list", &path))? {
            let entry = entry.map_err(FolderError::disk("list", &path))?;
            let kind = entry.file_type().map_err(FolderError::disk("look at", &path))?;
            let name = entry.file_name().into_string().map_err(|name| FolderError::Name { path: path.join(name) })?;
            let name = if folder.is_empty() { name } else { format!("{folder}/{name}") };
            match kind {
                kind if kind.is_dir() => folders.push(name),
                kind if kind.is_file() => drop(kinds.insert(name, Kind::File)),
                _ => drop(kinds.insert(name, Kind::Other)),
            }
        }
    }
    Ok(kinds)
}

/// Compares the size first, so that a file of another size is read once and a file of the same size into one buffer
/// for all files: a fleet that did not change costs four system calls for each file.
fn compared(path: &Path, expected: &[u8], buffer: &mut Vec<u8>) -> Result<Entry, FolderError> {
    let refused = |cause| FolderError::disk("read", path)(cause);
    let mut file = File::open(path).map_err(refused)?;
    if file.metadata().map_err(refused)?.len() != expected.len() as u64 {
        let found = bytes(path)?;
        return Ok(if found == expected { Entry::Same } else { Entry::Different(found) });
    }
    if buffer.len() < expected.len() {
        buffer.resize(expected.len(), 0);
    }
    let found = &mut buffer[..expected.len()];
    file.read_exact(found).map_err(refused)?;
    Ok(if found == expected { Entry::Same } else { Entry::Different(with_lf(found).into_owned()) })
}

/// The bytes of a file, with the line ends that cassc writes.
fn bytes(path: &Path) -> Result<Vec<u8>, FolderError> {
    let bytes = fs::read(path).map_err(FolderError::disk("read", path))?;
    Ok(with_lf(&bytes).into_owned())
}

/// What the tests of the readers of a [`Standing`] share.
#[cfg(test)]
pub(crate) mod fixtures {
    use std::sync::Arc;

    use super::*;
    use crate::deployed::ReadLock;

    /// Files by path and text.
    pub(crate) fn tree(files: &[(&str, &str)]) -> FileTree {
        FileTree::new(files.iter().map(|(path, text)| ((*path).into(), (*text).into())).collect())
    }

    /// A directory with an old lock that records some files, and what else stands there.
    pub(crate) fn standing(recorded: &FileTree, entries: &[(&str, Entry)]) -> Standing {
        let lock = old_lock(recorded);
        let own = ReadLock::new("shop/cassc.lock".to_owned(), lock.clone().into(), lock.to_text());
        let entries = entries.iter().map(|(path, entry)| ((*path).to_owned(), entry.clone())).collect();
        Standing { exists: true, own: OwnLock::Read(Arc::new(own)), is_in_conflict: false, entries }
    }

    /// The lock of a render of these files.
    pub(crate) fn old_lock(files: &FileTree) -> Lock {
        Lock::new(Path::new("a.yaml"), crate::cluster::fixtures::shop(), files, BTreeMap::new())
    }
}
