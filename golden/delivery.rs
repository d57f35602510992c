//! What each delivery tool is promised: what every object tells it, what it is told about a cluster as a whole, and that
//! no name depends on a position.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use cassc::catalogue::Warnings;
use cassc::cluster::Cluster;
use cassc::deliver::{RenderedFolder, arrange, in_order_of_stages, install, stage_by_stage};
use cassc::file_tree::FileTree;
use cassc::parse::source::{Origin, Source};
use cassc::stages::Stage;
use cassc::topology::Dialect;
use cassc::{Compilation, Options, compile};
use serde_json::{Map, Value};

use crate::compare::repository;
use crate::hygiene::items;
use crate::invariants::unknown_references;
use crate::rendered::{DIALECTS, Rendered, all, assert_none};
use crate::strict_schema::is_custom;

const RACKS: &str = "[{name: r1, zone: a}, {name: r3, zone: c}]";
const MORE_RACKS: &str = "[{name: r1, zone: a}, {name: r2, zone: b}, {name: r3, zone: c}]";
const ARGOCD: &str = "{dialect: argocd, argocd: {repoURL: https://git.example.com/clusters.git, path: deploy/shop}}";
const FLUX: &str = "{dialect: flux, flux: {sourceRef: {name: clusters}, path: deploy/shop}}";

fn topology(racks: &str, kube_cluster: &str, delivery: &str) -> String {
    format!(
        "apiVersion: cassc/v1alpha1\nkind: CassandraTopology\nmetadata: {{name: shop, namespace: cass}}\nspec:\n  \
         cassandra: {{version: 4.1.9}}\n  resources: {{requests: {{cpu: \"2\", memory: 8Gi}}, limits: {{memory: 8Gi}}}}\n  \
         storage: {{size: 100Gi}}\n  additionalSeeds: [192.0.2.10]\n  datacenters:\n    \
         - {{name: dc1, nodes: 6, {kube_cluster}racks: {racks}}}\n  delivery: {delivery}\n"
    )
}

fn compiled(text: &str, dialect: Option<Dialect>) -> Compilation {
    let source = Source { name: "shop.yaml".to_owned(), bytes: text.into(), origin: Origin::Named };
    let compilation = compile(vec![source], Options { dialect, warnings: Warnings::Show });
    assert!(!compilation.accepted.is_empty(), "{:#?}", compilation.complaints);
    compilation
}

fn cluster(text: &str) -> Cluster {
    compiled(text, None).clusters().next().expect("it was accepted").1
}

fn files(text: &str) -> FileTree {
    arrange(&cluster(text)).files
}

/// The same with the program in the cluster.
fn with_steps(text: &str) -> String {
    text.replace("spec:\n", "spec:\n  steps: {enabled: true, schedule: \"17 3 * * *\"}\n")
}

/// The annotations of an object that speak to a delivery tool.
fn told(object: &Value) -> BTreeMap<&str, &str> {
    let is_told = |key: &str| key.starts_with("argocd.argoproj.io/") || key.contains("toolkit.fluxcd.io/");
    let annotations = object["metadata"]["annotations"].as_object().into_iter().flat_map(Map::iter);
    annotations
        .filter(|(key, _)| is_told(key))
        .map(|(key, value)| (key.as_str(), value.as_str().unwrap_or("?")))
        .collect()
}

/// What the document promises, written down once more.
fn promised(dialect: Dialect, object: &Value) -> BTreeMap<&'static str, &'static str> {
    let is_stateful_set = object["kind"] == "StatefulSet";
    let is_config_map = object["kind"] == "ConfigMap";
    let is_configuration = is_config_map && object["immutable"] == true || object["kind"] == "PersistentVolumeClaim";
    let name = object["metadata"]["name"].as_str().unwrap_or_default();
    let is_replaced = object["kind"] == "Job" && name.ends_with("-reaper-init-schema");
    let mut promised = BTreeMap::new();
    match dialect {
        Dialect::Argocd => {
            if is_stateful_set {
                promised.insert("argocd.argoproj.io/sync-options", "Prune=false,Delete=confirm");
            } else if is_configuration {
                promised.insert("argocd.argoproj.io/sync-options", "Prune=false");
            }
            if is_replaced {
                promised.insert("argocd.argoproj.io/sync-options", "Force=true,Replace=true");
            }
            if is_custom(object) {
                promised.insert("argocd.argoproj.io/sync-options", "SkipDryRunOnMissingResource=true");
            }
            if is_stateful_set || is_configuration {
                promised.insert("argocd.argoproj.io/compare-options", "IgnoreExtraneous");
            }
            if object["kind"] == "CronJob" {
                promised.insert("argocd.argoproj.io/ignore-healthcheck", "true");
            }
        }
        Dialect::Flux => {
            if is_replaced {
                promised.insert("kustomize.toolkit.fluxcd.io/force", "Enabled");
            }
            let is_job = object["kind"] == "Job" || object["kind"] == "CronJob";
            if is_stateful_set || is_config_map || is_job || is_custom(object) {
                promised.insert("kustomize.toolkit.fluxcd.io/substitute", "disabled");
            }
            if is_stateful_set || is_configuration {
                promised.insert("kustomize.toolkit.fluxcd.io/prune", "disabled");
            }
        }
        Dialect::Plain => {}
    }
    promised
}

#[test]
fn every_object_tells_its_tool_exactly_what_is_promised() {
    for rendered in all() {
        for (path, object) in &rendered.objects {
            assert_eq!(told(object), promised(rendered.cluster.dialect, object), "{}: {path}", rendered.title);
        }
    }
}

/// A pod template or a claim template that a tool is told about would restart pods, or never be applied.
#[test]
fn nothing_inside_of_an_object_speaks_to_a_tool() {
    for rendered in all() {
        for (path, object) in &rendered.objects {
            let spec = object["spec"].to_string();
            assert!(!spec.contains("argoproj.io/") && !spec.contains("fluxcd.io/"), "{}: {path}", rendered.title);
        }
    }
}

/// The paths outside of the stages, and those of kustomizations.
fn paths_of_tools(files: &FileTree) -> BTreeSet<String> {
    let is_of_tool =
        |path: &str| path.starts_with("argocd/") || path.contains("flux/") || path.ends_with("ization.yaml");
    files.iter().map(|(path, _)| path.to_owned()).filter(|path| is_of_tool(path)).collect()
}

#[test]
fn a_rack_in_the_middle_moves_no_name_and_no_folder() {
    for delivery in [ARGOCD, FLUX, "{dialect: plain}"] {
        let (before, after) = (files(&topology(RACKS, "", delivery)), files(&topology(MORE_RACKS, "", delivery)));
        assert_eq!(paths_of_tools(&before), paths_of_tools(&after));
        let handed_over = |files: &FileTree| -> Vec<String> {
            let of_tool = files.iter().filter(|(path, _)| path.starts_with("argocd/") || path.starts_with("flux/"));
            of_tool.map(|(_, text)| text.to_owned()).collect()
        };
        assert_eq!(handed_over(&before), handed_over(&after));
        let gone: Vec<&str> = before.iter().map(|(path, _)| path).filter(|path| after.get(path).is_none()).collect();
        assert!(gone.iter().all(|path| path.contains("-config-")), "{gone:?}");
    }
}

#[test]
fn an_application_takes_the_files_of_the_stages_and_no_others() {
    let without = topology(RACKS, "", ARGOCD);
    let in_east = topology(RACKS, "kubeCluster: east, ", ARGOCD);
    let cases = [(without.clone(), "", 3), (in_east.clone(), "east/", 3), (with_steps(&without), "", 4)];
    for (text, folder, stages) in cases.into_iter().chain([(with_steps(&in_east), "east/", 4)]) {
        let stages = Stage::ALL.iter().take(stages);
        let patterns: Vec<String> = stages.map(|stage| format!("{}/*", stage.folder())).collect();
        let files = files(&text);
        let application = files.iter().find(|(path, _)| path.starts_with("argocd/")).expect("it is rendered").1;
        let include = format!("include: \"{{{}}}\"", patterns.join(","));
        assert!(application.contains(&include), "{application}");
        // As gobwas/glob without separators reads them: `*` is anything, and the pattern is the whole path.
        let is_included = |path: &str| {
            let below = path.strip_prefix(folder);
            below.is_some_and(|below| patterns.iter().any(|it| below.starts_with(it.trim_end_matches('*'))))
        };
        let taken: BTreeSet<&str> = files.iter().map(|(path, _)| path).filter(|path| is_included(path)).collect();
        let objects = arrange(&cluster(&text)).objects;
        assert_eq!(taken, objects.keys().map(String::as_str).collect());
    }
}

#[test]
fn each_kubernetes_cluster_has_its_own_application_or_kustomizations() {
    let in_east = files(&topology(RACKS, "kubeCluster: east, ", ARGOCD));
    let application = in_east.get("argocd/argoproj.io_v1alpha1_application_shop-east.yaml").expect("it is rendered");
    for line in ["    name: east\n", "    path: deploy/shop/east\n", "    namespace: cass\n"] {
        assert!(application.contains(line), "{application}");
    }
    assert!(!application.contains("server:") && !application.contains("finalizers"), "{application}");
    let in_east = files(&topology(RACKS, "kubeCluster: east, ", FLUX));
    let path = "east/flux/kustomize.toolkit.fluxcd.io_v1_kustomization_shop-cluster.yaml";
    let kustomization = in_east.get(path).expect("it is rendered");
    assert!(kustomization.contains("path: \"./deploy/shop/east/cluster\""), "{kustomization}");
}

/// References that leave the objects of a Kubernetes cluster, those that people make aside.
fn open_references(rendered: &Rendered) -> Vec<String> {
    let named = |kind: &str, name: &Value| rendered.of_kind(kind).any(|it| it["metadata"]["name"] == *name);
    let mut open = Vec::new();
    for (path, object) in &rendered.objects {
        open.extend(unknown_references(rendered, object));
        if object["kind"] == "StatefulSet" && !named("Service", &object["spec"]["serviceName"]) {
            open.push(format!("{path}: its governing service is elsewhere"));
        }
        let namespaces = items(object, "subjects").map(|subject| &subject["namespace"]);
        let is_here =
            |namespace: &&Value| rendered.objects.iter().any(|(_, it)| it["metadata"]["namespace"] == **namespace);
        open.extend(namespaces.filter(|it| !is_here(it)).map(|it| format!("{path}: {it}")));
    }
    open.into_iter().map(|what| format!("{}: {what}", rendered.title)).collect()
}

#[test]
fn each_kubernetes_cluster_can_be_applied_on_its_own() {
    let several: Vec<Rendered> = all().into_iter().filter(|it| it.cluster.kube_clusters().len() > 1).collect();
    assert!(several.len() >= 2 * DIALECTS.len(), "a topology spans Kubernetes clusters");
    assert_none(&several.iter().flat_map(open_references).collect::<Vec<_>>());
    for rendered in several {
        let files = arrange(&rendered.cluster).files;
        for (path, text) in files.iter().filter(|(path, _)| path.ends_with("/kustomization.yaml")) {
            let folder = path.strip_suffix("kustomization.yaml").expect("it is so called");
            for resource in text.lines().filter_map(|line| line.strip_prefix("- ")) {
                let is_there = files.iter().any(|(file, _)| file.starts_with(&format!("{folder}{resource}")));
                assert!(is_there, "{path} names {resource}");
            }
        }
    }
}

#[test]
fn every_file_of_a_stage_is_named_by_its_kustomization() {
    for delivery in [FLUX, "{dialect: plain}"] {
        let files = files(&topology(RACKS, "", delivery));
        for (path, _) in in_order_of_stages(&files) {
            let (folder, name) = path.rsplit_once('/').expect("it lies in a stage");
            let kustomization = files.get(&format!("{folder}/kustomization.yaml")).expect("it is rendered");
            assert!(name == "kustomization.yaml" || kustomization.contains(&format!("- {name}\n")), "{path}");
        }
    }
}

/// The number in the manifest is what a StatefulSet is born with: with the program in the cluster each tool is told to leave
/// that of a live one alone, and without it nothing changes.
#[test]
fn the_replicas_of_live_stateful_sets_are_left_to_the_program_in_the_cluster() {
    let told = |text: &str, path: &str| files(text).get(path).expect("it is rendered").to_owned();
    let without = topology(RACKS, "", ARGOCD);
    let application = "argocd/argoproj.io_v1alpha1_application_shop.yaml";
    let with = told(&with_steps(&without), application);
    let ignored =
        "  ignoreDifferences:\n  - group: apps\n    jsonPointers:\n    - /spec/replicas\n    kind: StatefulSet\n";
    assert!(
        with.contains(ignored) || with.contains("    kind: StatefulSet\n    jsonPointers:\n    - /spec/replicas\n"),
        "{with}"
    );
    assert!(with.contains("    - RespectIgnoreDifferences=true\n"), "{with}");
    let without_steps = told(&without, application);
    assert!(!without_steps.contains("gnoreDifferences") && !without_steps.contains("steps"), "{without_steps}");
    let flux = topology(RACKS, "", FLUX);
    let kustomization = |stage: &str| format!("flux/kustomize.toolkit.fluxcd.io_v1_kustomization_shop-{stage}.yaml");
    let ignored = "  ignore:\n  - paths:\n    - /spec/replicas\n    target:\n      kind: StatefulSet\n";
    for stage in ["base", "cluster", "steps"] {
        let with = told(&with_steps(&flux), &kustomization(stage));
        assert_eq!(with.contains(ignored), stage == "cluster", "{with}");
        assert_eq!(with.contains("  wait: false\n"), stage == "steps", "{with}");
    }
    assert!(told(&with_steps(&flux), &kustomization("steps")).contains("  dependsOn:\n  - name: shop-cluster\n"));
    assert!(!told(&flux, &kustomization("cluster")).contains("ignore:"));
    assert!(files(&flux).get(&kustomization("steps")).is_none());
    let root = told(&with_steps(&topology(RACKS, "", "{dialect: plain}")), "kustomization.yaml");
    assert!(root.ends_with("- base\n- cluster\n- steps\n"), "{root}");
}

#[test]
fn what_is_for_the_tool_itself_is_in_no_stream() {
    for delivery in [ARGOCD, FLUX] {
        let files = files(&topology(RACKS, "kubeCluster: east, ", delivery));
        let streamed: BTreeSet<&str> = in_order_of_stages(&files).into_iter().map(|(path, _)| path).collect();
        assert!(files.iter().any(|(path, _)| !streamed.contains(path)), "{delivery} renders something for the tool");
        assert!(streamed.iter().all(|path| path.contains("base/") || path.contains("cluster/")), "{streamed:?}");
    }
}

#[test]
fn the_block_of_another_dialect_is_ignored_where_the_command_line_names_one() {
    for (delivery, dialect) in [(ARGOCD, Dialect::Flux), (ARGOCD, Dialect::Plain), (FLUX, Dialect::Argocd)] {
        let compilation = compiled(&topology(RACKS, "", delivery), Some(dialect));
        assert!(compilation.complaints.iter().all(|complaint| complaint.code != "W128"), "{delivery}");
        let (_, cluster) = compilation.clusters().next().expect("it was accepted");
        assert_eq!(cluster.delivery, None);
        assert_eq!(cluster.dialect, dialect);
    }
}

#[test]
fn a_lock_of_before_there_were_repositories_is_read() {
    let cluster = cluster(&topology(RACKS, "", ARGOCD));
    let mut value = serde_json::to_value(&cluster).expect("a cluster is JSON");
    assert!(value.as_object_mut().expect("a map").remove("delivery").is_some());
    let read: Cluster = serde_json::from_value(value).expect("the field may be missing");
    assert_eq!(read, Cluster { delivery: None, ..cluster });
}

/// The lines of a block that begins with a key, without their indentation.
fn block(text: &str, indentation: usize, key: &str) -> Vec<String> {
    let margin = " ".repeat(indentation);
    let mut lines = text.lines().filter(|line| !line.trim_start().starts_with('#'));
    let first = format!("{margin}{key}:");
    let head = lines.by_ref().find(|line| *line == first).unwrap_or_else(|| panic!("{key} is not in\n{text}"));
    let inner = format!("{margin}  ");
    let rest = lines.take_while(|line| line.starts_with(&inner) || line.starts_with(&format!("{margin}- ")));
    [head].into_iter().chain(rest).map(|line| line[indentation..].to_owned()).collect()
}

#[test]
fn the_application_set_of_the_examples_makes_the_applications_that_are_rendered() {
    let set = fs::read_to_string(repository("examples/argocd/applicationset.yaml")).expect("the example is there");
    let all_stages =
        with_steps(&topology(RACKS, "", ARGOCD)).replace("spec:\n", "spec:\n  monitoring: {serviceMonitor: true}\n");
    let files = files(&all_stages);
    let application = files.iter().find(|(path, _)| path.starts_with("argocd/")).expect("it is rendered").1;
    // The set has the Application's `spec` as `spec.template.spec`, two levels deeper.
    assert_eq!(block(&set, 6, "syncPolicy"), block(application, 2, "syncPolicy"));
    assert_eq!(block(&set, 6, "ignoreDifferences"), block(application, 2, "ignoreDifferences"));
    assert_eq!(block(&set, 8, "directory"), block(application, 4, "directory"));
    let keys = |lines: Vec<String>| -> Vec<String> {
        let outer = lines.into_iter().filter(|line| line.starts_with("  ") && !line.starts_with("   "));
        outer.map(|line| line.split(':').next().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(keys(block(&set, 6, "source")), keys(block(application, 2, "source")));
    for kept in ["applicationsSync: create-update", "preserveResourcesOnDeletion: true", "- missingkey=error"] {
        assert!(set.contains(kept), "{kept}");
    }
    assert!(!set.contains("finalizers"), "a finalizer deletes a ring with its Application");
}

#[test]
fn the_document_has_the_table_of_the_stages() {
    let document = fs::read_to_string(repository("docs/delivery.md")).expect("the document is there");
    for stage in Stage::ALL {
        let told = format!("\n| `{}/` | ", stage.folder());
        assert!(document.contains(&told), "docs/delivery.md lacks {told}");
    }
}

/// Nobody reads a root kustomization to the end, so the order stands in the plan as well.
#[test]
fn kubectl_is_told_the_stages_of_every_kubernetes_cluster_in_order() {
    let folder = RenderedFolder::new(Some("deploy"), "shop");
    let told = stage_by_stage(&cluster(&topology(RACKS, "kubeCluster: east, ", "{dialect: plain}")), &folder, &[]);
    let told = told.expect("kubectl keeps no order by itself");
    let place = |text: &str| told.find(text).unwrap_or_else(|| panic!("{text} is not in {told}"));
    let base = place("kubectl apply -k deploy/shop/east/base (in east)");
    let (prepare, cluster_stage) =
        (place("the steps of prepare"), place("kubectl apply -k deploy/shop/east/cluster (in east)"));
    assert!(base < prepare && prepare < cluster_stage, "{told}");
    for delivery in [ARGOCD, FLUX] {
        assert_eq!(stage_by_stage(&cluster(&topology(RACKS, "", delivery)), &folder, &[]), None);
    }
}

/// The folders that a new cluster's plan names are those that are rendered.
#[test]
fn a_new_cluster_is_handed_over_from_the_output_directory() {
    for kube_cluster in ["", "kubeCluster: east, "] {
        for (delivery, command) in [
            ("{dialect: plain}", "kubectl apply -k deploy/shop"),
            (ARGOCD, "kubectl apply -f deploy/shop/argocd"),
            (FLUX, "kubectl apply -f deploy/shop/"),
            ("{dialect: argocd}", "push `deploy/shop`"),
            ("{dialect: flux}", "push `deploy/shop`"),
        ] {
            let cluster = cluster(&topology(RACKS, kube_cluster, delivery));
            let told = install(&cluster, &RenderedFolder::new(Some("deploy"), "shop"));
            assert!(told.contains(command), "{told}");
            let files = arrange(&cluster).files;
            let folders = told.lines().filter_map(|line| line.split(' ').nth(3)?.strip_prefix("deploy/shop"));
            for folder in folders.filter(|_| told.contains("kubectl")) {
                let folder = format!("{}/", folder.trim_start_matches('/')).trim_start_matches('/').to_owned();
                assert!(files.iter().any(|(path, _)| path.starts_with(&folder)), "{told}");
            }
            assert!(!told.contains("--output"), "{told}");
            let told = install(&cluster, &RenderedFolder::new(None, "shop"));
            assert!(told.contains("DIR/shop") && told.contains("`--output`"), "{told}");
        }
    }
}
