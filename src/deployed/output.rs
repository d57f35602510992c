//! The directory that is rendered into → its locks, each read once: they tell what a cluster keeps, what is deployed where
//! nothing else is named, and whose the files beside them are. Called by the command line before it judges.
#![expect(clippy::disallowed_methods, reason = "reads the locks of the output directory")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::{fs, io};

use rayon::prelude::*;

use super::disk::{locked_folders, place_of};
use super::locks::{ReadLock, TopologyPlace, deployed};
use super::lost::{LastCommit, LostLock};
use super::{Deployed, DeployedCluster, DeployedError, ReadFrom};
use crate::cluster::Cluster;
use crate::folder::{ClusterFolder, FolderError};
use crate::lock::{LOCK_FILE_NAME, LockError, Recorded};
use crate::paths::absolute;

/// The lock of a cluster that is about to be rendered.
#[derive(Clone, Debug, Default)]
pub enum OwnLock {
    /// There is none, and nothing shows that there ever was one.
    #[default]
    Missing,
    /// It was read.
    Read(Arc<ReadLock>),
    /// It is missing beside rendered files or cannot be read. Of a cluster at hand that is an error, unless it is asked to
    /// forget what is deployed of it.
    Lost,
}

/// The locks of the directory that is rendered into.
#[derive(Debug, Default)]
pub struct OutputLocks {
    /// What the locks of the directory tell; where one of them is in conflict or cannot be read, only those of the
    /// clusters at hand, and then nothing counts as deleted. `None` where there is nothing.
    pub deployed: Option<Deployed>,
    /// The clusters of all folders but those of the clusters at hand, as far as their locks can be read.
    pub others: Vec<DeployedCluster>,
    own: BTreeMap<String, OwnLock>,
}

impl OwnLock {
    /// What the lock records.
    pub(crate) fn recorded(&self) -> Option<&Recorded> {
        self.read().map(|lock| &lock.recorded)
    }

    /// What the cluster was when it was rendered last.
    pub(crate) fn previous(&self) -> Option<Arc<Cluster>> {
        self.recorded().map(Recorded::previous)
    }

    /// The lock, where it was read.
    pub(crate) fn read(&self) -> Option<&Arc<ReadLock>> {
        match self {
            Self::Read(lock) => Some(lock),
            Self::Missing | Self::Lost => None,
        }
    }
}

impl OutputLocks {
    /// Reads the locks of a directory in which each cluster has a folder of its own. `clusters` are those at hand;
    /// `forgotten` names those of them that count as new if their lock is lost, which is an error for the others.
    pub fn read(output: &Path, clusters: &[&str], forgotten: &BTreeSet<&str>) -> Result<Self, DeployedError> {
        let own = |cluster: &&str| match own_lock(output, cluster)? {
            Err(_) if forgotten.contains(cluster) => Ok(((*cluster).to_owned(), OwnLock::Lost)),
            read => Ok(((*cluster).to_owned(), read?)),
        };
        let mut own: BTreeMap<String, OwnLock> = clusters.par_iter().map(own).collect::<Result<_, DeployedError>>()?;
        let missing: Vec<&str> =
            clusters.iter().copied().filter(|cluster| matches!(own[*cluster], OwnLock::Missing)).collect();
        if !missing.is_empty() {
            let last_commit = LastCommit::below(output);
            for (cluster, lost) in missing.iter().filter_map(|it| Some((*it, last_commit.lost(output, it, it)?))) {
                if !forgotten.contains(cluster) {
                    return Err(lost.into());
                }
                own.insert(cluster.to_owned(), OwnLock::Lost);
            }
        }
        let folders = folders(output)?;
        let others = folders.par_iter().map(|folder| (cluster_name(folder), folder));
        let others = others.filter(|(cluster, _)| !own.contains_key(cluster));
        let others: Vec<(String, OwnLock)> = others.map(|(cluster, folder)| (cluster, other_lock(folder))).collect();
        own.extend(others);
        let whole = |folder: &PathBuf| {
            let lock = own[&cluster_name(folder)].read().filter(|lock| lock.recorded.lock().is_some())?;
            Some(cluster_of(folder, Arc::clone(lock)))
        };
        let deployed = match folders.par_iter().map(whole).collect::<Option<Vec<DeployedCluster>>>() {
            Some(all) => Some(all).filter(|all| !all.is_empty()),
            None => Some(clusters.iter().filter_map(|cluster| Some(known_by_name(own[*cluster].read()?))).collect()),
        };
        let is_at_hand = |folder: &PathBuf| clusters.contains(&cluster_name(folder).as_str());
        let readable = |folder: &PathBuf| Some(cluster_of(folder, Arc::clone(own[&cluster_name(folder)].read()?)));
        let others = folders.iter().filter(|folder| !is_at_hand(folder)).filter_map(readable).collect();
        let name = output.display().to_string();
        Ok(Self {
            others,
            deployed: deployed.map(|clusters| Deployed { name, from: ReadFrom::Directory, clusters }),
            own,
        })
    }

    /// A lock that cannot be read, of a cluster that is not at hand: nobody knows what that cluster has.
    pub(crate) fn unreadable_other(&self, output: &Path, clusters: &[&str]) -> Option<PathBuf> {
        let lost = |(name, own): (&String, &OwnLock)| {
            let is_lost = matches!(own, OwnLock::Lost) && !clusters.contains(&name.as_str());
            is_lost.then(|| output.join(name).join(LOCK_FILE_NAME))
        };
        self.own.iter().find_map(lost)
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
    let mut folders = folders(output)?;
    folders.retain(|folder| folder.join(LOCK_FILE_NAME).is_file());
    let clusters: Vec<DeployedCluster> = folders.into_par_iter().map(read).collect::<Result<_, DeployedError>>()?;
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

/// A cluster at hand: a symbolic link in the place of its lock is not followed, because it would be written. The inner error
/// is a lock that is lost.
fn own_lock(output: &Path, cluster: &str) -> Result<Result<OwnLock, LostLock>, DeployedError> {
    let folder = ClusterFolder::new(output, cluster);
    let path = folder.lock();
    if !folder.exists()? {
        return Ok(Ok(OwnLock::Missing));
    }
    let not_a_lock = |detail: &str| Err(LockError::Shape { detail: detail.to_owned() });
    let read = match fs::symlink_metadata(&path) {
        Err(cause) if cause.kind() == io::ErrorKind::NotFound => {
            return Ok(LostLock::missing_in(&folder.tree, cluster).map_or(Ok(OwnLock::Missing), Err));
        }
        Err(cause) => return Err(FolderError::disk("look at", &path)(cause).into()),
        Ok(metadata) if metadata.is_dir() => not_a_lock("it is a folder"),
        Ok(metadata) if !metadata.is_file() => not_a_lock("it is not a regular file"),
        Ok(_) => match fs::read(&path) {
            Ok(bytes) => ReadLock::merged(path.display().to_string(), &bytes),
            Err(cause) => Err(LockError::Refused { cause }),
        },
    };
    Ok(match read {
        Ok(lock) => Ok(OwnLock::Read(Arc::new(lock))),
        Err(cause) => Err(LostLock::unreadable(&folder.tree, cluster, cause)),
    })
}

/// The lock of a cluster that is not at hand.
fn other_lock(folder: &Path) -> OwnLock {
    let path = folder.join(LOCK_FILE_NAME);
    let bytes = fs::read(&path).ok();
    let read = bytes.and_then(|bytes| ReadLock::merged(path.display().to_string(), &bytes).ok());
    read.map_or(OwnLock::Lost, |lock| OwnLock::Read(Arc::new(lock)))
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
