//! E324: a Kubernetes cluster that gets a name, or loses it.

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E324",
    name: "kube-cluster-named",
    summary: "a datacenter names its Kubernetes cluster for the first time, or no longer",
    explain: "\
`kubeCluster` is a name of your own; each one gets an output folder of its own. When a datacenter gets a first name, its
objects are the same ones and lie in another folder. A delivery tool that still reads the old folder sees them vanish and
may prune them; one that reads the new folder in another Kubernetes cluster starts an empty copy.

Tell the delivery tool of that Kubernetes cluster to read the new folder, with pruning switched off, in the same change;
accept the code and name the tool's change as the reason.",
};

pub(super) const FORCE: Force = Force::WithReason;

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    for change in transition.changed_datacenters(|datacenter| datacenter.kube_cluster.as_deref()) {
        let at = change.at("kubeCluster", "kubeCluster");
        let (message, was) = match (change.before, change.after) {
            (None, Some(now)) => {
                (format!("the objects of {} move to the folder of `{now}`", change.whose()), "had no name")
            }
            (Some(was), None) => {
                (format!("the objects of {} leave the folder of `{was}`", change.whose()), "what it was")
            }
            _ => continue,
        };
        let complaint = transition.refuse(&RULE, message, at, "a tool that reads the old folder may prune them", was);
        complaints.push(complaint.help("point the delivery tool to the new folder, then accept E324"));
    }
}
