//! E126: an Application or Kustomizations for objects that name no namespace.

use super::written::destination;
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E126",
    name: "delivery-namespace",
    summary: "`delivery` says where the files are, and nothing names the namespace",
    explain: "\
Without a namespace the objects go where the delivery tool puts them. An Application or a Kustomization that cassc renders
says nothing about that, so Argo CD and Flux refuse objects without one.

Write `metadata.namespace`, or a `namespace` for each datacenter.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let delivery = &subject.spec().delivery;
    let blocks = [("argocd", delivery.argocd.is_some()), ("flux", delivery.flux.is_some())];
    let Some((block, _)) = blocks.into_iter().find(|(_, is_written)| *is_written) else { return };
    let datacenters = &subject.spec().datacenters;
    if let Some(datacenter) = datacenters.iter().find(|it| destination(subject, it).1.is_none()) {
        let at = subject.key(Route::of("spec.delivery").key(block), "");
        let message = format!("`delivery.{block}` is given, but `{}` names no namespace", datacenter.name);
        complaints.push(RULE.complain(message, at).help("write `metadata.namespace`"));
    }
}
