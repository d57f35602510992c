//! `FileTree` + `Lock` → `<root>/<cluster>/…` and `<root>/<cluster>/cassc.lock`, changed as a whole or not at all.
//! Called by the command line once for each cluster; calls for different clusters may run at the same time.
//!
//! When nothing differs, nothing is touched. Otherwise the whole new tree is built in the workspace
//! `<root>/.cassc-<cluster>`, where files that do not change and files that are kept get a second name (hard link, else
//! a copy with the same time), and then takes the place of the old tree:
//!
//! - Linux and macOS: both directories change places in one step. Whoever looks sees the old tree or the new one.
//! - elsewhere, and on file systems without that step: old → workspace, new → place. Between these two renames the
//!   cluster has no directory. If cassc is killed there, the old tree waits in the workspace; [`recover`] puts it back
//!   and readers meanwhile refuse to believe that the cluster is new.
//!
//! What a killed render left in the workspace is removed by the next one. It first renames it, so that a render that is
//! alive after all fails at its own rename instead of showing a tree that is being removed. Nothing is synced
//! to the medium file by file (it would cost ten times the rest): a crash is the end of a process, not of the power.
//! Two renders at the same time wait for each other (`hold`) before they come here.

use std::path::{Path, PathBuf};

use super::Overwrite;
pub use super::decision::Why;
use super::decision::{Decision, decide, stands_against};
use super::disk::{Disk, Exchanged};
use super::read::{self, Standing};
use crate::deployed::OwnLock;
use crate::file_tree::FileTree;
use crate::folder::{ClusterFolder, DEAD, FolderError, NEW, OLD};
use crate::lock::{LOCK_FILE_NAME, Lock};
use crate::paths::ancestors;

/// What a call of [`write()`] did. Paths are relative to the output root: `<cluster>/base/x.yaml`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    /// New or changed files, the lock last.
    pub written: Vec<String>,
    /// How many files stood there as rendered, the lock among them; they keep their times.
    pub unchanged: usize,
    /// Files that stood there and are no longer rendered; with [`Overwrite::Force`] also those of others.
    pub removed: Vec<String>,
    /// Files that stayed although they are not as cassc would have them.
    pub kept: Vec<KeptFile>,
    /// Whether Git could not merge the lock that stood there, so that both sides were read.
    pub was_in_conflict: bool,
}

/// A file that stayed although it is not as cassc would have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptFile {
    /// Its path, relative to the output root.
    pub path: String,
    /// Why it stayed.
    pub why: Why,
}

impl Outcome {
    /// Whether nothing was written or removed, because an edited file prevents the render, or a foreign file is in the
    /// place of a rendered file: the caller reports it and exits 1. Other foreign files are only worth a
    /// remark.
    pub(crate) fn is_held_back(&self) -> bool {
        stands_against(self.kept.iter().map(|kept| &kept.why))
    }

    pub(super) fn of(cluster_directory: &str, decision: Decision, was_in_conflict: bool) -> Self {
        let below = |path: &str| format!("{cluster_directory}/{path}");
        Self {
            written: decision.written.iter().map(|(path, _)| below(path)).collect(),
            unchanged: decision.unchanged.len(),
            removed: decision.removed.iter().map(|path| below(path)).collect(),
            kept: decision.kept.into_iter().map(|(path, why)| KeptFile { path: below(&path), why }).collect(),
            was_in_conflict,
        }
    }
}

/// Makes `<root>/<cluster_directory>` what is rendered, with the lock beside the files. The directory is one plain
/// name; that no two clusters have the same is the caller's to see to, and so is a call of [`recover`] before it reads
/// the previous lock, `own`. On an error the directory is as it was (or, if only the removal of the old tree failed, new).
pub fn write(
    root: &Path,
    cluster_directory: &str,
    rendered: &FileTree,
    (lock, own): (&Lock, &OwnLock),
    overwrite: Overwrite,
) -> Result<Outcome, FolderError> {
    write_to(&Disk::real(), root, cluster_directory, rendered, (lock, own), overwrite)
}

/// Puts back the old tree if a render was killed between its two renames, and removes what it left in the workspace.
pub(crate) fn recover(root: &Path, cluster_directory: &str) -> Result<(), FolderError> {
    recover_on(&Disk::real(), &ClusterFolder::new(root, cluster_directory))
}

pub(super) fn write_to(
    disk: &Disk,
    root: &Path,
    cluster_directory: &str,
    rendered: &FileTree,
    (lock, own): (&Lock, &OwnLock),
    overwrite: Overwrite,
) -> Result<Outcome, FolderError> {
    assert!(rendered.get(LOCK_FILE_NAME).is_none(), "no object is rendered to the file of the lock");
    let folder = ClusterFolder::new(root, cluster_directory);
    recover_on(disk, &folder)?;
    let standing = read::standing(root, cluster_directory, rendered, own)?;
    let decision = decide(&standing, rendered, lock, overwrite);
    if decision.is_change() {
        replace(disk, &folder, &standing, &decision)?;
    }
    Ok(Outcome::of(cluster_directory, decision, standing.is_in_conflict))
}

pub(super) fn recover_on(disk: &Disk, folder: &ClusterFolder) -> Result<(), FolderError> {
    let Some(names) = folder.leftovers()? else {
        return Ok(());
    };
    if !folder.tree.is_dir()
        && let Some(old) = folder.old_tree()?
    {
        disk.rename(&old, &folder.tree)?;
    }
    for name in names.iter().filter(|name| [NEW, OLD, DEAD].iter().any(|prefix| name.starts_with(prefix))) {
        let dead = folder.workspace.join(format!("{DEAD}{name}"));
        match disk.rename(&folder.workspace.join(name), &dead) {
            Err(FolderError::Disk { cause, .. }) if cause.kind() == std::io::ErrorKind::NotFound => {}
            renamed => renamed.and_then(|()| disk.remove_tree(&dead))?,
        }
    }
    disk.remove_if_empty(&folder.workspace)
}

pub(super) fn replace(
    disk: &Disk,
    folder: &ClusterFolder,
    standing: &Standing,
    decision: &Decision,
) -> Result<(), FolderError> {
    disk.create_directories(&folder.workspace)?;
    let replaced = replace_from_workspace(disk, folder, standing, decision).map_err(|error| error.of_write(folder));
    // What cannot be cleaned up now is cleaned up by the next run; the first error is the one to tell.
    replaced.and(disk.remove_if_empty(&folder.workspace))
}

fn replace_from_workspace(
    disk: &Disk,
    folder: &ClusterFolder,
    standing: &Standing,
    decision: &Decision,
) -> Result<(), FolderError> {
    let new = disk.create_new_directory(&folder.workspace, NEW)?;
    let replaced = build(disk, &folder.tree, &new, decision)
        .and_then(|()| if standing.exists { swap(disk, folder, &new) } else { disk.rename(&new, &folder.tree) });
    replaced.and(disk.remove_tree(&new))
}

/// Builds the whole new tree in a temporary directory.
fn build(disk: &Disk, old: &Path, new: &Path, decision: &Decision) -> Result<(), FolderError> {
    let kept = decision.kept.keys().map(String::as_str);
    let carried: Vec<&str> = decision.unchanged.iter().copied().chain(kept).collect();
    let written = decision.written.iter().map(|(path, _)| *path);
    let folders: std::collections::BTreeSet<&str> =
        carried.iter().copied().chain(written).flat_map(ancestors).collect();
    for folder in &folders {
        disk.create_directories(&new.join(folder))?;
    }
    for path in carried {
        disk.link(&old.join(path), &new.join(path))?;
    }
    for (path, text) in &decision.written {
        disk.write(&new.join(path), text)?;
    }
    for folder in folders.iter().rev().chain([&""]) {
        disk.copy_permissions(&old.join(folder), &new.join(folder))?;
    }
    Ok(())
}

/// Lets the new tree take the place of the old one. What is then left under a name of the workspace is garbage; the old
/// tree is under `new` after an exchange, which `replace` removes.
fn swap(disk: &Disk, folder: &ClusterFolder, new: &Path) -> Result<(), FolderError> {
    if disk.exchange(new, &folder.tree)? == Exchanged::Done {
        return Ok(());
    }
    let old = old_name(folder, new);
    disk.rename(&folder.tree, &old)?;
    match disk.rename(new, &folder.tree) {
        Ok(()) => disk.remove_tree(&old),
        Err(error) => disk.rename(&old, &folder.tree).and(Err(error)),
    }
}

fn old_name(folder: &ClusterFolder, new: &Path) -> PathBuf {
    let name = new.file_name().expect("the new tree was created under a name in the workspace");
    folder.workspace.join(format!("{OLD}{}", name.to_string_lossy()))
}
