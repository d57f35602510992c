//! What the tests of `emit` share: a small cluster, and everything that can be seen of a directory.
#![expect(clippy::disallowed_methods, reason = "the tests look at the output directory")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use crate::deployed::{DeployedError, OutputLocks, OwnLock};
use crate::file_tree::FileTree;
use crate::lock::Lock;

mod crash;
mod directory;

const CLUSTER: &str = "shop";

fn tree(files: &[(&str, &str)]) -> FileTree {
    FileTree::new(files.iter().map(|(path, text)| ((*path).into(), (*text).into())).collect())
}

fn lock(rendered: &FileTree) -> Lock {
    Lock::new(Path::new("shop.yaml"), crate::cluster::fixtures::shop(), rendered, BTreeMap::new())
}

/// The lock of the cluster as a run reads it before it writes.
fn own(root: &Path) -> Result<OwnLock, DeployedError> {
    Ok(OutputLocks::read(root, &[CLUSTER], &[].into())?.own(CLUSTER))
}

/// One thing below a directory as anybody sees it: a folder, the target of a link or a text; and its time of change.
type Seen = BTreeMap<String, (String, SystemTime)>;

/// Everything below a directory, itself included as the empty path; `None` when it is not there.
fn seen(directory: &Path) -> Option<Seen> {
    fs::symlink_metadata(directory).ok()?;
    let entries = walkdir::WalkDir::new(directory).into_iter().map(|entry| entry.expect("the test may look"));
    Some(entries.map(|entry| (relative(entry.path(), directory), what(&entry))).collect())
}

fn relative(path: &Path, directory: &Path) -> String {
    path.strip_prefix(directory).expect("it is below the directory").to_string_lossy().into_owned()
}

fn what(entry: &walkdir::DirEntry) -> (String, SystemTime) {
    let content = match entry.file_type() {
        kind if kind.is_dir() => "a folder".to_owned(),
        kind if kind.is_symlink() => {
            format!("link to {}", fs::read_link(entry.path()).expect("it is a link").to_string_lossy())
        }
        _ => fs::read_to_string(entry.path()).expect("the files of the tests are text"),
    };
    (content, entry.metadata().expect("it is there").modified().expect("the system has times"))
}

/// Text by path, without folders and times.
fn texts(directory: &Path) -> Option<BTreeMap<String, String>> {
    let files = seen(directory)?.into_iter().filter(|(_, (content, _))| content != "a folder");
    Some(files.map(|(path, (content, _))| (path, content)).collect())
}

fn put(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().expect("a file has a folder")).expect("the test may write");
    fs::write(path, text).expect("the test may write");
}
