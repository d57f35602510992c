//! E303: a namespace that is written where none was, or no longer.

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E303",
    name: "namespace-named",
    summary: "a namespace is written where none was, or no longer",
    explain: "\
Without a namespace the delivery tool decides where the objects go, and cassc does not know where that was. If it is the
same one, nothing happens. If it is another one, a second cluster starts there on empty volumes, as E302 tells.

Look where the objects are: `kubectl get statefulset --all-namespaces -l app.kubernetes.io/name=cassandra`. If it is this
namespace, accept the code and say so as the reason.",
};

pub(super) const FORCE: Force = Force::WithReason;

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    for change in transition.changed_datacenters(|datacenter| datacenter.namespace.as_deref()) {
        let at = change.at("namespace", "namespace");
        let (message, now, was) = match (change.before, change.after) {
            (None, Some(now)) => (
                format!("it is not known whether {} is in the namespace `{now}`", change.whose()),
                "named now".to_owned(),
                "the delivery tool chose one",
            ),
            (Some(was), None) => (
                format!("{} leaves the namespace `{was}` unless the delivery tool chooses it", change.whose()),
                "the delivery tool chooses one now".to_owned(),
                "what it was",
            ),
            _ => continue,
        };
        let complaint = transition.refuse(&RULE, message, at, now, was);
        complaints.push(complaint.help("if it is the same namespace, accept E303 and say so as the reason"));
    }
}
