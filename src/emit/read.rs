//! What stands in a cluster's directory: which files are as rendered, which differ, which nobody rendered.
//! Changes nothing. Called by `directory` before it writes, and by the command line for `diff`, `--check` and the plan.
#![expect(clippy::disallowed_methods, reason = "this is the reading side of the output directory")]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::{EmitError, OLD, Overwrite, Place};
use crate::file_tree::{FileTree, has_below};
use crate::lock::{LOCK_FILE_NAME, Lock, LockError};

/// What stands in the directory of one cluster, seen beside what is rendered for it.
#[derive(Debug, Default)]
pub struct Standing {
    /// Whether the directory is there at all.
    pub exists: bool,
    /// The text of the lock as it stands.
    pub lock_text: Option<String>,
    /// The lock, where there is one that can be read.
    pub lock: Option<Lock>,
    /// Everything else below the directory that is not a folder: relative path with `/` to what it is.
    pub entries: BTreeMap<String, Entry>,
}

/// One thing below the directory that is not a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A file with exactly the rendered bytes.
    Same,
    /// A file whose path is rendered or in the lock, and its bytes, which are not the rendered ones.
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

/// Reads `<root>/<cluster_directory>` beside what is rendered for it. A missing directory is not an error.
/// With [`Overwrite::KeepForeign`] a lock that cannot be read is one, because nobody could tell whose the files are.
pub fn standing(
    root: &Path,
    cluster_directory: &str,
    rendered: &FileTree,
    overwrite: Overwrite,
) -> Result<Standing, EmitError> {
    let place = Place::new(root, cluster_directory);
    if !exists(&place)? {
        return Ok(Standing::default());
    }
    let mut kinds = list(&place.tree)?;
    let lock_text = lock_text(&place.tree, &mut kinds);
    let read = lock_text.and_then(|text| Ok((text.as_deref().map(Lock::read).transpose()?, text)));
    let (lock, lock_text) = match (read, overwrite) {
        (Ok(read), _) => read,
        (Err(Unreadable::Lock(_)), Overwrite::Force) => (None, None),
        (Err(Unreadable::Lock(cause)), Overwrite::KeepForeign) => {
            return Err(EmitError::Lock { path: place.tree.join(LOCK_FILE_NAME), cause });
        }
        (Err(Unreadable::Disk(error)), _) => return Err(error),
    };
    let mut buffer = Vec::new();
    let mut entries = BTreeMap::new();
    for (path, kind) in kinds {
        let entry = match (kind, rendered.get(&path)) {
            (Kind::Other, _) => Entry::NotAFile,
            (Kind::File, Some(text)) => compared(&place.tree.join(&path), text.as_bytes(), &mut buffer)?,
            (Kind::File, None) if lock.as_ref().is_some_and(|lock| lock.files().contains_key(&path)) => {
                Entry::Different(bytes(&place.tree.join(&path))?)
            }
            (Kind::File, None) => Entry::Foreign,
        };
        entries.insert(path, entry);
    }
    Ok(Standing { exists: true, lock_text, lock, entries })
}

/// The lock in `<root>/<cluster_directory>`, where there is one: what the plan judges a change against.
pub fn lock(root: &Path, cluster_directory: &str) -> Result<Option<Lock>, EmitError> {
    let place = Place::new(root, cluster_directory);
    if !exists(&place)? {
        return Ok(None);
    }
    let path = place.tree.join(LOCK_FILE_NAME);
    match fs::read_to_string(&path) {
        Ok(text) => Lock::read(&text).map(Some).map_err(|cause| EmitError::Lock { path, cause }),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(EmitError::disk("read", &path)(cause)),
    }
}

/// The old tree that a killed render left in the workspace; meaningful only while the visible tree is missing.
pub(super) fn old_tree(place: &Place) -> Result<Option<PathBuf>, EmitError> {
    let names = leftovers(place)?.unwrap_or_default();
    Ok(names.into_iter().find(|name| name.starts_with(OLD)).map(|name| place.workspace.join(name)))
}

/// The names in the workspace, sorted; `None` without a workspace, as after every render that came to its end.
pub(super) fn leftovers(place: &Place) -> Result<Option<Vec<String>>, EmitError> {
    let refused = |cause| EmitError::disk("list", &place.workspace)(cause);
    let listing = match fs::read_dir(&place.workspace) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(None),
        listing => listing.map_err(refused)?,
    };
    let names: Result<Vec<_>, _> = listing.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned())).collect();
    let mut names = names.map_err(refused)?;
    names.sort();
    Ok(Some(names))
}

fn exists(place: &Place) -> Result<bool, EmitError> {
    match fs::symlink_metadata(&place.tree) {
        Ok(metadata) if metadata.is_dir() => Ok(true),
        Ok(_) => Err(EmitError::NotADirectory { path: place.tree.clone() }),
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => match old_tree(place)? {
            Some(kept_in) => Err(EmitError::Interrupted { kept_in }),
            None => Ok(false),
        },
        Err(cause) => Err(EmitError::disk("look at", &place.tree)(cause)),
    }
}

enum Unreadable {
    Lock(LockError),
    Disk(EmitError),
}

impl From<LockError> for Unreadable {
    fn from(cause: LockError) -> Self {
        Self::Lock(cause)
    }
}

/// The text of the lock, which is taken out of the listing: it is not one of the files that it lists.
fn lock_text(directory: &Path, kinds: &mut BTreeMap<String, Kind>) -> Result<Option<String>, Unreadable> {
    let not_a_lock = |detail: &str| Unreadable::Lock(LockError::Shape { detail: detail.to_owned() });
    if has_below(kinds, LOCK_FILE_NAME) {
        return Err(not_a_lock("it is a folder"));
    }
    match kinds.remove(LOCK_FILE_NAME) {
        None => Ok(None),
        Some(Kind::Other) => Err(not_a_lock("it is not a regular file")),
        Some(Kind::File) => {
            let bytes = bytes(&directory.join(LOCK_FILE_NAME)).map_err(Unreadable::Disk)?;
            String::from_utf8(bytes).map(Some).map_err(|_| not_a_lock("it is not UTF-8"))
        }
    }
}

/// Everything below a directory that is not a folder. Folders without files are not worth a report: Git has none.
fn list(directory: &Path) -> Result<BTreeMap<String, Kind>, EmitError> {
    let mut kinds = BTreeMap::new();
    let mut folders = vec![String::new()];
    while let Some(folder) = folders.pop() {
        let path = directory.join(&folder);
        for entry in fs::read_dir(&path).map_err(EmitError::disk("list", &path))? {
            let entry = entry.map_err(EmitError::disk("list", &path))?;
            let kind = entry.file_type().map_err(EmitError::disk("look at", &path))?;
            let name = entry.file_name().into_string().map_err(|name| EmitError::Name { path: path.join(name) })?;
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
fn compared(path: &Path, expected: &[u8], buffer: &mut Vec<u8>) -> Result<Entry, EmitError> {
    let refused = |cause| EmitError::disk("read", path)(cause);
    let mut file = File::open(path).map_err(refused)?;
    if file.metadata().map_err(refused)?.len() != expected.len() as u64 {
        return Ok(Entry::Different(bytes(path)?));
    }
    if buffer.len() < expected.len() {
        buffer.resize(expected.len(), 0);
    }
    let found = &mut buffer[..expected.len()];
    file.read_exact(found).map_err(refused)?;
    Ok(if found == expected { Entry::Same } else { Entry::Different(found.to_vec()) })
}

fn bytes(path: &Path) -> Result<Vec<u8>, EmitError> {
    fs::read(path).map_err(EmitError::disk("read", path))
}

/// What the tests of the readers of a [`Standing`] share.
#[cfg(test)]
pub(crate) mod fixtures {
    use super::*;

    /// Files by path and text.
    pub(crate) fn tree(files: &[(&str, &str)]) -> FileTree {
        FileTree::new(files.iter().map(|(path, text)| ((*path).into(), (*text).into())).collect())
    }

    /// A directory with an old lock that records some files, and what else stands there.
    pub(crate) fn standing(recorded: &FileTree, entries: &[(&str, Entry)]) -> Standing {
        let lock = Lock::new(Path::new("a.yaml"), serde_json::Value::Null, recorded);
        let entries = entries.iter().map(|(path, entry)| ((*path).to_owned(), entry.clone())).collect();
        Standing { exists: true, lock_text: Some("lock\n".into()), lock: Some(lock), entries }
    }
}
