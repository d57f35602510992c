//! E356: the delivery tool changes replicas again.

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E356",
    name: "replicas-taken-back",
    summary: "the delivery tool changes the replicas of a deployed cluster again, and no longer the program in the cluster",
    explain: "\
While the program in the cluster changes replicas, the number in Git is only what it works towards: after a refused or unfinished
change more nodes run than Git says. When the delivery tool applies that number again, it deletes the pods of nodes that
are members of the ring.

1. Wait until the Job of the last change is complete.
2. Compare: `kubectl get statefulset` shows as many replicas for each rack as the topology has nodes.
3. Accept E356 with that as the reason.
4. Remove the entry from `spec.accept` afterwards. From then on the steps of the plan are done by hand (docs/plan.md).",
};

pub(super) const FORCE: Force = Force::WithReason;

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let (before, after) = (transition.before, transition.after);
    if !before.steps_change_replicas() || after.steps_change_replicas() {
        return;
    }
    let (at, message, now, was) = if after.steps.is_none() {
        (
            At::of(Scope::Cluster, "steps.enabled", "steps"),
            "`steps` were turned off: the delivery tool applies the replicas that stand in Git",
            "now without `steps`",
            "deployed: with `steps`",
        )
    } else {
        (
            At::of(Scope::Cluster, "delivery", "delivery"),
            "the delivery tool is no longer told to ignore replicas: it applies those that stand in Git",
            "now nobody tells the delivery tool",
            "deployed: it ignores replicas",
        )
    };
    let complaint = transition.refuse(&RULE, message, at, now, was);
    complaints.push(complaint.help(
        "check that `kubectl get statefulset` shows as many replicas for each rack as the topology has nodes, and add \
         `{code: E356, reason: …}` to `spec.accept`",
    ));
}
