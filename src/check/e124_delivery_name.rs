//! E124: invalid names in `delivery`.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::syntax::{LABEL_LENGTH, is_label, is_subdomain, label_fault};
use crate::stages::Stage;
use crate::subject::Subject;
use crate::topology::repository::is_revision;
use crate::topology::{ArgocdDelivery, FluxDelivery};

pub(super) const RULE: Rule = Rule {
    code: "E124",
    name: "delivery-name",
    summary: "a name in `delivery` is invalid or too long",
    explain: "\
Argo CD and Flux mark the objects that they deliver with the name of the Application or Kustomization: Flux always in a label
(`kustomize.toolkit.fluxcd.io/name`), Argo CD depending on its settings. Label values have at most 63 characters. A
Kustomization is named after cluster and stage (`shop-cluster`). An Application is named after the cluster, and after the
`kubeCluster` if there is one.

Use lower-case letters, digits and `-`. Shorten the name of the cluster, or write `delivery.argocd.name`.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let delivery = &subject.spec().delivery;
    if let Some(block) = &delivery.argocd {
        complaints.extend(written(subject, &of_argocd(block)));
        complaints.extend(long_application(subject, block));
    }
    if let Some(block) = &delivery.flux {
        complaints.extend(written(subject, &of_flux(block)));
        complaints.extend(long_kustomization(subject));
    }
}

/// The field, its value, and the required form.
type Written<'t> = (&'static str, Option<&'t String>, Form);

#[derive(Clone, Copy)]
enum Form {
    /// A DNS label.
    Label,
    /// The name of an object.
    Subdomain,
    /// A branch, tag, commit or range of versions: Argo CD takes what the repository has.
    Revision,
}

fn of_argocd(block: &ArgocdDelivery) -> [Written<'_>; 4] {
    [
        ("argocd.name", block.name.as_ref(), Form::Subdomain),
        ("argocd.namespace", block.namespace.as_ref(), Form::Label),
        ("argocd.project", block.project.as_ref(), Form::Subdomain),
        ("argocd.targetRevision", block.target_revision.as_ref(), Form::Revision),
    ]
}

fn of_flux(block: &FluxDelivery) -> [Written<'_>; 4] {
    [
        ("flux.namespace", block.namespace.as_ref(), Form::Label),
        ("flux.serviceAccountName", block.service_account_name.as_ref(), Form::Subdomain),
        ("flux.sourceRef.name", Some(&block.source_ref.name), Form::Subdomain),
        ("flux.sourceRef.namespace", block.source_ref.namespace.as_ref(), Form::Label),
    ]
}

fn written(subject: &Subject<'_>, fields: &[Written<'_>]) -> Vec<Diagnostic> {
    let fault = |(field, name, form): &Written<'_>| {
        let name = name.as_ref()?;
        let (fits, what, expected) = match form {
            Form::Label => (is_label(name), "name", "lower-case letters, digits and `-`"),
            Form::Subdomain => (is_subdomain(name), "name", "lower-case letters, digits, `-` and `.`"),
            Form::Revision => (is_revision(name), "revision", "a branch, a tag or a commit"),
        };
        let at = subject.value(Route::of(&format!("spec.delivery.{field}")), "");
        let message = match name.as_str() {
            "" => format!("`delivery.{field}` is empty"),
            _ => format!("`{name}` is not a valid {what}"),
        };
        (!fits).then(|| RULE.complain(message, at).expected(expected))
    };
    fields.iter().filter_map(fault).collect()
}

fn long_application(subject: &Subject<'_>, block: &ArgocdDelivery) -> Option<Diagnostic> {
    let cluster = &subject.topology.metadata.name;
    let kube_clusters = subject.spec().datacenters.iter().map(|datacenter| datacenter.kube_cluster.as_deref());
    let names = kube_clusters.map(|kube_cluster| block.application_name(cluster, kube_cluster));
    let longest = names.max_by_key(String::len).filter(|name| name.len() > LABEL_LENGTH)?;
    let route = if block.name.is_some() { "spec.delivery.argocd.name" } else { "metadata.name" };
    Some(too_long(subject, "Application", &longest, Route::of(route)).help("write a shorter `delivery.argocd.name`"))
}

/// The longest stage counts, rendered or not: it may come later.
fn long_kustomization(subject: &Subject<'_>) -> Option<Diagnostic> {
    let cluster = &subject.topology.metadata.name;
    let names = Stage::ALL.iter().map(|stage| format!("{cluster}-{}", stage.folder()));
    let longest = names.max_by_key(String::len).filter(|name| name.len() > LABEL_LENGTH)?;
    let complaint = too_long(subject, "Kustomization", &longest, Route::of("metadata.name"));
    label_fault(cluster).is_none().then(|| complaint.help("shorten the name of the cluster"))
}

fn too_long(subject: &Subject<'_>, kind: &str, name: &str, route: Route) -> Diagnostic {
    let message =
        format!("the name of the {kind} `{name}` has {} characters; {LABEL_LENGTH} are allowed", name.chars().count());
    RULE.complain(message, subject.value(route, ""))
}
