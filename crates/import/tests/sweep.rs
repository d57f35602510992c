//! Whatever stands in a resource, importing it comes to an end: every field of every input of the goldens is removed,
//! doubled, and given every other type.
#![allow(clippy::disallowed_methods, clippy::panic, reason = "tests read files and fail")]

use std::fs;
use std::path::Path;

use cassc_import::documents::Text;
use cassc_import::report::{markdown, text};
use cassc_import::{Import, Options, import};
use serde::Deserialize as _;
use serde_json::{Value, json};
use yaml_serde::Deserializer;

/// A way to a value: keys and indices, as a pointer of JSON has them.
type Way = Vec<String>;

/// The documents of the goldens' inputs.
fn inputs() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../golden/import");
    let mut cases: Vec<_> =
        fs::read_dir(folder).expect("the goldens are there").map(|it| it.expect("readable")).collect();
    cases.sort_by_key(std::fs::DirEntry::path);
    let mut inputs = Vec::new();
    for case in cases {
        let Ok(text) = fs::read_to_string(case.path().join("input.yaml")) else { continue };
        let documents = Deserializer::from_str(&text).filter_map(|document| Value::deserialize(document).ok());
        inputs.extend(documents.map(|document| (case.file_name().to_string_lossy().into_owned(), document)));
    }
    inputs
}

fn ways(value: &Value, way: &Way, found: &mut Vec<Way>) {
    let next = |key: String| way.iter().cloned().chain([key]).collect::<Way>();
    let children: Vec<(Way, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(key, value)| (next(key.clone()), value)).collect(),
        Value::Array(list) => list.iter().enumerate().map(|(index, value)| (next(index.to_string()), value)).collect(),
        _ => Vec::new(),
    };
    for (way, child) in children {
        ways(child, &way, found);
        found.push(way);
    }
}

fn parent<'v>(value: &'v mut Value, way: &Way) -> &'v mut Value {
    way[..way.len() - 1].iter().fold(value, |value, key| match value {
        Value::Object(map) => map.get_mut(key).expect("the way leads there"),
        Value::Array(list) => &mut list[key.parse::<usize>().expect("an index")],
        _ => panic!("the way leads through maps and lists"),
    })
}

/// The value with what stands at the end of the way removed, doubled, or replaced by some of the other types, in turn.
fn variants(value: &Value, way: &Way, turn: usize) -> Vec<String> {
    let end = way.last().expect("no way is empty");
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut value = value.clone();
        change(parent(&mut value, way));
        value.to_string()
    };
    let removed = changed(&|parent| match parent {
        Value::Object(map) => drop(map.remove(end)),
        Value::Array(list) => drop(list.remove(end.parse().expect("an index"))),
        _ => {}
    });
    let doubled = changed(&|parent| match parent {
        // A map cannot have a key twice: the text is made so below.
        Value::Object(map) => drop(map.insert("\u{1}".to_owned(), map[end].clone())),
        Value::Array(list) => list.push(list[end.parse::<usize>().expect("an index")].clone()),
        _ => {}
    });
    let doubled = doubled.replace("\"\\u0001\"", &Value::from(end.as_str()).to_string());
    let others = [
        json!(null),
        json!(true),
        json!(-1.5),
        json!(18_446_744_073_709_551_615_u64),
        json!(""),
        json!("x: \u{7f}\n"),
        json!([]),
        json!([[{}]]),
        json!({}),
        json!({"a": {"b": []}}),
    ];
    let some = others.iter().cycle().skip(turn * 3).take(3);
    let replaced = some.map(|other| {
        changed(&|parent| match parent {
            Value::Object(map) => drop(map.insert(end.clone(), other.clone())),
            Value::Array(list) => list[end.parse::<usize>().expect("an index")] = other.clone(),
            _ => {}
        })
    });
    replaced.chain([removed, doubled]).collect()
}

/// What comes out is YAML, and nothing is refused without a reason.
fn judge(text_in: &str, about: &str) {
    let texts = [Text { name: "x.yaml".to_owned(), text: text_in.to_owned() }];
    let Import { topologies, report } = import(&texts, &Options::default());
    for topology in &topologies {
        let read = yaml_serde::from_str::<Value>(&topology.text);
        let read = read.unwrap_or_else(|error| panic!("{about}: {error}\n{text_in}\n{}", topology.text));
        assert_eq!(read["kind"], "CassandraTopology", "{about}");
    }
    let is_told = report.refused.iter().all(|refusal| !refusal.message.is_empty() && refusal.at.line.is_some());
    assert!(is_told, "{about}: {:?}", report.refused);
    assert!(!text(&report).is_empty() || topologies.is_empty());
    let _ = markdown(&report);
}

#[test]
fn any_field_may_be_absent_doubled_or_of_another_type() {
    let mut judged = 0;
    // Of every third field one variant: all of them take minutes without optimization.
    for (number, (case, document)) in inputs().into_iter().enumerate() {
        judge(&document.to_string(), &case);
        let mut found = Vec::new();
        ways(&document, &Way::new(), &mut found);
        for (turn, way) in found.iter().enumerate().skip(number % 3).step_by(3) {
            let all = variants(&document, way, turn);
            judge(&all[turn % all.len()], &format!("{case}: {}", way.join("/")));
            judged += 1;
        }
    }
    assert!(judged > 200, "{judged} variants are enough to mean something");
}

#[test]
fn damaged_texts_are_refused_with_their_line() {
    for damaged in [
        "a: b: c\n",
        "- \"x\n",
        "\t\n a:\t1",
        "{",
        "%YAML 9.9\n---\n",
        "&a [*a]\n",
        "a: &x 1\nb: *y\n",
        "\u{0}",
        "a: 1\na: 2\n",
    ] {
        let texts = [Text { name: "x.yaml".to_owned(), text: damaged.to_owned() }];
        let Import { topologies, report } = import(&texts, &Options::default());
        assert_eq!(topologies, []);
        assert!(report.refused.iter().all(|refusal| !refusal.message.is_empty()), "{damaged:?}: {report:?}");
    }
}
