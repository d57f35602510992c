//! The text of a lock → a deployed cluster, and of several locks of one topology the one that counts. Pure; called by
//! the readers of this module.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{DeployedCluster, DeployedError, TopologyFile};
use crate::cluster::Cluster;
use crate::file_tree::with_lf;
use crate::lock::{Lock, LockError, Recorded};
use crate::parse::{Committed, Text};
use crate::topology::Dialect;

/// A lock that was read, or both sides of one that Git could not merge. Every lock is read once in a run: what a change is
/// judged against is what is written against.
#[derive(Clone, Debug)]
pub struct ReadLock {
    /// `deploy/shop/cassc.lock`; at a merge base `1a2b3c4d:deploy/shop/cassc.lock`, as `git show` takes it.
    pub name: String,
    /// Where it comes from, if that is not the work tree.
    pub committed: Option<Committed>,
    /// What it records.
    pub recorded: Recorded,
    /// Its text, where that is not the one that cassc would write for it: the texts of a fleet are not kept.
    text: Option<String>,
}

impl ReadLock {
    /// Reads a lock. A merge conflict is an error: it is unknown which side is deployed.
    pub(super) fn whole(name: String, bytes: &[u8]) -> Result<Self, LockError> {
        let text = text(bytes)?;
        Ok(Self::new(name, Lock::read(&text)?.into(), text))
    }

    /// Reads a lock, or both sides of a merge conflict.
    pub(crate) fn merged(name: String, bytes: &[u8]) -> Result<Self, LockError> {
        let text = text(bytes)?;
        Ok(Self::new(name, Recorded::read(&text)?, text))
    }

    pub(crate) fn new(name: String, recorded: Recorded, text: String) -> Self {
        let is_ours = recorded.lock().is_some_and(|lock| lock.to_text() == text);
        Self { name, committed: None, recorded, text: (!is_ours).then_some(text) }
    }

    /// Its text.
    pub(crate) fn text(&self) -> Cow<'_, str> {
        match (&self.text, self.recorded.lock()) {
            (Some(text), _) => Cow::Borrowed(text),
            (None, Some(lock)) => Cow::Owned(lock.to_text()),
            (None, None) => Cow::Borrowed(""),
        }
    }

    /// Whether its text is the one that is written for this lock.
    pub(crate) fn is_as_written(&self, lock: &Lock) -> bool {
        self.text.is_none() && self.recorded.lock() == Some(lock)
    }

    /// The position of its text among others, where it is put if it is new.
    pub(super) fn position(&self, texts: &mut Vec<Text>) -> usize {
        texts.iter().position(|text| text.name == self.name).unwrap_or_else(|| {
            texts.push(Text::other(self.name.clone(), self.committed.clone(), self.text().into_owned()));
            texts.len() - 1
        })
    }
}

/// The text of a lock, with the line ends that cassc writes.
fn text(bytes: &[u8]) -> Result<String, LockError> {
    String::from_utf8(with_lf(bytes).into_owned())
        .map_err(|_| LockError::Shape { detail: "it is not UTF-8".to_owned() })
}

/// A lock and where it lies.
pub(super) struct FoundLock {
    /// The absolute folder that it lies in.
    pub(super) folder: PathBuf,
    /// Its contents.
    pub(super) deployed: DeployedCluster,
}

/// Where the topology of a lock is, and what became of the file.
#[derive(Clone, Debug)]
pub(super) struct TopologyPlace {
    /// See [`DeployedCluster::path`].
    pub(super) path: Option<PathBuf>,
    /// See [`DeployedCluster::file`].
    pub(super) file: TopologyFile,
}

impl TopologyPlace {
    /// Unknown.
    pub(super) const UNKNOWN: Self = Self { path: None, file: TopologyFile::Unknown };
}

/// The cluster of a lock. `place` finds its topology. Both sides of a merge conflict are one cluster, and no lock to plan
/// with.
pub(super) fn deployed(lock: Arc<ReadLock>, place: impl FnOnce(&Lock) -> TopologyPlace) -> DeployedCluster {
    let TopologyPlace { path, file } = lock.recorded.lock().map_or(TopologyPlace::UNKNOWN, place);
    let cluster = lock.recorded.previous();
    let lock = lock.recorded.lock().is_some().then_some(lock);
    DeployedCluster { cluster, lock, topology_text: None, path, file }
}

/// Reads a lock that must be whole.
pub(super) fn read(
    name: String,
    bytes: &[u8],
    place: impl FnOnce(&Lock) -> TopologyPlace,
) -> Result<DeployedCluster, DeployedError> {
    match ReadLock::whole(name.clone(), bytes) {
        Ok(lock) => Ok(deployed(Arc::new(lock), place)),
        Err(cause) => Err(DeployedError::Lock { name, cause }),
    }
}

/// One lock for each topology: a topology may be rendered into several directories. The one below `output` counts; else
/// they must tell of the same cluster. The order stays.
pub(super) fn distinct(locks: Vec<FoundLock>, output: Option<&Path>) -> Result<Vec<FoundLock>, DeployedError> {
    let preferred = |lock: &FoundLock| output.is_some_and(|output| lock.folder.starts_with(output));
    let mut places: BTreeMap<(PathBuf, String), usize> = BTreeMap::new();
    let mut kept: Vec<FoundLock> = Vec::new();
    for lock in locks {
        let key = lock.deployed.path.clone().map(|path| (path, lock.deployed.cluster.name.clone()));
        let Some(key) = key else {
            kept.push(lock);
            continue;
        };
        let place = match places.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert(kept.len());
                kept.push(lock);
                continue;
            }
            Entry::Occupied(entry) => *entry.get(),
        };
        match (preferred(&kept[place]), preferred(&lock)) {
            (true, false) => {}
            (false, true) => kept[place] = lock,
            _ if alike(&kept[place].deployed.cluster, &lock.deployed.cluster) => {}
            _ => return Err(two_locks(&kept[place], &lock)),
        }
    }
    Ok(kept)
}

/// Whether two clusters differ in nothing but the tool that delivers them and the number of their changes.
fn alike(one: &Cluster, other: &Cluster) -> bool {
    let plain =
        |cluster: &Cluster| Cluster { dialect: Dialect::Plain, delivery: None, generation: 0, ..cluster.clone() };
    plain(one) == plain(other)
}

fn two_locks(one: &FoundLock, other: &FoundLock) -> DeployedError {
    let name = |lock: &FoundLock| lock.deployed.lock_name().to_owned();
    DeployedError::TwoLocks { first: name(one), second: name(other) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::cluster::fixtures::shop;
    use crate::file_tree::FileTree;

    fn found(folder: &str, change: fn(&mut Cluster)) -> FoundLock {
        let mut cluster = shop();
        change(&mut cluster);
        let lock = Lock::new(Path::new("../shop.yaml"), cluster, &FileTree::default(), BTreeMap::new());
        let place = |_: &Lock| TopologyPlace { path: Some("/r/shop.yaml".into()), file: TopologyFile::Stands };
        let name = format!("{folder}/cassc.lock");
        let deployed = read(name, lock.to_text().as_bytes(), place).expect("our own text is a lock");
        FoundLock { folder: folder.into(), deployed }
    }

    fn kept(locks: Vec<FoundLock>, output: Option<&str>) -> Result<Vec<String>, String> {
        let kept = distinct(locks, output.map(Path::new)).map_err(|error| error.to_string())?;
        Ok(kept.into_iter().map(|lock| lock.folder.display().to_string()).collect())
    }

    #[test]
    fn of_two_locks_that_tell_the_same_the_first_counts() {
        let locks = || vec![found("/r/a/shop", |_| {}), found("/r/b/shop", |it| it.dialect = Dialect::Flux)];
        assert_eq!(kept(locks(), None), Ok(vec!["/r/a/shop".to_owned()]));
        assert_eq!(kept(locks(), Some("/r/b")), Ok(vec!["/r/b/shop".to_owned()]));
    }

    #[test]
    fn two_locks_that_tell_different_things_need_a_word() {
        let locks = || vec![found("/r/a/shop", |_| {}), found("/r/b/shop", |it| it.datacenters[0].racks[0].nodes = 3)];
        assert_eq!(kept(locks(), Some("/r/a")), Ok(vec!["/r/a/shop".to_owned()]));
        assert_eq!(kept(locks(), Some("/r/b")), Ok(vec!["/r/b/shop".to_owned()]));
        let complaint = kept(locks(), None).expect_err("nobody can know which of them is deployed");
        assert!(
            complaint.starts_with("/r/a/shop/cassc.lock and /r/b/shop/cassc.lock are locks of the same"),
            "{complaint}"
        );
    }
}
