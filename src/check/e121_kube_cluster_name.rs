//! E121: a `kubeCluster` with the name of a folder that cassc uses.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::stages::{Stage, TOOL_FOLDERS};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E121",
    name: "kube-cluster-name",
    summary: "a `kubeCluster` has the name of a folder that cassc uses",
    explain: "\
Each Kubernetes cluster gets its own folder in the output, next to the folders `base`, `prepare`, `cluster`, `steps`,
`monitoring`, `argocd` and `flux`. A Kubernetes cluster with one of these names would mix its objects with other objects.

Use a different name. It is not written into any object.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (index, datacenter) in subject.spec().datacenters.iter().enumerate() {
        let name = datacenter.kube_cluster.as_deref().unwrap_or_default();
        if Stage::ALL.iter().any(|stage| stage.folder() == name) || TOOL_FOLDERS.contains(&name) {
            let at = subject.value(Route::of("spec.datacenters").index(index).key("kubeCluster"), "");
            let message = format!("`kubeCluster: {name}` is the name of a folder that cassc uses");
            complaints.push(RULE.complain(message, at).help("use a different name"));
        }
    }
}
