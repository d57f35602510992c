//! What has to happen to a cluster's directory, decided from what stands there and what is rendered, without a disk.
//! Called by `directory`, which then does it.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::Overwrite;
use super::read::{Entry, Standing};
use crate::file_tree::{FileTree, below};
use crate::lock::{LOCK_FILE_NAME, Lock};
use crate::paths::ancestors;

/// Why a file stayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// cassc wrote it, and it was edited since: its digest differs from the lock's.
    Edited,
    /// It is not in the lock, and stands at the path of a rendered file.
    InTheWay,
    /// It is not in the lock, and not at the path of a rendered file.
    NotOurs,
}

impl Why {
    /// The same for something in the place of a rendered file.
    fn in_the_way(self) -> Self {
        if self == Self::NotOurs { Self::InTheWay } else { self }
    }
}

/// The fate of every path, relative to the cluster's directory. Carried over into the new tree are `unchanged` and
/// `kept`. Nothing is written or removed while something is in the way: a lock that went on without its files would tell
/// that the change is made.
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
}

/// Whether a kept file prevents the render: an edited file, or one at the path of a rendered file.
pub(super) fn stands_against<'k>(kept: impl IntoIterator<Item = &'k Why>) -> bool {
    kept.into_iter().any(|why| *why != Why::NotOurs)
}

impl Decision<'_> {
    /// Whether the directory has to change at all. If not, not even its times may.
    pub(super) fn is_change(&self) -> bool {
        !self.written.is_empty() || !self.removed.is_empty()
    }

    /// The same without a change, if something is in the way of any part of it.
    pub(super) fn held_back(mut self) -> Self {
        if stands_against(self.kept.values()) {
            self.written.clear();
            self.removed.clear();
        }
        self
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
        decision.written.push((path, text.into()));
        for kept in in_the_way(&decision.kept, path) {
            decision.kept.entry(kept).and_modify(|why| *why = why.in_the_way());
        }
    }
    if standing.has_lock(lock) {
        decision.unchanged.push(LOCK_FILE_NAME);
    } else {
        decision.written.push((LOCK_FILE_NAME, lock.to_text().into()));
    }
    decision.held_back()
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

/// What is kept at this very path, in the place of a folder above it, or below it.
fn in_the_way(kept: &BTreeMap<String, Why>, path: &str) -> Vec<String> {
    let at_or_above = ancestors(path).chain([path]).filter(|place| kept.contains_key(*place)).map(str::to_owned);
    at_or_above.chain(below(kept, path).map(|(place, _)| place.clone())).collect()
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
            ("taken", Why::InTheWay),
        ];
        let kept = kept.map(|(path, why)| (path.to_owned(), why)).into();
        assert_eq!(decision, Decision { unchanged: vec![LOCK_FILE_NAME], kept, ..Decision::default() });
        assert!(!decision.is_change());
    }

    #[test]
    fn nothing_is_written_or_removed_while_an_edit_or_a_foreign_thing_is_in_the_way() {
        let recorded = tree(&[("a", "1"), ("b", "1"), ("gone", "1")]);
        let rendered = tree(&[("a", "2"), ("b", "2"), ("base/c", "2")]);
        let in_the_way = [
            ("a", different("mine"), Why::Edited),
            ("gone", different("mine"), Why::Edited),
            ("base", Entry::NotAFile, Why::InTheWay),
            ("base/c", Entry::NotAFile, Why::InTheWay),
            ("b/notes", Entry::Foreign, Why::InTheWay),
        ];
        for (path, entry, why) in in_the_way {
            let standing = standing(&recorded, &[("b", different("1")), (path, entry)]);
            let decision = decide(&standing, &rendered, &old_lock(&rendered), Overwrite::KeepForeign);
            assert!(!decision.is_change() && decision.kept == [(path.to_owned(), why)].into(), "{path}: {decision:?}");
        }
        let foreign = standing(&recorded, &[("b", different("1")), ("notes", Entry::Foreign)]);
        let decision = decide(&foreign, &rendered, &old_lock(&rendered), Overwrite::KeepForeign);
        assert!(decision.is_change() && decision.kept.len() == 1, "{decision:?}");
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
    fn a_kept_file_is_in_the_way_of_what_is_rendered_above_and_below_it_and_of_nothing_else() {
        let entries = ["base", "x.yaml/notes", "base-3", "x.yaml-3/notes"].map(|path| (path, Entry::Foreign));
        let standing = standing(&tree(&[]), &entries);
        let rendered = tree(&[("base-2/a", ""), ("base/a", ""), ("x.yaml", ""), ("x.yaml-2", "")]);
        let decision = decide(&standing, &rendered, &old_lock(&tree(&[])), Overwrite::KeepForeign);
        let in_the_way = decision.kept.iter().filter(|(_, why)| **why == Why::InTheWay).map(|(path, _)| path.as_str());
        assert_eq!(in_the_way.collect::<Vec<_>>(), ["base", "x.yaml/notes"]);
    }
}
