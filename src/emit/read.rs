//! What stands in a cluster's directory: which files are as rendered, which differ, which nobody rendered.
//! Changes nothing. Called by `directory` before it writes, and by the command line for `diff`, `--check` and the plan.
#![expect(clippy::disallowed_methods, reason = "this is the reading side of the output directory")]

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::{EmitError, OLD, Overwrite, Place};
use crate::file_tree::FileTree;
use crate::lock::{LOCK_FILE_NAME, Lock, LockError, Recorded};

/// What stands in the directory of one cluster, seen beside what is rendered for it.
#[derive(Debug, Default)]
pub struct Standing {
    /// Whether the directory is there at all.
    pub exists: bool,
    /// The text of the lock as it stands.
    pub lock_text: Option<String>,
    /// What the lock records, where there is one that can be read.
    pub recorded: Option<Recorded>,
    /// What there is to say about the lock.
    pub remark: Option<Remark>,
    /// Everything else below the directory that is not a folder: relative path with `/` to what it is.
    pub entries: BTreeMap<String, Entry>,
}

/// What is worth a word about a lock although the render goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Remark {
    /// Git could not merge it; both sides were read.
    Conflict,
    /// There is none, although something stands in the place of a rendered file.
    Missing,
    /// It cannot be read, for this reason, and counts as missing because of [`Overwrite::Force`].
    Unreadable(String),
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
    kinds.remove(LOCK_FILE_NAME); // It is not one of the files that it lists.
    let Found { text: lock_text, recorded, mut remark } = found(&place, overwrite)?;
    if recorded.is_none() && remark.is_none() && kinds.keys().any(|path| rendered.get(path).is_some()) {
        remark = Some(Remark::Missing);
    }
    let mut buffer = Vec::new();
    let mut entries = BTreeMap::new();
    for (path, kind) in kinds {
        let entry = match (kind, rendered.get(&path)) {
            (Kind::Other, _) => Entry::NotAFile,
            (Kind::File, Some(text)) => compared(&place.tree.join(&path), text.as_bytes(), &mut buffer)?,
            (Kind::File, None) if recorded.as_ref().is_some_and(|recorded| recorded.lists(&path)) => {
                Entry::Different(bytes(&place.tree.join(&path))?)
            }
            (Kind::File, None) => Entry::Foreign,
        };
        entries.insert(path, entry);
    }
    Ok(Standing { exists: true, lock_text, recorded, remark, entries })
}

/// The lock in `<root>/<cluster_directory>`, where there is one: what the plan judges a change against. A merge
/// conflict is an error, for nobody knows which side is deployed.
pub fn lock(root: &Path, cluster_directory: &str) -> Result<Option<Lock>, EmitError> {
    let place = Place::new(root, cluster_directory);
    let text = if exists(&place)? { lock_text(&place.tree) } else { Ok(None) };
    match text.and_then(|text| Ok(text.as_deref().map(Lock::read).transpose()?)) {
        Ok(lock) => Ok(lock),
        Err(unreadable) => Err(unreadable.refused(&place)),
    }
}

/// What the lock in `<root>/<cluster_directory>` records, where there is one: what the cluster was before.
pub fn recorded(root: &Path, cluster_directory: &str, overwrite: Overwrite) -> Result<Option<Recorded>, EmitError> {
    let place = Place::new(root, cluster_directory);
    if exists(&place)? { found(&place, overwrite).map(|found| found.recorded) } else { Ok(None) }
}

/// What stands in the place of the lock.
#[derive(Default)]
struct Found {
    text: Option<String>,
    recorded: Option<Recorded>,
    remark: Option<Remark>,
}

fn found(place: &Place, overwrite: Overwrite) -> Result<Found, EmitError> {
    let read = lock_text(&place.tree).and_then(|text| Ok((text.as_deref().map(Recorded::read).transpose()?, text)));
    match (read, overwrite) {
        (Ok((recorded, text)), _) => {
            let is_conflict = recorded.as_ref().is_some_and(Recorded::is_conflict);
            Ok(Found { text, recorded, remark: is_conflict.then_some(Remark::Conflict) })
        }
        (Err(Unreadable::Lock(cause)), Overwrite::Force) => {
            Ok(Found { remark: Some(Remark::Unreadable(cause.to_string())), ..Found::default() })
        }
        (Err(unreadable), _) => Err(unreadable.refused(place)),
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

impl Unreadable {
    fn refused(self, place: &Place) -> EmitError {
        match self {
            Self::Lock(cause) => EmitError::Lock { path: place.tree.join(LOCK_FILE_NAME), cause },
            Self::Disk(error) => error,
        }
    }
}

/// The text of the lock, where there is one. A symbolic link is not followed.
fn lock_text(directory: &Path) -> Result<Option<String>, Unreadable> {
    let path = directory.join(LOCK_FILE_NAME);
    let not_a_lock = |detail: &str| Err(Unreadable::Lock(LockError::Shape { detail: detail.to_owned() }));
    match fs::symlink_metadata(&path) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(Unreadable::Disk(EmitError::disk("look at", &path)(cause))),
        Ok(metadata) if metadata.is_dir() => not_a_lock("it is a folder"),
        Ok(metadata) if !metadata.is_file() => not_a_lock("it is not a regular file"),
        Ok(_) => {
            let bytes = bytes(&path).map_err(Unreadable::Disk)?;
            String::from_utf8(bytes).map(Some).or_else(|_| not_a_lock("it is not UTF-8"))
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
        let lock = Lock::new(Path::new("a.yaml"), crate::cluster::fixtures::shop(), recorded, BTreeMap::new());
        let entries = entries.iter().map(|(path, entry)| ((*path).to_owned(), entry.clone())).collect();
        Standing { exists: true, lock_text: Some("lock\n".into()), recorded: Some(lock.into()), remark: None, entries }
    }
}
