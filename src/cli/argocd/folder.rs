//! The folder of an Application: which topologies in it are meant, without ever leaving the repository, and whether
//! there are any at all. Names are printed as the user sees them from that folder; its real path is never printed.

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use glob::Pattern;

use crate::parse::source::{LARGEST_SOURCE, Origin, Source, read_all, yaml_files_below};
use crate::paths::stays_inside;
use crate::topology::KIND;

/// How many files are looked at. Who has more of them in one Application names fewer.
const MOST_FILES: usize = 10_000;

/// How many bytes discovery reads: Argo CD asks it about every repository that names no plugin, at every refresh.
const MOST_BYTES_DISCOVERED: u64 = 64 * 1024 * 1024;

/// The files that an Application names.
pub(super) struct TopologyFiles {
    files: Vec<PathBuf>,
    extent: Extent,
}

/// How far they go.
enum Extent {
    /// The folder of the Application itself.
    Folder,
    /// One file.
    File,
    /// A folder with all below it, as it is named.
    Below(PathBuf),
    /// What matches.
    Glob(Pattern),
}

impl TopologyFiles {
    /// Whether it is one file that is named.
    pub(super) fn is_one_file(&self) -> bool {
        matches!(self.extent, Extent::File)
    }

    /// The folder in which locks may stand at any depth, as topologies may; `None` where they stand beside them.
    pub(super) fn searched(&self) -> Option<&Path> {
        match &self.extent {
            Extent::Folder | Extent::File => None,
            Extent::Below(folder) => Some(folder),
            Extent::Glob(_) => Some(Path::new(".")),
        }
    }

    /// Whether a topology at a path, absolute and without links, is meant or would be.
    pub(super) fn means(&self, path: &Path) -> bool {
        let is = |other: &Path| fs::canonicalize(other).is_ok_and(|other| other == path);
        match &self.extent {
            Extent::Folder => {
                path.parent().is_some_and(|folder| fs::canonicalize(".").is_ok_and(|here| here == folder))
            }
            Extent::File => self.files.iter().any(|file| is(file)),
            Extent::Below(folder) => fs::canonicalize(folder).is_ok_and(|folder| path.starts_with(folder)),
            Extent::Glob(pattern) => fs::canonicalize(".")
                .is_ok_and(|here| path.strip_prefix(here).is_ok_and(|path| pattern.matches_path(path))),
        }
    }

    fn origin(&self) -> Origin {
        if self.is_one_file() { Origin::Named } else { Origin::Found }
    }

    /// Reads what is named.
    pub(super) fn read(&self) -> Result<Vec<Source>, String> {
        let root = repository()?;
        let read = |path: &PathBuf| {
            let name = path.display().to_string();
            refuse_outside(&root, path)?;
            let sources = read_all(&[name]).map_err(|refused| refused.to_string())?;
            Ok(sources.into_iter().map(|source| Source { origin: self.origin(), ..source }))
        };
        let read: Vec<_> = self.files.iter().map(read).collect::<Result<_, String>>()?;
        Ok(read.into_iter().flatten().collect())
    }
}

/// The topologies of the folder itself, or what the parameter `file` names: a file, a folder with all below it, or a
/// glob. Files that are found, not named, may be something else.
pub(super) fn topology_files(file: Option<&str>) -> Result<TopologyFiles, String> {
    let (files, extent) = match file {
        None => (below(".", 1)?, Extent::Folder),
        Some(file) => named(file)?,
    };
    match files.len() {
        0..=MOST_FILES => Ok(TopologyFiles { files, extent }),
        many => Err(format!("{many} YAML files are too many: name the topologies with the parameter `file`")),
    }
}

fn named(file: &str) -> Result<(Vec<PathBuf>, Extent), String> {
    let path = Path::new(file);
    // `-` would be standard input.
    if !stays_inside(path) || file == "-" {
        return Err(format!(
            "the parameter `file` is `{file}`: name a topology by its path from the folder of the Application, inside it"
        ));
    }
    if path.is_dir() {
        refuse_outside(&repository()?, path)?;
        return Ok((below(file, usize::MAX)?, Extent::Below(path.to_owned())));
    }
    if path.exists() && !path.is_file() {
        return Err(format!("the parameter `file` is `{file}`, which is neither a file nor a folder"));
    }
    if path.exists() || !file.contains(['*', '?', '[']) {
        return Ok((vec![path.to_owned()], Extent::File));
    }
    let no_glob = |cause| format!("the parameter `file` is no glob: `{file}`: {cause}");
    let pattern = Pattern::new(file.strip_prefix("./").unwrap_or(file)).map_err(no_glob)?;
    let matches = glob::glob(file).map_err(no_glob)?;
    let files = matches.take(MOST_FILES + 1).filter_map(Result::ok).filter(|path| path.is_file());
    Ok((files.collect(), Extent::Glob(pattern)))
}

/// The YAML files below a folder, as seen from that of the Application.
fn below(folder: &str, depth: usize) -> Result<Vec<PathBuf>, String> {
    let files = yaml_files_below(Path::new(folder), depth, MOST_FILES).map_err(|refused| refused.to_string())?;
    Ok(files.iter().map(|file| file.strip_prefix(".").unwrap_or(file).to_owned()).collect())
}

/// The repository that was unpacked: the nearest folder with `.git` in it. Without one it is unknown where it
/// begins, and the folder of the Application is all there is.
pub(super) fn repository() -> Result<PathBuf, String> {
    let here =
        fs::canonicalize(".").map_err(|cause| format!("cannot look at the folder of the Application: {cause}"))?;
    let root = here.ancestors().find(|folder| folder.join(".git").exists()).map(Path::to_owned);
    Ok(root.unwrap_or(here))
}

/// Refuses a path that links lead out of the repository, or to Git's own files. What is not there is left to who reads.
pub(super) fn refuse_outside(root: &Path, path: &Path) -> Result<(), String> {
    let Ok(real) = fs::canonicalize(path) else { return Ok(()) };
    match real.strip_prefix(root) {
        Ok(below) if !below.components().any(|part| part.as_os_str() == ".git") => Ok(()),
        _ => {
            Err(format!("{} leads out of the repository by a symbolic link: put the file itself there", path.display()))
        }
    }
}

/// The first of the files that is marked as a topology, even if the rest of it is broken. Never an error:
/// Argo CD would log it and go on to the next plugin.
pub(super) fn discovered(file: Option<&str>) -> Option<String> {
    let (topologies, root) = (topology_files(file).ok()?, repository().ok()?);
    let mut budget = MOST_BYTES_DISCOVERED;
    let mut says_so = |path: &&PathBuf| {
        let text = refuse_outside(&root, path).ok().filter(|()| path.is_file()).map(|()| text(path, budget));
        let text = text.unwrap_or_default();
        budget = budget.saturating_sub(text.len() as u64);
        is_topology(&String::from_utf8_lossy(&text))
    };
    let found = topologies.files.iter().find(|path| says_so(path))?;
    Some(found.display().to_string())
}

/// What can be read of a file.
fn text(path: &Path, budget: u64) -> Vec<u8> {
    let mut text = Vec::new();
    let Ok(file) = File::open(path) else { return text };
    // What was read before an error is still a text.
    let _ = file.take(LARGEST_SOURCE.min(budget)).read_to_end(&mut text);
    text
}

/// Whether a document is marked so at its top: a line `kind: CassandraTopology`, or the same in the braces of JSON. A topology
/// inside a ConfigMap is indented, and one that is commented out begins with `#`.
fn is_topology(text: &str) -> bool {
    let text = text.trim_start_matches('\u{feff}');
    let is_json = text.trim_start().starts_with('{');
    text.lines().any(|line| match line.trim_start().strip_prefix('{') {
        Some(inside) if is_json || line.starts_with('{') => inside.split(',').any(says_kind),
        None if is_json => line.split(',').any(says_kind),
        _ => line.starts_with(['k', '"', '\'']) && says_kind(line),
    })
}

fn says_kind(entry: &str) -> bool {
    let key = ["kind", "\"kind\"", "'kind'"].iter().find_map(|key| entry.trim_start().strip_prefix(key));
    let value = key.and_then(|rest| rest.trim_start().strip_prefix(':'));
    let value = value.map(|value| value.split(" #").next().unwrap_or(value));
    value.is_some_and(|value| value.trim().trim_matches(['"', '\'', '}', ' ']) == KIND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topology_says_so_at_the_top_of_a_document() {
        let topologies = [
            "kind: CassandraTopology\n",
            "# a comment\napiVersion: cassc/v1alpha1\nkind:   \"CassandraTopology\" # that\nspec: [broken\n",
            "kind: Service\n---\nkind: CassandraTopology\r\n",
            "{\"apiVersion\": \"cassc/v1alpha1\", \"kind\": \"CassandraTopology\"}",
            "{\n  \"kind\": \"CassandraTopology\",\n  \"spec\": {}\n}\n",
            "{apiVersion: cassc/v1alpha1, kind: CassandraTopology}",
            "\u{feff}kind: CassandraTopology",
        ];
        for text in topologies {
            assert!(is_topology(text), "{text}");
        }
        let others = [
            "",
            "# kind: CassandraTopology\n",
            "kind: ConfigMap\ndata:\n  topology.yaml: |\n    kind: CassandraTopology\n",
            "kind: CassandraTopologyList\n",
            "kinds: CassandraTopology\n",
            "kind: ConfigMap\ndata:\n  a.json: |\n    {\n      \"kind\": \"CassandraTopology\"\n    }\n",
            "note: kind, kind: CassandraTopology\n",
            "kind: Service\nmetadata: {annotations: {x: CassandraTopology}}\n",
        ];
        for text in others {
            assert!(!is_topology(text), "{text}");
        }
    }
}
