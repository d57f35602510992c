//! E120: a datacenter in another Kubernetes cluster without additional seeds.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E120",
    name: "unreachable-datacenter",
    summary: "a datacenter in another Kubernetes cluster has no additional seeds",
    explain: "\
DNS names of pods resolve only in their own Kubernetes cluster. A datacenter in another Kubernetes cluster must not found a
second ring, and it cannot find the existing one: its first pod would wait forever.

Add IP addresses or DNS names of nodes to `spec.additionalSeeds`: at least one node of each Kubernetes cluster, reachable from
both.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let datacenters = &subject.spec().datacenters;
    let Some(first) = datacenters.first() else { return };
    let elsewhere = datacenters.iter().position(|datacenter| datacenter.kube_cluster != first.kube_cluster);
    if let Some(index) = elsewhere.filter(|_| subject.spec().additional_seeds.is_empty()) {
        let route = Route::of("spec.datacenters").index(index).key("kubeCluster");
        let name = &datacenters[index].name;
        let message =
            format!("`{name}` runs in a different Kubernetes cluster than `{}` and cannot find its ring", first.name);
        let help = "add nodes that both Kubernetes clusters can reach to `spec.additionalSeeds`";
        complaints.push(RULE.complain(message, subject.value(route, "no seeds")).help(help));
    }
}
