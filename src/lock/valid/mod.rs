//! What a lock has to be beyond its shape. A lock is input, like a topology: it may come with a pull request. What is
//! rendered, planned and judged from one relies on it as it relies on the rules for a topology, so every value is held
//! to what the rules hold it to, by the same predicates, and the first error is reported with the name of its field. Rules
//! that only recommend are left out: a lock records what is deployed, and a stricter rule changes nothing about it.
//! Called by the reader of locks.

mod cluster;
mod monitoring;
mod network;
mod pod;
mod rack;
mod reaper;
mod steps;
mod together;

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::Value;

pub(super) use cluster::cluster;

use super::{LOCK_FILE_NAME, Lock};
use crate::cluster::StringMap;
use crate::diagnostic::{Route, Step};
use crate::file_tree::below;
use crate::kubernetes::resource::{amount, is_resource};
use crate::kubernetes::syntax::{is_annotation_key, is_label, is_label_key, is_label_value, is_subdomain};
use crate::paths::is_relative;
use crate::yaml;

/// The most entries of a map or list of a cluster: those of a topology (5,000) may come together from three levels. With
/// more of them, comparing and rendering would take minutes.
const MOST_ENTRIES: usize = 20_000;
/// How much of a value is shown, in characters.
const LONGEST_SHOWN: usize = 60;
/// How much of the way to a field is shown, in characters.
const LONGEST_WAY: usize = 160;

/// What is wrong, and in which field.
#[derive(Debug)]
pub(super) struct Fault {
    /// The way to the field, innermost first.
    steps: Vec<Step>,
    /// A sentence without its subject, which is the field.
    what: String,
}

/// Whether a value can be relied on.
type Valid = Result<(), Fault>;

impl Fault {
    fn new(what: impl Into<String>) -> Self {
        Self { steps: Vec::new(), what: what.into() }
    }

    fn within(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let route: Vec<Step> = self.steps.iter().rev().cloned().collect();
        write!(formatter, "`{}` {}", shortened(&Route::from(route).to_string(), LONGEST_WAY), self.what)
    }
}

/// A whole lock; a merge conflict is held to it side by side.
pub(super) fn lock(lock: &Lock) -> Valid {
    let Lock { topology, cluster: of, files, templates } = lock;
    field("topology", is(topology, is_way_to_topology(topology), "a path without a root, on one line"))?;
    let of_file = |(path, digest): (&String, &String)| file(path, files).and_then(|()| field(path, is_digest(digest)));
    field("files", files.iter().try_for_each(of_file))?;
    field("templates", entries(templates, |name| key(name, is_label(name), LABEL), |_, digest| is_digest(digest)))?;
    field("cluster", cluster(of))
}

/// The lock records where its topology was, and that path is read from disk.
fn is_way_to_topology(path: &str) -> bool {
    !path.starts_with(['/', '\\']) && !path.contains(char::is_control)
}

fn file(path: &str, all: &BTreeMap<String, String>) -> Valid {
    let is_file = is_relative(path) && !path.contains(char::is_control) && path != LOCK_FILE_NAME;
    key(path, is_file && below(all, path).next().is_none(), "the path of a file below its directory")
}

fn is_digest(text: &str) -> Valid {
    let is_hexadecimal = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    is(text, text.len() == 64 && text.bytes().all(is_hexadecimal), "64 lower-case hexadecimal digits")
}

/// What a DNS label is, in words.
const LABEL: &str = "lower-case letters, digits and `-`, at most 63, the first and last no `-`";
/// What the name of an object is, in words.
const SUBDOMAIN: &str = "lower-case letters, digits, `-` and `.`, at most 253";
/// What the key of a label is, in words.
const LABEL_KEY: &str = "the key of a label, such as `example.com/team`";
/// What the value of a label is, in words.
const LABEL_VALUE: &str = "the value of a label";
/// What an amount is, in words.
const AMOUNT: &str = "a quantity, such as `16Gi`";

/// A field of a value.
fn field(key: &str, valid: Valid) -> Valid {
    valid.map_err(|fault| fault.within(Step::Key(key.to_owned())))
}

/// A field that may be absent.
fn optional<T>(key: &str, value: Option<&T>, judge: impl Fn(&T) -> Valid) -> Valid {
    field(key, value.map_or(Ok(()), judge))
}

/// Every element of a list.
fn each<T>(key: &str, values: &[T], judge: impl Fn(&T) -> Valid) -> Valid {
    let judge = |(index, value)| judge(value).map_err(|fault| fault.within(Step::Index(index)));
    field(key, few(values.len()).and_then(|()| values.iter().enumerate().try_for_each(judge)))
}

fn few(entries: usize) -> Valid {
    if entries <= MOST_ENTRIES {
        return Ok(());
    }
    Err(Fault::new(format!("has {entries} entries (expected at most {MOST_ENTRIES})")))
}

/// Every entry of a map. What is wrong with a key is reported for the map.
fn entries<T>(map: &BTreeMap<String, T>, keys: impl Fn(&str) -> Valid, values: impl Fn(&str, &T) -> Valid) -> Valid {
    few(map.len())?;
    map.iter().try_for_each(|(key, value)| {
        keys(key)?;
        field(key, values(key, value))
    })
}

fn is(text: &str, fits: bool, expected: &str) -> Valid {
    if fits { Ok(()) } else { Err(Fault::new(format!("is {} (expected {expected})", shown(text)))) }
}

fn key(text: &str, fits: bool, expected: &str) -> Valid {
    if fits { Ok(()) } else { Err(Fault::new(format!("has the key {} (expected {expected})", shown(text)))) }
}

fn number(number: impl Into<u64>, fits: bool, expected: &str) -> Valid {
    let number = number.into();
    if fits { Ok(()) } else { Err(Fault::new(format!("is {number} (expected {expected})"))) }
}

fn shown(text: &str) -> String {
    shortened(&format!("{text:?}"), LONGEST_SHOWN)
}

fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most).chain(['…']).collect()
}

/// What the JSON reader refuses, and where: the names of fields, and unknown words, come from the text.
pub(super) fn wrong_type(field: Option<String>, cause: &str) -> String {
    let told = match field.filter(|field| field != "." && !cause.contains(&format!("`{field}`"))) {
        Some(field) => format!("`{}`: {}", shortened(&field, LONGEST_WAY), shortened(cause, LONGEST_WAY)),
        None => shortened(cause, LONGEST_WAY),
    };
    told.chars().map(|c| if c.is_control() { c.escape_debug().to_string() } else { c.to_string() }).collect()
}

fn label(text: &str) -> Valid {
    is(text, is_label(text), LABEL)
}

fn subdomain(text: &str) -> Valid {
    is(text, is_subdomain(text), SUBDOMAIN)
}

/// A text that every reader of YAML reads as it is written.
fn text(text: &str) -> Valid {
    match yaml::unsafe_character(text) {
        None => Ok(()),
        Some((_, character)) => Err(Fault::new(format!(
            "holds the character U+{:04X}, which is not portable between YAML parsers",
            u32::from(character)
        ))),
    }
}

/// A key that every reader of YAML reads as it is written.
fn readable_key(written: &str) -> Valid {
    key(
        written,
        yaml::unsafe_key(written).is_none() && text(written).is_ok(),
        "a key that is portable between YAML parsers",
    )
}

/// Every text in a value of the user's own form, or of Kubernetes'.
fn texts(value: &Value) -> Valid {
    match value {
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
        Value::String(written) => text(written),
        Value::Array(items) => {
            few(items.len())?;
            let judge = |(index, item)| texts(item).map_err(|fault| fault.within(Step::Index(index)));
            items.iter().enumerate().try_for_each(judge)
        }
        Value::Object(map) => {
            few(map.len())?;
            map.iter().try_for_each(|(key, value)| {
                readable_key(key)?;
                field(key, texts(value))
            })
        }
    }
}

/// The texts of something in Kubernetes' own form.
fn texts_of(value: &impl Serialize) -> Valid {
    let value = serde_json::to_value(value).map_err(|cause| Fault::new(format!("cannot be written: {cause}")))?;
    texts(&value)
}

fn labels(map: &StringMap) -> Valid {
    let value = |_: &str, value: &String| is(value, is_label_value(value), LABEL_VALUE);
    entries(map, |name| key(name, is_label_key(name), LABEL_KEY), value)
}

fn annotations(map: &StringMap) -> Valid {
    let expected = "the key of an annotation, such as `example.com/team`";
    entries(map, |name| key(name, is_annotation_key(name), expected), |_, value| text(value))
}

/// Amounts by resource.
fn amounts(map: &StringMap) -> Valid {
    let expected = "the name of a resource, such as `cpu`";
    let value = |name: &str, written: &String| is(written, amount(name, written).is_ok(), AMOUNT);
    entries(map, |name| key(name, is_resource(name), expected), value)
}

/// A size of a volume.
fn size(written: &str) -> Valid {
    is(written, amount("storage", written).is_ok_and(|bytes| bytes > 0), AMOUNT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_names_its_field() {
        let judge = |text: &String| field("name", label(text));
        let told = each("racks", &["a".to_owned(), "B".to_owned()], judge).expect_err("B is no label").to_string();
        assert_eq!(told, format!("`racks[1].name` is \"B\" (expected {LABEL})"));
        let map: StringMap = [("<<".to_owned(), "x".to_owned())].into();
        let told = field("labels", labels(&map)).expect_err("<< is no key").to_string();
        assert_eq!(told, format!("`labels` has the key \"<<\" (expected {LABEL_KEY})"));
        let map: StringMap = [("a/b".to_owned(), "x y".to_owned())].into();
        let told = field("labels", labels(&map)).expect_err("a blank is no label").to_string();
        assert_eq!(told, "`labels.a/b` is \"x y\" (expected the value of a label)");
    }

    #[test]
    fn what_is_shown_is_short_and_on_one_line() {
        let told = label(&"a\n".repeat(1000)).expect_err("it has lines").to_string();
        assert!(!told.contains('\n') && told.chars().count() < 250, "{told}");
    }
}
