//! The text of a lock → a deployed cluster, and of several locks of one topology the one that counts. Pure; called by
//! the readers of this module.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::path::{Path, PathBuf};

use super::{DeployedCluster, DeployedError, NamedText, TopologyFile};
use crate::cluster::Cluster;
use crate::lock::{Lock, LockError};
use crate::topology::Dialect;

/// A lock that was read.
pub(super) struct FoundLock {
    /// The absolute folder that it lies in.
    pub(super) folder: PathBuf,
    /// What it tells.
    pub(super) deployed: DeployedCluster,
}

/// Where the topology of a lock is, and what became of the file.
pub(super) type TopologyPlace = (Option<PathBuf>, TopologyFile);

/// Reads a lock. `place` finds its topology.
pub(super) fn read(
    name: String,
    bytes: Vec<u8>,
    place: impl FnOnce(&Lock) -> TopologyPlace,
) -> Result<DeployedCluster, DeployedError> {
    let text = String::from_utf8(bytes).map_err(|_| LockError::Shape { detail: "it is not UTF-8".to_owned() });
    match text.and_then(|text| Ok((Lock::read(&text)?, text))) {
        Ok((lock, text)) => {
            let (path, file) = place(&lock);
            let cluster = lock.cluster().clone();
            let lock_text = Some(NamedText { name, committed: None, text: text.into(), document: 0 });
            Ok(DeployedCluster { cluster, lock: Some(lock), lock_text, topology_text: None, path, file })
        }
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
    let name = |lock: &FoundLock| lock.deployed.lock_text.as_ref().map(|text| text.name.clone()).unwrap_or_default();
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
        let place = |_: &Lock| (Some("/r/shop.yaml".into()), TopologyFile::Stands);
        let name = format!("{folder}/cassc.lock");
        let deployed = read(name, lock.to_text().into_bytes(), place).expect("our own text is a lock");
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
