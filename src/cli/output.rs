//! What the verbs need of the output directory: which topologies it cannot take, the files of a cluster with
//! their lock, and what there is to say about a lock that Git could not merge.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::canonicalize;
use std::path::{Path, PathBuf};

use super::{Failure, message};
use crate::Compilation;
use crate::check::Checked;
use crate::diff::{Comparison, compare};
use crate::emit::hold::{Hold, Purpose, hold};
use crate::emit::read::{Entry, standing};
use crate::file_tree::FileTree;
use crate::fleet::RenderedCluster;
use crate::folder::FolderError;
use crate::lock::{LOCK_FILE_NAME, Lock, path_from};
use crate::parse::source::STANDARD_INPUT;
use crate::paths::absolute;

/// A cluster's folder is called as the cluster; two of one name (in two namespaces) need two directories.
pub(super) fn refuse_shared_folders(compilation: &Compilation) -> Result<(), Failure> {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for parsed in &compilation.accepted {
        let (name, source) = (parsed.topology.metadata.name.as_str(), &compilation.texts[parsed.document.text].name);
        let Some(first) = seen.insert(name, source) else { continue };
        return Err(Failure::Usage(if first == source {
            format!("{source} names two clusters `{name}`: render them from two files into two directories")
        } else {
            format!("{first} and {source} would share the folder `{name}`: render them into different directories")
        }));
    }
    Ok(())
}

/// A cluster's folder is replaced as a whole and not searched for topologies: one that lies in it would be lost.
pub(super) fn refuse_inputs_in_folders(output: &Path, compilation: &Compilation) -> Result<(), Failure> {
    let folder = |parsed: &Checked| canonicalize(output.join(&parsed.topology.metadata.name)).ok();
    let folders: BTreeSet<PathBuf> = compilation.accepted.iter().filter_map(folder).collect();
    for parsed in &compilation.accepted {
        let source = compilation.source(parsed);
        let is_inside = |path: PathBuf| path.ancestors().any(|folder| folders.contains(folder));
        if canonicalize(source).is_ok_and(is_inside) {
            return Err(Failure::Usage(format!(
                "{source} lies in a folder that `--output {}` renders a cluster into: keep topologies apart from what is \
                 rendered",
                output.display()
            )));
        }
    }
    Ok(())
}

/// Holds the output directory, and says so where another run has it.
pub(super) fn held(output: &Path, purpose: Purpose) -> Result<Hold, FolderError> {
    let other = match purpose {
        Purpose::Read => "another cassc is writing to",
        Purpose::Write => "another cassc is reading or writing",
    };
    hold(output, purpose, || message(&format!("waiting: {other} {}\n", output.display())))
}

/// What of a cluster is written to its folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// Every file, and the lock that lists them.
    Files,
    /// The lock: the same one, because the plan of the next change compares what it lists.
    LockOnly,
}

/// The files of a cluster, as far as they are written, and their lock.
pub(super) fn with_lock(output: &Path, rendered: RenderedCluster<'_>, extent: Extent) -> (FileTree, Lock) {
    let topology = match rendered.run.source.as_str() {
        STANDARD_INPUT => PathBuf::from(STANDARD_INPUT),
        file => path_from(&absolute(output), &absolute(Path::new(file))),
    };
    let RenderedCluster { cluster, arranged, .. } = rendered;
    let lock = Lock::new(&topology, cluster, &arranged.files, arranged.templates);
    (if extent == Extent::Files { arranged.files } else { FileTree::default() }, lock)
}

/// What a render would change in the folder of a cluster.
pub(super) fn compared(
    output: &Path,
    rendered: RenderedCluster<'_>,
    extent: Extent,
) -> Result<Comparison, FolderError> {
    let own = &rendered.run.own;
    let (files, lock) = with_lock(output, rendered, extent);
    let name = &lock.cluster().name;
    Ok(compare(name, &standing(output, name, &files, own)?, &files, &lock))
}

/// A lock that went on alone would tell of another cluster than the files beside it.
pub(super) fn refuse_files_beside_lock(output: &Path, rendered: &RenderedCluster<'_>) -> Result<(), Failure> {
    let name = &rendered.cluster.name;
    let standing = standing(output, name, &rendered.arranged.files, &rendered.run.own)?;
    let is_rendered = |entry: &Entry| matches!(entry, Entry::Same | Entry::Different(_));
    match standing.entries.iter().find(|(_, entry)| is_rendered(entry)) {
        None => Ok(()),
        Some((path, _)) => Err(Failure::Usage(format!(
            "{} was rendered: render without --lock-only, or first remove the rendered files and keep {LOCK_FILE_NAME}",
            output.join(name).join(path).display()
        ))),
    }
}

/// What is said of a lock that Git could not merge, when nothing was written.
pub(super) const BEFORE: &str = "has a merge conflict: run `cassc render`, which reads both sides";
/// The same when the files were written.
pub(super) const AFTER: &str = "had a merge conflict: both sides were read, and the files were rendered anew";

/// Says of a cluster whether Git could not merge its lock.
pub(super) fn tell_conflict(output: &Path, cluster: &str, is_in_conflict: bool, words: &str) {
    if is_in_conflict {
        message(&format!("{} {words}\n", output.join(cluster).join(LOCK_FILE_NAME).display()));
    }
}
