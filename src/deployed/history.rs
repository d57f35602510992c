//! `git:REV` → what stood at the merge base of the revision and `HEAD`: the locks, and the topologies that have none.
//! The work tree is the wanted side, so that uncommitted work counts. Called by `read`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::earlier::{self, Earlier, EarlierTopology, Faults};
use super::locks::{self, FoundLock, ReadLock, TopologyPlace, distinct};
use super::scope::{Input, Reach, Scope};
use super::topology_file::{stands, topology_of};
use super::{Deployed, DeployedCluster, DeployedError, NamedText, ReadFrom, Surroundings, TopologyFile};
use crate::git::{Blob, Repository, Tree};
use crate::lock::{LOCK_FILE_NAME, Lock};
use crate::parse::Committed;
use crate::parse::source::{self, Source};
use crate::paths::{ancestors, folder_of, is_hidden, is_yaml, real};

/// So many digits of a commit are shown.
const SHORT: usize = 8;

/// A commit beside the work tree.
struct Past {
    top: PathBuf,
    scope: Scope,
    /// The commit, short.
    commit: String,
    /// Its files.
    known: BTreeSet<String>,
    /// The files that a sparse checkout keeps out of the work tree.
    left_out: BTreeSet<String>,
}

/// The texts of a commit by their path from the top.
type Texts = BTreeMap<String, Vec<u8>>;

/// Reads what stood at the merge base.
pub(super) fn read(revision: &str, surroundings: Surroundings<'_>) -> Result<Deployed, DeployedError> {
    let inputs = surroundings.inputs.iter().filter(|input| *input != "-");
    let inputs: Vec<Input<'_>> = inputs.map(|input| Input::new(input)).collect();
    let folder = inputs.first().map_or_else(|| real("."), |input| input.folder().to_owned());
    let repository = Repository::of(surroundings.git, &folder, revision)?;
    let base = repository.merge_base(revision)?;
    let tree = repository.tree(&base)?;
    let past = Past {
        scope: Scope::new(&inputs, &repository.top, &tree.submodules)?,
        top: repository.top.clone(),
        commit: base.chars().take(SHORT).collect(),
        known: tree.files.iter().map(|file| file.path.clone()).collect(),
        left_out: repository.left_out()?,
    };
    let (locks, topologies) = past.read_texts(&repository, &tree)?;
    let name = format!("{revision} (merge base {})", past.commit);
    let locks = distinct(past.locks(locks)?, surroundings.output.map(real).as_deref())?;
    Ok(Deployed { name, from: ReadFrom::History, clusters: past.clusters(locks, &topologies)? })
}

impl Past {
    /// The texts of all locks, and those of the topologies: what the inputs would have named, and every file that is
    /// gone since, because it may have been moved out of sight of the inputs, or deleted.
    fn read_texts(&self, git: &Repository, tree: &Tree) -> Result<(Texts, Texts), DeployedError> {
        let locks: Vec<&Blob> = tree.files.iter().filter(|file| name_of(&file.path) == LOCK_FILE_NAME).collect();
        let rendered: BTreeSet<&str> = locks.iter().map(|lock| folder_of(&lock.path)).collect();
        let is_rendered = |path: &str| ancestors(path).chain([""]).any(|folder| rendered.contains(folder));
        let is_topology = |path: &str| match self.scope.reach(path) {
            Reach::Named => self.scope.is_file(path) || !is_rendered(path),
            Reach::Beside | Reach::Far => {
                is_yaml(path.as_ref()) && !is_hidden(path) && !is_rendered(path) && !self.is_in_work_tree(path)
            }
        };
        let topologies: Vec<&Blob> = tree.files.par_iter().filter(|file| is_topology(&file.path)).collect();
        let files: Vec<&Blob> = locks.iter().chain(&topologies).copied().collect();
        let mut texts = files.iter().map(|file| file.path.clone()).zip(git.texts(&files)?);
        Ok((texts.by_ref().take(locks.len()).collect(), texts.collect()))
    }

    fn locks(&self, texts: Texts) -> Result<Vec<FoundLock>, DeployedError> {
        let read = |(path, bytes): (String, Vec<u8>)| {
            let folder = self.top.join(folder_of(&path));
            let name = self.shown(&path);
            let mut lock =
                ReadLock::whole(name.clone(), &bytes).map_err(|cause| DeployedError::CommittedLock { name, cause })?;
            lock.committed = Some(self.committed(&path));
            let deployed = locks::deployed(Arc::new(lock), |lock| self.topology_of(&path, &folder, lock));
            Ok(FoundLock { folder, deployed })
        };
        texts.into_par_iter().map(read).collect()
    }

    /// Where the topology of a lock is, and whether it is gone. A lock whose topology was not there at that time tells
    /// nothing by that: it is a copy, or the topology lives elsewhere. Then the cluster is gone when the lock is.
    fn topology_of(&self, path: &str, folder: &Path, lock: &Lock) -> TopologyPlace {
        let has_lock = self.is_in_work_tree(path);
        let Some(topology) = topology_of(folder, lock.topology()) else {
            let file = if has_lock { TopologyFile::Unknown } else { TopologyFile::Gone };
            return TopologyPlace { path: None, file };
        };
        let was_there = self.below_top(&topology).is_some_and(|path| self.known.contains(&path));
        match self.file(&topology) {
            TopologyFile::Gone if !was_there && has_lock => {
                let is_a_way = lock.topology().contains('/');
                TopologyPlace { path: is_a_way.then(|| real(&topology)), file: TopologyFile::Unknown }
            }
            file => TopologyPlace { path: Some(real(&topology)), file },
        }
    }

    /// The clusters of the locks, with the texts of their topologies, and those of topologies without a lock.
    fn clusters(&self, locks: Vec<FoundLock>, topologies: &Texts) -> Result<Vec<DeployedCluster>, DeployedError> {
        let mut locked: BTreeMap<String, Vec<FoundLock>> = BTreeMap::new();
        for lock in locks {
            let topology = lock.deployed.lock().and_then(|it| topology_of(&lock.folder, it.topology()));
            let path = topology.and_then(|path| self.below_top(&path));
            locked.entry(path.unwrap_or_default()).or_default().push(lock);
        }
        let mut unread: Vec<Earlier> = Vec::new();
        for (path, bytes) in topologies {
            match (locked.get_mut(path).map(Vec::as_mut_slice), one_document(bytes)) {
                // Not parsed: a fleet of locks is read in no time, and of their topologies few are shown.
                (Some([lock]), Some(text)) => {
                    let (name, committed) = (self.shown(path), Some(self.committed(path)));
                    lock.deployed.topology_text = Some(NamedText { name, committed, text, document: 0 });
                }
                _ => unread.push(self.earlier(path, bytes)),
            }
        }
        let mut without_lock = Vec::new();
        for (name, topologies) in by_file(earlier::topologies(unread)?) {
            let path = name.strip_prefix(&self.shown("")).unwrap_or_default();
            let locks = locked.get_mut(path).map(Vec::as_mut_slice).unwrap_or_default();
            without_lock.extend(self.tell_apart(locks, topologies));
        }
        let mut clusters: Vec<DeployedCluster> = locked.into_values().flatten().map(|lock| lock.deployed).collect();
        clusters.extend(earlier::clusters(without_lock)?);
        Ok(clusters)
    }

    /// Gives the locks of a file their documents; left are the documents without a lock. A lock without a document was
    /// left behind when its cluster went: it is gone when the lock is.
    fn tell_apart(&self, locks: &mut [FoundLock], mut topologies: Vec<EarlierTopology>) -> Vec<EarlierTopology> {
        for FoundLock { folder, deployed } in locks {
            match topologies.iter().position(|topology| topology.name() == deployed.cluster.name) {
                Some(own) => deployed.topology_text = Some(topologies.remove(own).text),
                None => {
                    let path = self.below_top(&folder.join(LOCK_FILE_NAME));
                    let has_lock = path.is_some_and(|path| self.is_in_work_tree(&path));
                    deployed.file = if has_lock { TopologyFile::Unknown } else { TopologyFile::Gone };
                    deployed.path = None;
                }
            }
        }
        topologies
    }

    /// A text without a lock. Outside the inputs it is unknown whether it was ever deployed: it may be what an input
    /// was before it was moved, but it is not a deletion, and its errors are not reported.
    fn earlier(&self, path: &str, bytes: &[u8]) -> Earlier {
        let place = self.top.join(path);
        let (file, faults) = match self.scope.reach(path) {
            Reach::Named => (self.file(&place), Faults::AreErrors),
            Reach::Beside => (self.file(&place), Faults::ArePassedOver),
            Reach::Far => (TopologyFile::Unknown, Faults::ArePassedOver),
        };
        let place = TopologyPlace { path: Some(real(&place)), file };
        let source = Source { name: self.shown(path), bytes: bytes.to_vec(), origin: source::Origin::Found };
        Earlier { source, committed: Some(self.committed(path)), place, faults }
    }

    /// The name of a text in messages, as `git show` takes it.
    fn shown(&self, path: &str) -> String {
        format!("{}:{path}", self.commit)
    }

    fn committed(&self, path: &str) -> Committed {
        Committed { commit: self.commit.clone(), path: self.top.join(path) }
    }

    fn below_top(&self, path: &Path) -> Option<String> {
        Some(path.strip_prefix(&self.top).ok()?.to_string_lossy().into_owned())
    }

    fn is_in_work_tree(&self, path: &str) -> bool {
        self.left_out.contains(path) || self.top.join(path).symlink_metadata().is_ok()
    }

    fn file(&self, path: &Path) -> TopologyFile {
        let is_left_out = self.below_top(path).is_some_and(|path| self.left_out.contains(&path));
        if is_left_out { TopologyFile::Stands } else { stands(path) }
    }
}

/// The text, if it is one document without a doubt.
fn one_document(bytes: &[u8]) -> Option<Arc<str>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let begins_another = |line: &str| line.starts_with("---") || line.starts_with("...");
    (!text.lines().skip(1).any(begins_another)).then(|| text.into())
}

/// The topologies by the name of their text.
fn by_file(topologies: Vec<EarlierTopology>) -> BTreeMap<String, Vec<EarlierTopology>> {
    let mut by_file: BTreeMap<String, Vec<EarlierTopology>> = BTreeMap::new();
    for topology in topologies {
        by_file.entry(topology.text.name.clone()).or_default().push(topology);
    }
    by_file
}

fn name_of(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}
