//! A cluster that Cass Operator runs, as a dump tells of it, beside what cassc renders of its topology: what stands in the
//! way of taking it over, what the first rolling restart will change, and the runbook that takes it over without
//! restarting a pod. Pure; called by the command line.

mod changes;
mod claims;
mod host_ids;
mod identity;
mod live;
mod pods;
mod rest;
mod runbook;

use cassc_import::report::Refusal;
use serde_json::Value;

pub(crate) use self::changes::Change;
pub(crate) use self::live::Dump;
use self::live::Live;
use crate::cluster::Cluster;
use crate::deliver::Arranged;
use crate::file_tree::FileTree;
use crate::render::objects;

/// The folder of the rendered tree, beside the runbook.
pub(crate) const TREE: &str = "deploy";

/// What is adopted, and how.
#[derive(Debug)]
pub(crate) struct Adoption {
    /// What the first rolling restart changes, and what of services and budgets changes at once.
    pub changes: Vec<Change>,
    /// What somebody has to look at before.
    pub questions: Vec<String>,
    /// The runbook and what belongs to it, by their paths beside the tree.
    pub files: FileTree,
}

/// Why nothing is adopted.
#[derive(Debug)]
pub(crate) enum Refused {
    /// The dump does not fit the topology as a whole.
    Whole(String),
    /// Fields of the dump.
    Fields(Vec<Refusal>),
}

/// What every judgment looks at.
#[derive(Debug)]
struct Input<'a> {
    cluster: &'a Cluster,
    live: &'a Live<'a>,
    rendered: &'a [Rendered],
}

/// An object that cassc renders.
#[derive(Debug)]
struct Rendered {
    kind: &'static str,
    name: String,
    /// Its file, below the folder of the cluster.
    file: String,
    value: Value,
}

/// Judges the dump beside what is rendered, and writes the runbook.
pub(crate) fn adopt(dump: &Dump, cluster: &Cluster, arranged: &Arranged) -> Result<Adoption, Refused> {
    if !dump.refused.is_empty() {
        return Err(Refused::Fields(dump.refused.clone()));
    }
    one_place(cluster)?;
    let live = dump.of(cluster).map_err(Refused::Whole)?;
    let wanted = cluster.datacenters.first().and_then(|it| it.namespace.as_deref()).unwrap_or(live.namespace);
    if wanted != live.namespace {
        let namespace = live.namespace;
        return Err(Refused::Whole(format!(
            "the cluster lives in the namespace `{namespace}`, and the topology says `{wanted}`"
        )));
    }
    let rendered = rendered(cluster, arranged);
    let input = Input { cluster, live: &live, rendered: &rendered };
    let mut refused = rest::refusals(&input);
    if refused.is_empty() {
        refused = identity::refusals(&input);
        refused.extend(claims::refusals(&input));
        refused.extend(host_ids::refusals(&input));
    }
    if !refused.is_empty() {
        return Err(Refused::Fields(refused));
    }
    let (changes, questions) = (changes::changes(&input), changes::questions(&input));
    let files = runbook::files(&input, &changes, &questions);
    Ok(Adoption { changes, questions, files })
}

/// A runbook is for one namespace of one Kubernetes cluster, and nothing restarts while it runs.
fn one_place(cluster: &Cluster) -> Result<(), Refused> {
    let refused = |message: String| Err(Refused::Whole(message));
    if cluster.kube_clusters().len() > 1 {
        return refused(
            "the topology has datacenters in several Kubernetes clusters: adopting them is not supported".into(),
        );
    }
    if cluster.namespaces_in(cluster.kube_clusters().first().copied().flatten()).len() > 1 {
        return refused("the topology has datacenters in several namespaces: adopting them is not supported".into());
    }
    if !cluster.rollout.stopped {
        return refused(
            "write `rollout: {stopped: true}` into `spec` of the topology: without it the first render counts all pods as \
             restarted, and with `steps` they restart at once. The commit that removes it begins the first rolling restart"
                .into(),
        );
    }
    if cluster.is_stopped() {
        return refused("the topology says `stopped: true`: a stopped cluster cannot be adopted".into());
    }
    Ok(())
}

fn rendered(cluster: &Cluster, arranged: &Arranged) -> Vec<Rendered> {
    let mut found = Vec::new();
    for kube_cluster in cluster.kube_clusters() {
        for object in objects(cluster, kube_cluster) {
            let (kind, metadata) = (object.resource.kind().1, object.resource.metadata());
            let name = metadata.name.clone().unwrap_or_default();
            let mut files = arranged.objects.iter();
            let file = files.find(|(_, it)| (it.kind, &it.name) == (kind, &name)).map(|(path, _)| path.clone());
            let value = serde_json::to_value(&object.resource).expect("an object is JSON");
            found.extend(file.map(|file| Rendered { kind, name, file, value }));
        }
    }
    found
}

impl<'a> Input<'a> {
    /// What cassc renders under a name.
    fn rendered(&self, kind: &str, name: &str) -> Option<&'a Value> {
        self.of_kind(kind).find(|it| it.name == name).map(|it| &it.value)
    }

    /// What cassc renders of a kind.
    fn of_kind(&self, kind: &str) -> impl Iterator<Item = &'a Rendered> {
        self.rendered.iter().filter(move |it| it.kind == kind)
    }
}
