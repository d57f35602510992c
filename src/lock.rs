//! `cassc.lock`, which stands beside the rendered files: what was rendered, from what, and the digest of every file.
//! `emit` writes it and reads it to know its own files; the plan reads the cluster in it as the previous one.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::file_tree::{FileTree, is_relative};

/// The name of the lock in the cluster's directory. Not a name of YAML, so that neither Argo CD nor Flux reads it.
pub const LOCK_FILE_NAME: &str = "cassc.lock";

const FORMAT: u64 = 1;
const NOTE: &str = "Written by cassc render. After a merge conflict run cassc render again.";
const CONFLICT_MARKERS: [&str; 4] = ["<<<<<<<", "|||||||", "=======", ">>>>>>>"];

/// What the last render of a cluster was made from and made of. It holds neither a time nor the version of cassc, so
/// the same input gives the same lock.
#[derive(Debug, Clone, PartialEq)]
pub struct Lock {
    topology: String,
    cluster: Value,
    files: BTreeMap<String, String>,
}

/// The lock as it is written, in the order in which a person reads it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored<Text, Cluster, Files> {
    note: Text,
    format: u64,
    topology: Text,
    files: Files,
    cluster: Cluster,
}

/// Why the text of a lock cannot be used. Each message is the end of a sentence that begins with the path of the lock.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Git left its conflict markers in the text.
    #[error("has the markers of a merge conflict in line {line}")]
    MergeConflict {
        /// The line of the first marker, counted from 1.
        line: usize,
    },
    /// The text ends too early, or is no JSON.
    #[error("is cut off or is not JSON: {cause}")]
    Invalid {
        /// What the JSON reader found, with line and column.
        cause: serde_json::Error,
    },
    /// A later cassc wrote it.
    #[error(
        "has format {found}, which a later cassc wrote: cassc {} understands format {FORMAT}, so use the cassc that wrote it",
        env!("CARGO_PKG_VERSION")
    )]
    NewerFormat {
        /// The format that the lock names.
        found: u64,
    },
    /// It is JSON, but no lock.
    #[error("is not a lock of cassc: {detail}")]
    Shape {
        /// What is missing or wrong in it.
        detail: String,
    },
}

impl Lock {
    /// The lock for a cluster that was rendered to these files. `topology` is the path of its source, see
    /// [`path_from`] (an absolute path is cut to its file name, for the lock is committed); `cluster` is the resolved
    /// cluster.
    pub fn new(topology: &Path, cluster: Value, files: &FileTree) -> Self {
        let files = files.iter().map(|(path, text)| (path.to_owned(), digest(text.as_bytes()))).collect();
        Self { topology: portable(topology), cluster, files }
    }

    /// The path of the topology, relative to the output directory, with `/`.
    pub fn topology(&self) -> &str {
        &self.topology
    }

    /// The resolved cluster of that render.
    pub fn cluster(&self) -> &Value {
        &self.cluster
    }

    /// The files of that render: path below the cluster's directory to SHA-256 in lower-case hexadecimal digits.
    pub fn files(&self) -> &BTreeMap<String, String> {
        &self.files
    }

    /// Reads the text of a lock.
    pub fn read(text: &str) -> Result<Self, LockError> {
        let value: Value = serde_json::from_str(text).map_err(|cause| not_json(text, cause))?;
        let format = value.get("format").and_then(Value::as_u64).ok_or_else(|| shape("it names no `format`"))?;
        if format > FORMAT {
            return Err(LockError::NewerFormat { found: format });
        }
        let stored: Stored<String, Value, BTreeMap<String, String>> =
            serde_json::from_value(value).map_err(|cause| shape(&cause.to_string()))?;
        if format != FORMAT {
            return Err(shape(&format!("there never was a format {format}")));
        }
        match stored.files.iter().find(|(path, digest)| !is_relative(path) || !is_digest(digest)) {
            Some((path, digest)) => Err(shape(&format!("{path:?} with digest {digest:?} is no file of cassc"))),
            None => Ok(Self { topology: stored.topology, cluster: stored.cluster, files: stored.files }),
        }
    }

    /// The text of the lock: indented JSON, fixed order of keys, LF, one newline at the end.
    pub fn to_text(&self) -> String {
        let stored =
            Stored { note: NOTE, format: FORMAT, topology: &self.topology, files: &self.files, cluster: &self.cluster };
        let mut text = serde_json::to_string_pretty(&stored).expect("maps with text as keys are always JSON");
        text.push('\n');
        text
    }
}

/// SHA-256 of these bytes in lower-case hexadecimal digits, as the lock records it.
pub(crate) fn digest(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

fn shape(detail: &str) -> LockError {
    LockError::Shape { detail: detail.to_owned() }
}

/// JSON as we write it has no line that begins with a marker, so such a line is always a conflict.
fn not_json(text: &str, cause: serde_json::Error) -> LockError {
    let is_marker = |line: &str| CONFLICT_MARKERS.iter().any(|marker| line.starts_with(marker));
    match text.lines().position(is_marker) {
        Some(index) => LockError::MergeConflict { line: index + 1 },
        None => LockError::Invalid { cause },
    }
}

/// The way from the output directory to a topology, which is the same from wherever cassc is started: from `/r/deploy`
/// to `/r/clusters/a.yaml` it is `../clusters/a.yaml`. Both paths are absolute. Where they share no folder the way would
/// tell about the machine: then it is the file name alone.
pub fn path_from(output: &Path, topology: &Path) -> PathBuf {
    let (from, to) = (without_dots(output), without_dots(topology));
    let shared = from.iter().zip(&to).take_while(|(from, to)| from == to).count();
    if shared == 0 {
        return to.last().map(PathBuf::from).unwrap_or_default();
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

/// A path that reads the same on every machine: `./clusters/a.yaml` is `clusters/a.yaml`, `/home/me/a.yaml` is `a.yaml`.
fn portable(path: &Path) -> String {
    let leaves_the_folder = |part: &Component| matches!(part, Component::RootDir | Component::Prefix(_));
    if path.components().any(|part| leaves_the_folder(&part)) {
        return path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    }
    let parts = path.components().filter(|part| *part != Component::CurDir);
    parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXPECTED: &str = r#"{
  "note": "Written by cassc render. After a merge conflict run cassc render again.",
  "format": 1,
  "topology": "clusters/shop.yaml",
  "files": {
    "b.yaml": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "base/a.yaml": "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
  },
  "cluster": {
    "a": [
      1
    ],
    "name": "shop",
    "z": null
  }
}
"#;

    fn lock() -> Lock {
        let files = FileTree::new([("base/a.yaml", "a"), ("b.yaml", "")].map(|(p, t)| (p.into(), t.into())).into());
        let cluster = serde_json::json!({"z": null, "name": "shop", "a": [1]});
        Lock::new(Path::new("clusters/shop.yaml"), cluster, &files)
    }

    fn complaint(text: &str) -> String {
        Lock::read(text).expect_err("the text is broken on purpose").to_string()
    }

    #[test]
    fn the_text_is_indented_json_that_begins_with_advice_and_sorts_every_key() {
        assert_eq!(lock().to_text(), EXPECTED);
    }

    #[test]
    fn what_is_written_is_read_back() {
        let read = Lock::read(EXPECTED).expect("our own text is a lock");
        assert_eq!(read, lock());
        assert_eq!((read.topology(), read.files().len()), ("clusters/shop.yaml", 2));
        assert_eq!(read.cluster()["name"], "shop");
    }

    #[test]
    fn a_merge_conflict_is_named_with_its_line() {
        let marked = EXPECTED.replace("  \"files\"", "<<<<<<< HEAD\n  \"files\"");
        assert_eq!(complaint(&marked), "has the markers of a merge conflict in line 5");
    }

    #[test]
    fn every_truncation_is_called_cut_off() {
        let end = EXPECTED.trim_end().len();
        let texts = (0..end).map(|length| complaint(&EXPECTED[..length]));
        assert_eq!(texts.filter(|text| !text.starts_with("is cut off or is not JSON: EOF")).count(), 0);
    }

    #[test]
    fn a_newer_format_is_refused_even_when_its_fields_are_unknown() {
        let newer = r#"{"format": 2, "objects": []}"#;
        let expected =
            "has format 2, which a later cassc wrote: cassc 0.1.0 understands format 1, so use the cassc that wrote it";
        assert_eq!(complaint(newer), expected.replace("0.1.0", env!("CARGO_PKG_VERSION")));
    }

    #[test]
    fn json_that_is_no_lock_says_what_is_wrong() {
        let wrong = |from: &str, to: &str| complaint(&EXPECTED.replace(from, to));
        assert_eq!(complaint("[]"), "is not a lock of cassc: it names no `format`");
        assert_eq!(wrong(": 1,", ": 0,"), "is not a lock of cassc: there never was a format 0");
        assert_eq!(
            wrong("\"note\"", "\"notes\"").split(',').next(),
            Some("is not a lock of cassc: unknown field `notes`")
        );
        assert!(wrong("base/a.yaml", "../a.yaml").contains("\"../a.yaml\" with digest"));
        assert!(wrong("ca978112", "CA978112").contains("is no file of cassc"));
    }

    #[test]
    fn the_path_of_the_topology_is_told_from_the_output_directory() {
        let way = |output: &str, topology: &str| path_from(Path::new(output), Path::new(topology));
        assert_eq!(way("/r/deploy", "/r/clusters/a.yaml"), Path::new("../clusters/a.yaml"));
        assert_eq!(way("/r/deploy/../out/.", "/r/./a.yaml"), Path::new("../a.yaml"));
        assert_eq!(way("/r", "/r/a.yaml"), Path::new("a.yaml"));
        assert_eq!(way("/tmp/out", "/home/somebody/a.yaml"), Path::new("a.yaml"));
    }

    #[test]
    fn the_path_of_the_topology_never_tells_about_the_machine() {
        let cases = [("./a/b.yaml", "a/b.yaml"), ("a//b.yaml", "a/b.yaml"), ("../b.yaml", "../b.yaml"), ("-", "-")];
        for (given, expected) in cases {
            assert_eq!(portable(Path::new(given)), expected);
        }
        assert_eq!(portable(Path::new("/home/somebody/b.yaml")), "b.yaml");
    }
}
