//! E304: the Kubernetes cluster of a deployed datacenter changed.

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E304",
    name: "kube-cluster-changed",
    summary: "`kubeCluster` of a deployed datacenter changed",
    explain: "\
Volumes stay in the Kubernetes cluster where they were created. In a different Kubernetes cluster the datacenter would
start with empty volumes while its old pods still run with the same names in the same ring.

Write the deployed name. To move a datacenter, add a datacenter in the other Kubernetes cluster, rebuild it, move the
clients, and decommission the old datacenter.",
};

pub(super) const FORCE: Force = Force::Never("volumes cannot move to another Kubernetes cluster");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    for change in transition.changed_datacenters(|datacenter| datacenter.kube_cluster.as_deref()) {
        let (Some(was), Some(now)) = (change.before, change.after) else { continue };
        let at = change.at("kubeCluster", "kubeCluster");
        let whose = change.whose();
        let message = format!("`kubeCluster` of {whose} changed from `{was}` to `{now}`: the volumes would be empty");
        let complaint = transition.refuse(&RULE, message, at, format!("now `{now}`"), format!("deployed: `{was}`"));
        let help = format!("write `kubeCluster: {was}`; add a datacenter for `{now}`");
        complaints.push(complaint.help(help));
    }
}
