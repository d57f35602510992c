//! Flux: what may be pruned, where `postBuild` substitution must not touch a `${…}`, and a Kustomization per stage. A
//! StatefulSet that is no longer rendered stays until it is deleted by hand.

mod kustomization;

use std::collections::BTreeMap;

use super::{RenderedFolder, Target, Tool, annotation, commands, folder, is_replaced, kustomize, tool_file};
use crate::cluster::{Cluster, Repository};
use crate::render::{Object, Retirement};
use crate::stages::{FLUX_FOLDER, Stage};

const PRUNE: &str = "kustomize.toolkit.fluxcd.io/prune";
/// Has an immutable object that is another one deleted and made anew.
const FORCE: &str = "kustomize.toolkit.fluxcd.io/force";
const SUBSTITUTE: &str = "kustomize.toolkit.fluxcd.io/substitute";

/// Flux prunes what is not marked `prune: disabled`, which StatefulSets are.
pub(super) const TOOL: Tool = Tool {
    annotate,
    files,
    prunes: true,
    letting_go: Some(
        "let Flux go of the objects without deleting them: `prune: false` in its Kustomization, then delete that",
    ),
    stage_by_stage: None,
    replicas_ignored,
    install,
    hand_over: Some("Flux"),
    field_manager: "kustomize-controller",
};

fn annotate(object: &mut Object) {
    let (carries_scripts, is_replaced) = (object.resource.carries_scripts(), is_replaced(&object.resource));
    let metadata = object.resource.metadata_mut();
    if carries_scripts {
        annotation(metadata, SUBSTITUTE, "disabled");
    }
    if is_replaced {
        annotation(metadata, FORCE, "Enabled");
    }
    match object.retirement {
        Retirement::Prune => {}
        Retirement::ByHand | Retirement::Keep => annotation(metadata, PRUNE, "disabled"),
    }
}

/// What whoever opens the root reads first.
const ROOT_REMARK: &str = "\
# Only what Flux is told. A Kustomization of yours that takes this folder must not take the stages too: two that apply
# the same objects undo each other's work, and the one that lets go deletes them.
";

/// A kustomization in each stage's folder, so that Flux takes what was rendered and nothing that lies beside it. Where it
/// is known where the source is, the Kustomizations, and at the root a kustomization of these alone.
fn files(place: &Target<'_>) -> BTreeMap<String, String> {
    let folder = folder(place.kube_cluster);
    let of_stages = kustomize::of_stages(place.by_stage);
    let mut files: BTreeMap<String, String> =
        of_stages.into_iter().map(|(path, text)| (format!("{folder}{path}"), text)).collect();
    if let Some(Repository::Flux(source)) = &place.cluster.delivery {
        let kustomizations = kustomization::kustomizations(source, place);
        let told: BTreeMap<String, String> = kustomizations.iter().map(|told| tool_file(FLUX_FOLDER, told)).collect();
        let root = kustomize::kustomization(told.keys().map(String::as_str).collect());
        files.insert(format!("{folder}kustomization.yaml"), format!("{ROOT_REMARK}{root}"));
        files.extend(told.into_iter().map(|(path, text)| (format!("{folder}{path}"), text)));
    }
    files
}

/// What the live Kustomization of the StatefulSets says; Kustomizations of somebody's own are not known.
fn replicas_ignored(cluster: &Cluster) -> Option<String> {
    let Some(Repository::Flux(source)) = &cluster.delivery else { return None };
    let name = kustomization::name(&cluster.name, Stage::Cluster.folder());
    let command = format!("kubectl -n {} get kustomization {name} -o jsonpath='{{.spec.ignore}}'", source.namespace);
    let commands = commands(cluster, |_| command.clone());
    Some(format!("{commands}\n(prints `/spec/replicas`)"))
}

fn install(cluster: &Cluster, rendered: &RenderedFolder) -> String {
    let push = format!("to start the steps below, push `{}`", rendered.itself());
    if matches!(cluster.delivery, Some(Repository::Flux(_))) {
        let apply = |folder: &str| format!("kubectl apply -f {}", rendered.path(&format!("{folder}{FLUX_FOLDER}")));
        let apply = commands(cluster, apply);
        format!("{push}; unless a Kustomization delivers that folder already, hand it over to Flux:\n{apply}")
    } else {
        format!(
            "{push}, and have Kustomizations of Flux apply its stages in their order (docs/delivery.md); with `delivery.flux` \
             in the topology cassc renders them"
        )
    }
}
