//! W657: containers of the user's in pods that may call nobody but the ring.

use super::written::{called, containers};
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W657",
    name: "network-own-containers",
    summary: "`network.policies` keeps additional containers from the network",
    explain: "\
A NetworkPolicy is about a pod and not about one of its containers. With `network.policies` the Cassandra pods reach the nodes of
the ring and name servers, and nobody else reaches other ports than those of Cassandra. Containers of `pod.containers` and
`pod.initContainers` are in the same pods: what they send elsewhere is dropped, and nobody reaches a port of theirs.

Policies are added to each other. Write a NetworkPolicy of your own that selects the pods by the label
`cassandra.datastax.com/cluster` and lets through what the container needs (docs/network.md), and accept the warning; or accept it
if the container needs nothing.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    if !subject.spec().network.policies {
        return;
    }
    if let Some(first) = containers(subject).first() {
        let message = format!("{} reaches the ring and name servers only", called(first));
        let at = subject.key(first.route.clone(), "");
        let complaint = RULE.complain(message, at).label(subject.value(Route::of("spec.network.policies"), ""));
        complaints.push(complaint.help("let through what it needs with a NetworkPolicy of your own, and accept W657"));
    }
}
