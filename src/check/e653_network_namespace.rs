//! E653: policies between namespaces of which one has no name.

use std::collections::{BTreeMap, BTreeSet};

use super::written::destination;
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E653",
    name: "network-namespace",
    summary: "`network.policies` need the names of all namespaces",
    explain: "\
A NetworkPolicy names pods of another namespace by the name of that namespace. Where datacenters of one Kubernetes cluster are in
different namespaces, each of them has to be written: the one that the delivery tool chooses is not known to cassc.

Write `metadata.namespace`. In a deployed cluster write the one that it runs in, and accept E303.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    if !subject.spec().network.policies {
        return;
    }
    let mut namespaces: BTreeMap<Option<&str>, BTreeSet<Option<&str>>> = BTreeMap::new();
    for datacenter in &subject.spec().datacenters {
        let (kube_cluster, namespace) = destination(subject, datacenter);
        namespaces.entry(kube_cluster).or_default().insert(namespace);
    }
    if namespaces.values().any(|of_cluster| of_cluster.len() > 1 && of_cluster.contains(&None)) {
        let at = subject.value(Route::of("spec.network.policies"), "need all namespaces");
        let complaint = RULE.complain("datacenters are in several namespaces, and one of these has no name", at);
        complaints.push(complaint.help("write `metadata.namespace`"));
    }
}
