//! `kustomization.yaml`: the names of files → the text that has kustomize take them, and nothing else that may lie in
//! the folder. Shared by the dialects whose tool builds with kustomize.

use std::collections::BTreeMap;

use serde::Serialize;

use super::FilesByStage;
use crate::stages::Stage;
use crate::yaml;

/// Without `sortOptions`: kubectl and Flux sort by kind themselves, and `kubectl apply -k` 1.36 warns that it does.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Kustomization<'f> {
    api_version: &'static str,
    kind: &'static str,
    resources: Vec<&'f str>,
}

/// The kustomization of each stage, by its path.
pub(super) fn of_stages(by_stage: &FilesByStage) -> BTreeMap<String, String> {
    let of_stage = |(stage, files): (&Stage, &Vec<String>)| {
        let mut files: Vec<&str> = files.iter().map(String::as_str).collect();
        files.sort_unstable();
        (format!("{}/kustomization.yaml", stage.folder()), kustomization(files))
    };
    by_stage.iter().map(of_stage).collect()
}

/// The text of a kustomization that takes these files or folders.
pub(super) fn kustomization(resources: Vec<&str>) -> String {
    let kustomization =
        Kustomization { api_version: "kustomize.config.k8s.io/v1beta1", kind: "Kustomization", resources };
    yaml::to_string(&kustomization).expect("file names are plain text")
}
