//! What cassc's YAML writer writes, read back by the programs that will read it: kubectl, kustomize and `PyYAML` must all see
//! the value that was written. All strings travel in one file, so that each reader starts once.

pub(crate) mod hostile_strings;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;

use cassc::yaml;
use k8s_openapi::api::apps::v1::{StatefulSet, StatefulSetSpec};
use k8s_openapi::api::core::v1::{Container, EnvVar, PodSpec, PodTemplateSpec};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use tempfile::{NamedTempFile, TempDir};

use crate::real_tool::{is_here, output};

pub(crate) const PYTHON_PROBE: [&str; 2] = ["-c", "import yaml; yaml.CSafeLoader"];
pub(crate) const KUBECTL_PROBE: [&str; 2] = ["version", "--client"];

#[test]
fn kubectl_reads_hostile_strings_in_every_position() {
    if is_here("kubectl", &KUBECTL_PROBE) {
        let written = object_of(&hostile_strings::all());
        assert_same(&written, &read_by_kubectl(&yaml_text(&written)));
    }
}

/// `kubectl set env` decodes into the types that the API server uses, where `annotate` keeps a tree of any shape.
#[test]
fn kubectl_decodes_hostile_strings_into_a_stateful_set() {
    if !is_here("kubectl", &KUBECTL_PROBE) {
        return;
    }
    let strings = hostile_strings::all();
    let written = stateful_set_of(&strings);
    let file = file_of(&yaml_text(&written));
    let arguments = ["set", "env", "--local", "-o", "json", "ADDED=1", "-f"];
    let read: Value = serde_json::from_slice(&output(Command::new("kubectl").args(arguments).arg(file.path())))
        .expect("kubectl prints one JSON object");
    let mut read: StatefulSet = serde_json::from_value(read).expect("kubectl prints a StatefulSet");
    let container = &mut read.spec.as_mut().expect("it was written").template.spec.as_mut().expect("too").containers[0];
    container.env.as_mut().expect("it was written").pop();
    container.resources = None;
    let read = json!({"metadata": {"annotations": read.metadata.annotations}, "spec": read.spec});
    let written = serde_json::to_value(written).expect("a StatefulSet is JSON");
    for pointer in ["/metadata/annotations", "/spec/template/spec/containers"] {
        assert_same(written.pointer(pointer).expect("it was written"), read.pointer(pointer).unwrap_or(&Value::Null));
    }
}

#[test]
fn kustomize_passes_on_hostile_strings_without_unsafe_characters() {
    if !is_here("kubectl", &KUBECTL_PROBE) {
        return;
    }
    let mut strings = hostile_strings::all();
    strings.retain(|text| yaml::unsafe_character(text).is_none());
    let written = object_of(&strings);
    assert_same(&written, &read_by_kubectl(&through_kustomize(&yaml_text(&written))));
}

#[test]
fn python_reads_hostile_strings_in_every_position() {
    if is_here("python3", &PYTHON_PROBE) {
        let written = object_of(&hostile_strings::all());
        assert_same(&json!([written]), &read_by_python("CSafeLoader", &yaml_text(&written)));
    }
}

#[test]
fn the_parser_in_pure_python_reads_hostile_strings() {
    if is_here("python3", &PYTHON_PROBE) {
        let strings = hostile_strings::all();
        let written = json!(strings.iter().map(|text| json!({ "name": text })).collect::<Vec<_>>());
        assert_same(&json!([written]), &read_by_python("SafeLoader", &yaml_text(&written)));
    }
}

#[test]
fn python_reads_random_trees_as_the_same_json() {
    if is_here("python3", &PYTHON_PROBE) {
        let trees = hostile_strings::random(tree(), 400);
        let mut text = String::new();
        for tree in &trees {
            text.push_str("---\n");
            yaml::write(&mut text, tree).expect("the test writes only values that have a text");
        }
        assert_same(&Value::Array(trees), &read_by_python("CSafeLoader", &text));
    }
}

#[test]
fn kubectl_reads_random_trees_as_the_same_json() {
    if is_here("kubectl", &KUBECTL_PROBE) {
        let mut written = object_of(&[]);
        written["spec"] = Value::Array(hostile_strings::random(tree(), 400));
        assert_same(&go_numbers(written.clone()), &go_numbers(read_by_kubectl(&yaml_text(&written))));
    }
}

/// A custom object with every string as a value, in lists of each kind, and (unless it is long, or `<<`) as a key.
fn object_of(strings: &[String]) -> Value {
    let values: Map<String, Value> = (0..).zip(strings).map(|(n, text)| (format!("k{n}"), json!(text))).collect();
    let keys: Map<String, Value> =
        strings.iter().filter(|text| text.len() <= 160 && *text != "<<").map(|k| (k.clone(), json!("x"))).collect();
    let deep: Vec<Value> = strings.iter().map(|text| json!([[text], {"name": text, "args": [text]}])).collect();
    json!({"apiVersion": "cassc/v1", "kind": "Hostile", "metadata": {"name": "hostile"},
        "spec": {"values": values, "keys": keys, "list": strings, "deep": deep}})
}

/// A `StatefulSet` with every string as an argument, an annotation and (unless it is empty, which kubectl leaves out) the
/// value of a variable.
fn stateful_set_of(strings: &[String]) -> StatefulSet {
    let env = (0..).zip(strings).map(|(n, text)| EnvVar {
        name: format!("K{n}"),
        value: Some(text.clone()),
        ..EnvVar::default()
    });
    let container = Container {
        name: "cassandra".into(),
        args: Some(strings.to_vec()),
        env: Some(env.filter(|variable| variable.value.as_deref() != Some("")).collect()),
        ..Container::default()
    };
    let annotations: BTreeMap<_, _> = (0..).zip(strings).map(|(n, text)| (format!("k{n}"), text.clone())).collect();
    let pod = PodSpec { containers: vec![container], ..PodSpec::default() };
    let template = PodTemplateSpec { spec: Some(pod), ..PodTemplateSpec::default() };
    StatefulSet {
        metadata: ObjectMeta { name: Some("hostile".into()), annotations: Some(annotations), ..ObjectMeta::default() },
        spec: Some(StatefulSetSpec { template, ..StatefulSetSpec::default() }),
        ..StatefulSet::default()
    }
}

/// A strategy for JSON values of any shape, with hostile strings as keys and values.
fn tree() -> impl Strategy<Value = Value> {
    use prop::num::f64::{NEGATIVE, NORMAL, POSITIVE, SUBNORMAL, ZERO};
    let float = NORMAL | SUBNORMAL | ZERO | POSITIVE | NEGATIVE;
    let number = prop_oneof![any::<i64>().prop_map(Value::from), float.prop_map(Value::from)];
    let simple = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number,
        (-9..9_i8).prop_map(|n| Value::from(f64::from(n))),
        hostile_strings::pieces().prop_map(Value::from),
    ];
    simple.prop_recursive(5, 40, 6, |inner| {
        let key = hostile_strings::pieces().prop_map(|text| if text == "<<" { "< <".into() } else { text });
        let entry = (key, inner.clone());
        prop_oneof![
            prop::collection::vec(inner, 0..6).prop_map(Value::from),
            prop::collection::vec(entry, 0..6).prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

fn yaml_text<T: serde::Serialize>(value: &T) -> String {
    yaml::to_string(value).expect("the test writes only values that have a text")
}

pub(crate) fn file_of(text: &str) -> NamedTempFile {
    let mut file = tempfile::Builder::new().suffix(".yaml").tempfile().expect("the temporary folder can be written");
    file.write_all(text.as_bytes()).expect("the temporary file can be written");
    file
}

/// The object that kubectl finds in a text, without asking a server.
fn read_by_kubectl(text: &str) -> Value {
    let file = file_of(text);
    let arguments = ["annotate", "--local", "-o", "json", "added=1", "-f"];
    let json = output(Command::new("kubectl").args(arguments).arg(file.path()));
    let mut object: Value = serde_json::from_slice(&json).expect("kubectl prints one JSON object");
    object["metadata"].as_object_mut().expect("an object has metadata").remove("annotations");
    object
}

fn through_kustomize(text: &str) -> String {
    let folder = TempDir::new().expect("the temporary folder can be written");
    let write = |name: &str, text: &str| {
        let mut file = std::fs::File::create(folder.path().join(name)).expect("the temporary folder can be written");
        file.write_all(text.as_bytes()).expect("the temporary file can be written");
    };
    write("hostile.yaml", text);
    write("kustomization.yaml", "resources:\n- hostile.yaml\n");
    let text = output(Command::new("kubectl").arg("kustomize").arg(folder.path()));
    String::from_utf8(text).expect("kustomize prints UTF-8")
}

/// The documents that `PyYAML` finds in a text, as a list.
pub(crate) fn read_by_python(loader: &str, text: &str) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden/readers/read_back.py");
    let file = file_of(text);
    let json = output(Command::new("python3").arg(script).arg(loader).arg(file.path()));
    serde_json::from_slice(&json).expect("the script prints JSON")
}

/// The same value with each number as a float: Go writes the float 1.0 as 1.
fn go_numbers(value: Value) -> Value {
    match value {
        Value::Number(number) => json!(number.as_f64()),
        Value::Array(items) => items.into_iter().map(go_numbers).collect(),
        Value::Object(entries) => entries.into_iter().map(|(key, value)| (key, go_numbers(value))).collect(),
        other => other,
    }
}

/// Fails with the places that differ, not with two whole documents.
fn assert_same(written: &Value, read: &Value) {
    let mut differences = Vec::new();
    compare("", written, read, &mut differences);
    let count = differences.len();
    differences.truncate(20);
    assert!(count == 0, "{count} values are read as something else:\n{}", differences.join("\n"));
}

pub(crate) fn compare(at: &str, written: &Value, read: &Value, differences: &mut Vec<String>) {
    match (written, read) {
        (Value::Object(left), Value::Object(right)) => {
            for key in left.keys().chain(right.keys().filter(|key| !left.contains_key(*key))) {
                match (left.get(key), right.get(key)) {
                    (Some(left), Some(right)) => compare(&format!("{at}/{key:?}"), left, right, differences),
                    (Some(_), None) => differences.push(format!("{at}: the key {key:?} was lost")),
                    _ => differences.push(format!("{at}: the key {key:?} came from nowhere")),
                }
            }
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (n, (left, right)) in left.iter().zip(right).enumerate() {
                compare(&format!("{at}/{n}"), left, right, differences);
            }
        }
        _ if written == read => {}
        _ => differences.push(format!("{at}: wrote {written}, read {read}")),
    }
}
