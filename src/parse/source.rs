//! Files, folders, globs and standard input become [`Source`]s: the only place where topologies to
//! compile are read; what is deployed is read by [`crate::deployed`].

use std::collections::BTreeSet;
use std::fs::{File, canonicalize};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use walkdir::WalkDir;

use crate::paths::is_yaml;

/// The largest file that is read, in bytes. A thousand clusters of two kilobytes fit four times.
pub(crate) const LARGEST_SOURCE: u64 = 8 * 1024 * 1024;

/// What standard input is called in complaints.
pub(crate) const STANDARD_INPUT: &str = "<stdin>";

/// The file that marks a rendered tree; folders that hold it are not searched for topologies.
const LOCK_FILE: &str = "cassc.lock";

/// One text that was read.
#[derive(Clone, Debug)]
pub struct Source {
    /// The path as the user gave it, or `<stdin>`.
    pub name: String,
    /// The bytes, not yet known to be UTF-8.
    pub bytes: Vec<u8>,
    /// Whether the user named this very file, or it was found in a folder or by a glob. Found files that hold
    /// no topology are passed over.
    pub origin: Origin,
}

/// How a source came to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Named on the command line, or standard input.
    Named,
    /// Found in a folder or by a glob.
    Found,
}

/// Why the input could not be read.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The operating system refused.
    #[error("cannot read {path}: {cause}")]
    Read {
        /// The file or folder.
        path: String,
        /// What the operating system said.
        cause: io::Error,
    },
    /// The pattern of a glob is malformed.
    #[error("`{pattern}` is not a valid glob pattern: {cause}")]
    Pattern {
        /// As given.
        pattern: String,
        /// What is wrong with it.
        cause: glob::PatternError,
    },
    /// Nothing matches.
    #[error("no file matches `{0}`")]
    NoMatch(String),
    /// A folder without a YAML file.
    #[error("the folder {0} contains no YAML file")]
    EmptyFolder(String),
}

/// Reads every input: `-` is standard input, a folder stands for the `*.yaml` and `*.yml` files below it (hidden
/// and rendered folders left out), a name with `*`, `?` or `[` that is no file is a glob. Sorted by path within each
/// input; a file that is named twice, or by a link too, is read once.
pub fn read_all(inputs: &[String]) -> Result<Vec<Source>, SourceError> {
    read_each(inputs, read_input)
}

/// The same, but a folder that is there and holds no YAML file stands for no source: its clusters may have come to
/// their end, which only what is deployed can tell.
pub(crate) fn read_all_there_are(inputs: &[String]) -> Result<Vec<Source>, SourceError> {
    read_each(inputs, |input| match read_input(input) {
        Err(SourceError::EmptyFolder(_)) => Ok(Vec::new()),
        read => read,
    })
}

/// The same for resources of other operators, which may be JSON files too.
pub(crate) fn read_resources(inputs: &[String]) -> Result<Vec<Source>, SourceError> {
    let is_resource = |path: &Path| is_yaml(path) || path.extension().is_some_and(|extension| extension == "json");
    read_each(inputs, |input| match Path::new(input) {
        folder if input != "-" && folder.is_dir() => {
            let files = files_below(folder, usize::MAX, usize::MAX, is_resource)?;
            if files.is_empty() { Err(SourceError::EmptyFolder(input.to_owned())) } else { read_paths(&files) }
        }
        _ => read_input(input),
    })
}

fn read_each(
    inputs: &[String],
    read: impl Fn(&str) -> Result<Vec<Source>, SourceError>,
) -> Result<Vec<Source>, SourceError> {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut sources: Vec<Source> = Vec::new();
    for input in inputs {
        sources.extend(read(input)?.into_iter().filter(|source| seen.insert(source.name.clone())));
    }
    if sources.iter().any(|source| Path::new(&source.name).is_symlink()) {
        let mut files: BTreeSet<PathBuf> = BTreeSet::new();
        sources.retain(|source| canonicalize(&source.name).map_or(true, |file| files.insert(file)));
    }
    Ok(sources)
}

fn read_input(input: &str) -> Result<Vec<Source>, SourceError> {
    if input == "-" {
        return Ok(vec![read_from(io::stdin().lock(), STANDARD_INPUT, Origin::Named)?]);
    }
    let path = Path::new(input);
    if path.is_dir() {
        let files = yaml_files_below(path, usize::MAX, usize::MAX)?;
        return if files.is_empty() { Err(SourceError::EmptyFolder(input.to_owned())) } else { read_paths(&files) };
    }
    if !path.exists() && input.contains(['*', '?', '[']) {
        return read_paths(&files_matching(input)?);
    }
    Ok(vec![read_file(path, Origin::Named)?])
}

fn read_paths(paths: &[PathBuf]) -> Result<Vec<Source>, SourceError> {
    paths.iter().map(|path| read_file(path, Origin::Found)).collect()
}

fn read_file(path: &Path, origin: Origin) -> Result<Source, SourceError> {
    let name = path.display().to_string();
    match File::open(path) {
        Ok(file) => read_from(file, &name, origin),
        Err(cause) => Err(SourceError::Read { path: name, cause }),
    }
}

/// Reads one byte more than allowed, so that the parser can say "too large" without holding the whole file.
fn read_from(reader: impl Read, name: &str, origin: Origin) -> Result<Source, SourceError> {
    let mut bytes = Vec::new();
    let outcome = reader.take(LARGEST_SOURCE + 1).read_to_end(&mut bytes);
    outcome.map_err(|cause| SourceError::Read { path: name.to_owned(), cause })?;
    Ok(Source { name: name.to_owned(), bytes, origin })
}

/// The YAML files below a folder, down to a depth, sorted; hidden folders and rendered ones are left out. Nobody looks
/// further where there are more than `most`.
pub(crate) fn yaml_files_below(folder: &Path, depth: usize, most: usize) -> Result<Vec<PathBuf>, SourceError> {
    files_below(folder, depth, most, is_yaml)
}

fn files_below(
    folder: &Path,
    depth: usize,
    most: usize,
    is_wanted: impl Fn(&Path) -> bool,
) -> Result<Vec<PathBuf>, SourceError> {
    let walk = WalkDir::new(folder).max_depth(depth).sort_by_file_name().into_iter();
    let mut files = Vec::new();
    for entry in walk.filter_entry(|entry| entry.depth() == 0 || is_searched(entry)) {
        let entry = entry.map_err(|cause| SourceError::Read {
            path: folder.display().to_string(),
            cause: cause.into_io_error().unwrap_or_else(|| io::Error::other("a loop of symbolic links")),
        })?;
        // A link is followed to a file, as a topology that is shared, and never to a folder.
        if is_wanted(entry.path()) && entry.path().is_file() {
            files.push(entry.into_path());
        }
        if files.len() > most {
            break;
        }
    }
    Ok(files)
}

fn is_searched(entry: &walkdir::DirEntry) -> bool {
    let hidden = entry.file_name().to_string_lossy().starts_with('.');
    let rendered = entry.file_type().is_dir() && entry.path().join(LOCK_FILE).exists();
    !hidden && !rendered
}

fn files_matching(pattern: &str) -> Result<Vec<PathBuf>, SourceError> {
    let matches = glob::glob(pattern).map_err(|cause| SourceError::Pattern { pattern: pattern.to_owned(), cause })?;
    let mut files = Vec::new();
    for path in matches {
        let path =
            path.map_err(|error| SourceError::Read { path: error.path().display().to_string(), cause: error.into() })?;
        if path.is_file() {
            files.push(path);
        }
    }
    if files.is_empty() { Err(SourceError::NoMatch(pattern.to_owned())) } else { Ok(files) }
}
