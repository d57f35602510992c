//! What has to happen to a cluster's directory, decided from what stands there and what is rendered, without a disk.
//! Called by `directory`, which then does it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::Overwrite;
use super::read::{Entry, Standing};
use crate::file_tree::{FileTree, has_below};
use crate::lock::{LOCK_FILE_NAME, Lock};
use crate::paths::ancestors;

/// Why a file stayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// cassc wrote it, and somebody changed it since: its digest is not the lock's.
    Edited,
    /// The lock does not know it.
    NotOurs,
}

/// The fate of every path, relative to the cluster's directory. Carried over into the new tree are `unchanged` and
/// `kept`.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Decision<'a> {
    /// Stand there as rendered, the lock among them.
    pub(super) unchanged: Vec<&'a str>,
    /// To be written, path and text; the lock last.
    pub(super) written: Vec<(&'a str, Cow<'a, str>)>,
    /// Stand there and are to be no more.
    pub(super) removed: Vec<&'a str>,
    /// Stand there, are not ours or not as we wrote them, and stay.
    pub(super) kept: BTreeMap<String, Why>,
    /// Rendered, but not written, because something kept is in the way.
    pub(super) blocked: Vec<&'a str>,
}

impl Decision<'_> {
    /// Whether the directory has to change at all. If not, not even its times may.
    pub(super) fn is_change(&self) -> bool {
        !self.written.is_empty() || !self.removed.is_empty()
    }
}

/// Decides for every path that stands in the directory or is rendered.
pub(super) fn decide<'a>(
    standing: &'a Standing,
    rendered: &'a FileTree,
    lock: &Lock,
    overwrite: Overwrite,
) -> Decision<'a> {
    let mut decision = Decision::default();
    for (path, entry) in &standing.entries {
        match (entry, overwrite, why_kept(standing, path, entry)) {
            (Entry::Same, _, _) => decision.unchanged.push(path),
            (_, Overwrite::KeepForeign, Some(why)) => drop(decision.kept.insert(path.clone(), why)),
            _ if rendered.get(path).is_none() => decision.removed.push(path),
            _ => {}
        }
    }
    for (path, text) in rendered.iter().filter(|(path, _)| standing.entries.get(*path) != Some(&Entry::Same)) {
        if is_blocked(&decision.kept, path) {
            decision.blocked.push(path);
        } else {
            decision.written.push((path, text.into()));
        }
    }
    if standing.has_lock(lock) {
        decision.unchanged.push(LOCK_FILE_NAME);
    } else {
        decision.written.push((LOCK_FILE_NAME, lock.to_text().into()));
    }
    decision
}

/// Why something that is not as rendered is not ours to change; `None` when it is as the last render, or a merge, left
/// it.
pub(super) fn why_kept(standing: &Standing, path: &str, entry: &Entry) -> Option<Why> {
    match (standing.recorded().filter(|recorded| recorded.lists(path)), entry) {
        (None, _) => Some(Why::NotOurs),
        (Some(recorded), Entry::Different(bytes)) if recorded.is_as_left(path, bytes) => None,
        (Some(_), _) => Some(Why::Edited),
    }
}

/// Whether something kept has this very path, is a folder's name above it, or lies below it.
fn is_blocked(kept: &BTreeMap<String, Why>, path: &str) -> bool {
    kept.contains_key(path) || ancestors(path).any(|folder| kept.contains_key(folder)) || has_below(kept, path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emit::read::fixtures::{old_lock, standing, tree};

    fn different(text: &str) -> Entry {
        Entry::Different(text.into())
    }

    #[test]
    fn a_file_as_we_left_it_is_replaced_or_removed_and_a_missing_one_is_written() {
        let standing =
            standing(&tree(&[("a", "1"), ("b", "1"), ("c", "1")]), &[("a", different("1")), ("b", different("1"))]);
        let rendered = tree(&[("a", "2"), ("c", "1")]);
        let lock = old_lock(&rendered);
        let decision = decide(&standing, &rendered, &lock, Overwrite::KeepForeign);
        let lock_text = lock.to_text();
        let written = [("a", "2"), ("c", "1"), (LOCK_FILE_NAME, lock_text.as_str())];
        let written = written.map(|(path, text)| (path, text.into())).into();
        assert_eq!(decision, Decision { written, removed: vec!["b"], ..Decision::default() });
    }

    #[test]
    fn an_edited_file_and_a_foreign_one_are_kept_whether_rendered_or_not() {
        let recorded = tree(&[("edited", "1"), ("edited-gone", "1"), ("link", "1")]);
        let entries = [
            ("edited", different("mine")),
            ("edited-gone", different("mine")),
            ("foreign", Entry::Foreign),
            ("link", Entry::NotAFile),
            ("taken", different("theirs")),
        ];
        let standing = standing(&recorded, &entries);
        let rendered = tree(&[("edited", "2"), ("taken", "2")]);
        let decision = decide(&standing, &rendered, &old_lock(&recorded), Overwrite::KeepForeign);
        let kept = [
            ("edited", Why::Edited),
            ("edited-gone", Why::Edited),
            ("foreign", Why::NotOurs),
            ("link", Why::Edited),
            ("taken", Why::NotOurs),
        ];
        let kept = kept.map(|(path, why)| (path.to_owned(), why)).into();
        let blocked = vec!["edited", "taken"];
        assert_eq!(decision, Decision { unchanged: vec![LOCK_FILE_NAME], kept, blocked, ..Decision::default() });
        assert!(!decision.is_change());
    }

    #[test]
    fn an_edit_that_says_what_would_be_rendered_is_no_conflict() {
        let standing = standing(&tree(&[("a", "1")]), &[("a", Entry::Same)]);
        let rendered = tree(&[("a", "2")]);
        let decision = decide(&standing, &rendered, &old_lock(&tree(&[("a", "1")])), Overwrite::KeepForeign);
        assert_eq!(decision, Decision { unchanged: vec!["a", LOCK_FILE_NAME], ..Decision::default() });
    }

    #[test]
    fn force_leaves_exactly_what_is_rendered() {
        let entries = [("a", different("mine")), ("foreign", Entry::Foreign), ("link", Entry::NotAFile)];
        let standing = standing(&tree(&[("a", "1")]), &entries);
        let rendered = tree(&[("a", "1"), ("link", "1")]);
        let decision = decide(&standing, &rendered, &old_lock(&tree(&[("a", "1")])), Overwrite::Force);
        let written = [("a", "1"), ("link", "1")].map(|(path, text)| (path, text.into())).into();
        let unchanged = vec![LOCK_FILE_NAME];
        assert_eq!(decision, Decision { unchanged, written, removed: vec!["foreign"], ..Decision::default() });
    }

    #[test]
    fn a_kept_file_blocks_what_is_rendered_above_and_below_it_and_nothing_else() {
        let standing = standing(&tree(&[]), &[("base", Entry::NotAFile), ("x.yaml/notes", Entry::Foreign)]);
        let rendered = tree(&[("base-2/a", ""), ("base/a", ""), ("x.yaml", ""), ("x.yaml-2", "")]);
        let decision = decide(&standing, &rendered, &old_lock(&tree(&[])), Overwrite::KeepForeign);
        let written: Vec<&str> = decision.written.iter().map(|(path, _)| *path).collect();
        assert_eq!((decision.blocked, written), (vec!["base/a", "x.yaml"], vec!["base-2/a", "x.yaml-2"]));
    }
}
