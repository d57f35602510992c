//! `kubectl apply -k`: a kustomization per stage, and one at the root that names the stages in order.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{FilesByStage, stage_folder};
use crate::render::Stage;
use crate::yaml;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Kustomization<'f> {
    api_version: &'static str,
    kind: &'static str,
    sort_options: SortOptions,
    resources: Vec<&'f str>,
}

/// `fifo` keeps the order of the resources.
#[derive(Serialize)]
struct SortOptions {
    order: &'static str,
}

/// The kustomizations, told the files of each stage.
pub(super) fn kustomizations(by_stage: &FilesByStage) -> BTreeMap<String, String> {
    let of_stage = |(stage, files): (&Stage, &Vec<String>)| {
        let mut files: Vec<&str> = files.iter().map(String::as_str).collect();
        files.sort_unstable();
        (format!("{}/kustomization.yaml", stage_folder(*stage)), kustomization(files))
    };
    let root = kustomization(by_stage.keys().map(|stage| stage_folder(*stage)).collect());
    by_stage.iter().map(of_stage).chain([("kustomization.yaml".to_owned(), root)]).collect()
}

fn kustomization(resources: Vec<&str>) -> String {
    let kustomization = Kustomization {
        api_version: "kustomize.config.k8s.io/v1beta1",
        kind: "Kustomization",
        sort_options: SortOptions { order: "fifo" },
        resources,
    };
    yaml::to_string(&kustomization).expect("file names are plain text")
}
