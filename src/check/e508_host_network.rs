//! E508: several pods on the network of one worker.

use std::collections::BTreeSet;

use super::{Check, Rule, Subject};
use crate::diagnostic::{Diagnostic, Route};
use crate::topology::merge::RackPlace;

pub(super) const RULE: Rule = Rule {
    code: "E508",
    name: "host-network",
    summary: "pods on the network of their worker cannot share a worker",
    explain: "\
With `hostNetwork` a pod has the ports of its worker, and every node of Cassandra needs the same ones: 7000, 9042 and
others. The second pod on a worker could not open them and waits for ever.

Keep one of `hostNetwork` and `severalNodesPerWorker`.",
    check: Check::Topology(check),
};

fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
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
}
