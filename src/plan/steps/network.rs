//! What to know when `NetworkPolicies` come, change or go: who may reach what from then on, and who no longer may.

use std::collections::BTreeMap;

use cassc_ring::release::Minor;

use super::super::Difference;
use crate::cluster::{Cluster, Network};
use crate::topology::{EVERY_NAMESPACE, Peer};

/// What a list of peers lets in to, and the list.
type List = (&'static str, fn(&Network) -> &Vec<Peer>);

const LISTS: [List; 3] = [
    ("CQL", |network| &network.clients),
    ("metrics", |network| &network.monitoring),
    ("the interface of Reaper", |network| &network.reaper),
];

/// Before the change is merged.
pub(super) fn before(difference: &Difference<'_>) -> Vec<String> {
    let Some((was, now)) = difference.before.zip(difference.after) else { return Vec::new() };
    match (&was.network, &now.network) {
        (None, Some(network)) => vec![comes(now, network)],
        (Some(was), Some(now)) => changes(was, now),
        _ => Vec::new(),
    }
}

/// What holds from then on, at the end.
pub(super) fn after(difference: &Difference<'_>) -> Option<String> {
    let (was, now) = difference.before.zip(difference.after)?;
    let goes = was.network.is_some() && now.network.is_none();
    goes.then(|| "once the NetworkPolicies of cassc are deleted, everybody reaches every port of the pods, unless policies of your own refuse it".to_owned())
}

/// Who is connected is known to Cassandra; a policy would only show it by refusing.
fn comes(now: &Cluster, network: &Network) -> String {
    let let_in = match network.clients.as_slice() {
        [] => "no application".to_owned(),
        clients => joined(clients.iter()),
    };
    let elsewhere = match network.nodes_elsewhere.as_slice() {
        [] => String::new(),
        networks => format!(", and as nodes of the ring {}", networks.join(", ")),
    };
    // Older ones have no such command.
    let command = if now.version.minor > Minor::V3_11 { ": `nodetool clientstats --all` on every node" } else { "" };
    let whose = if now.reaper().is_some() {
        "the ring, the program in the cluster and Reaper"
    } else {
        "the ring and the program in the cluster"
    };
    let whose = if now.steps.is_some() { whose } else { "the ring" };
    format!(
        "from then on {let_in} may connect to CQL{elsewhere}, and beside {whose} nobody else; look first who is connected \
         now{command}"
    )
}

/// Each list that loses or gets somebody.
fn changes(was: &Network, now: &Network) -> Vec<String> {
    let mut tasks = Vec::new();
    for (what, list) in LISTS {
        let (before, after) = (list(was), list(now));
        let missing = |from: &[Peer], all: &[Peer]| {
            let of_one: Vec<Peer> = all.iter().filter(|peer| !from.contains(peer)).cloned().collect();
            of_one
        };
        let (gone, new) = (missing(after, before), missing(before, after));
        let told = match (gone.as_slice(), new.as_slice()) {
            ([], []) => continue,
            (gone, []) => format!("{} may no longer reach {what}", joined(gone.iter())),
            ([], new) => format!("{} may reach {what} from then on", joined(new.iter())),
            (gone, new) => {
                format!("{} may no longer reach {what}, {} may from then on", joined(gone.iter()), joined(new.iter()))
            }
        };
        tasks.push(told);
    }
    let gone: Vec<&str> =
        was.nodes_elsewhere.iter().filter(|it| !now.nodes_elsewhere.contains(it)).map(String::as_str).collect();
    if !gone.is_empty() {
        tasks.push(format!(
            "nodes in {} may no longer reach the nodes here: make sure that none of the ring runs there (`nodetool status`)",
            gone.join(", ")
        ));
    }
    tasks
}

fn joined<'p>(peers: impl Iterator<Item = &'p Peer>) -> String {
    let told: Vec<String> = peers.map(told).collect();
    match told.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => told.concat(),
    }
}

/// A peer as users call it.
fn told(peer: &Peer) -> String {
    let labels = |labels: &BTreeMap<String, String>| {
        labels.iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join(",")
    };
    if let Some(network) = &peer.cidr {
        return match peer.except.as_slice() {
            [] => format!("`{network}`"),
            except => format!("`{network}` without `{}`", except.join("`, `")),
        };
    }
    let place = match peer.namespace.as_deref() {
        Some(EVERY_NAMESPACE) => " of all namespaces".to_owned(),
        Some(name) => format!(" of namespace `{name}`"),
        None if !peer.namespace_labels.is_empty() => format!(" of namespaces `{}`", labels(&peer.namespace_labels)),
        None => " of the same namespace".to_owned(),
    };
    if peer.pod_labels.is_empty() {
        format!("pods{place}")
    } else {
        format!("pods `{}`{place}", labels(&peer.pod_labels))
    }
}
