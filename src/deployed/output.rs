//! The directory that is rendered into → its locks, each read once: they tell what a cluster keeps, what is deployed where
//! nothing else is named, and whose the files beside them are. Called by the command line before it judges.
#![expect(clippy::disallowed_methods, reason = "reads the locks of the output directory")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use rayon::prelude::*;

use super::disk::{locked_folders, place_of};
use super::locks::{ReadLock, TopologyPlace, deployed};
use super::{Deployed, DeployedCluster, DeployedError, ReadFrom};
use crate::cluster::Cluster;
use crate::folder::{ClusterFolder, FolderError};
use crate::lock::{LOCK_FILE_NAME, LockError, Recorded};
use crate::paths::absolute;

/// The lock of a cluster that is to be rendered.
#[derive(Clone, Debug, Default)]
pub enum OwnLock {
    /// There is none.
    #[default]
    Missing,
    /// It was read.
    Read(Arc<ReadLock>),
    /// It cannot be read, for this reason, and counts as missing.
    Unreadable(String),
}

/// What becomes of the lock of a cluster at hand that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnreadableLocks {
    /// Nobody could tell what is deployed, and whose the files are.
    AreErrors,
    /// The cluster is new.
    CountAsMissing,
}

/// The locks of the directory that is rendered into.
#[derive(Debug, Default)]
pub struct OutputLocks {
    /// What the locks of the directory tell; where one of them is in conflict or cannot be read, only those of the
    /// clusters at hand, and then nothing counts as deleted. `None` where there is nothing.
    pub deployed: Option<Deployed>,
    own: BTreeMap<String, OwnLock>,
}

impl OwnLock {
    /// What the lock records.
    pub fn recorded(&self) -> Option<&Recorded> {
        self.read().map(|lock| &lock.recorded)
    }

    /// What the cluster was when it was rendered last.
    pub fn previous(&self) -> Option<Arc<Cluster>> {
        self.recorded().map(Recorded::previous)
    }

    /// The lock, where it was read.
    pub(crate) fn read(&self) -> Option<&Arc<ReadLock>> {
        match self {
            Self::Read(lock) => Some(lock),
            Self::Missing | Self::Unreadable(_) => None,
        }
    }
}

impl OutputLocks {
    /// Reads the locks of a directory in which each cluster has a folder of its own. `clusters` are those at hand.
    pub fn read(output: &Path, clusters: &[&str], unreadable: UnreadableLocks) -> Result<Self, DeployedError> {
        let own = |cluster: &&str| Ok(((*cluster).to_owned(), own_lock(output, cluster, unreadable)?));
        let mut own: BTreeMap<String, OwnLock> = clusters.par_iter().map(own).collect::<Result<_, DeployedError>>()?;
        let folders = folders(output)?;
        let others = folders.par_iter().map(|folder| (cluster_name(folder), folder));
        let others = others.filter(|(cluster, _)| !own.contains_key(cluster));
        let others = others.map(|(cluster, folder)| Ok((cluster, other_lock(folder)?)));
        let others: Vec<(String, OwnLock)> = others.collect::<Result<_, DeployedError>>()?;
        own.extend(others);
        let whole = |folder: &PathBuf| {
            let lock = own[&cluster_name(folder)].read().filter(|lock| lock.recorded.lock().is_some())?;
            Some(cluster_of(folder, Arc::clone(lock)))
        };
        let deployed = match folders.par_iter().map(whole).collect::<Option<Vec<DeployedCluster>>>() {
            Some(all) => Some(all).filter(|all| !all.is_empty()),
            None => Some(clusters.iter().filter_map(|cluster| Some(known_by_name(own[*cluster].read()?))).collect()),
        };
        let name = output.display().to_string();
        Ok(Self { deployed: deployed.map(|clusters| Deployed { name, from: ReadFrom::Directory, clusters }), own })
    }

    /// The lock of a cluster.
    pub fn own(&self, cluster: &str) -> OwnLock {
        self.own.get(cluster).cloned().unwrap_or_default()
    }
}

/// Reads what was rendered into a directory, each cluster in a folder of its own, and nothing else that may lie there.
/// `shown` is what the directory is called in messages. `None` where nothing was.
pub fn rendered(output: &Path, shown: &Path) -> Result<Option<Deployed>, DeployedError> {
    let read = |folder: PathBuf| {
        let path = folder.join(LOCK_FILE_NAME);
        let name = shown.join(path.strip_prefix(output).unwrap_or(&path)).display().to_string();
        match ReadLock::whole(name.clone(), &bytes(&path)?) {
            Ok(lock) => Ok(cluster_of(&folder, Arc::new(lock))),
            Err(cause) => Err(DeployedError::Lock { name, cause }),
        }
    };
    let clusters: Vec<DeployedCluster> =
        folders(output)?.into_par_iter().map(read).collect::<Result<_, DeployedError>>()?;
    let name = shown.display().to_string();
    Ok((!clusters.is_empty()).then_some(Deployed { name, from: ReadFrom::Directory, clusters }))
}

/// The folders of clusters in a directory.
fn folders(output: &Path) -> Result<Vec<PathBuf>, DeployedError> {
    if !output.is_dir() {
        return Ok(Vec::new());
    }
    let mut folders = locked_folders(output, 1)?;
    folders.retain(|folder| folder != output);
    Ok(folders)
}

/// A cluster at hand: a symbolic link in the place of its lock is not followed, because it would be written.
fn own_lock(output: &Path, cluster: &str, unreadable: UnreadableLocks) -> Result<OwnLock, DeployedError> {
    let folder = ClusterFolder::new(output, cluster);
    let path = folder.lock();
    if !folder.exists()? {
        return Ok(OwnLock::Missing);
    }
    let not_a_lock = |detail: &str| Err(LockError::Shape { detail: detail.to_owned() });
    let read = match fs::symlink_metadata(&path) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => return Ok(OwnLock::Missing),
        Err(cause) => return Err(FolderError::disk("look at", &path)(cause).into()),
        Ok(metadata) if metadata.is_dir() => not_a_lock("it is a folder"),
        Ok(metadata) if !metadata.is_file() => not_a_lock("it is not a regular file"),
        Ok(_) => ReadLock::merged(path.display().to_string(), &bytes(&path)?),
    };
    match (read, unreadable) {
        (Ok(lock), _) => Ok(OwnLock::Read(Arc::new(lock))),
        (Err(cause), UnreadableLocks::CountAsMissing) => Ok(OwnLock::Unreadable(cause.to_string())),
        (Err(cause), UnreadableLocks::AreErrors) => Err(DeployedError::OwnLock { path, cause }),
    }
}

/// The lock of a cluster that is not at hand.
fn other_lock(folder: &Path) -> Result<OwnLock, DeployedError> {
    let path = folder.join(LOCK_FILE_NAME);
    Ok(match ReadLock::merged(path.display().to_string(), &bytes(&path)?) {
        Ok(lock) => OwnLock::Read(Arc::new(lock)),
        Err(cause) => OwnLock::Unreadable(cause.to_string()),
    })
}

fn cluster_name(folder: &Path) -> String {
    folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn bytes(path: &Path) -> Result<Vec<u8>, DeployedError> {
    fs::read(path).map_err(|cause| DeployedError::Read { path: path.display().to_string(), cause })
}

fn cluster_of(folder: &Path, lock: Arc<ReadLock>) -> DeployedCluster {
    deployed(lock, |lock| place_of(&absolute(folder), lock))
}

/// A cluster that is found by its name, because not everything in the directory can be read.
fn known_by_name(lock: &Arc<ReadLock>) -> DeployedCluster {
    deployed(Arc::clone(lock), |_| TopologyPlace::UNKNOWN)
}
