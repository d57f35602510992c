//! The rendered files of one cluster: relative path to text, in the order of their paths.
//! `deliver` fills it; `emit` writes it to a directory or a stream; `diff` and the goldens compare it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::OnceLock;

use sha2::{Digest, Sha256};

use crate::paths::{ancestors, is_relative};

/// Every file that one cluster is rendered to: its path below the cluster's directory, with `/`, and its whole text.
///
/// No path is absolute, has an empty, `.` or `..` segment or a backslash, or is a file and a folder at once.
#[derive(Debug, Clone, Default)]
pub struct FileTree {
    files: BTreeMap<String, String>,
    /// Made on demand; a stream does not need them.
    digests: OnceLock<BTreeMap<String, String>>,
}

impl FileTree {
    /// A tree of these files (path to text). A path that [`FileTree`] does not allow is a mistake of the compiler.
    pub fn new(files: BTreeMap<String, String>) -> Self {
        let mut tree = Self::default();
        for (path, text) in files {
            tree.insert(path, text);
        }
        tree
    }

    /// Adds one file. A path that [`FileTree`] does not allow, or that is taken, is a mistake of the compiler.
    pub(crate) fn insert(&mut self, path: impl Into<String>, text: impl Into<String>) {
        let path = path.into();
        assert!(is_relative(&path), "a rendered path is relative and has plain segments, unlike {path:?}");
        assert!(!self.files.contains_key(&path), "two objects are never rendered to one file, here {path:?}");
        assert!(!self.is_file_and_folder(&path), "a rendered path is not a file and a folder at once, like {path:?}");
        self.files.insert(path, text.into());
        self.digests.take();
    }

    /// The path and text of every file, in the byte order of the paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.files.iter().map(|(path, text)| (path.as_str(), text.as_str()))
    }

    /// The [`digest`] of every file, by its path.
    pub(crate) fn digests(&self) -> &BTreeMap<String, String> {
        let digests = || self.iter().map(|(path, text)| (path.to_owned(), digest(text.as_bytes()))).collect();
        self.digests.get_or_init(digests)
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether there is no file at all; the caller treats that as an error, because a cluster has objects.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The text of the file at this path.
    pub fn get(&self, path: &str) -> Option<&str> {
        self.files.get(path).map(String::as_str)
    }

    /// The pairs of files or folders whose paths differ in case only, so that a checkout on macOS or Windows would
    /// make one of the two; empty for a tree that travels everywhere.
    pub fn case_collisions(&self) -> Vec<(&str, &str)> {
        let mut spelling_by_lower_case: BTreeMap<String, &str> = BTreeMap::new();
        let mut collisions = Vec::new();
        for prefix in self.files.keys().flat_map(|path| with_ancestors(path)) {
            let first = *spelling_by_lower_case.entry(prefix.to_lowercase()).or_insert(prefix);
            if first != prefix && !collisions.contains(&(first, prefix)) {
                collisions.push((first, prefix));
            }
        }
        collisions
    }

    fn is_file_and_folder(&self, path: &str) -> bool {
        ancestors(path).any(|folder| self.files.contains_key(folder)) || below(&self.files, path).next().is_some()
    }
}

impl PartialEq for FileTree {
    fn eq(&self, other: &Self) -> bool {
        self.files == other.files
    }
}

/// The bytes with the line ends that cassc writes. Git gives a checkout others where `core.autocrlf` is set, and no
/// rendered file has a carriage return of its own.
pub(crate) fn with_lf(bytes: &[u8]) -> Cow<'_, [u8]> {
    if !bytes.contains(&b'\r') {
        return Cow::Borrowed(bytes);
    }
    let next = bytes.iter().skip(1).map(Some).chain([None]);
    let kept = bytes.iter().zip(next).filter(|(byte, next)| **byte != b'\r' || *next != Some(&b'\n'));
    Cow::Owned(kept.map(|(byte, _)| *byte).collect())
}

/// SHA-256 of these bytes in lower-case hexadecimal digits, as the lock records it.
pub(crate) fn digest(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

/// The entries of the map whose keys lie below the given path, taken as a folder.
pub(crate) fn below<'p, Value>(
    paths: &'p BTreeMap<String, Value>,
    folder: &str,
) -> impl Iterator<Item = (&'p String, &'p Value)> {
    let inside = format!("{folder}/");
    paths.range(inside.clone()..).take_while(move |(path, _)| path.starts_with(&inside))
}

fn with_ancestors(path: &str) -> impl Iterator<Item = &str> {
    ancestors(path).chain(std::iter::once(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(paths: &[&str]) -> FileTree {
        FileTree::new(paths.iter().map(|path| ((*path).to_owned(), format!("text of {path}"))).collect())
    }

    #[test]
    fn the_carriage_returns_of_line_ends_go_and_others_stay() {
        let cases: [(&[u8], &[u8]); 4] =
            [(b"a\nb", b"a\nb"), (b"a\r\nb\r\n", b"a\nb\n"), (b"a\rb\r", b"a\rb\r"), (b"\r\r\n\n", b"\r\n\n")];
        for (given, expected) in cases {
            assert_eq!(&*with_lf(given), expected);
        }
    }

    #[test]
    fn files_come_in_the_order_of_their_paths() {
        let mut files = FileTree::default();
        assert!(files.is_empty());
        files.insert("cluster/b.yaml", "b");
        files.insert("base/a.yaml", "a");
        assert_eq!(files.iter().collect::<Vec<_>>(), [("base/a.yaml", "a"), ("cluster/b.yaml", "b")]);
        assert_eq!((files.len(), files.get("base/a.yaml"), files.get("base")), (2, Some("a"), None));
    }

    #[test]
    #[should_panic(expected = "relative")]
    fn the_constructor_refuses_a_path_that_leaves_the_folder() {
        tree(&["base/../../x.yaml"]);
    }

    #[test]
    #[should_panic(expected = "two objects")]
    fn a_second_object_never_takes_the_file_of_the_first() {
        tree(&["a.yaml"]).insert("a.yaml", "another");
    }

    #[test]
    #[should_panic(expected = "a file and a folder")]
    fn a_folder_above_a_file_is_not_a_file() {
        tree(&["base/a.yaml"]).insert("base/a.yaml/b.yaml", "");
    }

    #[test]
    #[should_panic(expected = "a file and a folder")]
    fn a_file_does_not_take_the_place_of_a_folder() {
        tree(&["base/a/b.yaml", "base/a.yaml"]).insert("base/a", "");
    }

    #[test]
    fn paths_that_differ_in_case_only_collide_also_as_folders() {
        assert_eq!(tree(&["a/x.yaml", "a/y.yaml", "b/x.yaml"]).case_collisions(), []);
        assert_eq!(tree(&["a/X.yaml", "a/x.yaml"]).case_collisions(), [("a/X.yaml", "a/x.yaml")]);
        let folders = tree(&["A/x.yaml", "a/y.yaml", "a/z.yaml"]);
        assert_eq!(folders.case_collisions(), [("A", "a")]);
    }
}
