//! The `Application`: the cluster's folder in the repository → the object that makes Argo CD deliver it. Fields are those of Argo
//! CD 3.2 and later (`pkg/apis/application/v1alpha1/types.go`), the first with `retry.refresh`.

use serde::Serialize;

use super::super::{ToolMetadata, ToolObject};
use crate::cluster::{ArgocdSource, Cluster};
use crate::stages::Stage;

/// How every cluster is synced.
///
/// - `ServerSideApply=true`: fields that an earlier rendering had and this one has not go away, without a copy of every
///   ConfigMap in its own annotation, which may have 256 KiB.
/// - `FailOnSharedResource=true`: a second Application over the same objects fails, instead of the two undoing each
///   other's work for ever.
///
/// Left out on purpose: `PruneLast` waits for the health of the StatefulSets before it prunes, and a rack that is down
/// would block the sync; `ApplyOutOfSyncOnly` leaves out what looks unchanged; `Replace` deletes
/// StatefulSets; `CreateNamespace` makes a namespace without the labels of Pod Security. Of the compare options, `ServerSideDiff=true`: Argo CD 3.5.7 was seen to show `Synced`, from its
/// cache, for a commit that the API server refuses.
const SYNC_OPTIONS: [&str; 2] = ["ServerSideApply=true", "FailOnSharedResource=true"];

/// Where the program in the cluster runs it alone changes the replicas of a live StatefulSet: the number in the manifest is
/// what one is born with. `ignoreDifferences` alone would leave the number out of the comparison and apply it all the
/// same (seen with Argo CD 3.5.1).
const RESPECT_DIFFERENCES: &str = "RespectIgnoreDifferences=true";

/// Argo CD's name of the Kubernetes cluster that it runs in.
const OWN_CLUSTER: &str = "https://kubernetes.default.svc";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Spec {
    project: String,
    destination: Destination,
    source: Source,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ignore_differences: Vec<IgnoreDifferences>,
    sync_policy: SyncPolicy,
}

/// Fields of live objects that are somebody else's. Without `group` it would match nothing.
#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct IgnoreDifferences {
    group: &'static str,
    kind: &'static str,
    json_pointers: [&'static str; 1],
}

/// By address or by the name that Argo CD has for it.
#[derive(Serialize)]
struct Destination {
    #[serde(skip_serializing_if = "Option::is_none")]
    server: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Source {
    #[serde(rename = "repoURL")]
    repo_url: String,
    target_revision: String,
    path: String,
    directory: Directory,
}

/// `include` names the folders of the stages and nothing else: not `argocd/`, where the Application itself lies, and
/// none of another Kubernetes cluster. In Argo CD's globs (gobwas, no separators) `*` takes slashes too, and a pattern
/// takes the whole path from `source.path` on.
#[derive(Serialize)]
struct Directory {
    recurse: bool,
    include: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SyncPolicy {
    automated: Automated,
    sync_options: Vec<&'static str>,
    retry: Retry,
}

/// `allowEmpty` is written out because it is what keeps a folder that became empty from deleting a ring.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Automated {
    prune: bool,
    self_heal: bool,
    allow_empty: bool,
}

/// A sync that failed is tried again until it succeeds, for a webhook or an API server that was away. While it is retried
/// Argo CD starts no other sync, so `refresh` has each attempt take the newest commit: the curing one is at most
/// `maxDuration` away.
#[derive(Serialize)]
struct Retry {
    limit: i64,
    refresh: bool,
    backoff: Backoff,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Backoff {
    duration: &'static str,
    factor: i64,
    max_duration: &'static str,
}

/// The name of the Application for a Kubernetes cluster.
pub(super) fn name(source: &ArgocdSource, kube_cluster: Option<&str>) -> String {
    let suffix = kube_cluster.map(|name| format!("-{name}")).unwrap_or_default();
    format!("{}{suffix}", source.name)
}

/// The Application for the objects of a Kubernetes cluster. It has no finalizer: when it is deleted, the ring stays.
pub(super) fn application(source: &ArgocdSource, cluster: &Cluster, kube_cluster: Option<&str>) -> ToolObject<Spec> {
    ToolObject {
        api_version: "argoproj.io/v1alpha1",
        kind: "Application",
        metadata: ToolMetadata { name: name(source, kube_cluster), namespace: source.namespace.clone() },
        spec: Spec {
            project: source.project.clone(),
            destination: destination(cluster, kube_cluster),
            source: Source {
                repo_url: source.repo_url.clone(),
                target_revision: source.target_revision.clone(),
                path: super::super::in_repository(&source.path, kube_cluster, ""),
                directory: directory(cluster),
            },
            ignore_differences: ignore_differences(cluster),
            sync_policy: sync_policy(cluster),
        },
    }
}

/// Every object names its namespace; that of the destination is for the eye, and for projects that restrict it.
fn destination(cluster: &Cluster, kube_cluster: Option<&str>) -> Destination {
    let namespace = cluster.namespaces_in(kube_cluster).into_iter().flatten().next().map(str::to_owned);
    let server = kube_cluster.is_none().then_some(OWN_CLUSTER);
    Destination { server, name: kube_cluster.map(str::to_owned), namespace }
}

fn ignore_differences(cluster: &Cluster) -> Vec<IgnoreDifferences> {
    let replicas = IgnoreDifferences { group: "apps", kind: "StatefulSet", json_pointers: ["/spec/replicas"] };
    cluster.steps.iter().map(|_| replicas.clone()).collect()
}

/// The folders of the program in the cluster and of monitoring are named only where there are any: Applications of other clusters
/// stay as they are.
fn directory(cluster: &Cluster) -> Directory {
    let is_there = |stage: &Stage| match stage {
        Stage::Steps => cluster.steps.is_some(),
        Stage::Monitoring => cluster.monitoring.is_some(),
        Stage::Base | Stage::Prepare | Stage::Cluster => true,
    };
    let stages = Stage::ALL.into_iter().filter(is_there);
    let folders: Vec<String> = stages.map(|stage| format!("{}/*", stage.folder())).collect();
    Directory { recurse: true, include: format!("{{{}}}", folders.join(",")) }
}

fn sync_policy(cluster: &Cluster) -> SyncPolicy {
    let respected = cluster.steps.as_ref().map(|_| RESPECT_DIFFERENCES);
    SyncPolicy {
        automated: Automated { prune: true, self_heal: true, allow_empty: false },
        sync_options: SYNC_OPTIONS.into_iter().chain(respected).collect(),
        retry: Retry { limit: -1, refresh: true, backoff: Backoff { duration: "5s", factor: 2, max_duration: "3m" } },
    }
}
