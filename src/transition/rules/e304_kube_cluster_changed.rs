//! E304: a deployed datacenter in another Kubernetes cluster.

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E304",
    name: "kube-cluster-changed",
    summary: "a deployed datacenter is to be in another Kubernetes cluster",
    explain: "\
Volumes stay in the Kubernetes cluster in which they were made. In another one the datacenter would begin with empty
volumes while its old pods still run under the same names in the same ring.

Write the name that it was. To move a datacenter, add one in the other Kubernetes cluster, let it be rebuilt, move the
clients, and let the old one leave.",
};

pub(super) const FORCE: Force = Force::Never("volumes do not move between Kubernetes clusters");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    for change in transition.changed_datacenters(|datacenter| datacenter.kube_cluster.as_deref()) {
        let (Some(was), Some(now)) = (change.before, change.after) else { continue };
        let at = change.at("kubeCluster", "kubeCluster");
        let message = format!("{} cannot move from the Kubernetes cluster `{was}` to `{now}`", change.whose());
        let complaint =
            transition.refuse(&RULE, message, at, "its volumes would be empty here", format!("was `{was}`"));
        let help = format!("write `kubeCluster: {was}`; add a datacenter for `{now}`");
        complaints.push(complaint.help(help));
    }
}
