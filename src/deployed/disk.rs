//! A path → what is deployed: a lock, a directory that was rendered into, or earlier topologies. Called by `read`.
#![expect(clippy::disallowed_methods, reason = "reads what the user names")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

use rayon::prelude::*;
use walkdir::{DirEntry, WalkDir};

use super::earlier::{self, Earlier, Faults};
use super::locks::{self, FoundLock, TopologyPlace, distinct};
use super::lost::{LastCommit, LostLock};
use super::topology_file::{stands, topology_of};
use super::{Deployed, DeployedCluster, DeployedError, ReadFrom, Surroundings, TopologyFile};
use crate::folder::ClusterFolder;
use crate::lock::{LOCK_FILE_NAME, Lock};
use crate::parse::source::{self, Source, SourceError, read_all};
use crate::paths::{absolute, real};
use crate::topology::API_VERSION;

/// Reads what is at a path.
pub(super) fn read(path: &Path, surroundings: Surroundings<'_>) -> Result<Deployed, DeployedError> {
    let name = path.display().to_string();
    let metadata = fs::metadata(path).map_err(|cause| match cause.kind() {
        io::ErrorKind::NotFound => DeployedError::Missing { path: name.clone() },
        _ => DeployedError::Read { path: name.clone(), cause },
    })?;
    let (from, clusters) = if metadata.is_dir() {
        (ReadFrom::Directory, directory(path, surroundings)?)
    } else {
        (ReadFrom::File, file(path, surroundings.inputs)?)
    };
    if clusters.is_empty() {
        return Err(DeployedError::Nothing { path: name });
    }
    Ok(Deployed { name, from, clusters })
}

fn file(path: &Path, inputs: &[String]) -> Result<Vec<DeployedCluster>, DeployedError> {
    let name = path.display().to_string();
    let bytes = fs::read(path).map_err(|cause| DeployedError::Read { path: name.clone(), cause })?;
    if path.file_name().is_some_and(|name| name == LOCK_FILE_NAME) {
        return Ok(vec![lock(path, &bytes)?.deployed]);
    }
    if is_lock(&bytes) {
        // A lock elsewhere is a copy: the way to its topology begins somewhere else.
        return Ok(vec![locks::read(name, &bytes, |_| TopologyPlace::UNKNOWN)?]);
    }
    let place = match inputs {
        [input] if Path::new(input).is_file() => TopologyPlace { path: Some(real(input)), file: TopologyFile::Gone },
        _ => TopologyPlace { path: Some(real(path)), file: TopologyFile::Unknown },
    };
    let source = Source { name, bytes, origin: source::Origin::Named };
    topologies(vec![(source, place)])
}

/// Locks are JSON, which a topology could be as well.
fn is_lock(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    text.trim_start().starts_with('{') && !text.contains(API_VERSION)
}

fn directory(path: &Path, surroundings: Surroundings<'_>) -> Result<Vec<DeployedCluster>, DeployedError> {
    let folders = locked_folders(path, usize::MAX)?;
    let locks = locks(&folders)?;
    refuse_lost(path, &locks, surroundings.clusters)?;
    if folders.is_empty() {
        return folder_of_topologies(path, surroundings.inputs);
    }
    let distinct = distinct(locks, surroundings.output.map(absolute).as_deref())?;
    Ok(distinct.into_iter().map(|lock| lock.deployed).collect())
}

/// Refuses a directory in which a cluster at hand has no lock beside its rendered files, or beside those of the last commit.
fn refuse_lost(path: &Path, locks: &[FoundLock], clusters: &[&str]) -> Result<(), DeployedError> {
    let known: BTreeSet<&str> = locks.iter().map(|lock| lock.deployed.cluster.name.as_str()).collect();
    let without: BTreeSet<&str> = clusters.iter().copied().filter(|cluster| !known.contains(cluster)).collect();
    if without.is_empty() {
        return Ok(());
    }
    let lost_in = |folder: PathBuf| {
        let name = absolute(&folder).file_name()?.to_string_lossy().into_owned();
        without.contains(name.as_str()).then(|| LostLock::missing_in(&folder, &name)).flatten()
    };
    let in_last_commit = || {
        let last_commit = LastCommit::below(path);
        let mut folders = last_commit.folders_of(&without).into_iter();
        folders.find_map(|(folder, cluster)| last_commit.lost(path, folder, cluster))
    };
    let lost = unlocked_folders(path).into_iter().find_map(lost_in).or_else(in_last_commit);
    lost.map_or(Ok(()), |lost| Err(lost.into()))
}

/// The folders below one, itself included, that are in no folder with a lock; hidden folders are not searched.
fn unlocked_folders(path: &Path) -> Vec<PathBuf> {
    let is_searched = |entry: &DirEntry| {
        let is_hidden = entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.');
        !is_hidden && (entry.depth() == 0 || entry.file_type().is_dir()) && !has_lock(entry.path())
    };
    let folders = WalkDir::new(path).sort_by_file_name().into_iter().filter_entry(is_searched);
    folders.filter_map(|entry| Some(entry.ok()?.into_path())).collect()
}

/// Whether something stands in the place of the lock of a folder, even if it is no file.
fn has_lock(folder: &Path) -> bool {
    folder.join(LOCK_FILE_NAME).symlink_metadata().is_ok()
}

/// The folders below one, at any depth, that something was rendered into.
pub(super) fn folders_of_outputs(folder: &Path) -> Result<BTreeSet<PathBuf>, DeployedError> {
    let clusters = locked_folders(folder, usize::MAX)?.into_iter().filter(|cluster| cluster != folder);
    Ok(clusters.filter_map(|cluster| cluster.parent().map(Path::to_owned)).collect())
}

fn locks(folders: &[PathBuf]) -> Result<Vec<FoundLock>, DeployedError> {
    let read = |folder: &PathBuf| {
        let path = folder.join(LOCK_FILE_NAME);
        let name = path.display().to_string();
        let bytes = fs::read(&path).map_err(|cause| DeployedError::Read { path: name, cause })?;
        lock(&path, &bytes)
    };
    folders.par_iter().map(read).collect()
}

fn lock(path: &Path, bytes: &[u8]) -> Result<FoundLock, DeployedError> {
    let folder = absolute(path.parent().unwrap_or(path));
    let deployed = locks::read(path.display().to_string(), bytes, |lock| place_of(&folder, lock))?;
    Ok(FoundLock { folder, deployed })
}

/// Where the topology of a lock is. A name alone is what is left of a path that shares no folder with the output,
/// unless the file is there.
pub(super) fn place_of(folder: &Path, lock: &Lock) -> TopologyPlace {
    let Some(path) = topology_of(folder, lock.topology()) else { return TopologyPlace::UNKNOWN };
    match stands(&path) {
        TopologyFile::Gone if !lock.topology().contains('/') => TopologyPlace::UNKNOWN,
        file => TopologyPlace { path: Some(real(&path)), file },
    }
}

/// The folders with a lock, down to a depth; hidden folders are not searched, and rendered ones no further.
pub(super) fn locked_folders(path: &Path, depth: usize) -> Result<Vec<PathBuf>, DeployedError> {
    let mut walk = WalkDir::new(path).max_depth(depth).sort_by_file_name().into_iter();
    let mut found = Vec::new();
    while let Some(entry) = walk.next() {
        let entry = entry.map_err(|cause| DeployedError::Read {
            path: path.display().to_string(),
            cause: cause.into_io_error().unwrap_or_else(|| io::Error::other("a loop of symbolic links")),
        })?;
        if !entry.file_type().is_dir() && entry.depth() > 0 {
            continue;
        }
        if entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.') {
            refuse_interrupted(&entry)?;
            walk.skip_current_dir();
        } else if has_lock(entry.path()) {
            walk.skip_current_dir();
            found.push(entry.into_path());
        }
    }
    Ok(found)
}

/// A killed render may have left the only copy of a cluster's lock in its workspace: the cluster would look new.
fn refuse_interrupted(workspace: &DirEntry) -> Result<(), DeployedError> {
    if let Some(folder) = ClusterFolder::of_workspace(workspace.path()) {
        folder.exists()?;
    }
    Ok(())
}

/// Earlier topologies in a folder. Where the input is one folder as well, the two are compared file by file.
fn folder_of_topologies(folder: &Path, inputs: &[String]) -> Result<Vec<DeployedCluster>, DeployedError> {
    let sources = match read_all(&[folder.display().to_string()]) {
        Err(SourceError::EmptyFolder(path)) => return Err(DeployedError::Nothing { path }),
        sources => sources?,
    };
    let twin = match inputs {
        [input] if Path::new(input).is_dir() => Some(real(input)),
        _ => None,
    };
    let place = |source: &Source| match (&twin, Path::new(&source.name).strip_prefix(folder)) {
        (Some(twin), Ok(below)) => TopologyPlace { path: Some(real(twin.join(below))), file: TopologyFile::Gone },
        _ => TopologyPlace { path: Some(real(&source.name)), file: TopologyFile::Unknown },
    };
    topologies(
        sources.into_iter().map(|source| (place(&source), source)).map(|(place, source)| (source, place)).collect(),
    )
}

fn topologies(sources: Vec<(Source, TopologyPlace)>) -> Result<Vec<DeployedCluster>, DeployedError> {
    let earlier = sources.into_iter().map(|(source, place)| Earlier {
        source,
        committed: None,
        place,
        faults: Faults::AreErrors,
    });
    earlier::clusters(earlier::topologies(earlier.collect())?)
}
