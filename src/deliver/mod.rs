//! Objects → files: folder and name of each, and what the delivery tool needs, in its dialect. The
//! stages and the objects in them are the same in every dialect.

mod argocd;
mod flux;
mod kustomize;
mod plain;
mod rendered_folder;

use std::collections::BTreeMap;

pub use rendered_folder::RenderedFolder;

use cassc_ring::names;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Serialize;

use crate::cluster::Cluster;
use crate::file_tree::FileTree;
use crate::lock::template_digest;
use crate::render::{Object, Resource, Retirement, objects};
use crate::stages::{Stage, TOOL_FOLDERS};
use crate::topology::Dialect;
use crate::yaml;

/// The names of the files of the objects, by stage; stages without objects are not in it.
type FilesByStage = BTreeMap<Stage, Vec<String>>;

/// Where files beside the objects are made for.
struct Target<'c> {
    cluster: &'c Cluster,
    kube_cluster: Option<&'c str>,
    by_stage: &'c FilesByStage,
}

/// Tells how to apply a cluster's folder stage by stage, with commands that wait between two of them.
type StageByStage = fn(&Cluster, &RenderedFolder, &[String]) -> String;

/// A delivery tool: what differs between them.
struct Tool {
    /// Completes the metadata of an object.
    annotate: fn(&mut Object),
    /// The files beside the objects of a Kubernetes cluster, by their paths.
    files: fn(&Target<'_>) -> BTreeMap<String, String>,
    /// Whether it removes what is no longer rendered and may be pruned.
    prunes: bool,
    /// How it stops owning objects without deleting them; `None` where it owns nothing.
    letting_go: Option<&'static str>,
    /// How to apply by hand a change that makes the ring smaller; `None` where the tool keeps the order.
    stage_by_stage: Option<StageByStage>,
    /// How to see that it leaves the replicas of live StatefulSets alone; `None` where cassc renders nothing that tells it so.
    replicas_ignored: fn(&Cluster) -> Option<String>,
    /// How a person has a new cluster delivered; it may have files for the tool itself.
    install: fn(&Cluster, &RenderedFolder) -> String,
    /// The name of the tool that gets objects of its own kinds; `None` where it has none.
    hand_over: Option<&'static str>,
    /// Whom it writes fields of objects as (`--field-manager` of `kubectl apply --server-side`).
    field_manager: &'static str,
}

fn tool(dialect: Dialect) -> Tool {
    match dialect {
        Dialect::Argocd => argocd::TOOL,
        Dialect::Flux => flux::TOOL,
        Dialect::Plain => plain::TOOL,
    }
}

/// Whether the delivery tool removes an object of this kind of retirement that is no longer rendered.
pub(crate) fn removes(dialect: Dialect, retirement: Retirement) -> bool {
    tool(dialect).prunes && retirement == Retirement::Prune
}

/// Whether the delivery tool makes an immutable Job anew that is another one and keeps its name.
pub(crate) fn makes_jobs_anew(dialect: Dialect) -> bool {
    tool(dialect).prunes
}

/// How a delivery tool stops owning objects without deleting them; `None` where it owns nothing.
pub(crate) fn letting_go(dialect: Dialect) -> Option<&'static str> {
    tool(dialect).letting_go
}

/// How to apply by hand a change that makes the ring smaller; `None` where the tool keeps the order. `waits` are commands
/// that end when the program in the cluster has lowered the replicas.
pub fn stage_by_stage(cluster: &Cluster, folder: &RenderedFolder, waits: &[String]) -> Option<String> {
    tool(cluster.dialect).stage_by_stage.map(|told| told(cluster, folder, waits) + folder.remark())
}

/// What to check before a merge with which nodes leave: a delivery tool that was not told to leave the replicas of live
/// StatefulSets alone would delete their pods at once.
pub(crate) fn replicas_ignored(cluster: &Cluster) -> String {
    let told = (tool(cluster.dialect).replicas_ignored)(cluster);
    let or_else = "otherwise the pods of nodes that leave are deleted at once, with the only replicas of some rows";
    match told {
        Some(commands) => format!("check that the delivery tool ignores replicas; {or_else}:\n{commands}"),
        None => format!(
            "check that your delivery tool leaves `/spec/replicas` of live StatefulSets alone (docs/delivery.md); {or_else}"
        ),
    }
}

/// Whether the delivery tool applies every stage at once, or keeps the order of the stages itself.
pub(crate) fn applies_at_once(dialect: Dialect) -> bool {
    tool(dialect).stage_by_stage.is_none()
}

/// Whom a delivery tool writes fields of objects as, so that it owns what somebody else applied for it.
pub(crate) fn field_manager(dialect: Dialect) -> &'static str {
    tool(dialect).field_manager
}

/// How a person has a new cluster delivered.
pub fn install(cluster: &Cluster, folder: &RenderedFolder) -> String {
    (tool(cluster.dialect).install)(cluster, folder) + folder.remark()
}

/// The name of the tool that objects of its own kinds are rendered for, such as an Application.
pub(crate) fn handed_to(dialect: Dialect) -> Option<&'static str> {
    tool(dialect).hand_over
}

/// Whether a file is for the delivery tool itself, and not among what it delivers.
pub(crate) fn is_handed_over(path: &str) -> bool {
    path.rsplit('/').nth(1).is_some_and(|folder| TOOL_FOLDERS.contains(&folder))
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

impl Delivered {
    /// An object that an older cassc rendered and this one no longer does, by the name of its file.
    /// `None` for a file that lies in no folder of a stage.
    pub(crate) fn of_file(path: &str) -> Option<Self> {
        Stage::of_file(path)?;
        let file = path.rsplit('/').next()?.strip_suffix(".yaml")?;
        let (kind, name) = file.rsplit_once('_')?;
        let mut kinds = Resource::KINDS.iter();
        let kind = kinds.find(|known| kind.ends_with(&format!("_{}", known.to_lowercase()))).unwrap_or(&"object");
        let (stage, retirement) = (Stage::Base, Retirement::Prune);
        Some(Self { kube_cluster: None, namespace: None, kind, name: name.to_owned(), stage, retirement })
    }
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
        let place = Target { cluster, kube_cluster, by_stage: &by_stage };
        for (path, text) in (tool(cluster.dialect).files)(&place) {
            tree.insert(path, text);
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
    let digest = match resource {
        Resource::StatefulSet(stateful_set) => template_digest(&stateful_set.spec.as_ref()?.template),
        Resource::Overridden(object) => template_digest(object.pod_template()?),
        _ => return None,
    };
    Some((resource.metadata().name.clone()?, digest))
}

/// The objects of a cluster in one of its Kubernetes clusters, with all that the delivery tool needs, each behind the
/// path of its file.
pub fn delivered(cluster: &Cluster, kube_cluster: Option<&str>) -> Vec<(String, Object)> {
    let folder = folder(kube_cluster);
    let several_namespaces = cluster.namespaces_in(kube_cluster).len() > 1;
    let tool = tool(cluster.dialect);
    let delivered = |mut object: Object| {
        (tool.annotate)(&mut object);
        let name = file_name(&object.resource, several_namespaces);
        (format!("{folder}{}/{name}", object.stage.folder()), object)
    };
    objects(cluster, kube_cluster).into_iter().map(delivered).collect()
}

/// A command for each Kubernetes cluster of a cluster, on a line each, and where it is run.
fn commands(cluster: &Cluster, command: impl Fn(&str) -> String) -> String {
    let of_place = |kube_cluster: Option<&str>| {
        let place = kube_cluster.map(|name| format!(" (in {name})")).unwrap_or_default();
        format!("{}{place}", command(&folder(kube_cluster)))
    };
    cluster.kube_clusters().into_iter().map(of_place).collect::<Vec<_>>().join("\n")
}

fn folder(kube_cluster: Option<&str>) -> String {
    kube_cluster.map_or_else(String::new, |name| format!("{name}/"))
}

/// The manifests of a cluster in the order in which they can be applied, for a stream. What is for the delivery tool
/// itself is not among them: whoever reads a stream is the delivery tool.
pub fn in_order_of_stages(tree: &FileTree) -> Vec<(&str, &str)> {
    let of_stage = |(path, text)| Some(((Stage::of_file(path)?, path), (path, text)));
    let files: BTreeMap<(Stage, &str), (&str, &str)> = tree.iter().filter_map(of_stage).collect();
    files.into_values().collect()
}

/// Whether a path below the folder of a cluster is one that cassc gives to a rendered object: in the folder of a stage or of
/// a delivery tool, and called after its kind. Another cassc may have rendered it.
pub(crate) fn is_called_as_rendered(path: &str) -> bool {
    const OF_TOOLS: [&str; 2] = ["argoproj.io_v1alpha1_application", "kustomize.toolkit.fluxcd.io_v1_kustomization"];
    let file = path.rsplit('/').next().unwrap_or(path);
    let is_of_tool = || OF_TOOLS.iter().any(|kind| file.starts_with(&format!("{kind}_")));
    let is_object = || Delivered::of_file(path).is_some_and(|object| Resource::KINDS.contains(&object.kind));
    if is_handed_over(path) { is_of_tool() } else { is_object() }
}

/// Whether a file lies in the folder of a stage.
pub(crate) fn is_in_a_stage(path: &str) -> bool {
    Stage::of_file(path).is_some()
}

/// A folder of a cluster's files, where the delivery tool finds it: `<path>/<kube cluster>/<stage>`.
fn in_repository(path: &str, kube_cluster: Option<&str>, stage: &str) -> String {
    let segments = [path, kube_cluster.unwrap_or_default(), stage].into_iter();
    let named: Vec<&str> = segments.filter(|segment| !matches!(*segment, "" | ".")).collect();
    if named.is_empty() { ".".to_owned() } else { named.join("/") }
}

/// An object of the delivery tool's own.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ToolObject<S> {
    api_version: &'static str,
    kind: &'static str,
    metadata: ToolMetadata,
    spec: S,
}

#[derive(Serialize)]
struct ToolMetadata {
    name: String,
    namespace: String,
}

/// The file of an object of the delivery tool's own, and what is written.
fn tool_file<S: Serialize>(folder: &str, object: &ToolObject<S>) -> (String, String) {
    let text = yaml::to_string(object).expect("rules refused what the writer cannot write");
    (format!("{folder}/{}", plain_file_name((object.api_version, object.kind, &object.metadata.name))), text)
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
    format!("{namespace}{}", plain_file_name((api_version, kind, name)))
}

fn plain_file_name((api_version, kind, name): (&str, &str, &str)) -> String {
    format!("{}_{}_{name}.yaml", api_version.replace('/', "_"), kind.to_lowercase())
}

/// Whether an object is immutable and keeps its name all the same, so that the delivery tool has to make it anew: the Job of Reaper's
/// tables.
fn is_replaced(resource: &Resource) -> bool {
    let name = resource.metadata().name.as_deref();
    resource.kind().1 == "Job" && name.is_some_and(names::is_reaper_schema)
}

/// Adds an annotation for the delivery tool.
fn annotation(metadata: &mut ObjectMeta, key: &str, value: &str) {
    metadata.annotations.get_or_insert_default().insert(key.to_owned(), value.to_owned());
}
