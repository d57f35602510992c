//! The only writer of YAML: any `Serialize` value comes in, the text of one block-style document goes out.
//!
//! Every reader of a manifest must see the same value: kubectl and Argo CD (go-yaml, YAML 1.1), kustomize, `PyYAML` and the
//! YAML 1.2 family. So a string is written plain only where no version of YAML could take it for anything else, and nothing
//! is ever folded. `deliver` and `emit` call this for every object; `golden/readers.rs` proves it with real readers.

mod block;
mod key;
mod scalar;

pub use scalar::unsafe_character;
use serde::Serialize;

/// The longest mapping key, in bytes as written (quotes and escapes included). YAML limits an implicit key to 1024
/// characters (YAML 1.2.2, section 7.4.2, and libyaml's `yaml_parser_stale_simple_keys`); a Kubernetes key ends at 317.
pub(crate) const LONGEST_KEY: usize = 1000;

/// Why a value has no YAML text. Each of them means that the value should not have been built; none depends on the world.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A mapping key that readers would refuse, because it is longer than [`LONGEST_KEY`].
    #[error("a mapping key takes {length} bytes, readers stop at {LONGEST_KEY}: {beginning}…")]
    KeyTooLong {
        /// Bytes the key takes as written.
        length: usize,
        /// The first characters of the key as written, to find it by.
        beginning: String,
    },
    /// The mapping key `<<`, which means "merge" in YAML 1.1. Readers of quoted text take it for a string, but kustomize
    /// (5.5.0) drops it with its value.
    #[error("a mapping key is `<<`, which kustomize drops")]
    MergeKey,
    /// A mapping key that is neither a string, an integer, a boolean nor the name of an enum variant.
    #[error("a mapping key is {found}; only strings, integers and booleans can be keys")]
    KeyNotText {
        /// What stands there instead, in words.
        found: &'static str,
    },
    /// NaN or an infinity: JSON, and with it Kubernetes, has no such number.
    #[error("{0} is not a number that Kubernetes can store")]
    NotFinite(f64),
    /// Raw bytes; Kubernetes wants them as base64 text, which is a string.
    #[error("raw bytes have no YAML form; encode them as base64 text")]
    Bytes,
    /// What the value's own `Serialize` complained about.
    #[error("{0}")]
    Value(String),
}

impl serde::ser::Error for Error {
    fn custom<T: std::fmt::Display>(message: T) -> Self {
        Self::Value(message.to_string())
    }
}

/// Why a text cannot be the key of a mapping; `None` where it can. The length is that of the key as written.
pub(crate) fn unsafe_key(text: &str) -> Option<Error> {
    scalar::write_key(&mut String::new(), text).err()
}

/// What most objects need, in bytes: a text that grows to it step by step is copied each time.
const USUAL_LENGTH: usize = 8 * 1024;

/// The text of `value` as one YAML document: LF, two spaces of indentation, list items at the indentation of their key,
/// fields in the order in which `value` serializes them, a line feed at the end and no `---` line.
pub fn to_string<T: Serialize + ?Sized>(value: &T) -> Result<String, Error> {
    let mut out = String::with_capacity(USUAL_LENGTH);
    write(&mut out, value)?;
    Ok(out)
}

/// Appends to `out` what [`to_string`] returns, so that one buffer can serve many documents. `out` must be empty or end
/// with a line feed. After an error `out` is as it was before.
pub fn write<T: Serialize + ?Sized>(out: &mut String, value: &T) -> Result<(), Error> {
    let start = out.len();
    let result = value.serialize(block::Node::document(out));
    if result.is_err() {
        out.truncate(start);
    }
    result
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use super::*;

    fn text_of(value: &Value) -> String {
        to_string(value).expect("the test writes only values that have a text")
    }

    #[derive(Serialize)]
    enum Probe {
        None,
        Port(u16),
        Range(u16, u16),
        Http { path: &'static str, host: Option<&'static str> },
    }

    #[test]
    fn lists_stand_at_the_indentation_of_their_key() {
        let value = json!({"spec": {"ports": [{"name": "cql", "port": 9042}, {"name": "jmx"}], "type": "ClusterIP"}});
        let expected = "spec:\n  ports:\n  - name: cql\n    port: 9042\n  - name: jmx\n  type: ClusterIP\n";
        assert_eq!(text_of(&value), expected);
    }

    #[test]
    fn lists_in_lists_start_on_the_line_of_their_dash() {
        assert_eq!(text_of(&json!([[1, [2]], [], [{"a": [3]}]])), "- - 1\n  - - 2\n- []\n- - a:\n    - 3\n");
    }

    #[test]
    fn empty_collections_and_null_stay_on_their_line() {
        assert_eq!(text_of(&json!({"a": {}, "b": [], "c": null, "d": [{}]})), "a: {}\nb: []\nc: null\nd:\n- {}\n");
        assert_eq!(text_of(&json!({})), "{}\n");
    }

    #[test]
    fn literal_blocks_are_indented_under_their_key_or_dash() {
        let value = json!({"data": {"run.sh": "set -e\n\n  run\n", "x": 1}, "args": ["a\nb", ["c\nd\n\n"]]});
        let expected = "args:\n- |-\n  a\n  b\n- - |+\n    c\n    d\n\n\
            data:\n  run.sh: |\n    set -e\n\n      run\n  x: 1\n";
        assert_eq!(text_of(&value), expected);
    }

    #[test]
    fn enum_variants_with_content_are_mappings_of_one_entry() {
        let probes = [Probe::None, Probe::Port(1), Probe::Range(2, 3), Probe::Http { path: "/live", host: None }];
        let expected = "- None\n- Port: 1\n- Range:\n  - 2\n  - 3\n- Http:\n    path: /live\n    host: null\n";
        assert_eq!(to_string(&probes).expect("a variant has a text"), expected.replace("- None", "- \"None\""));
    }

    #[test]
    fn keys_that_are_no_strings_are_quoted() {
        assert_eq!(to_string(&BTreeMap::from([(9042, true)])).expect("an integer can be a key"), "\"9042\": true\n");
        assert_eq!(to_string(&BTreeMap::from([(true, 1)])).expect("a boolean can be a key"), "\"true\": 1\n");
        let error = to_string(&BTreeMap::from([([1], 1)])).expect_err("a list cannot be a key");
        assert_eq!(error.to_string(), "a mapping key is a list; only strings, integers and booleans can be keys");
    }

    #[test]
    fn a_key_that_readers_refuse_is_an_error() {
        let with_key = |key: String| to_string(&BTreeMap::from([(key, 1)]));
        assert!(with_key("a".repeat(LONGEST_KEY)).is_ok());
        assert!(matches!(with_key("a".repeat(LONGEST_KEY + 1)), Err(Error::KeyTooLong { length: 1001, .. })));
        assert!(matches!(with_key("\0".repeat(250)), Err(Error::KeyTooLong { length: 1002, .. })));
        assert!(matches!(with_key("<<".into()), Err(Error::MergeKey)));
    }

    #[test]
    fn an_error_leaves_the_buffer_as_it_was() {
        let mut out = String::from("a: 1\n");
        assert!(matches!(write(&mut out, &[1.0, f64::NAN]), Err(Error::NotFinite(_))));
        assert_eq!(out, "a: 1\n");
        write(&mut out, &json!({"b": 2})).expect("a mapping has a text");
        assert_eq!(out, "a: 1\nb: 2\n");
    }

    #[test]
    fn floats_read_back_as_floats() {
        let floats = [0.0, -0.0, 1.0, 0.1, -2.5, 1e15, 1e16, 1e21, 1.5e300, 1e-7, f64::MAX, f64::MIN_POSITIVE];
        let expected = "- 0.0\n- -0.0\n- 1.0\n- 0.1\n- -2.5\n- 1000000000000000.0\n- 1.0e+16\n- 1.0e+21\n- 1.5e+300\n\
            - 1.0e-7\n- 1.7976931348623157e+308\n- 2.2250738585072014e-308\n";
        assert_eq!(to_string(&floats).expect("finite numbers have a text"), expected);
        assert_eq!(to_string(&0.1_f32).expect("finite numbers have a text"), "0.1\n");
    }
}
