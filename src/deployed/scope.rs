//! The inputs of a command as they are seen from the top of a repository: which files of an earlier commit they would
//! have named. Called by `history`; asks the disk for folders and links.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use glob::{MatchOptions, Pattern};

use super::DeployedError;
use crate::git::GitError;
use crate::parse::source::SourceError;
use crate::paths::{folder_of, is_below, is_hidden, is_yaml, real};

/// Like a shell: `*` ends at a `/`.
const LIKE_A_SHELL: MatchOptions =
    MatchOptions { case_sensitive: true, require_literal_separator: true, require_literal_leading_dot: false };

/// An input that is no standard input.
pub(super) struct Input<'i> {
    given: &'i str,
    /// The absolute folder or file, links followed; of a pattern, what stands before the first wildcard.
    path: PathBuf,
    kind: Kind<'i>,
}

enum Kind<'i> {
    File,
    Folder,
    /// The rest of a pattern.
    Pattern(&'i str),
}

/// How near a file of an earlier commit is to the inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// They would have named it.
    Named,
    /// It lies beside a file that they name: a shell that expands `clusters/*.yaml` would have named it.
    Beside,
    /// It lies elsewhere.
    Far,
}

/// What the inputs name, as paths from the top with `/`.
pub(super) struct Scope {
    files: BTreeSet<String>,
    /// The folders of these files.
    beside: BTreeSet<String>,
    folders: Vec<String>,
    patterns: Vec<Pattern>,
}

impl<'i> Input<'i> {
    /// Takes an input apart as [`crate::parse::source::read_all`] does.
    pub(super) fn new(given: &'i str) -> Self {
        let path = Path::new(given);
        if path.is_dir() {
            return Self { given, path: real(path), kind: Kind::Folder };
        }
        let wildcard = given.find(['*', '?', '[']).filter(|_| !path.exists());
        let Some(wildcard) = wildcard else { return Self { given, path: real(path), kind: Kind::File } };
        let (folder, rest) = given.split_at(given[..wildcard].rfind('/').map_or(0, |slash| slash + 1));
        Self { given, path: real(if folder.is_empty() { "." } else { folder }), kind: Kind::Pattern(rest) }
    }

    /// The folder that it is in.
    pub(super) fn folder(&self) -> &Path {
        match self.kind {
            Kind::File => self.path.parent().unwrap_or(&self.path),
            Kind::Folder | Kind::Pattern(_) => &self.path,
        }
    }

    /// The path below a folder, if it is there.
    fn below(&self, top: &Path) -> Option<String> {
        let below = self.path.strip_prefix(top).ok()?;
        Some(below.to_string_lossy().into_owned())
    }
}

impl Scope {
    /// Refuses inputs that are outside, or in a repository within.
    pub(super) fn new(inputs: &[Input<'_>], top: &Path, submodules: &[String]) -> Result<Self, DeployedError> {
        let mut scope =
            Self { files: BTreeSet::new(), beside: BTreeSet::new(), folders: Vec::new(), patterns: Vec::new() };
        for input in inputs {
            let outside = || GitError::Outside { input: input.given.to_owned(), top: top.display().to_string() };
            let path = input.below(top).ok_or_else(outside)?;
            if submodules.iter().any(|submodule| is_below(&path, submodule)) {
                return Err(outside().into());
            }
            match input.kind {
                Kind::File => {
                    scope.beside.insert(folder_of(&path).to_owned());
                    scope.files.insert(path);
                }
                Kind::Folder => scope.folders.push(path),
                Kind::Pattern(rest) => {
                    let folder = if path.is_empty() { path } else { Pattern::escape(&path) + "/" };
                    let pattern = Pattern::new(&(folder + rest));
                    let wrong = |cause| SourceError::Pattern { pattern: input.given.to_owned(), cause };
                    scope.patterns.push(pattern.map_err(wrong)?);
                }
            }
        }
        Ok(scope)
    }

    /// How near a file is; rendered folders are for the caller to leave out.
    pub(super) fn reach(&self, path: &str) -> Reach {
        let in_folder = |folder: &String| {
            let below = path.strip_prefix(folder.as_str()).filter(|_| is_below(path, folder));
            below.is_some_and(|below| is_yaml(path.as_ref()) && !is_hidden(below))
        };
        let is_named = self.is_file(path)
            || self.folders.iter().any(in_folder)
            || self.patterns.iter().any(|pattern| pattern.matches_with(path, LIKE_A_SHELL));
        if is_named {
            return Reach::Named;
        }
        if self.beside.contains(folder_of(path)) { Reach::Beside } else { Reach::Far }
    }

    /// Whether the inputs name this very file.
    pub(super) fn is_file(&self, path: &str) -> bool {
        self.files.contains(path)
    }
}
