//! W655: policies that let no application in.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W655",
    name: "network-without-clients",
    summary: "`network.policies` without `clients` lets no application reach CQL",
    explain: "\
With `network.policies` only the nodes, the program in the cluster and Reaper reach the pods. Applications are let in by
`network.clients`. Connections that are open when the policies come may live on, so that the fault is seen when an application
restarts.

Name the applications: `clients: [{namespace: shop}]`. Accept the warning while a ring has none, or where NetworkPolicies of your
own let them in.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let network = &subject.spec().network;
    if network.policies && network.clients.is_empty() {
        let at = subject.value(Route::of("spec.network.policies"), "refuse every application");
        let complaint = RULE.complain("no application may connect to CQL", at);
        complaints.push(complaint.help("add `clients: [{namespace: …}]`, with the namespaces of your applications"));
    }
}
