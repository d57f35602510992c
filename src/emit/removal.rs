//! Removes `<root>/<cluster>` when the topology of the cluster is gone: what cassc wrote is removed as a whole or, while one of
//! its files is edited, not at all; foreign files stay. Called by the command line.

use std::path::Path;

use super::decision::{Decision, why_kept};
use super::directory::{Outcome, recover_on, replace};
use super::disk::Disk;
use super::read::{self, Standing};
use crate::deployed::OwnLock;
use crate::file_tree::FileTree;
use crate::folder::{ClusterFolder, FolderError};
use crate::lock::LOCK_FILE_NAME;

/// Removes every file that the lock lists, the lock itself, and the directory if nothing is left in it; nothing while one of
/// the files is edited.
pub(crate) fn remove(root: &Path, cluster_directory: &str, own: &OwnLock) -> Result<Outcome, FolderError> {
    let disk = Disk::real();
    let folder = ClusterFolder::new(root, cluster_directory);
    recover_on(&disk, &folder)?;
    let standing = read::standing(root, cluster_directory, &FileTree::default(), own)?;
    let decision = decide(&standing);
    if decision.is_change() {
        replace(&disk, &folder, &standing, &decision)?;
        disk.remove_if_empty(&folder.tree)?;
    }
    Ok(Outcome::of(cluster_directory, decision, false))
}

fn decide(standing: &Standing) -> Decision<'_> {
    let mut decision = Decision::default();
    for (path, entry) in &standing.entries {
        match why_kept(standing, path, entry) {
            Some(why) => drop(decision.kept.insert(path.clone(), why)),
            None => decision.removed.push(path),
        }
    }
    if standing.own.read().is_some() {
        decision.removed.push(LOCK_FILE_NAME);
    }
    decision.held_back()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deployed::OutputLocks;
    use crate::emit::Overwrite;
    use crate::emit::directory::{Why, write};
    use crate::emit::read::fixtures::{old_lock, tree};

    fn rendered(root: &Path) {
        let files = tree(&[("base/a.yaml", "a: 1\n"), ("cluster/b.yaml", "b: 1\n")]);
        let locks = (&old_lock(&files), &OwnLock::Missing);
        write(root, "shop", &files, locks, Overwrite::KeepForeign).expect("the folder is empty");
    }

    fn removed(root: &Path) -> Outcome {
        let locks = OutputLocks::read(root, &[], &[].into()).expect("it can be read");
        remove(root, "shop", &locks.own("shop")).expect("nothing is in the way")
    }

    #[test]
    fn what_cassc_wrote_goes_with_its_folder() {
        let root = tempfile::tempdir().expect("a temporary folder can be made");
        rendered(root.path());
        let outcome = removed(root.path());
        assert_eq!(outcome.removed, ["shop/base/a.yaml", "shop/cluster/b.yaml", "shop/cassc.lock"]);
        assert!(!root.path().join("shop").exists() && !outcome.is_held_back());
        assert_eq!(removed(root.path()), Outcome::default(), "a second time is nothing");
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "the test edits a file")]
    fn what_somebody_put_there_stays_and_an_edit_keeps_everything() {
        let root = tempfile::tempdir().expect("a temporary folder can be made");
        rendered(root.path());
        let folder = root.path().join("shop");
        std::fs::write(folder.join("base/a.yaml"), "mine\n").expect("it can be written");
        std::fs::write(folder.join("notes.txt"), "notes\n").expect("it can be written");
        let outcome = removed(root.path());
        let kept: Vec<(&str, Why)> = outcome.kept.iter().map(|kept| (kept.path.as_str(), kept.why)).collect();
        assert_eq!(kept, [("shop/base/a.yaml", Why::Edited), ("shop/notes.txt", Why::NotOurs)]);
        assert!(outcome.is_held_back() && outcome.removed.is_empty());
        assert!(folder.join("cluster/b.yaml").exists() && folder.join(LOCK_FILE_NAME).exists());
        std::fs::write(folder.join("base/a.yaml"), "a: 1\n").expect("it can be written");
        assert_eq!(removed(root.path()).removed.len(), 3);
        assert!(folder.join("notes.txt").exists() && !folder.join("base").exists());
    }
}
