//! E127: two clusters with the same Application, Kustomization or folder.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::stages::Stage;
use crate::subject::Subject;
use crate::topology::{ArgocdDelivery, Dialect, FluxDelivery};

pub(super) const RULE: Rule = Rule {
    code: "E127",
    name: "delivered-twice",
    summary: "two clusters use the same Application, Kustomization or folder",
    explain: "\
Two Applications, or two Kustomizations, with the same name in one namespace are one object: the one that is applied last
delivers its cluster, and the objects of the other cluster are pruned. If two of them read the same folder, one cluster is
delivered twice and the other never.

Give each cluster its own folder and its own name: rename the cluster, write `delivery.argocd.name`, or use a different
`namespace` in `delivery.argocd` or `delivery.flux`.",
};

pub(super) fn check(subjects: &[Subject<'_>], complaints: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<Vec<String>, (&Subject<'_>, Route)> = BTreeMap::new();
    for subject in subjects {
        for Claim { key, told, route } in claims(subject) {
            let Some((first, of_first)) = seen.get(&key) else {
                seen.insert(key, (subject, route));
                continue;
            };
            let complaint = RULE.complain(format!("two clusters use {told}"), subject.value(route, "used twice"));
            let complaint = complaint.label(first.value(of_first.clone(), "first use"));
            complaints.push(complaint.help("give each cluster its own name and its own folder"));
        }
    }
}

/// Something that only one cluster may use.
struct Claim {
    /// All parts that two clusters must not have in common.
    key: Vec<String>,
    /// Its description for the message.
    told: String,
    /// Where the topology writes it.
    route: Route,
}

/// Only the block of the dialect in force is rendered.
fn claims(subject: &Subject<'_>) -> Vec<Claim> {
    let delivery = &subject.spec().delivery;
    match (delivery.dialect, &delivery.argocd, &delivery.flux) {
        (Dialect::Argocd, Some(block), _) => {
            applications(subject, block).chain(std::iter::once(folder_of_argocd(block))).collect()
        }
        (Dialect::Flux, _, Some(block)) => {
            kustomizations(subject, block).chain(std::iter::once(folder_of_flux(block))).collect()
        }
        _ => Vec::new(),
    }
}

/// The Kubernetes clusters that get an Application, or Kustomizations, each.
fn kube_clusters<'t>(subject: &Subject<'t>) -> BTreeSet<Option<&'t str>> {
    subject.spec().datacenters.iter().map(|datacenter| datacenter.kube_cluster.as_deref()).collect()
}

fn applications<'t>(subject: &Subject<'t>, block: &'t ArgocdDelivery) -> impl Iterator<Item = Claim> + 't {
    let cluster = &subject.topology.metadata.name;
    let route = if block.name.is_some() { "spec.delivery.argocd.name" } else { "metadata.name" };
    kube_clusters(subject).into_iter().map(move |kube_cluster| {
        let name = block.application_name(cluster, kube_cluster);
        let key = ["application", block.namespace.as_deref().unwrap_or("argocd"), &name];
        Claim { key: key.map(str::to_owned).into(), told: format!("the Application `{name}`"), route: Route::of(route) }
    })
}

/// Each Kubernetes cluster has its own Flux. One Kustomization stands for all of a cluster, because they share its name.
fn kustomizations<'t>(subject: &Subject<'t>, block: &'t FluxDelivery) -> impl Iterator<Item = Claim> + 't {
    let cluster = &subject.topology.metadata.name;
    let namespace = block.namespace.as_deref().unwrap_or("flux-system");
    kube_clusters(subject).into_iter().map(move |kube_cluster| {
        let key = ["kustomization", kube_cluster.unwrap_or_default(), namespace, cluster];
        let told = format!("the Kustomization `{cluster}-{}`", Stage::Base.folder());
        Claim { key: key.map(str::to_owned).into(), told, route: Route::of("metadata.name") }
    })
}

fn folder_of_argocd(block: &ArgocdDelivery) -> Claim {
    let revision = block.target_revision.as_deref().unwrap_or("HEAD");
    let key = ["folder", &block.repo_url, revision, &folder(&block.path)];
    let (told, route) = (format!("the folder `{}`", block.path), Route::of("spec.delivery.argocd.path"));
    Claim { key: key.map(str::to_owned).into(), told, route }
}

fn folder_of_flux(block: &FluxDelivery) -> Claim {
    let namespace = block.namespace.as_deref().unwrap_or("flux-system");
    let source = &block.source_ref;
    let (kind, namespace) = (format!("{:?}", source.kind), source.namespace.as_deref().unwrap_or(namespace));
    let key = ["folder", &kind, namespace, &source.name, &folder(&block.path)];
    let (told, route) = (format!("the folder `{}`", block.path), Route::of("spec.delivery.flux.path"));
    Claim { key: key.map(str::to_owned).into(), told, route }
}

/// A path without empty segments and `.`.
fn folder(path: &str) -> String {
    path.split('/').filter(|segment| !matches!(*segment, "" | ".")).collect::<Vec<_>>().join("/")
}
