//! E303: the namespace of a deployed datacenter was added or removed.

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E303",
    name: "namespace-named",
    summary: "the namespace of a deployed datacenter was added or removed",
    explain: "\
Without `namespace` the delivery tool chooses the namespace, and cassc cannot see which one. In the same namespace nothing
changes. In a different namespace a second cluster starts on empty volumes (E302).

Find the deployed objects with `kubectl get statefulset --all-namespaces -l app.kubernetes.io/name=cassandra`. If they are
in the same namespace, accept E303 with that as the reason.",
};

pub(super) const FORCE: Force = Force::WithReason;

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    for change in transition.changed_datacenters(|datacenter| datacenter.namespace.as_deref()) {
        let at = change.at("namespace", "namespace");
        let (message, now, was) = match (change.before, change.after) {
            (None, Some(now)) => (
                format!("{} may be deployed in a different namespace than `{now}`", change.whose()),
                "added",
                "no namespace".to_owned(),
            ),
            (Some(was), None) => (
                format!("the namespace `{was}` of {} was removed; the delivery tool now chooses it", change.whose()),
                "no namespace",
                format!("deployed: `{was}`"),
            ),
            _ => continue,
        };
        let complaint = transition.refuse(&RULE, message, at, now, was);
        let help = "if the namespace stays the same, add `{code: E303, reason: …}` to `spec.accept`";
        complaints.push(complaint.help(help));
    }
}
