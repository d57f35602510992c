//! E508: `hostNetwork` together with several pods per worker or with a node port.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;
use crate::topology::merge::Level;

pub(super) const RULE: Rule = Rule {
    code: "E508",
    name: "host-network",
    summary: "`hostNetwork` conflicts with `severalNodesPerWorker` or `nodePort`",
    explain: "\
With `hostNetwork` a pod uses the ports of its worker, and every Cassandra node needs the same ports: 7000, 9042 and others. A
second pod on the same worker stays Pending.

kube-proxy opens a `nodePort` on every worker, on the same port that Cassandra listens on. With `hostNetwork` clients reach
Cassandra without a `nodePort`.

Use either `hostNetwork` or `severalNodesPerWorker`, and no `nodePort` with `hostNetwork`.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let on_host = |datacenter: usize| {
        let pod = subject.pod_of(datacenter);
        (pod.pod.host_network == Some(true)).then(|| pod.route("hostNetwork"))
    };
    let on_host_racks = subject.racks.iter().filter_map(|place| Some((place, on_host(place.datacenter_index)?)));
    let several = on_host_racks.filter_map(|(place, route)| Some((place.several_nodes_per_worker()?, route)));
    let mut seen = BTreeSet::new();
    for (several, route) in several.filter(|(several, _)| several.value) {
        let level = several.level;
        if !seen.insert((level, route.clone())) {
            continue;
        }
        let at = subject.value(level.route().key("scheduling").key("severalNodesPerWorker"), "several pods");
        let message = "several pods on one worker would need the same ports";
        let host_network = subject.value(route, "ports of the worker");
        complaints.push(RULE.complain(message, at).label(host_network).help("remove one of the two"));
    }
    for (index, datacenter) in subject.spec().datacenters.iter().enumerate() {
        if let (Some(_), Some(route)) = (&datacenter.node_port, on_host(index)) {
            let at = subject.value(Level::Datacenter(index).route().key("nodePort"), "port of the worker");
            let message = "Cassandra and the node port would need the same port of the worker";
            let host_network = subject.value(route, "ports of the worker");
            complaints.push(RULE.complain(message, at).label(host_network).help("remove one of the two"));
        }
    }
}
