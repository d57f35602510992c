//! `cassc.lock`, which stands beside the rendered files: what was rendered, from what, and the digest of every file.
//! `emit` writes it and reads it to know its own files; `deployed` reads the cluster in it, which a change is judged
//! against, and the plan what was rendered. What Git leaves of two of them after a merge is read here too.

mod conflict;
mod error;
mod origin;
mod valid;

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

pub use conflict::Recorded;
pub use error::LockError;
pub use origin::path_from;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::cluster::Cluster;
use crate::file_tree::{FileTree, digest};

/// The name of the lock in the cluster's directory. Not a name of YAML, so that neither Argo CD nor Flux reads it.
pub const LOCK_FILE_NAME: &str = "cassc.lock";

/// The format that is written; older ones are read. Format 1 has no `templates`.
pub const FORMAT: u64 = 2;
/// The largest text that is read, in bytes: several times what a ring of as many racks as there may be takes. A text of
/// that size takes about thirty times as much memory at the worst (`[0,0,0,…]`).
pub const LARGEST_LOCK: usize = 16 * 1024 * 1024;
const NOTE: &str =
    "Written by cassc render. Leave a merge conflict as Git wrote it and run cassc render: it reads both sides.";

/// What the last render of a cluster was made from and made of. It holds neither a time nor the version of cassc, so
/// the same input gives the same lock.
#[derive(Debug, Clone, PartialEq)]
pub struct Lock {
    topology: String,
    /// Shared with the run: most clusters of a fleet stay what they are.
    cluster: Arc<Cluster>,
    files: BTreeMap<String, String>,
    templates: BTreeMap<String, String>,
}

/// The lock as it is written, in the order for readers.
#[derive(Serialize)]
struct Written<'l> {
    note: &'static str,
    format: u64,
    topology: &'l str,
    files: &'l BTreeMap<String, String>,
    templates: &'l BTreeMap<String, String>,
    cluster: &'l Cluster,
}

/// The lock as it is read.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    #[serde(rename = "note")]
    _note: String,
    #[serde(rename = "format")]
    _format: u64,
    topology: String,
    #[serde(deserialize_with = "each_once")]
    files: BTreeMap<String, String>,
    #[serde(default, deserialize_with = "each_once")]
    templates: BTreeMap<String, String>,
    cluster: Cluster,
}

/// All that is read of a lock before it is known whether its format is.
#[derive(Deserialize)]
struct Frame {
    format: Option<u64>,
}

impl Lock {
    /// The lock for a cluster that was rendered to these files. `topology` is the path of its source, see
    /// [`path_from`] (an absolute path is cut to its file name, for the lock is committed); `cluster` is the resolved
    /// cluster, `templates` the digests of its pod templates by StatefulSet.
    pub fn new(
        topology: &Path,
        cluster: impl Into<Arc<Cluster>>,
        files: &FileTree,
        templates: BTreeMap<String, String>,
    ) -> Self {
        let (topology, cluster) = (origin::portable(topology), cluster.into());
        Self { topology, cluster, files: files.digests().clone(), templates }
    }

    /// The path of the topology, relative to the output directory, with `/`.
    pub fn topology(&self) -> &str {
        &self.topology
    }

    /// The resolved cluster of that render.
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// The same, shared.
    pub(crate) fn shared_cluster(&self) -> Arc<Cluster> {
        Arc::clone(&self.cluster)
    }

    /// The digest of each rack's pod template, by the name of its StatefulSet; empty in a lock of format 1.
    pub(crate) fn templates(&self) -> &BTreeMap<String, String> {
        &self.templates
    }

    /// The files of that render: path below the cluster's directory to SHA-256 in lower-case hexadecimal digits.
    pub fn files(&self) -> &BTreeMap<String, String> {
        &self.files
    }

    /// Reads the text of a lock. [`Recorded::read`] understands a merge conflict too.
    pub fn read(text: &str) -> Result<Self, LockError> {
        if text.len() > LARGEST_LOCK {
            return Err(LockError::TooLarge);
        }
        let frame: serde_json::Result<Frame> = serde_json::from_str(text);
        let frame = frame.or_else(|cause| if cause.is_data() { Ok(Frame { format: None }) } else { Err(cause) });
        let format = frame.map_err(|cause| LockError::of(text, cause))?.format;
        match format.ok_or_else(|| shape("it names no `format`"))? {
            0 => return Err(shape("there never was a format 0")),
            1..=FORMAT => {}
            found => return Err(LockError::NewerFormat { found }),
        }
        let stored: Stored = serde_json::from_str(text).map_err(|cause| wrong_type(text, &cause))?;
        let Stored { topology, files, templates, cluster, .. } = stored;
        let lock = Self { topology, cluster: Arc::new(cluster), files, templates };
        valid::lock(&lock).map_err(|fault| shape(&fault.to_string()))?;
        Ok(lock)
    }

    /// The text of the lock: indented JSON, fixed order of keys, LF, one newline at the end.
    pub fn to_text(&self) -> String {
        let Self { topology, cluster, files, templates } = self;
        let written = Written { note: NOTE, format: FORMAT, topology, files, templates, cluster };
        let mut text = serde_json::to_string_pretty(&written).expect("maps with text as keys are always JSON");
        text.push('\n');
        text
    }
}

/// The digest of a pod template, as the lock records it.
pub fn template_digest(template: &impl Serialize) -> String {
    digest(serde_json::to_string(template).expect("a pod template is JSON").as_bytes())
}

fn shape(detail: &str) -> LockError {
    LockError::Shape { detail: detail.to_owned() }
}

/// A value of a wrong type, with the name of its field: the text is read again for that, which only broken locks pay.
fn wrong_type(text: &str, cause: &serde_json::Error) -> LockError {
    let again = serde_path_to_error::deserialize::<_, Stored>(&mut serde_json::Deserializer::from_str(text));
    shape(&valid::wrong_type(again.err().map(|error| error.path().to_string()), &cause.to_string()))
}

/// Digests by name. A name that stands there twice is no JSON of ours: who keeps both sides of a merge conflict gets
/// that.
fn each_once<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, String>, D::Error> {
    struct EachOnce;
    impl<'de> Visitor<'de> for EachOnce {
        type Value = BTreeMap<String, String>;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("digests by name")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut digests = BTreeMap::new();
            while let Some((name, digest)) = map.next_entry::<String, String>()? {
                if digests.contains_key(&name) {
                    return Err(A::Error::custom(format!("the key `{name}` is repeated")));
                }
                digests.insert(name, digest);
            }
            Ok(digests)
        }
    }
    deserializer.deserialize_map(EachOnce)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything above the cluster.
    const HEAD: &str = r#"{
  "note": "Written by cassc render. Leave a merge conflict as Git wrote it and run cassc render: it reads both sides.",
  "format": 2,
  "topology": "clusters/shop.yaml",
  "files": {
    "b.yaml": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "base/a.yaml": "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb"
  },
  "templates": {
    "shop-dc1-default-sts": "#;

    fn lock() -> Lock {
        let files = FileTree::new([("base/a.yaml", "a"), ("b.yaml", "")].map(|(p, t)| (p.into(), t.into())).into());
        let templates = [("shop-dc1-default-sts".to_owned(), digest(b"a template"))].into();
        Lock::new(Path::new("clusters/shop.yaml"), crate::cluster::fixtures::shop(), &files, templates)
    }

    fn complaint(text: &str) -> String {
        Lock::read(text).expect_err("the text is broken on purpose").to_string()
    }

    #[test]
    fn the_text_is_indented_json_that_begins_with_advice() {
        let text = lock().to_text();
        assert_eq!(&text[..HEAD.len()], HEAD);
        assert!(text.contains("\n  \"cluster\": {\n    \"name\": \"shop\",\n") && text.ends_with("  }\n}\n"), "{text}");
    }

    #[test]
    fn what_is_written_is_read_back() {
        let read = Lock::read(&lock().to_text()).expect("our own text is a lock");
        assert_eq!(read, lock());
        assert_eq!((read.topology(), read.files().len(), read.templates().len()), ("clusters/shop.yaml", 2, 1));
    }

    /// The lock as cassc wrote it before there were templates, generations and rollouts.
    #[test]
    fn a_lock_of_format_1_is_read() {
        let mut value: serde_json::Value = serde_json::from_str(&lock().to_text()).expect("a lock is JSON");
        let frame = value.as_object_mut().expect("a lock is a map");
        frame.insert("format".into(), 1.into());
        frame.remove("templates");
        let cluster = frame.get_mut("cluster").and_then(|it| it.as_object_mut()).expect("a cluster is a map");
        for field in ["revision", "generation", "rollout", "accept"] {
            assert!(cluster.remove(field).is_some(), "{field}");
        }
        let read = Lock::read(&value.to_string()).expect("the older format is understood");
        assert_eq!((read.cluster().revision, read.cluster().generation), (1, 1));
        assert_eq!((read.cluster().name.as_str(), read.templates().len()), ("shop", 0));
    }

    #[test]
    fn a_merge_conflict_is_named_with_its_line() {
        let marked = lock().to_text().replace("  \"files\"", "<<<<<<< HEAD\n  \"files\"");
        assert_eq!(complaint(&marked), "has a merge conflict in line 5");
    }

    #[test]
    fn every_truncation_is_called_cut_off_or_empty() {
        let text = lock().to_text();
        let texts = (1..text.trim_end().len()).map(|length| complaint(&text[..length]));
        assert_eq!(texts.filter(|text| !text.starts_with("is cut off in line ")).count(), 0);
        assert_eq!(complaint(text.split_inclusive('\n').take(3).collect::<String>().as_str()), "is cut off in line 4");
        assert_eq!((complaint("").as_str(), complaint(" \n").as_str()), ("is empty", "is empty"));
        assert_eq!(complaint("format: 2\n"), "is not JSON: expected ident at line 1 column 2");
    }

    #[test]
    fn a_newer_format_is_refused_even_when_its_fields_are_unknown() {
        let newer = r#"{"format": 3, "objects": []}"#;
        let expected =
            "has format 3, which a later cassc wrote: cassc 0.1.0 understands format 2, so use the cassc that wrote it";
        assert_eq!(complaint(newer), expected.replace("0.1.0", env!("CARGO_PKG_VERSION")));
    }

    #[test]
    fn json_that_is_no_lock_says_what_is_wrong() {
        let wrong = |from: &str, to: &str| complaint(&lock().to_text().replace(from, to));
        assert_eq!(complaint("[]"), "is not a lock of cassc: it names no `format`");
        assert_eq!(complaint(r#"{"format": "2"}"#), "is not a lock of cassc: it names no `format`");
        assert_eq!(wrong(": 2,", ": 0,"), "is not a lock of cassc: there never was a format 0");
        assert_eq!(
            wrong("\"note\"", "\"notes\"").split(',').next(),
            Some("is not a lock of cassc: unknown field `notes`")
        );
        let missing = wrong("\"ringName\"", "\"ring\"");
        assert!(
            missing.starts_with("is not a lock of cassc: `cluster.datacenters[0].racks[0]`: missing field `ringName`"),
            "{missing}"
        );
        let outside = wrong("base/a.yaml", "../a.yaml");
        assert_eq!(
            outside,
            "is not a lock of cassc: `files` has the key \"../a.yaml\" (expected the path of a file below its directory)"
        );
        assert!(wrong("ca978112", "CA978112").contains("`files[\"base/a.yaml\"]` is \"CA978112"));
        assert!(wrong("templates\": {", "templates\": {\n\"x\": \"\",").contains("`templates.x` is \"\" (expected 64"));
        assert!(wrong("base/a.yaml", "b.yaml").contains("the key `b.yaml` is repeated"));
    }
}
