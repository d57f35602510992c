//! Every manifest of every topology in every dialect, read by the programs that will read it: the values must be those
//! that the compiler put into its objects, before it wrote them as text.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use cassc::deliver::arrange;
use cassc::file_tree::FileTree;
use cassc::topology::Dialect;
use serde_json::{Deserializer, Value};
use tempfile::TempDir;

use crate::hygiene::pod_spec;
use crate::readers::{KUBECTL_PROBE, PYTHON_PROBE, compare, file_of, read_by_python};
use crate::real_tool::{is_here, output};
use crate::rendered::{Rendered, all, assert_none, mutated};
use crate::strict_schema::{good_stateful_set, is_custom};

/// All manifests: path, object and text.
fn manifests() -> Vec<(String, Value, String)> {
    let of_one = |rendered: Rendered| {
        let tree = arrange(&rendered.cluster).files;
        let title = rendered.title;
        let manifest = move |(path, object): (String, Value)| {
            let text = tree.get(&path).expect("an object has a file").to_owned();
            (format!("{title}: {path}"), object, text)
        };
        rendered.objects.into_iter().map(manifest)
    };
    all().into_iter().flat_map(of_one).collect()
}

fn stream<'t>(texts: impl Iterator<Item = &'t str>) -> String {
    texts.fold(String::new(), |stream, text| stream + "---\n" + text)
}

/// The differences between what was meant and what was read, in the same order.
fn differences<'m>(meant: impl ExactSizeIterator<Item = (&'m str, &'m Value)>, read: &[Value]) -> Vec<String> {
    assert_eq!(meant.len(), read.len(), "as many objects are read as were written");
    let mut differences = Vec::new();
    for ((path, meant), read) in meant.zip(read) {
        compare(path, meant, read, &mut differences);
    }
    differences
}

fn json_documents(bytes: &[u8]) -> Vec<Value> {
    let documents = Deserializer::from_slice(bytes).into_iter::<Value>();
    documents.map(|document| document.expect("kubectl prints JSON")).collect()
}

#[test]
fn python_reads_every_manifest_as_it_was_meant() {
    if is_here("python3", &PYTHON_PROBE) {
        let manifests = manifests();
        let read = read_by_python("CSafeLoader", &stream(manifests.iter().map(|(_, _, text)| text.as_str())));
        let read = read.as_array().expect("the script prints a list");
        assert_none(&differences(manifests.iter().map(|(path, object, _)| (path.as_str(), object)), read));
    }
}

/// `annotate` reads the text as Go does, and keeps it as a tree.
#[test]
fn kubectl_reads_every_manifest_as_it_was_meant() {
    if !is_here("kubectl", &KUBECTL_PROBE) {
        return;
    }
    let manifests = manifests();
    let file = file_of(&stream(manifests.iter().map(|(_, _, text)| text.as_str())));
    let arguments = ["annotate", "--local", "-o", "json", "added=1", "-f"];
    let mut read = json_documents(&output(Command::new("kubectl").args(arguments).arg(file.path())));
    for object in &mut read {
        let metadata = object["metadata"].as_object_mut().expect("an object has metadata");
        let annotations = metadata["annotations"].as_object_mut().expect("an annotation was added");
        annotations.remove("added");
        if annotations.is_empty() {
            metadata.remove("annotations");
        }
    }
    assert_none(&differences(manifests.iter().map(|(path, object, _)| (path.as_str(), object)), &read));
}

/// What kubectl's own types make of a stream of manifests: the objects that have pods, and its complaints about others.
fn decoded(stream: &str) -> (Vec<Value>, Vec<String>) {
    let file = file_of(stream);
    let arguments = ["set", "env", "--local", "-o", "json", "ADDED=1", "-f"];
    let output = Command::new("kubectl").args(arguments).arg(file.path()).output().expect("kubectl starts");
    let complaints = String::from_utf8(output.stderr).expect("kubectl complains in UTF-8");
    let complaints = complaints.replace("\n the object is not a pod", " the object is not a pod");
    let lines = complaints.lines().filter(|line| !line.trim().is_empty()).map(str::to_owned).collect();
    (json_documents(&output.stdout), lines)
}

/// `set env` decodes into the types of the API server: a wrong type is a complaint, and a field that no type has is
/// lost.
#[test]
fn kubectl_decodes_every_manifest_into_its_own_types() {
    if !is_here("kubectl", &KUBECTL_PROBE) {
        return;
    }
    // kubectl knows only the kinds of Kubernetes.
    let manifests: Vec<_> = manifests().into_iter().filter(|(_, object, _)| !is_custom(object)).collect();
    let (with_pods, without): (Vec<_>, Vec<_>) =
        manifests.iter().partition(|(_, object, _)| pod_spec(object).is_some());
    let (read, mut complaints) = decoded(&stream(manifests.iter().map(|(_, _, text)| text.as_str())));
    let harmless = complaints.len();
    complaints.retain(|line| !line.contains("does not have a pod template: *v1."));
    assert_none(&complaints);
    assert_eq!((read.len(), harmless), (with_pods.len(), without.len()));
    let mut lost = Vec::new();
    for ((path, meant, _), read) in with_pods.into_iter().zip(&read) {
        find_lost(path, meant, read, &mut lost);
    }
    assert_none(&lost);
}

/// What was meant and is not in what was read; defaults that were added do not matter.
fn find_lost(at: &str, meant: &Value, read: &Value, lost: &mut Vec<String>) {
    match (meant, read) {
        (Value::Object(meant), Value::Object(_)) => {
            meant.iter().for_each(|(key, meant)| find_lost(&format!("{at}/{key}"), meant, &read[key], lost));
        }
        (Value::Array(meant), Value::Array(read)) if meant.len() <= read.len() => {
            (0..).zip(meant.iter().zip(read)).for_each(|(n, (m, r))| find_lost(&format!("{at}/{n}"), m, r, lost));
        }
        _ if meant == read => {}
        _ => lost.push(format!("{at}: meant {meant}, read {read}")),
    }
}

#[test]
fn kubectl_finds_what_is_wrong_with_a_manifest() {
    if !is_here("kubectl", &KUBECTL_PROBE) {
        return;
    }
    let good = good_stateful_set();
    let container = "/spec/template/spec/containers/0";
    let refused = [
        (format!("{container}/env/-"), r#"{"name": "LOCAL_JMX", "value": true}"#),
        (format!("{container}/resources/requests/cpu"), "\"4 cores\""),
        ("/spec/replicas".to_owned(), "\"3\""),
        ("/metadata/labels/number".to_owned(), "1"),
    ];
    for (pointer, value) in refused {
        let bad = mutated(&good, &pointer, serde_json::from_str(value).expect("the mutation is JSON"));
        let (read, complaints) = decoded(&bad.to_string());
        assert!(read.is_empty() && !complaints.is_empty(), "{pointer} = {value} is not found");
    }
    let odd = mutated(&good, &format!("{container}/imagePullPolcy"), "Always".into());
    let mut lost = Vec::new();
    find_lost("", &odd, &decoded(&odd.to_string()).0[0], &mut lost);
    assert_eq!(lost, [format!("{container}/imagePullPolcy: meant \"Always\", read null")]);
}

fn write_tree(folder: &Path, tree: &FileTree) {
    for (path, text) in tree.iter() {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("the folder can be made");
        fs::write(path, text).expect("the file can be written");
    }
}

fn by_identity(objects: impl Iterator<Item = Value>) -> BTreeMap<String, Value> {
    let identity = |object: &Value| {
        format!("{} {} {}", object["kind"], object["metadata"]["namespace"], object["metadata"]["name"])
    };
    objects.map(|object| (identity(&object), object)).collect()
}

#[test]
fn kustomize_makes_the_same_objects_of_every_plain_tree() {
    if !is_here("kubectl", &KUBECTL_PROBE) || !is_here("python3", &PYTHON_PROBE) {
        return;
    }
    let mut differences = Vec::new();
    for rendered in all().into_iter().filter(|rendered| rendered.cluster.dialect == Dialect::Plain) {
        let folder = TempDir::new().expect("the temporary folder can be written");
        write_tree(folder.path(), &arrange(&rendered.cluster).files);
        let (first, _) = &rendered.objects[0];
        let root = Path::new(first).ancestors().nth(2).expect("an object lies in the folder of its stage");
        let text = output(Command::new("kubectl").arg("kustomize").arg(folder.path().join(root)));
        let read = read_by_python("CSafeLoader", &String::from_utf8(text).expect("kustomize prints UTF-8"));
        let read = read.as_array().expect("the script prints a list");
        let what_pods_need = |object: &&Value| {
            ["ConfigMap", "Service", "ServiceAccount", "StatefulSet"].iter().any(|kind| object["kind"] == *kind)
        };
        let in_order: Vec<&Value> = read.iter().filter(what_pods_need).collect();
        assert!(in_order.is_sorted_by_key(|object| object["kind"] == "StatefulSet"), "pods come after what they need");
        let read = by_identity(read.iter().cloned());
        let meant = by_identity(rendered.objects.into_iter().map(|(_, object)| object));
        assert_eq!(meant.keys().collect::<Vec<_>>(), read.keys().collect::<Vec<_>>(), "{}", rendered.title);
        for (identity, meant) in &meant {
            compare(&format!("{}: {identity}", rendered.title), meant, &read[identity], &mut differences);
        }
    }
    assert_none(&differences);
}
