//! Topologies of locks: how a lock records the path of its topology, and whether that file still exists. Called by the readers
//! of this module.
#![expect(clippy::disallowed_methods, reason = "looks whether topologies still stand in the work tree")]

use std::fs;
use std::path::{Path, PathBuf};

use super::TopologyFile;
use crate::parse::source::STANDARD_INPUT;
use crate::paths::normal;
use crate::topology::KIND;

/// Where the topology of a lock is or was, links not followed; `None` when it came from standard input.
/// `cluster_folder` is the absolute folder of the lock, and the path in the lock is relative to its parent.
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
