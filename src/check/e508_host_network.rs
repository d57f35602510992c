//! E508: several pods on the network of one worker.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::merge::{Level, RackPlace};

pub(super) const RULE: Rule = Rule {
    code: "E508",
    name: "host-network",
    summary: "pods on the network of their worker collide with each other or with a node port",
    explain: "\
With `hostNetwork` a pod has the ports of its worker, and every node of Cassandra needs the same ones: 7000, 9042 and
others. The second pod on a worker could not open them and waits for ever.

A `nodePort` is opened on every worker too, by kube-proxy, under the number that Cassandra listens on. On the worker's
network clients reach Cassandra without it.

Keep one of `hostNetwork` and `severalNodesPerWorker`, and no `nodePort` with `hostNetwork`.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    if !subject.spec().pod.host_network {
        return;
    }
    let several = subject.racks.iter().filter_map(RackPlace::several_nodes_per_worker);
    let levels: BTreeSet<_> = several.filter(|several| several.value).map(|several| several.level).collect();
    for level in levels {
        let at = subject.value(level.route().key("scheduling").key("severalNodesPerWorker"), "one worker");
        let message = "several pods on the network of one worker would need the same ports";
        let host_network = subject.value(Route::of("spec.pod.hostNetwork"), "its network");
        complaints.push(RULE.complain(message, at).label(host_network).help("remove one of the two"));
    }
    for (index, datacenter) in subject.spec().datacenters.iter().enumerate() {
        if datacenter.node_port.is_some() {
            let at = subject.value(Level::Datacenter(index).route().key("nodePort"), "the worker's port");
            let message = "on the network of the worker, Cassandra and the node port would need the same port";
            let host_network = subject.value(Route::of("spec.pod.hostNetwork"), "the worker's network");
            complaints.push(RULE.complain(message, at).label(host_network).help("remove one of the two"));
        }
    }
}
