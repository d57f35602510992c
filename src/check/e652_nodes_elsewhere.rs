//! E652: a ring that reaches beyond its Kubernetes cluster, and policies that would cut it.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::cidr::Cidr;
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E652",
    name: "nodes-elsewhere",
    summary: "`network.policies` would cut off nodes of the ring that run elsewhere",
    explain: "\
A NetworkPolicy selects pods of its own Kubernetes cluster by labels. Nodes of the ring that run elsewhere, behind `additionalSeeds`
or in another Kubernetes cluster of the topology, are known to it by their addresses alone. Without them it refuses the connections
between the nodes, and the ring falls into two halves.

Write the networks of all these nodes, not of the seeds alone, in `network.nodesElsewhere`: the range of the pods of the other
Kubernetes cluster, or of its workers where addresses are translated.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let spec = subject.spec();
    if !spec.network.policies {
        return;
    }
    let places: BTreeSet<Option<&str>> = spec.datacenters.iter().map(|it| it.kube_cluster.as_deref()).collect();
    let is_elsewhere = places.len() > 1 || !spec.additional_seeds.is_empty();
    let networks = &spec.network.nodes_elsewhere;
    if is_elsewhere && networks.is_empty() {
        let at = subject.value(Route::of("spec.network.policies"), "refuse nodes elsewhere");
        let complaint = RULE.complain("nodes of the ring run elsewhere, and no policy lets them in", at);
        let why = match places.len() {
            0 | 1 => subject.key(Route::of("spec.additionalSeeds"), "nodes elsewhere"),
            _ => {
                let first = spec.datacenters.first().and_then(|it| it.kube_cluster.as_deref());
                let other = spec.datacenters.iter().position(|it| it.kube_cluster.as_deref() != first);
                let route = Route::of("spec.datacenters").index(other.unwrap_or_default()).key("kubeCluster");
                subject.value(route, "another Kubernetes cluster")
            }
        };
        complaints.push(complaint.label(why).help("write their networks: `network: {nodesElsewhere: [10.20.0.0/16]}`"));
    } else if !is_elsewhere && !networks.is_empty() {
        let at = subject.key(Route::of("spec.network.nodesElsewhere"), "nobody is there");
        let complaint = RULE.complain("no node of the ring runs elsewhere", at);
        complaints.push(complaint.help("add `additionalSeeds` or `kubeCluster`, or remove it"));
    }
    complaints.extend(left_out(subject));
}

/// The seeds with an address that is in none of the networks. E650 reports what is no network.
fn left_out(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let spec = subject.spec();
    let networks: Option<Vec<Cidr>> = spec.network.nodes_elsewhere.iter().map(|it| it.parse().ok()).collect();
    let Some(networks) = networks.filter(|networks| !networks.is_empty()) else { return Vec::new() };
    let is_left_out = |seed: &&String| {
        let address = seed.parse::<IpAddr>();
        address.is_ok_and(|address| !networks.iter().any(|network| network.holds(address)))
    };
    let complaint = |index: usize, seed: &String| {
        let at = subject.value(Route::of("spec.additionalSeeds").index(index), "refused");
        let complaint = RULE.complain(format!("the additional seed `{seed}` is in none of the networks"), at);
        let networks = subject.key(Route::of("spec.network.nodesElsewhere"), "the networks");
        complaint.label(networks).help("add the network of the nodes behind it")
    };
    let seeds = spec.additional_seeds.iter().enumerate();
    seeds.filter(|(_, seed)| is_left_out(seed)).map(|(index, seed)| complaint(index, seed)).collect()
}
