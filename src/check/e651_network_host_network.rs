//! E651: `NetworkPolicies` for pods on the network of their worker.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E651",
    name: "network-host-network",
    summary: "`network.policies` has no effect on pods with `hostNetwork`",
    explain: "\
A pod with `pod.hostNetwork` has the addresses of its worker. Most networks of Kubernetes apply no NetworkPolicy to such pods, and
let them pass as the worker itself where a policy names them by their labels. The policies would look as if they protected
Cassandra, and every port would be open; and the program in the cluster could be kept from nodes that it is to call.

Remove `hostNetwork`, or remove `policies` and protect the workers by other means.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    if !subject.spec().network.policies {
        return;
    }
    let on_host = subject.pods().iter().filter(|pod| pod.pod.host_network == Some(true));
    for route in on_host.map(|pod| pod.route("hostNetwork")).collect::<BTreeSet<_>>() {
        let at = subject.value(Route::of("spec.network.policies"), "apply to no such pod");
        let complaint = RULE.complain("NetworkPolicies do not protect pods on the network of their worker", at);
        let host_network = subject.value(route, "addresses of the worker");
        complaints.push(complaint.label(host_network).help("remove one of the two"));
    }
}
