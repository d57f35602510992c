//! What a render does with a directory that is empty, equal, older, edited, foreign or broken.

use std::fs;
use std::path::Path;

use super::{CLUSTER, lock, own, put, seen, texts, tree};
use crate::deployed::{DeployedError, OutputLocks, OwnLock};
use crate::diff::{Comparison, DifferenceKind, compare};
use crate::emit::Overwrite;
use crate::emit::directory::{KeptFile, Outcome, Why, write};
use crate::emit::read::standing;
use crate::file_tree::FileTree;
use crate::folder::FolderError;

/// Reads the lock and writes, as a run does.
fn rendered(root: &Path, rendered: &FileTree, overwrite: Overwrite) -> Result<Outcome, DeployedError> {
    let own = own(root)?;
    Ok(write(root, CLUSTER, rendered, (&lock(rendered), &own), overwrite)?)
}

fn render(root: &Path, files: &FileTree, overwrite: Overwrite) -> Outcome {
    rendered(root, files, overwrite).expect("nothing is in the way")
}

fn refusal(root: &Path, files: &FileTree, overwrite: Overwrite) -> DeployedError {
    rendered(root, files, overwrite).expect_err("something is in the way")
}

fn compared(root: &Path, rendered: &FileTree) -> Comparison {
    let own = own(root).expect("it can be read");
    let standing = standing(root, CLUSTER, rendered, &own).expect("it can be read");
    compare(CLUSTER, &standing, rendered, &lock(rendered))
}

fn kept(path: &str, why: Why) -> KeptFile {
    KeptFile { path: path.to_owned(), why }
}

fn paths(paths: &[&str]) -> Vec<String> {
    paths.iter().map(|path| (*path).to_owned()).collect()
}

fn root() -> tempfile::TempDir {
    tempfile::tempdir().expect("the test has a disk")
}

#[test]
fn a_first_render_writes_every_file_and_the_lock_and_nothing_beside_them() {
    let root = root();
    let output = root.path().join("not/there/yet");
    let rendered = tree(&[("base/a.yaml", "a"), ("b.yaml", "b")]);
    let outcome = render(&output, &rendered, Overwrite::KeepForeign);
    let written = paths(&["shop/b.yaml", "shop/base/a.yaml", "shop/cassc.lock"]);
    assert_eq!(outcome, Outcome { written, ..Outcome::default() });
    let expected = [
        ("shop/b.yaml", "b".to_owned()),
        ("shop/base/a.yaml", "a".to_owned()),
        ("shop/cassc.lock", lock(&rendered).to_text()),
    ];
    assert_eq!(texts(&output), Some(expected.map(|(path, text)| (path.to_owned(), text)).into()));
}

#[test]
fn a_second_render_changes_nothing_not_even_the_times_of_folders() {
    let root = root();
    let rendered = tree(&[("base/a.yaml", "a"), ("b.yaml", "b")]);
    render(root.path(), &rendered, Overwrite::KeepForeign);
    put(&root.path().join("shop/README"), "foreign");
    let before = seen(root.path());
    let outcome = render(root.path(), &rendered, Overwrite::KeepForeign);
    let kept = vec![kept("shop/README", Why::NotOurs)];
    assert!(!outcome.is_held_back());
    assert_eq!(outcome, Outcome { unchanged: 3, kept, ..Outcome::default() });
    assert_eq!(seen(root.path()), before);
}

#[test]
fn a_change_keeps_the_times_of_what_did_not_change_and_removes_what_is_no_longer_rendered() {
    let root = root();
    let first = tree(&[("base/a.yaml", "a"), ("base/b.yaml", "b"), ("old/c.yaml", "c")]);
    render(root.path(), &first, Overwrite::KeepForeign);
    let before = seen(&root.path().join(CLUSTER)).expect("it was rendered");
    let outcome = render(root.path(), &tree(&[("base/a.yaml", "a"), ("base/b.yaml", "2")]), Overwrite::KeepForeign);
    let written = paths(&["shop/base/b.yaml", "shop/cassc.lock"]);
    assert_eq!(outcome, Outcome { written, unchanged: 1, removed: paths(&["shop/old/c.yaml"]), ..Outcome::default() });
    let after = seen(&root.path().join(CLUSTER)).expect("it was rendered");
    assert_eq!(after["base/a.yaml"], before["base/a.yaml"]);
    assert_eq!(after.keys().collect::<Vec<_>>(), ["", "base", "base/a.yaml", "base/b.yaml", "cassc.lock"]);
    assert_eq!(after["base/b.yaml"].0, "2");
}

#[test]
fn while_a_file_is_edited_nothing_of_the_cluster_is_written_until_force() {
    let root = root();
    render(root.path(), &tree(&[("a.yaml", "1"), ("b.yaml", "1"), ("gone.yaml", "1")]), Overwrite::KeepForeign);
    put(&root.path().join("shop/a.yaml"), "mine");
    let before = seen(root.path());
    let next = tree(&[("a.yaml", "2"), ("b.yaml", "2")]);
    for _ in 0..2 {
        let outcome = render(root.path(), &next, Overwrite::KeepForeign);
        assert!(outcome.is_held_back());
        assert_eq!(outcome, Outcome { kept: vec![kept("shop/a.yaml", Why::Edited)], ..Outcome::default() });
        assert_eq!(seen(root.path()), before);
        assert!(!compared(root.path(), &next).is_same());
    }
    let outcome = render(root.path(), &next, Overwrite::Force);
    let (written, removed) = (paths(&["shop/a.yaml", "shop/b.yaml", "shop/cassc.lock"]), paths(&["shop/gone.yaml"]));
    assert_eq!(outcome, Outcome { written, removed, ..Outcome::default() });
}

#[test]
fn without_a_lock_equal_files_are_adopted_and_others_are_in_the_way() {
    let root = root();
    put(&root.path().join("shop/a.yaml"), "a");
    let rendered = tree(&[("a.yaml", "a"), ("b.yaml", "b")]);
    put(&root.path().join("shop/b.yaml"), "theirs");
    let before = seen(root.path());
    let outcome = render(root.path(), &rendered, Overwrite::KeepForeign);
    let kept = vec![kept("shop/b.yaml", Why::InTheWay)];
    assert!(outcome.is_held_back());
    assert_eq!(outcome, Outcome { unchanged: 1, kept, ..Outcome::default() });
    assert_eq!(seen(root.path()), before);
    put(&root.path().join("shop/b.yaml"), "b");
    let outcome = render(root.path(), &rendered, Overwrite::KeepForeign);
    let written = paths(&["shop/cassc.lock"]);
    assert_eq!(outcome, Outcome { written, unchanged: 2, ..Outcome::default() });
}

#[cfg(unix)]
#[test]
fn a_link_to_a_folder_outside_is_neither_followed_nor_emptied() {
    let (root, outside) = (root(), root());
    put(&outside.path().join("a.yaml"), "outside");
    fs::create_dir(root.path().join(CLUSTER)).expect("the root is empty");
    std::os::unix::fs::symlink(outside.path(), root.path().join("shop/base")).expect("the test may link");
    let rendered = tree(&[("base/a.yaml", "a"), ("b.yaml", "b")]);
    let outcome = render(root.path(), &rendered, Overwrite::KeepForeign);
    assert_eq!(outcome, Outcome { kept: vec![kept("shop/base", Why::InTheWay)], ..Outcome::default() });
    assert!(root.path().join("shop/base").is_symlink() && !root.path().join("shop/cassc.lock").exists());
    let outcome = render(root.path(), &rendered, Overwrite::Force);
    assert_eq!((outcome.written.len(), outcome.removed), (3, paths(&["shop/base"])));
    assert_eq!(texts(outside.path()), Some([("a.yaml".to_owned(), "outside".to_owned())].into()));
}

#[test]
fn a_folder_with_files_of_others_alone_is_a_new_cluster() {
    let root = root();
    let others =
        ["README", "base/mine.yaml", "base/kustomization.yaml", "base/v1_secret_shop.yaml", "v1_service_a.yaml"];
    others.iter().for_each(|path| put(&root.path().join(CLUSTER).join(path), "foreign"));
    let outcome = render(root.path(), &tree(&[("a.yaml", "a")]), Overwrite::KeepForeign);
    assert_eq!((outcome.kept.len(), outcome.is_held_back()), (others.len(), false));
}

#[test]
fn rendered_files_without_a_lock_are_no_new_cluster() {
    let files = [
        "base/v1_configmap_shop-start-order.yaml",
        "cluster/apps_v1_statefulset_shop-dc1-a-sts.yaml",
        "kube-east/base/x_v1_service_shop-seed-service.yaml",
        "argocd/argoproj.io_v1alpha1_application_shop.yaml",
        "flux/kustomize.toolkit.fluxcd.io_v1_kustomization_shop-base.yaml",
        "old/cluster/apps_v1_statefulset_shop-dc1-a-sts.yaml",
    ];
    for file in files {
        let root = root();
        put(&root.path().join(CLUSTER).join(file), "");
        for overwrite in [Overwrite::KeepForeign, Overwrite::Force] {
            let told = refusal(root.path(), &tree(&[("a.yaml", "a")]), overwrite).to_string();
            let is_told =
                told.contains("shop/cassc.lock is missing, and rendered files stand there (") && told.contains(file);
            assert!(is_told && told.contains("git checkout HEAD -- "), "{file}: {told}");
        }
    }
}

/// Asserts that a lock is refused, with its path and advice, even with force, and is written anew when the deployed state
/// is forgotten.
fn assert_refused_unless_forgotten(root: &Path, said: &str) {
    let rendered = tree(&[("a.yaml", "a")]);
    for overwrite in [Overwrite::KeepForeign, Overwrite::Force] {
        let message = refusal(root, &rendered, overwrite).to_string();
        let has_advice = message.contains("; take it back with `git checkout HEAD -- ") != said.contains("later cassc");
        let is_fine = message.contains("shop/cassc.lock ") && message.contains(said) && has_advice;
        assert!(is_fine && message.contains("`--forget-deployed-state shop`"), "{said}: {message}");
    }
    let own = OutputLocks::read(root, &[CLUSTER], &[CLUSTER].into()).expect("it is forgotten").own(CLUSTER);
    assert!(matches!(own, OwnLock::Lost), "{said}: {own:?}");
    let outcome =
        write(root, CLUSTER, &rendered, (&lock(&rendered), &own), Overwrite::Force).expect("it can be written");
    assert_eq!(outcome.written, paths(&["shop/cassc.lock"]));
    assert_eq!(render(root, &rendered, Overwrite::KeepForeign), Outcome { unchanged: 2, ..Outcome::default() });
}

#[test]
fn a_lock_that_cannot_be_read_is_refused_with_advice_until_it_is_forgotten() {
    let rendered = tree(&[("a.yaml", "a")]);
    let whole = lock(&rendered).to_text();
    let cases: [(&[u8], &str); 6] = [
        (b"", "is empty"),
        (&whole.as_bytes()[..whole.len() / 2], "is cut off in line"),
        (b"format: 2", "is not JSON"),
        (br#"{"format": 9}"#, "has format 9, which a later cassc wrote"),
        (&[0xff, 0xfe], "is not UTF-8"),
        (br#"{"format": 2}"#, "missing field `note`"),
    ];
    for (bytes, said) in cases {
        let root = root();
        render(root.path(), &rendered, Overwrite::KeepForeign);
        fs::write(root.path().join("shop/cassc.lock"), bytes).expect("the test may write");
        assert_refused_unless_forgotten(root.path(), said);
    }
}

#[test]
fn a_folder_or_a_link_in_the_place_of_the_lock_is_refused_until_it_is_forgotten() {
    let rendered = tree(&[("a.yaml", "a")]);
    let folder = root();
    put(&folder.path().join("shop/a.yaml"), "a");
    put(&folder.path().join("shop/cassc.lock/x"), "");
    assert_refused_unless_forgotten(folder.path(), "is not a lock of cassc: it is a folder");
    #[cfg(unix)]
    {
        let link = root();
        render(link.path(), &rendered, Overwrite::KeepForeign);
        let lock = link.path().join("shop/cassc.lock");
        fs::rename(&lock, link.path().join("elsewhere")).expect("the test may rename");
        std::os::unix::fs::symlink("../elsewhere", &lock).expect("the test may link");
        assert_refused_unless_forgotten(link.path(), "is not a lock of cassc: it is not a regular file");
    }
}

/// A directory after a merge: `a` was rendered by both branches, `gone` by one of them, and Git left something in each
/// that neither rendered.
fn merged(lock_text: &str) -> tempfile::TempDir {
    let root = root();
    put(&root.path().join("shop/a.yaml"), "<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> b\n");
    put(&root.path().join("shop/gone.yaml"), "merged");
    put(&root.path().join("shop/README"), "foreign");
    put(&root.path().join("shop/cassc.lock"), lock_text);
    root
}

#[test]
fn after_a_merge_conflict_the_files_of_both_sides_are_rendered_anew_and_foreign_ones_stay() {
    let (ours, theirs) = (lock(&tree(&[("a.yaml", "1")])), lock(&tree(&[("a.yaml", "2"), ("gone.yaml", "2")])));
    let conflict = format!("<<<<<<< HEAD\n{}=======\n{}>>>>>>> b\n", ours.to_text(), theirs.to_text());
    let root = merged(&conflict);
    let rendered = tree(&[("a.yaml", "3")]);
    let compared = compared(root.path(), &rendered);
    assert!(!compared.is_same() && compared.is_in_conflict);

    let outcome = render(root.path(), &rendered, Overwrite::KeepForeign);
    let (written, removed) = (paths(&["shop/a.yaml", "shop/cassc.lock"]), paths(&["shop/gone.yaml"]));
    let kept = vec![kept("shop/README", Why::NotOurs)];
    assert!(!outcome.is_held_back());
    assert_eq!(outcome, Outcome { written, removed, kept, was_in_conflict: true, ..Outcome::default() });
}

#[test]
fn a_merge_conflict_without_a_lock_on_each_side_touches_nothing_and_tells_how_to_go_back() {
    let root = merged("<<<<<<< HEAD\n=======\n>>>>>>> b\n");
    let before = seen(root.path());
    let told = refusal(root.path(), &tree(&[("a.yaml", "3")]), Overwrite::KeepForeign).to_string();
    let expected = format!("git restore --source=HEAD --staged --worktree -- {}/shop`", root.path().display());
    assert!(told.contains("line 1 that cannot be read: our side is empty") && told.contains(&expected), "{told}");
    assert_eq!(seen(root.path()), before);
}

#[test]
fn a_file_in_the_place_of_the_directory_is_refused_even_by_force() {
    let root = root();
    put(&root.path().join(CLUSTER), "a file");
    let error = refusal(root.path(), &tree(&[("a.yaml", "a")]), Overwrite::Force);
    assert!(matches!(error, DeployedError::Folder(FolderError::NotADirectory { .. })), "{error}");
    assert_eq!(texts(root.path()), Some([(CLUSTER.to_owned(), "a file".to_owned())].into()));
}

#[cfg(unix)]
#[test]
fn a_link_in_the_place_of_the_directory_is_refused_and_its_target_is_left_alone() {
    let (root, outside) = (root(), root());
    std::os::unix::fs::symlink(outside.path(), root.path().join(CLUSTER)).expect("the test may link");
    let error = refusal(root.path(), &tree(&[("a.yaml", "a")]), Overwrite::Force);
    assert!(matches!(error, DeployedError::Folder(FolderError::NotADirectory { .. })), "{error}");
    assert_eq!(texts(outside.path()), Some([].into()));
}

#[cfg(unix)]
#[test]
fn the_permissions_of_a_directory_survive_its_replacement_and_new_ones_follow_the_umask() {
    use std::os::unix::fs::PermissionsExt;
    let root = root();
    let mode = |path: &str| fs::metadata(root.path().join(path)).expect("it is there").permissions().mode() & 0o7777;
    fs::create_dir(root.path().join("plain")).expect("the root is empty");
    render(root.path(), &tree(&[("base/a.yaml", "a")]), Overwrite::KeepForeign);
    assert_eq!((mode(CLUSTER), mode("shop/base")), (mode("plain"), mode("plain")));
    for (path, mode) in [(CLUSTER, 0o2750), ("shop/base", 0o700)] {
        let path = root.path().join(path);
        fs::set_permissions(path, PermissionsExt::from_mode(mode)).expect("the folders are ours");
    }
    render(root.path(), &tree(&[("base/a.yaml", "2")]), Overwrite::KeepForeign);
    assert_eq!((mode(CLUSTER), mode("shop/base")), (0o2750, 0o700));
}

#[test]
fn a_comparison_sees_on_disk_what_the_next_render_would_change() {
    let root = root();
    let first = tree(&[("a.yaml", "1\n"), ("b.yaml", "1\n")]);
    render(root.path(), &first, Overwrite::KeepForeign);
    put(&root.path().join("shop/README"), "foreign");
    assert!(compared(root.path(), &first).is_same());
    let found = compared(root.path(), &tree(&[("b.yaml", "2\n"), ("c.yaml", "1\n")])).changed;
    let kinds: Vec<_> = found.iter().map(|difference| (difference.path.as_str(), difference.kind)).collect();
    let expected = [
        ("shop/README", DifferenceKind::Foreign),
        ("shop/a.yaml", DifferenceKind::Removed),
        ("shop/b.yaml", DifferenceKind::Changed),
        ("shop/c.yaml", DifferenceKind::Added),
        ("shop/cassc.lock", DifferenceKind::Changed),
    ];
    assert_eq!(kinds, expected);
    assert_eq!(found[2].unified, "--- a/shop/b.yaml\n+++ b/shop/b.yaml\n@@ -1 +1 @@\n-1\n+2\n");
}

#[test]
fn the_lock_that_the_plan_reads_is_the_one_that_was_written() {
    let root = root();
    let rendered = tree(&[("a.yaml", "1")]);
    let read = || own(root.path()).expect("it can be read");
    assert!(matches!(read(), OwnLock::Missing));
    render(root.path(), &rendered, Overwrite::KeepForeign);
    assert_eq!(read().recorded().and_then(|recorded| recorded.lock()), Some(&lock(&rendered)));
}
