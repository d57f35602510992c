//! A render that is killed after any of its operations leaves the old tree or the new one, and the next render is
//! not disturbed by what is left. Both ways of swapping are tried, and a second kill during the recovery.
#![cfg(unix)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use super::{CLUSTER, Seen, lock, own, put, seen, texts, tree};
use crate::deployed::{DeployedError, OwnLock};
use crate::emit::Overwrite;
use crate::emit::directory::{Outcome, recover, recover_on, write, write_to};
use crate::emit::disk::{Disk, Outage, Swap};
use crate::file_tree::FileTree;
use crate::folder::{ClusterFolder, FolderError};

type Texts = BTreeMap<String, String>;

fn old() -> FileTree {
    let files = [("base/a.yaml", "a"), ("base/b.yaml", "b"), ("gone/c.yaml", "c")];
    tree(&files)
}

fn new() -> FileTree {
    tree(&[("base/a.yaml", "a"), ("base/b.yaml", "b2"), ("fresh/deep/d.yaml", "d")])
}

/// A directory with the old tree, two foreign files and a link to nowhere.
fn rendered_once() -> tempfile::TempDir {
    let root = tempfile::tempdir().expect("the test has a disk");
    write(root.path(), CLUSTER, &old(), (&lock(&old()), &OwnLock::Missing), Overwrite::KeepForeign)
        .expect("a fresh directory can be written");
    put(&root.path().join("shop/base/mine.yaml"), "mine");
    put(&root.path().join("shop/notes/README"), "read me");
    std::os::unix::fs::symlink("nowhere", root.path().join("shop/link")).expect("the test may link");
    root
}

/// Renders as a run does: what a killed one left is put back before the lock is read.
fn write_on(disk: &Disk, root: &Path) -> Result<Outcome, FolderError> {
    recover_on(disk, &ClusterFolder::new(root, CLUSTER))?;
    let own = own(root).expect("a tree that was put back is whole");
    write_to(disk, root, CLUSTER, &new(), (&lock(&new()), &own), Overwrite::KeepForeign)
}

/// What is there before and after an undisturbed render.
fn before_and_after() -> (Texts, Texts) {
    let root = rendered_once();
    let before = texts(&root.path().join(CLUSTER)).expect("it was rendered");
    write_on(&Disk::real(), root.path()).expect("nothing is in the way");
    let after = texts(&root.path().join(CLUSTER)).expect("it was rendered");
    let lock_text = lock(&new()).to_text();
    let expected = [
        ("base/a.yaml", "a"),
        ("base/b.yaml", "b2"),
        ("base/mine.yaml", "mine"),
        ("cassc.lock", lock_text.as_str()),
        ("fresh/deep/d.yaml", "d"),
        ("link", "link to nowhere"),
        ("notes/README", "read me"),
    ];
    assert_eq!(after, expected.map(|(path, text)| (path.to_owned(), text.to_owned())).into());
    (before, after)
}

/// The worst that a kill inside the removal or the building of a directory can leave: any file of garbage is missing.
fn damage_garbage(root: &Path) {
    let workspace = root.join(".cassc-shop");
    let keep = if root.join(CLUSTER).exists() { "" } else { "old-" };
    for path in seen(&workspace).unwrap_or_default().into_keys() {
        if keep.is_empty() || !path.starts_with(keep) {
            let _ = fs::remove_file(workspace.join(path));
        }
    }
}

/// Asserts that what is seen is the old tree or the new one; in the gap between two renames, that readers notice and
/// that the old tree comes back. Returns which of these it was.
fn assert_whole(root: &Path, before: &Texts, after: &Texts, context: &str) -> &'static str {
    match texts(&root.join(CLUSTER)) {
        Some(found) if found == *before => "old",
        Some(found) if found == *after => "new",
        Some(found) => unreachable!("{context}: a mixed tree is visible: {found:?}"),
        None => {
            let refused = own(root).expect_err("nobody may believe that the cluster is new");
            let is_noticed = matches!(refused, DeployedError::Folder(FolderError::Interrupted { .. }));
            assert!(is_noticed, "{context}: {refused}");
            "gap"
        }
    }
}

fn assert_next_render_succeeds(root: &Path, after: &Texts, context: &str) {
    write_on(&Disk::real(), root).expect("what a killed render leaves disturbs nobody");
    assert_eq!(texts(&root.join(CLUSTER)).as_ref(), Some(after), "{context}");
    let names: Vec<_> = fs::read_dir(root).expect("it is there").map(|entry| entry.expect("it is there")).collect();
    assert_eq!(names.len(), 1, "{context}: only the cluster is left in the output");
}

/// The counts of operations after which a render can fail; with the last one it does not fail any more.
fn failures(swap: Swap) -> std::ops::RangeInclusive<usize> {
    let disk = Disk::failing_after(1_000, Outage::ForEver, swap);
    write_on(&disk, rendered_once().path()).expect("a small render takes fewer operations");
    0..=1_000 - disk.operations_left()
}

/// Lets a render fail at each of its operations in turn; returns what was visible then.
fn fail_everywhere(outage: Outage, swap: Swap) -> BTreeSet<&'static str> {
    let (before, after) = before_and_after();
    let mut states = BTreeSet::new();
    for operations in failures(swap) {
        let context = format!("{swap:?}, {outage:?} after {operations}");
        let root = rendered_once();
        let done = write_on(&Disk::failing_after(operations, outage, swap), root.path()).is_ok();
        let state = assert_whole(root.path(), &before, &after, &context);
        if outage == Outage::Once && state == "old" {
            assert!(!root.path().join(".cassc-shop").exists(), "{context}: it cleans up");
        }
        states.insert(if done { "done" } else { state });
        damage_garbage(root.path());
        assert_next_render_succeeds(root.path(), &after, &context);
    }
    states
}

#[test]
fn with_an_exchange_a_killed_render_leaves_the_old_tree_or_the_new_one() {
    assert_eq!(fail_everywhere(Outage::ForEver, Swap::Exchange), ["done", "new", "old"].into());
}

#[test]
fn with_two_renames_a_killed_render_leaves_the_old_tree_the_new_one_or_a_gap_that_is_noticed() {
    assert_eq!(fail_everywhere(Outage::ForEver, Swap::TwoRenames), ["done", "gap", "new", "old"].into());
}

#[test]
fn a_render_that_lives_on_after_a_failure_leaves_the_old_tree_or_the_new_one_and_cleans_up() {
    assert_eq!(fail_everywhere(Outage::Once, Swap::Exchange), ["done", "new", "old"].into());
    assert_eq!(fail_everywhere(Outage::Once, Swap::TwoRenames), ["done", "new", "old"].into());
}

#[test]
fn a_render_that_is_killed_while_it_recovers_from_a_kill_leaves_a_whole_tree_too() {
    let swap = Swap::TwoRenames;
    let (before, after) = before_and_after();
    let killed_after = |operations| {
        let root = rendered_once();
        let _ = write_on(&Disk::failing_after(operations, Outage::ForEver, swap), root.path());
        root
    };
    let has_whole_tree_in_workspace = |first: &usize| has_lock(&killed_after(*first).path().join(".cassc-shop"));
    for first in failures(swap).filter(has_whole_tree_in_workspace) {
        for second in failures(swap) {
            let context = format!("killed after {first}, then after {second}");
            let root = killed_after(first);
            damage_garbage(root.path());
            let _ = write_on(&Disk::failing_after(second, Outage::ForEver, swap), root.path());
            assert_whole(root.path(), &before, &after, &context);
            damage_garbage(root.path());
            assert_next_render_succeeds(root.path(), &after, &context);
        }
    }
}

#[test]
fn a_gap_is_closed_with_the_old_tree_and_its_times() {
    let root = rendered_once();
    let before = seen(&root.path().join(CLUSTER));
    let gap = failures(Swap::TwoRenames).find(|operations| {
        let _ = write_on(&Disk::failing_after(*operations, Outage::ForEver, Swap::TwoRenames), root.path());
        !root.path().join(CLUSTER).exists()
    });
    assert!(gap.is_some(), "two renames have a gap");
    recover(root.path(), CLUSTER).expect("the old tree waits in the workspace");
    assert_eq!(seen(&root.path().join(CLUSTER)), before);
    assert!(!root.path().join(".cassc-shop").exists());
}

#[test]
fn a_first_render_that_is_killed_leaves_nothing_or_everything() {
    let whole = |root: &Path| write_on(&Disk::real(), root).map(|_| texts(&root.join(CLUSTER)));
    let empty = || tempfile::tempdir().expect("the test has a disk");
    let root = empty();
    let after = whole(root.path()).expect("a fresh directory can be written");
    for operations in 0.. {
        let root = empty();
        let done = write_on(&Disk::failing_after(operations, Outage::ForEver, Swap::Exchange), root.path()).is_ok();
        let found = texts(&root.path().join(CLUSTER));
        assert!(found.is_none() && !done || found == after, "killed after {operations}: {found:?}");
        assert_eq!(whole(root.path()).expect("a killed render disturbs nobody"), after);
        if done {
            break;
        }
    }
}

#[test]
fn a_living_render_whose_tree_another_one_begins_to_remove_fails_and_shows_nothing_of_it() {
    let root = rendered_once();
    let (tree, workspace) = (root.path().join(CLUSTER), root.path().join(".cassc-shop"));
    let before: Option<Seen> = seen(&tree);
    // Stands for a render that is alive: everything is built, the swap is next.
    let built = failures(Swap::Exchange).find(|operations| {
        let _ = write_on(&Disk::failing_after(*operations, Outage::ForEver, Swap::Exchange), root.path());
        has_lock(&workspace)
    });
    assert!(built.is_some(), "a kill before the swap was tried");
    let name = fs::read_dir(&workspace).expect("it is there").next().expect("it was built").expect("it is there");
    // The other render comes as far as its first operation: it has announced the removal and removed nothing yet.
    let folder = ClusterFolder::new(root.path(), CLUSTER);
    recover_on(&Disk::failing_after(1, Outage::ForEver, Swap::Exchange), &folder).expect_err("the power is cut");
    assert!(has_lock(&workspace));
    assert!(Disk::real().exchange(&name.path(), &tree).is_err());
    assert!(Disk::real().rename(&name.path(), &tree).is_err());
    assert_eq!(seen(&tree), before);
}

fn has_lock(workspace: &Path) -> bool {
    seen(workspace).unwrap_or_default().keys().any(|path| path.ends_with("/cassc.lock"))
}
