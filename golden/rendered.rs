//! What the compiler makes of the examples and of `golden/topologies`, in every dialect: the objects as values, before
//! they become text. The oracles judge these.

use std::path::PathBuf;

use cassc::catalogue::Warnings;
use cassc::cluster::Cluster;
use cassc::deliver::delivered;
use cassc::parse::source::{Origin, Source};
use cassc::topology::Dialect;
use cassc::{Compilation, Options, compile};
use serde_json::Value;

use crate::compare::yaml_files;

pub(crate) const DIALECTS: [Dialect; 3] = [Dialect::Argocd, Dialect::Flux, Dialect::Plain];

/// The objects of one Cassandra cluster in one Kubernetes cluster.
#[derive(Clone)]
pub(crate) struct Rendered {
    /// The file and the dialect, for complaints.
    pub(crate) title: String,
    pub(crate) cluster: Cluster,
    /// Path of the file and value of the object.
    pub(crate) objects: Vec<(String, Value)>,
}

impl Rendered {
    /// The objects of a kind.
    pub(crate) fn of_kind<'r>(&'r self, kind: &'r str) -> impl Iterator<Item = &'r Value> {
        self.objects.iter().map(|(_, object)| object).filter(move |object| object["kind"] == kind)
    }
}

/// All topologies that must render.
pub(crate) fn topologies() -> Vec<PathBuf> {
    ["examples", "golden/topologies"].into_iter().flat_map(yaml_files).collect()
}

/// Every topology in every dialect, one entry per Kubernetes cluster.
pub(crate) fn all() -> Vec<Rendered> {
    let text = |path: &PathBuf| std::fs::read(path).expect("a topology can be read");
    let of_file = |path: PathBuf| {
        let (name, bytes) = (path.display().to_string(), text(&path));
        DIALECTS.into_iter().flat_map(move |dialect| {
            let compilation = compiled(&name, bytes.clone(), Some(dialect));
            assert!(!compilation.accepted.is_empty(), "{name}: {:#?}", compilation.complaints);
            rendered(&compilation)
        })
    };
    topologies().into_iter().flat_map(of_file).collect()
}

/// The compilation of one text.
pub(crate) fn compiled(name: &str, bytes: Vec<u8>, dialect: Option<Dialect>) -> Compilation {
    let source = Source { name: name.to_owned(), bytes, origin: Origin::Named };
    compile(vec![source], Options { dialect, warnings: Warnings::Show })
}

/// The objects of what was accepted.
pub(crate) fn rendered(compilation: &Compilation) -> Vec<Rendered> {
    compilation.clusters().flat_map(|(source, cluster)| of_cluster(source, &cluster)).collect()
}

fn of_cluster(source: &str, cluster: &Cluster) -> Vec<Rendered> {
    let in_kube_cluster = |kube_cluster: Option<&str>| {
        let value = |object| serde_json::to_value(object).expect("an object is JSON");
        let objects = delivered(cluster, kube_cluster).into_iter();
        Rendered {
            title: format!("{source} as {:?}", cluster.dialect),
            cluster: cluster.clone(),
            objects: objects.map(|(path, object)| (path, value(object.resource))).collect(),
        }
    };
    cluster.kube_clusters().into_iter().map(in_kube_cluster).collect()
}

/// A copy with one value set, by JSON pointer; the last part may be new, `-` appends to a list.
pub(crate) fn mutated(good: &Value, pointer: &str, value: Value) -> Value {
    let mut bad = good.clone();
    let (parent, key) = pointer.rsplit_once('/').expect("a pointer begins with a slash");
    let parent = bad.pointer_mut(parent).unwrap_or_else(|| panic!("{pointer} has a parent"));
    match parent {
        Value::Array(items) if key == "-" => items.push(value),
        Value::Array(items) => items[key.parse::<usize>().expect("an index is a number")] = value,
        parent => parent[key] = value,
    }
    bad
}

/// Fails with all faults, each under the title of what has it.
pub(crate) fn assert_none(faults: &[String]) {
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}
