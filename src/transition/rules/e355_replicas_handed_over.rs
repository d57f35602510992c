//! E355: nodes are removed in the change that first gives the replicas to the program in the cluster.

use super::e352_nodes_leave::nodes_leave;
use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E355",
    name: "replicas-handed-over",
    summary: "nodes are removed in the change that first lets the program in the cluster change replicas",
    explain: "\
The program in the cluster decommissions nodes and then lowers the replicas of their StatefulSet. Until the delivery tool is told
to leave the replicas of live StatefulSets alone, it applies the smaller number itself: the pods are deleted before their nodes
have left, and rows with replicas only there are lost. The Application, or the Kustomization, that tells it so is
part of this very change, and may be read after the StatefulSets.

1. Commit `steps: {enabled: true}` (or `delivery.argocd`, `delivery.flux`, `delivery.ignoresReplicas`) with the nodes as they are.
2. Have it applied, the Application or the Kustomizations included.
3. Commit the smaller number of nodes.",
};

pub(super) const FORCE: Force = Force::Never("two commits do the same safely");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    if !transition.after.steps_change_replicas() || transition.before.steps_change_replicas() {
        return;
    }
    let help = "keep the number of nodes in this change, and reduce it in the next";
    complaints.extend(nodes_leave(transition, &RULE).into_iter().map(|(complaint, _)| complaint.help(help)));
}
