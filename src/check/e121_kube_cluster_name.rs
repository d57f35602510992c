//! E121: a Kubernetes cluster that is called as a folder of every cluster.

use crate::deliver::{STAGES, TOOL_FOLDERS};
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E121",
    name: "kube-cluster-name",
    summary: "a `kubeCluster` is called as a folder that every cluster has",
    explain: "\
Each Kubernetes cluster gets a folder of its own in the output, beside the folders of the stages `base`, `prepare` and
`cluster` where a datacenter names none, and beside `argocd` and `flux`. A Kubernetes cluster of such a name would mix
its objects with those of another.

Choose another name; it is yours alone and reaches no object.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (index, datacenter) in subject.spec().datacenters.iter().enumerate() {
        let name = datacenter.kube_cluster.as_deref().unwrap_or_default();
        if STAGES.iter().any(|row| row.folder == name) || TOOL_FOLDERS.contains(&name) {
            let at = subject.value(Route::of("spec.datacenters").index(index).key("kubeCluster"), "");
            let message = format!("`{name}` is a folder of every cluster's and cannot be a Kubernetes cluster");
            complaints.push(RULE.complain(message, at).help("choose another name"));
        }
    }
}
