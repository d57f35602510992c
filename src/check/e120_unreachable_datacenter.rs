//! E120: a datacenter in another Kubernetes cluster without additional seeds.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::{Datacenter, Spec};

pub(super) const RULE: Rule = Rule {
    code: "E120",
    name: "unreachable-datacenter",
    summary: "a datacenter in another Kubernetes cluster has no additional seeds",
    explain: "\
DNS names of pods resolve only in their own Kubernetes cluster. A datacenter in another Kubernetes cluster must not found a
second ring, and it cannot find the existing one: its first pod would wait forever.

Write IP addresses or DNS names of nodes into `reachableSeeds` of their datacenter, as the other Kubernetes clusters reach them:
for each Kubernetes cluster but that of the datacenter itself they are seeds. Names by external-dns or of a multi-cluster service do not
change when a pod moves; addresses of pods do. Nodes of this ring outside of the topology are `spec.additionalSeeds`.",
};

/// Whether the pods of a datacenter have seeds in another Kubernetes cluster.
pub(super) fn has_seeds_elsewhere(spec: &Spec, datacenter: &Datacenter) -> bool {
    let mut others = spec.datacenters.iter().filter(|other| other.kube_cluster != datacenter.kube_cluster);
    !spec.additional_seeds.is_empty() || others.any(|other| !other.reachable_seeds.is_empty())
}

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let datacenters = &subject.spec().datacenters;
    let Some(first) = datacenters.first() else { return };
    let spec = subject.spec();
    let is_lost = |it: &&Datacenter| it.kube_cluster != first.kube_cluster && !has_seeds_elsewhere(spec, it);
    if let Some(index) = datacenters.iter().position(|it| is_lost(&it)) {
        let route = Route::of("spec.datacenters").index(index).key("kubeCluster");
        let name = &datacenters[index].name;
        let message =
            format!("`{name}` runs in a different Kubernetes cluster than `{}` and cannot find its ring", first.name);
        let help = format!(
            "write the addresses at which nodes of `{}` can be reached from there into its `reachableSeeds`",
            first.name
        );
        complaints.push(RULE.complain(message, subject.value(route, "no seeds")).help(help));
    }
}
