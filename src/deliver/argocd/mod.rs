//! Argo CD: what may be pruned and deleted, and the Application. There are no sync waves: Argo CD applies ConfigMaps and
//! Services before StatefulSets by itself, and a sync of several waves that could not apply one StatefulSet waits for the
//! health of the others, which wait for the one (seen with 3.5.7: no retry, and no commit cures it). In one wave it has
//! ended as soon as everything is applied. Nothing is a hook: hooks run again with every sync, not with self-healing.

mod application;

use std::collections::BTreeMap;

use application::application;

use super::{RenderedFolder, Target, Tool, annotation, is_replaced, tool_file};
use crate::cluster::{Cluster, Repository};
use crate::render::{Object, Retirement};
use crate::stages::ARGOCD_FOLDER;

const SYNC_OPTIONS: &str = "argocd.argoproj.io/sync-options";
const COMPARE_OPTIONS: &str = "argocd.argoproj.io/compare-options";
/// Leaves an object out of the health of its Application.
const IGNORE_HEALTH: &str = "argocd.argoproj.io/ignore-healthcheck";

/// Argo CD prunes neither StatefulSets nor the configuration that their pods live on.
pub(super) const TOOL: Tool = Tool {
    annotate,
    files,
    prunes: true,
    letting_go: Some("let Argo CD go of the objects without deleting them: `argocd app delete … --cascade=false`"),
    stage_by_stage: None,
    replicas_ignored,
    install,
    hand_over: Some("Argo CD"),
    field_manager: "argocd-controller",
};

/// Not `Prune=confirm`: seen with Argo CD 3.5.7, a sync that asks applies nothing else and no other commit until it is
/// answered, and an answer that comes after a revert still deletes what the older commit did not have.
///
/// Deletion of the whole Application waits for the confirmation of a single object before it touches any
/// (`controller/appcontroller.go`, `finalizeApplicationDeletion`), so `Delete=confirm` on the StatefulSets protects the
/// Services and the configuration that their pods live on as well. Once confirmed everything is removed, configuration of
/// earlier generations too.
///
/// The health of the Job is that of the change, and counts. A CronJob that has never run is `Progressing` (3.2), for as long as
/// nobody needs it to run.
///
/// Without a kind that an object has, the dry run of a sync fails, and nothing at all is applied. So objects of kinds that
/// somebody else installs are left out of it where their kind is unknown: then they fail alone.
///
/// The Job that keeps its name is immutable like the others: each sync replaces it, and what it does again changes nothing.
fn annotate(object: &mut Object) {
    let is_cron_job = object.resource.kind().1 == "CronJob";
    let is_replaced = is_replaced(&object.resource);
    let is_of_others = object.resource.is_custom();
    let metadata = object.resource.metadata_mut();
    match object.retirement {
        Retirement::Prune => {}
        Retirement::ByHand => annotation(metadata, SYNC_OPTIONS, "Prune=false,Delete=confirm"),
        Retirement::Keep => annotation(metadata, SYNC_OPTIONS, "Prune=false"),
    }
    if object.retirement != Retirement::Prune {
        annotation(metadata, COMPARE_OPTIONS, "IgnoreExtraneous");
    }
    if is_replaced {
        annotation(metadata, SYNC_OPTIONS, "Force=true,Replace=true");
    }
    if is_of_others {
        annotation(metadata, SYNC_OPTIONS, "SkipDryRunOnMissingResource=true");
    }
    if is_cron_job {
        annotation(metadata, IGNORE_HEALTH, "true");
    }
}

/// The Application, where the repository is known. No kustomization: Argo CD would build with it and know no
/// folders.
fn files(place: &Target<'_>) -> BTreeMap<String, String> {
    let Some(Repository::Argocd(source)) = &place.cluster.delivery else { return BTreeMap::new() };
    let application = application(source, place.cluster, place.kube_cluster);
    BTreeMap::from([tool_file(ARGOCD_FOLDER, &application)])
}

/// What the live Application says; an Application of somebody's own is not known.
fn replicas_ignored(cluster: &Cluster) -> Option<String> {
    let Some(Repository::Argocd(source)) = &cluster.delivery else { return None };
    let command = |kube_cluster: Option<&&str>| {
        let name = application::name(source, kube_cluster.copied());
        format!(
            "kubectl -n {} get application {name} -o jsonpath='{{.spec.ignoreDifferences}} {{.spec.syncPolicy.syncOptions}}'",
            source.namespace
        )
    };
    let kube_clusters = cluster.kube_clusters();
    let commands: Vec<String> = kube_clusters.iter().map(|kube_cluster| command(kube_cluster.as_ref())).collect();
    Some(format!("{}\n(prints `/spec/replicas` and `RespectIgnoreDifferences=true`)", commands.join("\n")))
}

/// Applications lie beside the Kubernetes clusters, because they belong to that of Argo CD.
fn install(cluster: &Cluster, rendered: &RenderedFolder) -> String {
    let push = format!("to start the steps below, push `{}`", rendered.itself());
    if matches!(cluster.delivery, Some(Repository::Argocd(_))) {
        let command = format!("kubectl apply -f {}", rendered.path(ARGOCD_FOLDER));
        format!("{push}; unless an Application delivers that folder already, hand it over to Argo CD:\n{command}")
    } else {
        format!(
            "{push}, and have an Application of Argo CD deliver it (docs/delivery.md); with `delivery.argocd` in the topology \
             cassc renders that Application"
        )
    }
}
