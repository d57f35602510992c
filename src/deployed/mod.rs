//! What is deployed, which a change is judged against: `--against` and the inputs → [`Deployed`] → [`pair`]ed with the
//! topologies at hand. Called by the command line. [`read`] and [`wanted`] touch the world (disk and `git`, never the
//! network); pairing is pure.

mod disk;
mod earlier;
mod history;
mod locks;
mod lost;
mod other_locks;
mod output;
mod pairing;
mod scope;
mod topology_file;

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::Arc;

use rayon::prelude::*;

pub use locks::ReadLock;
pub use lost::LostLock;
pub(crate) use other_locks::in_repository;
pub use output::{OutputLocks, OwnLock, rendered};
pub use pairing::{Pairing, pair};

use crate::check::Checked;
use crate::cluster::Cluster;
use crate::diagnostic::DocumentId;
use crate::folder::FolderError;
use crate::git::GitError;
use crate::lock::{Lock, LockError};
use crate::parse::source::{STANDARD_INPUT, SourceError};
use crate::parse::{Committed, Text};
use crate::paths;
use crate::transition::DeployedSource;

/// What a change is judged against, as given by the user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Against {
    /// `git:REV`: what stands at the merge base of the revision and `HEAD`.
    Revision(String),
    /// A lock, a directory with locks, or an earlier topology or a folder of such.
    Path(PathBuf),
}

/// What reading needs beside [`Against`].
#[derive(Clone, Copy, Debug)]
pub struct Surroundings<'s> {
    /// The inputs of the topologies that are wanted, as the user gave them.
    pub inputs: &'s [String],
    /// The names of the clusters that are wanted: one of them whose lock is lost is no new cluster.
    pub clusters: &'s [&'s str],
    /// The directory that is rendered into, where one is named: of two locks of one topology the one below it counts.
    pub output: Option<&'s Path>,
    /// The program that answers to `git`.
    pub git: &'s str,
}

/// What is deployed, read from one place.
#[derive(Clone, Debug)]
pub struct Deployed {
    /// What the place is called in messages: `deploy/shop/cassc.lock`, `origin/main (merge base 1a2b3c4d)`.
    pub name: String,
    /// What kind of place it is.
    pub from: ReadFrom,
    /// The clusters, in the order of their paths.
    pub clusters: Vec<DeployedCluster>,
}

/// The place that deployed clusters were read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadFrom {
    /// One lock or one file of topologies.
    File,
    /// A directory of locks or of topologies, maybe of another work tree.
    Directory,
    /// The history of the very work tree that the inputs are in.
    History,
}

/// One deployed cluster.
#[derive(Clone, Debug)]
pub struct DeployedCluster {
    /// As it is deployed.
    pub cluster: Arc<Cluster>,
    /// Its lock, where there is one.
    pub lock: Option<Arc<ReadLock>>,
    /// The earlier text of its topology, where it was read.
    pub topology_text: Option<NamedText>,
    /// The absolute path that its topology has or had in the work tree, links followed; `None` where it is unknown (it
    /// came from standard input, or the lock is a copy).
    pub path: Option<PathBuf>,
    /// Whether that file is still there.
    pub file: TopologyFile,
}

/// What became of the file of a deployed topology.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TopologyFile {
    /// It is in the work tree and holds a topology.
    Stands,
    /// It is gone, or holds no topology any more; or the topologies are compared file by file, so that one without a
    /// counterpart is gone.
    Gone,
    /// Its place is unknown.
    Unknown,
}

/// The text of an earlier topology, and the name it has in messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedText {
    /// `old/shop.yaml`; at a merge base `1a2b3c4d:shop.yaml`, as `git show` takes it.
    pub name: String,
    /// Where it comes from, if that is not the work tree.
    pub committed: Option<Committed>,
    /// The text; the documents of a file share it.
    pub text: Arc<str>,
    /// The position of the document in it, from 0.
    pub document: usize,
}

/// What the inputs hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WantedFleet {
    /// The topologies, in their order.
    pub topologies: Vec<Wanted>,
    /// Every file that was read, absolute, links followed. A cluster that stood in one and is not among the topologies
    /// is gone, even if the file now holds something else.
    pub files: BTreeSet<PathBuf>,
}

/// A topology to pair with what is deployed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The absolute path of its file, links followed; `None` for standard input.
    pub path: Option<PathBuf>,
    /// Its position in the file, from 0.
    pub document: usize,
    /// The name of the cluster.
    pub name: String,
    /// The namespaces of its datacenters.
    pub namespaces: BTreeSet<Option<String>>,
}

/// Why it is not known what is deployed. Each message is one sentence. Exit code 2.
#[derive(Debug, thiserror::Error)]
pub enum DeployedError {
    /// `git:` without a revision, or with an option in its place.
    #[error("`git:{0}` names no revision: write one behind the colon, such as `git:origin/main`")]
    NoRevision(String),
    /// Nothing is at the path.
    #[error(
        "there is no {path} to judge against: name a lock, the directory that was rendered into, an earlier topology, or \
         `git:REV`"
    )]
    Missing {
        /// As given.
        path: String,
    },
    /// The operating system refused.
    #[error("cannot read {path}: {cause}")]
    Read {
        /// The file or folder.
        path: String,
        /// What the operating system said.
        cause: io::Error,
    },
    /// Topologies could not be read.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The folder of a cluster cannot be read.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The lock of a cluster at hand is missing or cannot be used.
    #[error("{0}")]
    Lost(Box<LostLock>),
    /// A lock that is judged against cannot be used.
    #[error("{name} {cause}{}", cure(name, cause))]
    Lock {
        /// The lock.
        name: String,
        /// What is wrong with it.
        cause: LockError,
    },
    /// A lock of an earlier commit cannot be used.
    #[error("{name} {cause}; judge against a commit in which it is whole, or against a lock (`--against LOCK`)")]
    CommittedLock {
        /// The lock, as `git show` takes it.
        name: String,
        /// What is wrong with it.
        cause: LockError,
    },
    /// Neither locks nor topologies are at the path.
    #[error(
        "{path} holds neither a lock of cassc nor a topology, so nothing can be judged against it: name the directory \
         that was rendered into"
    )]
    Nothing {
        /// As given.
        path: String,
    },
    /// An earlier topology is broken.
    #[error(
        "a deployed topology cannot be read: {complaint}; judge against its lock instead, or repair it there first"
    )]
    Unreadable {
        /// The first complaint, with its place.
        complaint: String,
    },
    /// An earlier topology is one that this cassc refuses.
    #[error(
        "the deployed topology of `{cluster}` is refused by this cassc: {complaint}; judge against its lock instead \
         (`--against LOCK`), or repair it there first"
    )]
    Refused {
        /// The cluster.
        cluster: String,
        /// The first complaint, with its place.
        complaint: String,
    },
    /// Two locks of one topology tell two stories.
    #[error(
        "{first} and {second} are locks of the same topology and tell of different clusters: name the directory that is \
         deployed, with `--output` or `--against`"
    )]
    TwoLocks {
        /// One lock.
        first: String,
        /// The other.
        second: String,
    },
    /// Git has no answer.
    #[error(transparent)]
    Git(#[from] GitError),
}

/// What to do about a lock, where the cause does not contain it.
fn cure(name: &str, cause: &LockError) -> String {
    match cause.advice(Path::new(name)) {
        Some(advice) => format!("; {advice}, or judge against something else"),
        None => String::new(),
    }
}

impl From<LostLock> for DeployedError {
    fn from(lost: LostLock) -> Self {
        Self::Lost(Box::new(lost))
    }
}

impl FromStr for Against {
    type Err = DeployedError;

    fn from_str(argument: &str) -> Result<Self, Self::Err> {
        match argument.strip_prefix("git:") {
            None => Ok(Self::Path(argument.into())),
            // What begins with a hyphen would be an option of git, and no revision does.
            Some(revision) if revision.is_empty() || revision.starts_with('-') || revision.contains('\0') => {
                Err(DeployedError::NoRevision(revision.to_owned()))
            }
            Some(revision) => Ok(Self::Revision(revision.to_owned())),
        }
    }
}

/// Reads what is deployed. A history without a lock and without a topology is one: everything is new then. A path
/// without either is an error, because the user named it.
pub fn read(against: &Against, surroundings: Surroundings<'_>) -> Result<Deployed, DeployedError> {
    match against {
        Against::Revision(revision) => history::read(revision, surroundings),
        Against::Path(path) => disk::read(path, surroundings),
    }
}

/// The folders below one, at any depth, that something was rendered into.
pub(crate) fn folders_of_outputs(folder: &Path) -> Result<BTreeSet<PathBuf>, DeployedError> {
    disk::folders_of_outputs(folder)
}

/// What was read, as input of [`pair`].
pub fn wanted(texts: &[Text], checked: &[Checked]) -> WantedFleet {
    let real = |text: &Text| Some(&text.name).filter(|name| *name != STANDARD_INPUT).map(paths::real);
    let wanted = |parsed: &Checked| {
        let (metadata, spec) = (&parsed.topology.metadata, &parsed.topology.spec);
        let own = spec.datacenters.iter().map(|datacenter| datacenter.namespace.clone());
        Wanted {
            path: real(&texts[parsed.document.text]),
            document: parsed.document.number,
            name: metadata.name.clone(),
            namespaces: own.map(|own| own.or_else(|| metadata.namespace.clone())).collect(),
        }
    };
    WantedFleet {
        topologies: checked.par_iter().map(wanted).collect(),
        files: texts.par_iter().filter_map(real).collect(),
    }
}

impl DeployedCluster {
    /// The namespaces of its datacenters.
    pub(crate) fn namespaces(&self) -> BTreeSet<Option<String>> {
        self.cluster.datacenters.iter().map(|datacenter| datacenter.namespace.clone()).collect()
    }

    /// Its lock, where it is a whole one.
    pub fn lock(&self) -> Option<&Lock> {
        self.lock.as_ref().and_then(|lock| lock.recorded.lock())
    }

    /// The name of its lock in messages; nothing where it has none.
    pub fn lock_name(&self) -> &str {
        self.lock.as_ref().map(|lock| lock.name.as_str()).unwrap_or_default()
    }

    /// Where it is written, for messages: its lock, else the text of its topology.
    pub(crate) fn place(&self) -> &str {
        let topology = || self.topology_text.as_ref().map(|text| text.name.as_str());
        self.lock.as_ref().map(|lock| lock.name.as_str()).or_else(topology).unwrap_or_default()
    }

    /// Puts its texts among those that labels may point into, and returns where they are. Not done for every cluster of a
    /// fleet: it parses them.
    pub fn source(&self, texts: &mut Vec<Text>) -> DeployedSource {
        let lock = self.lock.as_ref().map(|lock| DocumentId { text: lock.position(texts), number: 0 });
        let topology = self.topology_text.as_ref();
        let topology = topology.map(|text| DocumentId { text: text.position(texts), number: text.document });
        DeployedSource { lock, topology }
    }
}

impl NamedText {
    /// The position of the text among others, where it is put if it is new.
    fn position(&self, texts: &mut Vec<Text>) -> usize {
        let known = texts.iter().position(|text| text.name == self.name && text.text == *self.text);
        known.unwrap_or_else(|| {
            texts.push(Text::other(self.name.clone(), self.committed.clone(), self.text.to_string()));
            texts.len() - 1
        })
    }
}
