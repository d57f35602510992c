//! E650: a peer or a network of `network` that names nobody, or that the API server refuses.

use std::collections::BTreeMap;

use super::written::peers;
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::cidr::{Cidr, CidrFault};
use crate::kubernetes::syntax::{is_label, is_label_key, is_label_value};
use crate::subject::Subject;
use crate::topology::{EVERY_NAMESPACE, MOST_PEERS, Peer};

pub(super) const RULE: Rule = Rule {
    code: "E650",
    name: "network-peer",
    summary: "a peer or a network in `network` is invalid",
    explain: "\
A peer is some pods or a network. Pods are named by `namespace` or `namespaceLabels`, by `podLabels`, or by both; a network
outside of the Kubernetes cluster by `cidr`. A peer that names nothing would let everybody in. One with both would be refused by
the API server, and so would a network that is no CIDR, or an `except` that is not a part of its network.

Write one of them: `{namespace: shop}`, `{namespace: shop, podLabels: {app: web}}`, `{podLabels: {app: web}}` for pods in the
namespace of the Cassandra pods, or `{cidr: 10.0.0.0/8}`. A single address is `192.0.2.7/32`. Beside `namespace` write no
`namespaceLabels`; the two would not be added to each other.",
};

const NETWORK: &str = "an address and its bits, such as `10.0.0.0/8` or `2001:db8::/32`";

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let network = &subject.spec().network;
    for (route, list) in peers(subject) {
        many(subject, &route, list.len(), complaints);
        for (index, written) in list.iter().enumerate() {
            peer(subject, &route.index(index), written, complaints);
        }
    }
    let networks = [("nodesElsewhere", &network.nodes_elsewhere), ("apiServer.cidrs", &network.api_server.cidrs)];
    for (field, list) in networks {
        let route = Route::of("spec.network").join(&Route::of(field));
        many(subject, &route, list.len(), complaints);
        let faults = list.iter().enumerate().filter_map(|(index, it)| cidr(subject, &route.index(index), it).err());
        complaints.extend(faults);
    }
}

fn many(subject: &Subject<'_>, route: &Route, count: usize, complaints: &mut Vec<Diagnostic>) {
    if count > MOST_PEERS {
        let complaint = RULE.complain(format!("the list has {count} entries"), subject.key(route.clone(), "too many"));
        let complaint = complaint.expected(format!("at most {MOST_PEERS}"));
        complaints.push(complaint.help("name namespaces or networks instead of single pods and addresses"));
    }
}

fn peer(subject: &Subject<'_>, route: &Route, peer: &Peer, complaints: &mut Vec<Diagnostic>) {
    let Peer { namespace, namespace_labels, pod_labels, cidr: network, except } = peer;
    let names_pods = namespace.is_some() || !namespace_labels.is_empty() || !pod_labels.is_empty();
    let at = |words: &str| subject.key(route.clone(), words);
    if !names_pods && network.is_none() {
        let complaint = RULE.complain("the entry names nobody", at("would be everybody"));
        complaints.push(complaint.expected("`namespace`, `namespaceLabels`, `podLabels` or `cidr`"));
    } else if names_pods && network.is_some() {
        let complaint = RULE.complain("the entry names pods and a network", at(""));
        complaints.push(complaint.help("make two entries of it"));
    }
    if namespace.is_some() && !namespace_labels.is_empty() {
        let complaint = RULE.complain("the entry has `namespace` and `namespaceLabels`", at(""));
        complaints.push(complaint.help("remove one of the two, or make two entries of it"));
    }
    if let Some(name) = namespace.as_ref().filter(|name| *name != EVERY_NAMESPACE && !is_label(name)) {
        let message = format!("`{}` is not a valid name of a namespace", name.escape_debug());
        let complaint = RULE.complain(message, subject.value(route.key("namespace"), ""));
        complaints.push(complaint.expected("lower-case letters, digits and `-`, or `\"*\"` for all namespaces"));
    }
    for (field, labels) in [("namespaceLabels", namespace_labels), ("podLabels", pod_labels)] {
        complaints.extend(bad_labels(subject, &route.key(field), labels));
    }
    let whole = network.as_ref().map(|network| cidr(subject, &route.key("cidr"), network));
    if network.is_none() && !except.is_empty() {
        let complaint = RULE.complain("`except` has no effect without `cidr`", subject.key(route.key("except"), ""));
        complaints.push(complaint.help("add `cidr`, or remove it"));
    }
    for (index, part) in except.iter().enumerate() {
        let place = route.key("except").index(index);
        match (cidr(subject, &place, part), &whole) {
            (Err(complaint), _) => complaints.push(complaint),
            (Ok(part), Some(Ok(whole))) if !whole.is_above(part) => {
                let message = format!("`{part}` is not a part of `{whole}`");
                complaints.push(RULE.complain(message, subject.value(place, "")).help("remove it, or correct `cidr`"));
            }
            _ => {}
        }
    }
    complaints.extend(whole.and_then(Result::err));
}

fn bad_labels(subject: &Subject<'_>, route: &Route, labels: &BTreeMap<String, String>) -> Vec<Diagnostic> {
    let fault = |(key, value): (&String, &String)| {
        if !is_label_key(key) {
            let message = format!("`{}` is not a valid label key", key.escape_debug());
            return Some(
                RULE.complain(message, subject.key(route.key(key), "")).expected("a key such as `example.com/team`"),
            );
        }
        let message = format!("`{}` is not a valid label value", value.escape_debug());
        let at = subject.value(route.key(key), "");
        (!is_label_value(value))
            .then(|| RULE.complain(message, at).expected("at most 63 letters, digits, `-`, `_` and `.`"))
    };
    labels.iter().filter_map(fault).collect()
}

/// A network, or what is wrong with it.
fn cidr(subject: &Subject<'_>, route: &Route, written: &str) -> Result<Cidr, Diagnostic> {
    written.parse().map_err(|fault| {
        let complaint = |message: String| RULE.complain(message, subject.value(route.clone(), "")).expected(NETWORK);
        let shown = written.escape_debug();
        match fault {
            CidrFault::Malformed => complaint(format!("`{shown}` is not a network")),
            CidrFault::Address => {
                let bits = if written.contains(':') { 128 } else { 32 };
                complaint(format!("`{shown}` is an address, not a network")).help(format!("write `{shown}/{bits}`"))
            }
            CidrFault::Host(network) => complaint(format!("`{shown}` is an address in the network `{network}`"))
                .help(format!("write `{network}`, or all bits of the address")),
        }
    })
}
