//! E358: nodes are removed, and the program in the cluster cannot take them out of the ring before their pods go.

use super::e352_nodes_leave::nodes_leave;
use crate::diagnostic::{Diagnostic, Rule};
use crate::render::pod_templates;
use crate::topology::Dialect;
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E358",
    name: "job-cannot-come-first",
    summary: "nodes are removed, and the program in the cluster cannot take them out of the ring before their pods are deleted",
    explain: "\
The program in the cluster (`steps`) decommissions nodes, and then lowers the replicas of their StatefulSet. Here something else lowers
them first, or the program waits for what comes only after it.

- Argo CD and Flux apply everything at once. Have yours leave `/spec/replicas` of live StatefulSets alone (docs/delivery.md), write
  `delivery.ignoresReplicas: true`, and reduce the number of nodes one commit later. Nodes that are decommissioned by hand
  meanwhile are no way out: the program finds pods that should be members, and lets them join again.
- With `kubectl`, base and steps are applied first, and the StatefulSets when the nodes have left. The program waits until StatefulSets
  are as the topology says; so their pod templates must stay as they are. Change these one commit earlier or later.",
};

pub(super) const FORCE: Force = Force::Never("two commits do the same safely");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let (before, after) = (transition.before, transition.after);
    if after.steps.is_none() || after.steps_change_replicas() {
        return;
    }
    let leaving = nodes_leave(transition, &RULE);
    let help = if after.dialect == Dialect::Plain {
        // A StatefulSet carries the digest of its template only where the program runs.
        let same = || before.steps.is_some() && pod_templates(before) == pod_templates(after);
        if leaving.is_empty() || same() {
            return;
        }
        "change pod templates, or turn `steps` on, one commit before nodes leave"
    } else {
        "have the delivery tool leave `/spec/replicas` of live StatefulSets alone, and write `delivery.ignoresReplicas: true` one \
         commit before nodes leave"
    };
    complaints.extend(leaving.into_iter().map(|(complaint, _)| complaint.help(help)));
}
