//! `NetworkPolicies` of a lock.

use super::{Fault, LABEL, Valid, each, field, is, labels, number, optional};
use crate::cluster::{Cluster, Network};
use crate::kubernetes::cidr::Cidr;
use crate::kubernetes::syntax::is_label;
use crate::topology::{EVERY_NAMESPACE, MOST_PEERS, Peer};

/// Holds what policies let through to what the rules hold it to.
pub(super) fn network(network: &Network) -> Valid {
    let Network { clients, monitoring, reaper, nodes_elsewhere, api_server, api_server_ports, dns, dns_ports } =
        network;
    for (key, peers) in [("clients", clients), ("monitoring", monitoring), ("reaper", reaper), ("dns", dns)] {
        few(key, peers.len())?;
        each(key, peers, peer)?;
    }
    for (key, networks) in [("nodesElsewhere", nodes_elsewhere), ("apiServer", api_server)] {
        few(key, networks.len())?;
        each(key, networks, |it| cidr(it))?;
    }
    for (key, ports) in [("apiServerPorts", api_server_ports), ("dnsPorts", dns_ports)] {
        few(key, ports.len())?;
        each(key, ports, |it| number(*it, *it > 0, "1 to 65535"))?;
        if ports.is_empty() {
            return field(key, Err(Fault::new("is empty (expected one port at least)")));
        }
    }
    Ok(())
}

fn few(key: &str, count: usize) -> Valid {
    if count <= MOST_PEERS {
        return Ok(());
    }
    field(key, Err(Fault::new(format!("has {count} entries (expected at most {MOST_PEERS})"))))
}

fn cidr(text: &str) -> Valid {
    is(text, text.parse::<Cidr>().is_ok(), "a network, such as `10.0.0.0/8`")
}

fn peer(peer: &Peer) -> Valid {
    let Peer { namespace, namespace_labels, pod_labels, cidr: network, except } = peer;
    optional("namespace", namespace.as_ref(), |it| is(it, it == EVERY_NAMESPACE || is_label(it), LABEL))?;
    field("namespaceLabels", labels(namespace_labels))?;
    field("podLabels", labels(pod_labels))?;
    optional("cidr", network.as_ref(), |it| cidr(it))?;
    each("except", except, |it| cidr(it))?;
    let names_pods = namespace.is_some() || !namespace_labels.is_empty() || !pod_labels.is_empty();
    if names_pods == network.is_some() || network.is_none() && !except.is_empty() {
        return Err(Fault::new("is neither some pods nor a network (expected one of the two)"));
    }
    Ok(())
}

/// Pods of other namespaces are named with these: `render` relies on it.
pub(super) fn namespaces(cluster: &Cluster) -> Valid {
    let is_nameless = |kube_cluster: Option<&str>| {
        let namespaces = cluster.namespaces_in(kube_cluster);
        namespaces.len() > 1 && namespaces.contains(&None)
    };
    if cluster.network.is_none() || !cluster.kube_clusters().into_iter().any(is_nameless) {
        return Ok(());
    }
    Err(Fault::new("needs the names of all namespaces (expected one in each datacenter)"))
}
