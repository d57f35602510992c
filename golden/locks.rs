//! Locks are input: whatever stands in one, cassc answers with what it is asked for or with a sentence that names the
//! field, in every verb that reads one. What it has written it reads back.

mod damage;
mod hostile;
#[cfg(unix)]
mod verbs;

use std::fs;

use cassc::deliver::arrange;
use cassc::lock::{Lock, Recorded};
use serde_json::Value;

use crate::compare::repository;
use crate::rendered::{assert_none, compiled, topologies};

/// The topology that has everything.
const EVERYTHING: &str = "golden/topologies/everything.yaml";

/// The locks of every topology of the repository, by their names.
fn locks() -> Vec<(String, Value)> {
    let lock = |path: std::path::PathBuf| {
        let compilation = compiled("topology.yaml", fs::read(&path).expect("a topology can be read"), None);
        let (_, cluster) = compilation.clusters().next().unwrap_or_else(|| panic!("{}", path.display()));
        let arranged = arrange(&cluster);
        let lock = Lock::new("topology.yaml".as_ref(), cluster, &arranged.files, arranged.templates);
        (path.display().to_string(), serde_json::from_str(&lock.to_text()).expect("a lock is JSON"))
    };
    topologies().into_iter().map(lock).collect()
}

/// The lock of [`EVERYTHING`].
fn of_everything() -> Value {
    let locks = locks().into_iter();
    locks.filter(|(name, _)| name.ends_with(EVERYTHING)).map(|(_, lock)| lock).next().expect("it is a topology")
}

/// A lock with another value at a JSON pointer; the last key may be new.
fn changed(lock: &Value, pointer: &str, value: Value) -> Value {
    let mut lock = lock.clone();
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer begins with a slash");
    let parent = lock.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer} is nowhere"));
    match parent {
        Value::Array(items) => items[key.parse::<usize>().expect("a position")] = value,
        parent => parent[key.replace("~1", "/").replace("~0", "~")] = value,
    }
    lock
}

/// The pointers of all values of a kind.
fn pointers(value: &Value, is_wanted: &impl Fn(&Value) -> bool) -> Vec<String> {
    let below = |key: String, value: &Value| -> Vec<String> {
        let own = if is_wanted(value) { vec![format!("/{key}")] } else { Vec::new() };
        own.into_iter().chain(pointers(value, is_wanted).into_iter().map(|rest| format!("/{key}{rest}"))).collect()
    };
    match value {
        Value::Object(map) => {
            map.iter().flat_map(|(key, value)| below(key.replace('~', "~0").replace('/', "~1"), value)).collect()
        }
        Value::Array(items) => items.iter().enumerate().flat_map(|(at, value)| below(at.to_string(), value)).collect(),
        _ => Vec::new(),
    }
}

#[test]
fn a_hostile_lock_is_refused_with_the_name_of_its_field() {
    let (lock, rows) = (of_everything(), hostile::rows());
    assert!(Lock::read(&lock.to_string()).is_ok(), "without a change it is a lock");
    let fault = |row: &hostile::Row| match Recorded::read(&row.of(&lock)) {
        Ok(_) => Some(format!("{} is read", row.title())),
        Err(refused) => {
            let told = refused.to_string();
            let is_told = told.contains(row.told) && !told.contains(char::is_control) && told.chars().count() < 400;
            (!is_told).then(|| format!("{} is refused with: {told}", row.title()))
        }
    };
    assert_none(&rows.iter().filter_map(fault).collect::<Vec<_>>());
    assert!(rows.len() > 140, "only {} rows", rows.len());
}

/// A new field of the resolved cluster is judged like the others, or this test names it.
#[test]
fn no_text_of_a_lock_escapes_judgment() {
    let unjudged = |(name, lock): (String, Value)| {
        let is_read = |pointer: &String| Lock::read(&changed(&lock, pointer, "a\u{85}b".into()).to_string()).is_ok();
        let texts = pointers(&lock, &Value::is_string).into_iter();
        let unjudged = texts.filter(|pointer| pointer != "/note" && is_read(pointer));
        unjudged.map(|pointer| format!("{name}: {pointer}")).collect::<Vec<_>>()
    };
    assert_none(&locks().into_iter().flat_map(unjudged).collect::<Vec<_>>());
}

/// `<<` is dropped by kustomize with its value, and the writer of YAML refuses it.
#[test]
fn no_key_of_a_lock_escapes_judgment() {
    let unjudged = |(name, lock): (String, Value)| {
        let with_key = |pointer: &String| {
            let mut map = lock.pointer(pointer).and_then(Value::as_object).expect("it is a map").clone();
            let value = map.values().next().cloned().unwrap_or_else(|| "x".into());
            map.insert("<<".to_owned(), value);
            changed(&lock, pointer, map.into()).to_string()
        };
        // A field that nobody knows is passed over.
        let is_kept =
            |pointer: &String| Lock::read(&with_key(pointer)).is_ok_and(|lock| lock.to_text().contains("\"<<\""));
        // The name of a file is compared with others and written nowhere.
        let maps = pointers(&lock, &Value::is_object).into_iter().filter(|pointer| pointer != "/files");
        let unjudged = maps.filter(is_kept);
        unjudged.map(|pointer| format!("{name}: {pointer}")).collect::<Vec<_>>()
    };
    assert_none(&locks().into_iter().flat_map(unjudged).collect::<Vec<_>>());
}

/// A pull request may hold a file that a packer made small.
#[test]
fn a_lock_that_is_too_large_is_not_read() {
    let text = format!("{{\"format\": 2, \"note\": \"{}\"}}", " ".repeat(cassc::lock::LARGEST_LOCK));
    assert_eq!(Lock::read(&text).expect_err("it is too large").to_string(), "is larger than 16 MiB");
    let largest = fs::metadata(repository("golden/render/multi-rack/cassc.lock")).expect("it is there").len();
    assert!(largest * 1000 < cassc::lock::LARGEST_LOCK as u64, "real locks are far smaller");
}
