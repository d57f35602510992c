//! How the lock names the topology that it was made from: the same on every machine. Called by the command line, which
//! knows where the output goes, and by the lock itself.

use std::path::{Component, Path, PathBuf};

use crate::parse::source::STANDARD_INPUT;

/// The way from the output directory to a topology, which is the same from wherever cassc is started: from `/r/deploy`
/// to `/r/clusters/a.yaml` it is `../clusters/a.yaml`. Both paths are absolute. Where they share no folder the way
/// would tell about the machine: then it is the absolute path, of which a lock keeps the file name alone.
pub fn path_from(output: &Path, topology: &Path) -> PathBuf {
    let (from, to) = (without_dots(output), without_dots(topology));
    let shared = from.iter().zip(&to).take_while(|(from, to)| from == to).count();
    if shared == 0 {
        return topology.to_owned();
    }
    let up = std::iter::repeat_n("..".to_owned(), from.len() - shared);
    up.chain(to[shared..].iter().cloned()).collect()
}

/// The names of an absolute path, `.` and `..` resolved as they are written.
fn without_dots(path: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for part in path.components() {
        match part {
            Component::Normal(name) => names.push(name.to_string_lossy().into_owned()),
            Component::ParentDir => drop(names.pop()),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
        }
    }
    names
}

/// A path that reads the same on every machine: `./clusters/a.yaml` is `clusters/a.yaml`, `/home/me/a.yaml` is
/// `a.yaml`. One in the output directory itself is `./a.yaml`: unlike a bare name it tells where to look.
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
        let way = |output: &str, topology: &str| path_from(Path::new(output), Path::new(topology));
        assert_eq!(way("/r/deploy", "/r/clusters/a.yaml"), Path::new("../clusters/a.yaml"));
        assert_eq!(way("/r/deploy/../out/.", "/r/./a.yaml"), Path::new("../a.yaml"));
        assert_eq!(way("/r", "/r/a.yaml"), Path::new("a.yaml"));
        assert_eq!(portable(&way("/tmp/out", "/home/somebody/a.yaml")), "a.yaml", "nobody knows where");
        assert_eq!(portable(&way("/r", "/r/a.yaml")), "./a.yaml", "in the output directory itself");
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
