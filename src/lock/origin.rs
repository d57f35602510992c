//! How the lock names the topology that it was made from: the same on every machine. Called by the command line, which
//! knows where the output goes, and by the lock itself.

use std::path::{Component, Path, PathBuf};

use crate::parse::source::STANDARD_INPUT;
use crate::paths;

/// The way from the output directory to a topology, both absolute. Where they share no folder it is the absolute path of
/// the topology, of which a lock keeps the file name alone.
pub fn path_from(output: &Path, topology: &Path) -> PathBuf {
    paths::way(output, topology).unwrap_or_else(|| topology.to_owned())
}

/// A path that reads the same on every machine: `./clusters/a.yaml` is `clusters/a.yaml`, `/home/me/a.yaml` is
/// `a.yaml`. One in the output directory itself is `./a.yaml`: unlike a bare name it is a path.
pub(super) fn portable(path: &Path) -> String {
    let leaves_the_folder = |part: &Component| matches!(part, Component::RootDir | Component::Prefix(_));
    if path.components().any(|part| leaves_the_folder(&part)) {
        return path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    }
    let parts = path.components().filter(|part| *part != Component::CurDir);
    let plain = parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect::<Vec<_>>().join("/");
    if plain.contains('/') || plain.is_empty() || plain == STANDARD_INPUT { plain } else { format!("./{plain}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_of_the_topology_is_told_from_the_output_directory() {
        let told = |output: &str, topology: &str| portable(&path_from(Path::new(output), Path::new(topology)));
        assert_eq!(told("/r/deploy", "/r/clusters/a.yaml"), "../clusters/a.yaml");
        assert_eq!(told("/tmp/out", "/home/somebody/a.yaml"), "a.yaml", "nobody knows where");
        assert_eq!(told("/r", "/r/a.yaml"), "./a.yaml", "in the output directory itself");
    }

    #[test]
    fn the_path_of_the_topology_never_tells_about_the_machine() {
        let cases =
            [("./a/b.yaml", "a/b.yaml"), ("a//b.yaml", "a/b.yaml"), ("../b.yaml", "../b.yaml"), ("<stdin>", "<stdin>")];
        for (given, expected) in cases {
            assert_eq!(portable(Path::new(given)), expected);
        }
        assert_eq!(portable(Path::new("/home/somebody/b.yaml")), "b.yaml");
    }
}
