//! The `Kustomization`s: the stages that have objects, in their order → the object that makes Flux deliver each. Fields are those of
//! `kustomize.toolkit.fluxcd.io/v1` (kustomize-controller, `api/v1/kustomization_types.go`).

use serde::Serialize;

use super::super::{Target, ToolMetadata, ToolObject, in_repository};
use crate::cluster::{Cluster, FluxSource};
use crate::stages::Stage;
use crate::topology::SourceKind;

/// How long one object may take on average: a dry run, an apply and a look at the API server, on a bad day.
const SECONDS_PER_OBJECT: usize = 3;
/// No stage gets less, however few its objects are.
const SHORTEST_MINUTES: usize = 2;

/// Flux waits for the objects of a stage, but not for the program in the cluster: its Job runs for as long as a change
/// takes, and meanwhile Flux would take no other commit. Nor for what is for Prometheus and Grafana, which nothing depends on.
///
/// No `targetNamespace`, which would move objects of several namespaces into one; no `postBuild`, which would take
/// scripts for templates.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Spec {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    depends_on: Vec<Dependency>,
    source_ref: SourceRef,
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_account_name: Option<String>,
    interval: String,
    /// After a failure; a new commit is taken at once.
    retry_interval: &'static str,
    timeout: String,
    wait: bool,
    prune: bool,
    /// When the Kustomization is deleted, its objects stay. `MirrorPrune`, the default, would delete the Services and
    /// disruption budgets under running pods.
    deletion_policy: &'static str,
    /// Fields of live objects that are somebody else's (kustomize-controller 1.9).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    ignore: Vec<Ignore>,
    /// `true` would delete a StatefulSet that the API server finds invalid, and make it anew.
    force: bool,
}

#[derive(Serialize)]
struct Ignore {
    paths: [&'static str; 1],
    target: IgnoredKind,
}

#[derive(Serialize)]
struct IgnoredKind {
    kind: &'static str,
}

#[derive(Serialize)]
struct Dependency {
    name: String,
}

#[derive(Serialize)]
struct SourceRef {
    kind: SourceKind,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    namespace: Option<String>,
}

/// One for each stage that has objects; each depends on the one before.
pub(super) fn kustomizations(source: &FluxSource, place: &Target<'_>) -> Vec<ToolObject<Spec>> {
    let mut before: Option<String> = None;
    let mut of_stage = |(stage, files): (&Stage, &Vec<String>)| {
        let name = name(&place.cluster.name, stage.folder());
        let depends_on = before.replace(name.clone()).map(|name| Dependency { name });
        ToolObject {
            api_version: "kustomize.toolkit.fluxcd.io/v1",
            kind: "Kustomization",
            metadata: ToolMetadata { name, namespace: source.namespace.clone() },
            spec: Spec {
                depends_on: depends_on.into_iter().collect(),
                source_ref: SourceRef {
                    kind: source.source_kind,
                    name: source.source_name.clone(),
                    namespace: source.source_namespace.clone(),
                },
                path: format!("./{}", in_repository(&source.path, place.kube_cluster, stage.folder())),
                service_account_name: source.service_account_name.clone(),
                interval: source.interval.clone(),
                retry_interval: "2m",
                timeout: timeout(files.len()),
                wait: !matches!(stage, Stage::Steps | Stage::Monitoring),
                prune: true,
                deletion_policy: "Orphan",
                ignore: ignore(place.cluster, *stage),
                force: false,
            },
        }
    };
    place.by_stage.iter().map(&mut of_stage).collect()
}

/// Where the program in the cluster runs it alone changes the replicas of a live StatefulSet: the number in the manifest is
/// what one is born with.
fn ignore(cluster: &Cluster, stage: Stage) -> Vec<Ignore> {
    let is_theirs = cluster.steps.is_some() && stage == Stage::Cluster;
    let replicas = || Ignore { paths: ["/spec/replicas"], target: IgnoredKind { kind: "StatefulSet" } };
    is_theirs.then(replicas).into_iter().collect()
}

/// `<cluster>-<stage>`: no number, so that nothing is renamed, and so deleted, when a stage or a rack is added.
pub(super) fn name(cluster: &str, stage: &str) -> String {
    format!("{cluster}-{stage}")
}

/// Flux takes an `OnDelete` StatefulSet for ready at once, so a stage waits for nothing but answers of the API server. It
/// is short because what fails here is retried, and found out sooner.
fn timeout(objects: usize) -> String {
    format!("{}m", (objects * SECONDS_PER_OBJECT).div_ceil(60).max(SHORTEST_MINUTES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_timeout_grows_with_the_objects_from_its_floor() {
        assert_eq!([1, 40, 41, 1000].map(timeout), ["2m", "2m", "3m", "50m"]);
    }
}
