//! Paths: without `.` and `..`, with links followed, from one folder to another, and as they are shown. Called by every
//! room that reads or names files. Only [`real`] asks the disk, and [`absolute`] for the working directory.

use std::fs;
use std::path::{Component, Path, PathBuf};

/// The path without `.` and `..`, as they are written: the disk is not asked. A relative path keeps the `..` that it
/// begins with.
pub(crate) fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for part in path.components() {
        let last = normal.components().next_back();
        match (part, last) {
            (Component::CurDir, _) | (Component::ParentDir, Some(Component::RootDir | Component::Prefix(_))) => {}
            (Component::ParentDir, Some(Component::Normal(_))) => drop(normal.pop()),
            _ => normal.push(part),
        }
    }
    normal
}

/// The absolute path, [`normal`], links not followed.
pub(crate) fn absolute(path: &Path) -> PathBuf {
    // Without a working directory a relative path stays what it is.
    normal(&std::path::absolute(path).unwrap_or_else(|_| path.to_owned()))
}

/// The absolute path with links followed, as far as it exists; the rest as it is written.
pub(crate) fn real(path: impl AsRef<Path>) -> PathBuf {
    let absolute = absolute(path.as_ref());
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

/// The way from a folder to a file, which is the same from wherever cassc is started: from `/r/deploy` to
/// `/r/clusters/a.yaml` it is `../clusters/a.yaml`. Both paths are absolute; `None` where they share no folder, because
/// the way would then tell about the machine.
pub(crate) fn way(from: &Path, to: &Path) -> Option<PathBuf> {
    let names = |path| -> Vec<PathBuf> {
        let is_name = |part: &Component<'_>| matches!(part, Component::Normal(_));
        normal(path).components().filter(is_name).map(|name| PathBuf::from(name.as_os_str())).collect()
    };
    let (from, to) = (names(from), names(to));
    let shared = from.iter().zip(&to).take_while(|(from, to)| from == to).count();
    let up = std::iter::repeat_n(PathBuf::from(".."), from.len() - shared);
    (shared > 0).then(|| up.chain(to[shared..].iter().cloned()).collect())
}

/// Whether a path is below the folder that it is seen from, as it is written.
pub(crate) fn stays_inside(path: &Path) -> bool {
    matches!(normal(path).components().next(), None | Some(Component::Normal(_)))
}

/// A path as tools want it: from a folder where it lies below it, [`normal`].
pub(crate) fn shown(path: &Path, folder: &Path) -> String {
    let path = normal(path);
    path.strip_prefix(folder).unwrap_or(&path).to_string_lossy().into_owned()
}

/// Whether a file is called as YAML is.
pub(crate) fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml")
}

/// The folder of a path with `/`; nothing is the top.
pub(crate) fn folder_of(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The folders above a path with `/`, the outermost first: `a` and `a/b` for `a/b/c.yaml`.
pub(crate) fn ancestors(path: &str) -> impl Iterator<Item = &str> {
    path.match_indices('/').map(|(end, _)| &path[..end])
}

/// Whether a path with `/` is a folder or below it; everything is below the top.
pub(crate) fn is_below(path: &str, folder: &str) -> bool {
    folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether a path with `/` stays below the folder that it is joined to, on every operating system.
pub(crate) fn is_relative(path: &str) -> bool {
    let is_plain = |segment: &str| !matches!(segment, "" | "." | "..");
    path.split('/').all(is_plain) && !path.contains(['\\', ':', '\0'])
}

/// Whether a file or folder of a path with `/` is hidden: folders are not searched for topologies that far.
pub(crate) fn is_hidden(path: &str) -> bool {
    path.split('/').any(|name| name.starts_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_normal_path_has_no_dots_but_those_that_a_relative_one_begins_with() {
        let cases = [
            ("/r/./a//b/../c", "/r/a/c"),
            ("/../a", "/a"),
            ("a/../../b", "../b"),
            ("../../a", "../../a"),
            ("./a", "a"),
            (".", ""),
        ];
        for (given, expected) in cases {
            assert_eq!(normal(Path::new(given)), Path::new(expected), "{given}");
        }
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
    fn the_way_from_a_folder_to_a_file_is_the_same_on_every_machine() {
        let way = |from: &str, to: &str| way(Path::new(from), Path::new(to));
        assert_eq!(way("/r/deploy", "/r/clusters/a.yaml"), Some("../clusters/a.yaml".into()));
        assert_eq!(way("/r/deploy/../out/.", "/r/./a.yaml"), Some("../a.yaml".into()));
        assert_eq!(way("/r", "/r/a.yaml"), Some("a.yaml".into()));
        assert_eq!(way("/tmp/out", "/home/somebody/a.yaml"), None);
    }

    #[test]
    fn a_path_stays_inside_its_folder_or_leaves_it() {
        for path in ["shop.yaml", "./shop.yaml", "a/../shop.yaml", "a/b", ".", "clusters/*.yaml"] {
            assert!(stays_inside(Path::new(path)), "{path}");
        }
        for path in ["/etc/passwd", "../shop.yaml", "a/../../shop.yaml", "..", "/"] {
            assert!(!stays_inside(Path::new(path)), "{path}");
        }
    }

    #[test]
    fn shown_paths_are_those_of_the_repository() {
        let directory = Path::new("/srv/fleet");
        let cases = [
            ("clusters/a.yaml", "clusters/a.yaml"),
            ("./clusters//a.yaml", "clusters/a.yaml"),
            ("/srv/fleet/clusters/a.yaml", "clusters/a.yaml"),
            ("/srv/fleet/x/../clusters/./a.yaml", "clusters/a.yaml"),
            ("../other/a.yaml", "../other/a.yaml"),
            ("/elsewhere/a.yaml", "/elsewhere/a.yaml"),
            ("/srv/fleetest/a.yaml", "/srv/fleetest/a.yaml"),
        ];
        for (given, expected) in cases {
            assert_eq!(shown(Path::new(given), directory), expected, "{given}");
        }
    }

    #[test]
    fn a_path_that_would_leave_the_folder_is_not_relative() {
        let refused = ["", "/etc/passwd", "a//b", "a/", "./a", "a/./b", "..", "a/../b", "a\\b", "C:/a", "a\0"];
        assert_eq!(refused.into_iter().filter(|path| is_relative(path)).collect::<Vec<_>>(), [""; 0]);
        assert!(["a", "a/b.yaml", "..a/b..", "é/x y"].into_iter().all(is_relative));
    }
}
