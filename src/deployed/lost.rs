//! A lock that is missing or cannot be read → whether its cluster is deployed all the same: rendered files beside the lock,
//! or in the last commit, show that it is no new cluster. Called by the readers of this module and by the command line.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::deliver::is_called_as_rendered;
use crate::git::committed;
use crate::lock::{LOCK_FILE_NAME, LockError};

/// Why it is not known what is deployed of a cluster: one sentence with what stands there and how the lock comes back.
#[derive(Debug)]
pub struct LostLock {
    /// The lock.
    pub path: PathBuf,
    /// The cluster.
    pub cluster: String,
    /// What is wrong with it; `None` where there is none.
    pub cause: Option<LockError>,
    /// The rendered files beside it, below its folder.
    pub standing: Vec<String>,
    /// What the last commit has in that folder of a render, the lock included.
    pub committed: Vec<String>,
}

impl LostLock {
    /// The lock of a cluster that is missing in a folder; `None` where no rendered file stands there. Git is not asked.
    pub(crate) fn missing_in(folder: &Path, cluster: &str) -> Option<Self> {
        let standing = rendered_files(folder);
        let path = folder.join(LOCK_FILE_NAME);
        let lost = Self { path, cluster: cluster.to_owned(), cause: None, standing, committed: Vec::new() };
        (!lost.standing.is_empty()).then_some(lost)
    }

    /// A lock that cannot be read.
    pub(super) fn unreadable(folder: &Path, cluster: &str, cause: LockError) -> Self {
        let (path, standing) = (folder.join(LOCK_FILE_NAME), rendered_files(folder));
        Self { path, cluster: cluster.to_owned(), cause: Some(cause), standing, committed: Vec::new() }
    }

    fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
    }

    /// The first of some files of its folder, and how many there are.
    fn some(&self, files: &[String]) -> String {
        let Some(first) = files.first() else { return String::new() };
        let first = self.folder().join(first);
        match files.len() - 1 {
            0 => format!("{}", first.display()),
            more => format!("{} and {more} more", first.display()),
        }
    }

    /// How the lock comes back.
    fn way_back(&self) -> String {
        let path = self.path.display();
        if let Some(cause) = &self.cause {
            return cause.advice(&self.path).unwrap_or_default();
        }
        if self.standing.is_empty() && self.committed.iter().any(|file| file == LOCK_FILE_NAME) {
            return format!("take it back with `git checkout HEAD -- {}`", self.folder().display());
        }
        format!(
            "take it back with `git checkout HEAD -- {path}`; where a commit deleted it, `git log -1 --diff-filter=D \
             --format=%h -- {path}` names that commit, and `git checkout COMMIT^ -- {path}` restores it"
        )
    }
}

impl fmt::Display for LostLock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (path, cluster) = (self.path.display(), &self.cluster);
        match &self.cause {
            Some(cause) => write!(formatter, "{path} {cause}")?,
            None => write!(formatter, "{path} is missing")?,
        }
        let has_lock = self.committed.iter().any(|file| file == LOCK_FILE_NAME);
        match (self.standing.is_empty(), has_lock, self.committed.is_empty()) {
            (false, ..) => write!(formatter, ", and rendered files stand there ({})", self.some(&self.standing))?,
            (true, true, _) => write!(formatter, ", and the last commit has it")?,
            (true, false, false) => {
                write!(formatter, ", and the last commit has rendered files there ({})", self.some(&self.committed))?;
            }
            (true, false, true) => {}
        }
        write!(formatter, ", so it is not known what is deployed of `{cluster}`")?;
        let way_back = self.way_back();
        if !way_back.is_empty() {
            write!(formatter, "; {way_back}")?;
        }
        write!(formatter, "; if nothing of it is deployed, `--forget-deployed-state {cluster}` treats it as new")
    }
}

/// What the last commit has below a folder; read at most once, because few runs need it.
#[derive(Debug)]
pub(super) struct LastCommit {
    files: Vec<String>,
}

impl LastCommit {
    /// Asks Git; without Git, a repository or a commit there is nothing.
    pub(super) fn below(folder: &Path) -> Self {
        Self { files: committed(folder) }
    }

    /// The missing lock of a cluster in a folder below, where the commit has it or rendered files beside it.
    pub(super) fn lost(&self, root: &Path, folder: &str, cluster: &str) -> Option<LostLock> {
        let below = |file: &String| Some(file.strip_prefix(folder)?.strip_prefix('/')?.to_owned());
        let mut committed: Vec<String> = self.files.iter().filter_map(below).collect();
        committed.retain(|file| file == LOCK_FILE_NAME || is_called_as_rendered(file));
        let path = root.join(folder).join(LOCK_FILE_NAME);
        let lost = LostLock { path, cluster: cluster.to_owned(), cause: None, standing: Vec::new(), committed };
        (!lost.committed.is_empty()).then_some(lost)
    }

    /// The folders that the commit has a lock in and that are called as one of some clusters: with that name.
    pub(super) fn folders_of<'c>(&'c self, clusters: &BTreeSet<&str>) -> Vec<(&'c str, &'c str)> {
        let folder = |file: &'c String| {
            let folder = file.strip_suffix(LOCK_FILE_NAME)?.strip_suffix('/')?;
            let name = folder.rsplit('/').next().unwrap_or(folder);
            clusters.contains(name).then_some((folder, name))
        };
        self.files.iter().filter_map(folder).collect()
    }
}

/// The files below a folder that are called as cassc calls what it renders; links are not followed.
fn rendered_files(folder: &Path) -> Vec<String> {
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter().filter_map(Result::ok);
    let files = entries.filter(|entry| !entry.file_type().is_dir());
    let paths = files.filter_map(|file| Some(file.path().strip_prefix(folder).ok()?.to_string_lossy().into_owned()));
    paths.filter(|path| is_called_as_rendered(path)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lost(cause: Option<LockError>, standing: &[&str], committed: &[&str]) -> String {
        let owned = |files: &[&str]| files.iter().map(|file| (*file).to_owned()).collect();
        let (path, cluster) = ("deploy/shop/cassc.lock".into(), "shop".to_owned());
        LostLock { path, cluster, cause, standing: owned(standing), committed: owned(committed) }.to_string()
    }

    #[test]
    fn the_sentence_names_the_lock_what_stands_there_and_the_ways_out() {
        let forget = "; if nothing of it is deployed, `--forget-deployed-state shop` treats it as new";
        let unknown = ", so it is not known what is deployed of `shop`; ";
        assert_eq!(
            lost(None, &["base/a.yaml", "base/b.yaml"], &[]),
            format!(
                "deploy/shop/cassc.lock is missing, and rendered files stand there (deploy/shop/base/a.yaml and 1 more)\
                 {unknown}take it back with `git checkout HEAD -- deploy/shop/cassc.lock`; where a commit deleted it, `git log \
                 -1 --diff-filter=D --format=%h -- deploy/shop/cassc.lock` names that commit, and `git checkout COMMIT^ -- \
                 deploy/shop/cassc.lock` restores it{forget}"
            )
        );
        assert_eq!(
            lost(None, &[], &["base/a.yaml", LOCK_FILE_NAME]),
            format!(
                "deploy/shop/cassc.lock is missing, and the last commit has it{unknown}take it back with `git checkout HEAD \
                 -- deploy/shop`{forget}"
            )
        );
        assert_eq!(
            lost(Some(LockError::Empty), &["base/a.yaml"], &[]),
            format!(
                "deploy/shop/cassc.lock is empty, and rendered files stand there (deploy/shop/base/a.yaml){unknown}take it \
                 back with `git checkout HEAD -- deploy/shop/cassc.lock`{forget}"
            )
        );
        let newer = lost(Some(LockError::NewerFormat { found: 9 }), &[], &[]);
        assert!(
            !newer.contains("git checkout") && newer.contains("so use the cassc that wrote it, so it is"),
            "{newer}"
        );
    }
}
