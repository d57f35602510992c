//! E127: two topologies whose Applications or Kustomizations are the same ones, or read the same folder.

use std::collections::BTreeMap;

use super::{Check, Rule, Subject};
use crate::diagnostic::{Diagnostic, Route};
use crate::topology::{ArgocdDelivery, Dialect, FluxDelivery};

pub(super) const RULE: Rule = Rule {
    code: "E127",
    name: "delivered-twice",
    summary: "two topologies name one Application, one Kustomization or one folder",
    explain: "\
Two Applications, or two Kustomizations, of one name in one namespace are one object: whoever is applied last delivers
its cluster, and the objects of the other one are pruned. Two that read the same folder deliver one cluster twice, and
the other one never.

Each cluster needs a folder of its own, and a name of its own: of the cluster, of the Application
(`delivery.argocd.name`), or another `namespace` in the block.",
    check: Check::Fleet(check),
};

fn check(subjects: &[Subject<'_>], complaints: &mut Vec<Diagnostic>) {
    let mut seen: BTreeMap<Vec<String>, (&Subject<'_>, Route)> = BTreeMap::new();
    for subject in subjects {
        for Claim { key, told, route } in claims(subject) {
            let Some((first, of_first)) = seen.get(&key) else {
                seen.insert(key, (subject, route));
                continue;
            };
            let complaint =
                RULE.complain(format!("{told} is that of two clusters"), subject.value(route, "and of this"));
            complaints.push(complaint.label(first.value(of_first.clone(), "of this one")));
        }
    }
}

/// What only one cluster may have.
struct Claim {
    /// What two cannot share, complete.
    key: Vec<String>,
    /// The same in words.
    told: String,
    /// Where it stands.
    route: Route,
}

/// Only the block of the dialect in force is rendered.
fn claims(subject: &Subject<'_>) -> Vec<Claim> {
    let delivery = &subject.spec().delivery;
    match (delivery.dialect, &delivery.argocd, &delivery.flux) {
        (Dialect::Argocd, Some(block), _) => vec![application(subject, block), folder_of_argocd(block)],
        (Dialect::Flux, _, Some(block)) => vec![folder_of_flux(block)],
        _ => Vec::new(),
    }
}

fn application(subject: &Subject<'_>, block: &ArgocdDelivery) -> Claim {
    let name = block.name.as_ref().unwrap_or(&subject.topology.metadata.name);
    let key = ["application", block.namespace.as_deref().unwrap_or("argocd"), name];
    let route = if block.name.is_some() { "spec.delivery.argocd.name" } else { "metadata.name" };
    Claim { key: key.map(str::to_owned).into(), told: format!("the Application `{name}`"), route: Route::of(route) }
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

/// A path, however it is written.
fn folder(path: &str) -> String {
    path.split('/').filter(|segment| !matches!(*segment, "" | ".")).collect::<Vec<_>>().join("/")
}
