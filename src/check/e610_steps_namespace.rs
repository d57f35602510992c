//! E610: the program in the cluster without a namespace.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E610",
    name: "steps-namespace",
    summary: "`steps` are enabled, and a datacenter has no namespace",
    explain: "\
The program in the cluster gets its rights by a RoleBinding, which names the namespace of its ServiceAccount. The API server refuses
a RoleBinding without it, and delivery tools do not fill it in.

Write `metadata.namespace`, or the `namespace` of each datacenter. In a deployed cluster write the one that it runs in, and accept
E303.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let is_enabled = subject.spec().steps.as_ref().is_some_and(|steps| steps.enabled);
    if !is_enabled || subject.topology.metadata.namespace.is_some() {
        return;
    }
    if subject.spec().datacenters.iter().any(|datacenter| datacenter.namespace.is_none()) {
        let at = subject.value(Route::of("spec.steps.enabled"), "needs a namespace");
        let complaint = RULE.complain("`steps` need `metadata.namespace`", at);
        complaints.push(complaint.help("write the namespace that the cluster runs in"));
    }
}
