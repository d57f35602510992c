//! Objects → files: folder and name of each, and what the delivery tool must be told, in the dialect that it reads. The
//! stages and the objects in them are the same in every dialect.

mod argocd;
mod flux;
mod plain;

use std::collections::BTreeMap;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use crate::cluster::Cluster;
use crate::file_tree::FileTree;
use crate::lock::template_digest;
use crate::render::{Object, Resource, Retirement, Stage, objects};
use crate::topology::Dialect;
use crate::yaml;

/// The stages in the order of delivery.
pub const STAGES: [Stage; 2] = [Stage::Base, Stage::Cluster];

/// The names of the files of the objects, by stage.
type FilesByStage = BTreeMap<Stage, Vec<String>>;

/// A delivery tool: what it must be told about an object, and the files beside the objects.
struct Tool {
    /// Completes the metadata of an object.
    annotate: fn(&mut Object),
    /// The files beside the objects of a Kubernetes cluster, told the objects' files by stage; paths as theirs.
    files: fn(&FilesByStage) -> BTreeMap<String, String>,
}

fn tool(dialect: Dialect) -> Tool {
    match dialect {
        Dialect::Argocd => Tool { annotate: argocd::annotate, files: no_files },
        Dialect::Flux => Tool { annotate: flux::annotate, files: no_files },
        Dialect::Plain => Tool { annotate: |_| {}, files: plain::kustomizations },
    }
}

fn no_files(_: &FilesByStage) -> BTreeMap<String, String> {
    BTreeMap::new()
}

/// All that is written for a cluster.
#[derive(Clone, Debug, Default)]
pub struct Arranged {
    /// The files: `<kube cluster>/<stage>/<object>.yaml`, the first part only where datacenters name one.
    pub files: FileTree,
    /// The digests of the pod templates in them, by StatefulSet: for the lock.
    pub templates: BTreeMap<String, String>,
    /// The objects in them, by the paths of their files.
    pub objects: BTreeMap<String, Delivered>,
}

/// An object in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// The Kubernetes cluster, where the topology names one.
    pub kube_cluster: Option<String>,
    /// Its namespace, where the topology names one.
    pub namespace: Option<String>,
    /// Its kind.
    pub kind: &'static str,
    /// Its name.
    pub name: String,
    /// When it is applied.
    pub stage: Stage,
    /// What may happen to it later.
    pub retirement: Retirement,
}

/// Objects → files.
pub fn arrange(cluster: &Cluster) -> Arranged {
    let Arranged { files: mut tree, mut templates, mut objects } = Arranged::default();
    for kube_cluster in cluster.kube_clusters() {
        let mut by_stage = FilesByStage::new();
        for (path, object) in delivered(cluster, kube_cluster) {
            let (_, name) = path.rsplit_once('/').expect("an object lies in the folder of its stage");
            by_stage.entry(object.stage).or_default().push(name.to_owned());
            templates.extend(template(&object.resource));
            objects.insert(path.clone(), delivered_object(&object, kube_cluster));
            tree.insert(path, manifest(&object.resource));
        }
        let folder = folder(kube_cluster);
        for (path, text) in (tool(cluster.dialect).files)(&by_stage) {
            tree.insert(format!("{folder}{path}"), text);
        }
    }
    Arranged { files: tree, templates, objects }
}

fn delivered_object(object: &Object, kube_cluster: Option<&str>) -> Delivered {
    let metadata = object.resource.metadata();
    Delivered {
        kube_cluster: kube_cluster.map(str::to_owned),
        namespace: metadata.namespace.clone(),
        kind: object.resource.kind().1,
        name: metadata.name.clone().unwrap_or_default(),
        stage: object.stage,
        retirement: object.retirement,
    }
}

/// Name and digest of the pod template of a StatefulSet.
fn template(resource: &Resource) -> Option<(String, String)> {
    let Resource::StatefulSet(stateful_set) = resource else { return None };
    Some((stateful_set.metadata.name.clone()?, template_digest(&stateful_set.spec.as_ref()?.template)))
}

/// The objects of a cluster in one of its Kubernetes clusters, with all that the delivery tool is told, each behind the
/// path of its file.
pub fn delivered(cluster: &Cluster, kube_cluster: Option<&str>) -> Vec<(String, Object)> {
    let folder = folder(kube_cluster);
    let several_namespaces = cluster.namespaces_in(kube_cluster).len() > 1;
    let tool = tool(cluster.dialect);
    let delivered = |mut object: Object| {
        (tool.annotate)(&mut object);
        let name = file_name(&object.resource, several_namespaces);
        (format!("{folder}{}/{name}", stage_folder(object.stage)), object)
    };
    objects(cluster, kube_cluster).into_iter().map(delivered).collect()
}

fn folder(kube_cluster: Option<&str>) -> String {
    kube_cluster.map_or_else(String::new, |name| format!("{name}/"))
}

/// The manifests of a cluster in the order in which they can be applied, for a stream.
pub fn in_order_of_stages(tree: &FileTree) -> Vec<(&str, &str)> {
    let folder = |path: &str| path.rsplit('/').nth(1).map(str::to_owned);
    let stage = |path: &str| STAGES.iter().position(|stage| folder(path).as_deref() == Some(stage_folder(*stage)));
    let mut files: Vec<(&str, &str)> = tree.iter().collect();
    files.sort_by_key(|(path, _)| (stage(path), *path));
    files
}

/// The folder of a stage.
pub fn stage_folder(stage: Stage) -> &'static str {
    match stage {
        Stage::Base => "base",
        Stage::Cluster => "cluster",
    }
}

fn manifest(resource: &Resource) -> String {
    yaml::to_string(resource).expect("rules refused what the writer cannot write")
}

/// kustomize's own naming: group and version, kind, name, all lower case; the namespace in front where there are
/// several.
fn file_name(resource: &Resource, several_namespaces: bool) -> String {
    let (api_version, kind) = resource.kind();
    let metadata = resource.metadata();
    let name = metadata.name.as_deref().expect("every object is built with a name");
    let namespace = match &metadata.namespace {
        Some(namespace) if several_namespaces => format!("{namespace}_"),
        _ => String::new(),
    };
    format!("{namespace}{}_{}_{name}.yaml", api_version.replace('/', "_"), kind.to_lowercase())
}

/// Adds an annotation for the delivery tool.
fn annotation(metadata: &mut ObjectMeta, key: &str, value: &str) {
    metadata.annotations.get_or_insert_default().insert(key.to_owned(), value.to_owned());
}
