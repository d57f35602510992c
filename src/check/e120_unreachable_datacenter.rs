//! E120: a datacenter in another Kubernetes cluster that nobody tells about the ring.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E120",
    name: "unreachable-datacenter",
    summary: "a datacenter in another Kubernetes cluster has no additional seeds",
    explain: "\
DNS names of pods are known in their own Kubernetes cluster only. A datacenter in another one can neither found the ring
(there would be two) nor find it: its first pod would wait for ever.

Name addresses or DNS names of nodes under `spec.additionalSeeds` that both Kubernetes clusters can reach, of at least one
node in each of them.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let datacenters = &subject.spec().datacenters;
    let Some(first) = datacenters.first() else { return };
    let elsewhere = datacenters.iter().position(|datacenter| datacenter.kube_cluster != first.kube_cluster);
    if let Some(index) = elsewhere.filter(|_| subject.spec().additional_seeds.is_empty()) {
        let route = Route::of("spec.datacenters").index(index).key("kubeCluster");
        let name = &datacenters[index].name;
        let message =
            format!("`{name}` lives in another Kubernetes cluster than `{}` and cannot find its ring", first.name);
        let help = "name nodes that both can reach under `spec.additionalSeeds`";
        complaints.push(RULE.complain(message, subject.value(route, "")).help(help));
    }
}
