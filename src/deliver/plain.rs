//! `kubectl apply -k`: a kustomization per stage, and one at the root that names the stages in order. kubectl has no
//! stages and waits for nothing, so what has to happen between two of them is done by hand.

use std::collections::BTreeMap;

use super::{FilesByStage, RenderedFolder, Target, Tool, commands, folder, kustomize};
use crate::cluster::Cluster;
use crate::stages::Stage;

/// kubectl needs no annotation, removes nothing, and owns nothing that it would have to let go.
pub(super) const TOOL: Tool = Tool {
    annotate: |_| {},
    files,
    prunes: false,
    letting_go: None,
    stage_by_stage: Some(stage_by_stage),
    replicas_ignored: |_| None,
    install,
    hand_over: None,
    field_manager: "kubectl",
};

/// What whoever applies the root reads first. Applying it is right for every change but one.
const ROOT_REMARK: &str = "\
# Applies every stage at once. Where a change makes the ring smaller that is not enough: nodes have to leave between
# base and cluster. `cassc plan` then prints the commands, stage by stage.
";

fn files(place: &Target<'_>) -> BTreeMap<String, String> {
    let folder = folder(place.kube_cluster);
    let root = ("kustomization.yaml".to_owned(), root(place.by_stage));
    let files = kustomize::of_stages(place.by_stage).into_iter().chain([root]);
    files.map(|(path, text)| (format!("{folder}{path}"), text)).collect()
}

fn root(by_stage: &FilesByStage) -> String {
    let folders = by_stage.keys().map(|stage| stage.folder()).collect();
    format!("{ROOT_REMARK}{}", kustomize::kustomization(folders))
}

/// How to apply by hand a change that makes the ring smaller.
fn stage_by_stage(cluster: &Cluster, rendered: &RenderedFolder, waits: &[String]) -> String {
    let apply = |stage: Stage| apply(cluster, rendered, stage.folder());
    let lead = "apply this change stage by stage; the root kustomization would delete pods whose nodes are members of the ring:";
    let (mut base, sets) = (apply(Stage::Base), apply(Stage::Cluster));
    if cluster.monitoring.is_some() {
        base = format!("{base}\n{}", apply(Stage::Monitoring));
    }
    if cluster.steps.is_some() {
        let (job, waits) = (apply(Stage::Steps), waits.join("\n"));
        return format!(
            "{lead}\n{base}\n{job}\nthen wait until the Job has taken the nodes out of the ring and lowered the replicas\n{waits}\n\
             and then\n{sets}"
        );
    }
    format!(
        "{lead}\n{base}\nthen do the steps of prepare, until `nodetool status` lists none of the nodes that leave, and then\n{sets}"
    )
}

fn install(cluster: &Cluster, rendered: &RenderedFolder) -> String {
    format!("to start the steps below, run\n{}", apply(cluster, rendered, ""))
}

fn apply(cluster: &Cluster, rendered: &RenderedFolder, below: &str) -> String {
    commands(cluster, |folder| format!("kubectl apply -k {}", rendered.path(&format!("{folder}{below}"))))
}
