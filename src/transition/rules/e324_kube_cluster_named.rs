//! E324: `kubeCluster` of a deployed datacenter was added or removed.

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E324",
    name: "kube-cluster-named",
    summary: "`kubeCluster` of a deployed datacenter was added or removed",
    explain: "\
`kubeCluster` is a name that you choose; each name gets its own output folder. When it is added or removed, the objects stay
the same but move to a different folder. A delivery tool that still reads the old folder sees the objects disappear and may
prune them. A delivery tool that reads the new folder in a different Kubernetes cluster starts an empty copy.

In the same change, point the delivery tool of that Kubernetes cluster to the new folder, with pruning switched off. Accept
E324 and describe that change as the reason.",
};

pub(super) const FORCE: Force = Force::WithReason;

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    for change in transition.changed_datacenters(|datacenter| datacenter.kube_cluster.as_deref()) {
        let at = change.at("kubeCluster", "kubeCluster");
        let (message, was) = match (change.before, change.after) {
            (None, Some(now)) => {
                let whose = change.whose();
                let message = format!("`kubeCluster: {now}` of {whose} was added: the objects move to folder `{now}`");
                (message, "no `kubeCluster`".to_owned())
            }
            (Some(was), None) => {
                let whose = change.whose();
                let message = format!("`kubeCluster: {was}` of {whose} was removed: the objects leave folder `{was}`");
                (message, format!("deployed: `{was}`"))
            }
            _ => continue,
        };
        let complaint = transition.refuse(&RULE, message, at, "old folder may be pruned", was);
        let help = "point the delivery tool to the new folder, and add `{code: E324, reason: …}` to `spec.accept`";
        complaints.push(complaint.help(help));
    }
}
