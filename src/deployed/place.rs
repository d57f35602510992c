//! Paths of topologies: how a lock tells the way to its topology, what a path is when links are followed, and whether a
//! topology still stands there. Called by the readers of this module.
#![expect(clippy::disallowed_methods, reason = "looks whether topologies still stand in the work tree")]

use std::fs;
use std::path::{Component, Path, PathBuf, absolute};

use super::TopologyFile;
use crate::parse::source::STANDARD_INPUT;
use crate::topology::KIND;

/// The path without `.` and `..`, as they are written: the disk is not asked.
pub(super) fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(normal.pop()),
            Component::Normal(_) | Component::RootDir | Component::Prefix(_) => normal.push(part),
        }
    }
    normal
}

/// The absolute path with links followed, as far as it exists; the rest as it is written.
pub(super) fn real(path: impl AsRef<Path>) -> PathBuf {
    let absolute = normal(&absolute(&path).unwrap_or_else(|_| path.as_ref().to_owned()));
    let existing = absolute.ancestors().find_map(|ancestor| Some((ancestor, fs::canonicalize(ancestor).ok()?)));
    match existing {
        Some((ancestor, real)) => match absolute.strip_prefix(ancestor) {
            Ok(rest) if rest.as_os_str().is_empty() => real,
            Ok(rest) => real.join(rest),
            Err(_) => absolute,
        },
        None => absolute,
    }
}

/// Where the topology of a lock is or was, links not followed; `None` when it came from standard input.
/// `cluster_folder` is the absolute folder of the lock, and the lock tells the way from the folder above.
pub(super) fn topology_of(cluster_folder: &Path, topology: &str) -> Option<PathBuf> {
    let is_file = topology != STANDARD_INPUT && !topology.is_empty();
    is_file.then(|| normal(&cluster_folder.join("..").join(topology)))
}

/// Whether a topology stands in a file. A file in which every topology was commented out, or that holds something else
/// by now, holds none.
pub(super) fn stands(path: &Path) -> TopologyFile {
    // A name that is not UTF-8 was read with replacement characters, so the file cannot be looked for.
    if path.to_string_lossy().contains(char::REPLACEMENT_CHARACTER) {
        return TopologyFile::Unknown;
    }
    let Ok(bytes) = fs::read(path) else { return TopologyFile::Gone };
    let text = String::from_utf8_lossy(&bytes);
    let stands = text.lines().any(|line| line.contains(KIND) && !line.trim_start().starts_with('#'));
    if stands { TopologyFile::Stands } else { TopologyFile::Gone }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_tells_the_way_from_the_folder_above_its_own() {
        let topology = |topology| topology_of(Path::new("/r/deploy/shop"), topology);
        assert_eq!(topology("../clusters/shop.yaml"), Some("/r/clusters/shop.yaml".into()));
        assert_eq!(topology("shop.yaml"), Some("/r/deploy/shop.yaml".into()));
        assert_eq!(topology("../../../../../shop.yaml"), Some("/shop.yaml".into()));
        assert_eq!((topology("<stdin>"), topology("")), (None, None));
    }

    #[test]
    fn a_path_is_real_as_far_as_it_exists() {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let root = fs::canonicalize(folder.path()).expect("the folder is there");
        fs::create_dir(root.join("clusters")).expect("the folder is empty");
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink("clusters", root.join("link")).expect("the folder is empty");
            assert_eq!(real(root.join("link/gone/a.yaml")), root.join("clusters/gone/a.yaml"));
        }
        assert_eq!(real(root.join("clusters/./../clusters")), root.join("clusters"));
        assert_eq!(real(root.join("gone/../a.yaml")), root.join("a.yaml"));
    }

    #[test]
    fn a_topology_that_is_commented_out_does_not_stand() {
        let file = tempfile::NamedTempFile::new().expect("a temporary file can be made");
        let with = |text: &str| {
            fs::write(file.path(), text).expect("the file can be written");
            stands(file.path())
        };
        assert_eq!(with("apiVersion: cassc/v1alpha1\nkind: CassandraTopology\n"), TopologyFile::Stands);
        assert_eq!(with("{\"kind\": \"CassandraTopology\"}"), TopologyFile::Stands);
        assert_eq!(with("# kind: CassandraTopology\n"), TopologyFile::Gone);
        assert_eq!(with("kind: Deployment\n"), TopologyFile::Gone);
        assert_eq!(stands(Path::new("/there/is/no/such/file")), TopologyFile::Gone);
    }
}
