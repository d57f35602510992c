//! E126: `delivery` without a namespace for the objects.

use super::written::destination;
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E126",
    name: "delivery-namespace",
    summary: "`delivery.argocd` or `delivery.flux` is set, but a datacenter has no namespace",
    explain: "\
The Applications and Kustomizations that cassc renders set no namespace, so Argo CD and Flux refuse objects without one.

Write `metadata.namespace`, or `namespace` at each datacenter.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let delivery = &subject.spec().delivery;
    let blocks = [("argocd", delivery.argocd.is_some()), ("flux", delivery.flux.is_some())];
    let Some((block, _)) = blocks.into_iter().find(|(_, is_written)| *is_written) else { return };
    let datacenters = &subject.spec().datacenters;
    if let Some(datacenter) = datacenters.iter().find(|it| destination(subject, it).1.is_none()) {
        let at = subject.key(Route::of("spec.delivery").key(block), "");
        let message = format!("`delivery.{block}` is set, but `{}` has no namespace", datacenter.name);
        complaints.push(RULE.complain(message, at).help("add `namespace: …` to `metadata`"));
    }
}
