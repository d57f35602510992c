//! What is rendered, beside what stands on disk → the differences, each with its unified diff.
//! Pure: `emit::read` did the reading. Called by the command line for `diff` and `render --check`.

use std::collections::BTreeMap;

use similar::TextDiff;

use crate::emit::read::{Entry, Standing};
use crate::file_tree::FileTree;
use crate::lock::{LOCK_FILE_NAME, Lock};

const LINES_OF_CONTEXT: usize = 3;
const NOWHERE: &str = "/dev/null";
/// Of the hash at the end of a ConfigMap's name (`src/render/config_maps.rs`).
const HASH_LENGTH: usize = 8;

/// Everything in which the directory of one cluster is not what is rendered; empty when it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Comparison {
    /// Whether Git could not merge the lock that stands there.
    pub is_in_conflict: bool,
    /// The differences in the order of their paths.
    pub changed: Vec<Difference>,
}

/// One path that is not as rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Difference {
    /// Relative to the output root: `<cluster>/base/x.yaml`.
    pub path: String,
    /// What a render would do there.
    pub kind: DifferenceKind,
    /// From the disk (`a/`) to the render (`b/`), as `git apply` reads it; empty for [`DifferenceKind::Foreign`], and for a
    /// removed file that the diff of an added one begins with.
    pub unified: String,
}

/// What a render would do with a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum DifferenceKind {
    /// Rendered, and not on disk.
    Added,
    /// Rendered, and other on disk.
    Changed,
    /// On disk and in the lock, and no longer rendered.
    Removed,
    /// On disk, and neither rendered nor in the lock: a render leaves it alone.
    Foreign,
}

impl Comparison {
    /// Whether a render would change nothing. Foreign files do not count, for a render leaves them alone.
    pub(crate) fn is_same(&self) -> bool {
        self.changed.iter().all(|difference| difference.kind == DifferenceKind::Foreign)
    }
}

/// Compares what is rendered for a cluster, and its new lock, with what stands in its directory.
pub(crate) fn compare(cluster_directory: &str, standing: &Standing, rendered: &FileTree, lock: &Lock) -> Comparison {
    let path_of = |path: &str| format!("{cluster_directory}/{path}");
    let on_disk = standing.entries.iter();
    let renamed = renamed(standing, rendered);
    let is_renamed = |path: &str| renamed.values().any(|(old, _)| *old == path);
    let found = on_disk.filter_map(|(path, entry)| {
        if is_renamed(path) {
            return Some(Difference { path: path_of(path), kind: DifferenceKind::Removed, unified: String::new() });
        }
        let recorded = standing.own.recorded().is_some_and(|recorded| recorded.lists(path));
        found_difference(path_of(path), entry, rendered.get(path), recorded)
    });
    let missing = rendered.iter().filter(|(path, _)| !standing.entries.contains_key(*path));
    let added = missing.map(|(path, text)| match renamed.get(path) {
        Some((old, bytes)) => {
            let unified = rename(&path_of(old), &path_of(path), bytes, text);
            Difference { path: path_of(path), kind: DifferenceKind::Added, unified }
        }
        None => added(path_of(path), text),
    });
    let lock = lock_difference(path_of(LOCK_FILE_NAME), standing, lock);
    let mut changed: Vec<Difference> = found.chain(added).chain(lock).collect();
    changed.sort_by(|left, right| left.path.cmp(&right.path));
    Comparison { is_in_conflict: standing.is_in_conflict, changed }
}

/// Rendered files that take the place of one on disk which differs from them in the hash of its name alone, with that file
/// and its text: a changed configuration is a new immutable ConfigMap. Of several the most alike are paired.
fn renamed<'s>(standing: &'s Standing, rendered: &'s FileTree) -> BTreeMap<&'s str, (&'s str, &'s str)> {
    let removed = standing.entries.iter().filter_map(|(path, entry)| match entry {
        Entry::Different(bytes) if rendered.get(path).is_none() => {
            Some((without_hash(path)?, path.as_str(), std::str::from_utf8(bytes).ok()?))
        }
        _ => None,
    });
    let mut removed: Vec<_> = removed.collect();
    let mut renamed = BTreeMap::new();
    for (path, text) in rendered.iter().filter(|(path, _)| !standing.entries.contains_key(*path)) {
        let Some(stem) = without_hash(path) else { continue };
        let likeness = |old: &str| TextDiff::from_lines(old, text).ratio();
        let candidates = removed.iter().enumerate().filter(|(_, (old, ..))| *old == stem);
        let nearest = candidates.max_by(|(_, (.., one)), (_, (.., other))| likeness(one).total_cmp(&likeness(other)));
        if let Some((position, (_, old, old_text))) = nearest {
            renamed.insert(path, (*old, *old_text));
            removed.remove(position);
        }
    }
    renamed
}

/// The path of a file whose object ends in the hash of its content, without that: `base/v1_configmap_a-config`.
fn without_hash(path: &str) -> Option<&str> {
    let (stem, hash) = path.strip_suffix(".yaml")?.rsplit_once('-')?;
    let is_hash =
        hash.len() == HASH_LENGTH && hash.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    (is_hash && stem.ends_with("-config")).then_some(stem)
}

/// A diff between two paths, with the extended headers of `git diff` that name both.
fn rename(old_path: &str, new_path: &str, old: &str, new: &str) -> String {
    let lines = TextDiff::from_lines(old, new);
    let (before, after) = (format!("a/{old_path}"), format!("b/{new_path}"));
    let hunks = lines.unified_diff().context_radius(LINES_OF_CONTEXT).header(&before, &after).to_string();
    format!("diff --git {before} {after}\nrename from {old_path}\nrename to {new_path}\n{hunks}")
}

fn found_difference(path: String, entry: &Entry, rendered: Option<&str>, recorded: bool) -> Option<Difference> {
    let (kind, unified) = match (entry, rendered) {
        (Entry::Same, _) => return None,
        (Entry::Different(bytes), Some(text)) => (DifferenceKind::Changed, unified(&path, Some(bytes), Some(text))),
        (Entry::Different(bytes), None) => (DifferenceKind::Removed, unified(&path, Some(bytes), None)),
        (Entry::NotAFile, Some(_)) => (DifferenceKind::Changed, not_a_file(&path)),
        (Entry::NotAFile, None) if recorded => (DifferenceKind::Removed, not_a_file(&path)),
        (Entry::NotAFile | Entry::Foreign, _) => (DifferenceKind::Foreign, String::new()),
    };
    Some(Difference { path, kind, unified })
}

fn added(path: String, text: &str) -> Difference {
    let unified = unified(&path, None, Some(text));
    Difference { path, kind: DifferenceKind::Added, unified }
}

fn lock_difference(path: String, standing: &Standing, lock: &Lock) -> Option<Difference> {
    match standing.own.read() {
        Some(_) if standing.has_lock(lock) => None,
        None => Some(added(path, &lock.to_text())),
        Some(own) => {
            let unified = unified(&path, Some(own.text().as_bytes()), Some(&lock.to_text()));
            Some(Difference { path, kind: DifferenceKind::Changed, unified })
        }
    }
}

fn not_a_file(path: &str) -> String {
    format!("a/{path} is not a regular file\n")
}

/// The form of `git diff` without its extended headers: `/dev/null` for a side that is not there, one sentence for
/// bytes that are no text.
fn unified(path: &str, on_disk: Option<&[u8]>, rendered: Option<&str>) -> String {
    let (before, after) = (format!("a/{path}"), format!("b/{path}"));
    let Ok(old) = std::str::from_utf8(on_disk.unwrap_or_default()) else {
        return format!("Binary files {before} and {after} differ\n");
    };
    let before = if on_disk.is_some() { before.as_str() } else { NOWHERE };
    let after = if rendered.is_some() { after.as_str() } else { NOWHERE };
    let lines = TextDiff::from_lines(old, rendered.unwrap_or_default());
    lines.unified_diff().context_radius(LINES_OF_CONTEXT).header(before, after).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::read::fixtures::{old_lock, standing, tree};

    fn kinds(comparison: &Comparison) -> Vec<(&str, DifferenceKind)> {
        comparison.changed.iter().map(|difference| (difference.path.as_str(), difference.kind)).collect()
    }

    #[test]
    fn every_kind_of_difference_is_told_in_the_order_of_the_paths() {
        let recorded = tree(&[("same", "1"), ("changed", "1"), ("removed", "1"), ("link", "1")]);
        let different = |text: &str| Entry::Different(text.into());
        let entries = [
            ("changed", different("1")),
            ("foreign", Entry::Foreign),
            ("link", Entry::NotAFile),
            ("other-link", Entry::NotAFile),
            ("removed", different("1")),
            ("same", Entry::Same),
            ("taken-link", Entry::NotAFile),
        ];
        let rendered = tree(&[("same", "1"), ("changed", "2"), ("added", "1"), ("taken-link", "1")]);
        let comparison = compare("shop", &standing(&recorded, &entries), &rendered, &old_lock(&rendered));
        let expected = [
            ("shop/added", DifferenceKind::Added),
            ("shop/cassc.lock", DifferenceKind::Changed),
            ("shop/changed", DifferenceKind::Changed),
            ("shop/foreign", DifferenceKind::Foreign),
            ("shop/link", DifferenceKind::Removed),
            ("shop/other-link", DifferenceKind::Foreign),
            ("shop/removed", DifferenceKind::Removed),
            ("shop/taken-link", DifferenceKind::Changed),
        ];
        assert_eq!(kinds(&comparison), expected);
        assert!(!comparison.is_same());
    }

    #[test]
    fn a_directory_with_what_is_rendered_and_a_foreign_file_is_the_same() {
        let rendered = tree(&[("a", "1")]);
        let standing = standing(&rendered, &[("a", Entry::Same), ("b", Entry::Foreign)]);
        let comparison = compare("shop", &standing, &rendered, &old_lock(&rendered));
        assert_eq!(kinds(&comparison), [("shop/b", DifferenceKind::Foreign)]);
        assert!(comparison.is_same());
    }

    #[test]
    fn a_cluster_without_a_directory_is_all_added() {
        let rendered = tree(&[("a", "1")]);
        let comparison = compare("shop", &Standing::default(), &rendered, &old_lock(&rendered));
        let expected = [("shop/a", DifferenceKind::Added), ("shop/cassc.lock", DifferenceKind::Added)];
        assert_eq!(kinds(&comparison), expected);
    }

    #[test]
    fn a_change_has_three_lines_of_context_and_the_headers_of_git() {
        let before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let text = unified("shop/a", Some(before.as_bytes()), Some(&before.replace('5', "five")));
        assert_eq!(text, "--- a/shop/a\n+++ b/shop/a\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
    }

    #[test]
    fn a_side_that_is_missing_is_the_null_device_and_a_missing_newline_is_said() {
        assert_eq!(unified("a", None, Some("1\n")), "--- /dev/null\n+++ b/a\n@@ -0,0 +1 @@\n+1\n");
        let cut_off = "--- a/a\n+++ /dev/null\n@@ -1 +0,0 @@\n-1\n\\ No newline at end of file\n";
        assert_eq!(unified("a", Some(b"1"), None), cut_off);
    }

    #[test]
    fn a_configuration_with_another_hash_is_one_difference_and_of_several_the_most_alike_are_paired() {
        let path = |hash: &str| format!("base/v1_configmap_shop-dc1-config-{hash}.yaml");
        let (old, other_old, new, other_new) = (path("11111111"), path("22222222"), path("33333333"), path("44444444"));
        let recorded = tree(&[(&old, "a\nb\nc\n"), (&other_old, "x\ny\nz\n")]);
        let different = |text: &str| Entry::Different(text.into());
        let entries = [(old.as_str(), different("a\nb\nc\n")), (other_old.as_str(), different("x\ny\nz\n"))];
        let rendered =
            tree(&[(&new, "x\ny\nw\n"), (&other_new, "a\nb\nd\n"), ("base/v1_configmap_shop-a.yaml", "1\n")]);
        let comparison = compare("shop", &standing(&recorded, &entries), &rendered, &old_lock(&recorded));
        let of = |path: &str| {
            let found = comparison.changed.iter().find(|difference| difference.path == format!("shop/{path}"));
            found.expect("it differs").unified.clone()
        };
        let expected = format!(
            "diff --git a/shop/{other_old} b/shop/{new}\nrename from shop/{other_old}\nrename to shop/{new}\n--- \
             a/shop/{other_old}\n+++ b/shop/{new}\n@@ -1,3 +1,3 @@\n x\n y\n-z\n+w\n"
        );
        assert_eq!(of(&new), expected);
        assert!(of(&other_new).starts_with(&format!("diff --git a/shop/{old} b/shop/{other_new}\n")));
        assert_eq!((of(&old), of(&other_old)), (String::new(), String::new()));
        assert!(of("base/v1_configmap_shop-a.yaml").starts_with("--- /dev/null\n"));
    }

    #[test]
    fn bytes_that_are_no_text_are_one_sentence() {
        assert_eq!(unified("x", Some(&[0xff, 0]), Some("1")), "Binary files a/x and b/x differ\n");
    }
}
