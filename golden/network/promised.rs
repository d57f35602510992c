//! What docs/network.md promises, from the topology: who is let in to which port, and who may go where.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::Path;

use cassc::cluster::{Cluster, Datacenter, Network, Reaper};
use cassc::topology::Peer;
use cassc_ring::reaper::ReaperMode;

use super::parties::{Kind, Party, SOME_NAMESPACE, labels_of_namespace};
use crate::rendered::Rendered;

/// A cluster with policies in one Kubernetes cluster.
pub(crate) struct World<'r> {
    pub(crate) rendered: &'r Rendered,
    network: &'r Network,
    /// The datacenters that are rendered here.
    datacenters: Vec<&'r Datacenter>,
    /// The pod whose gate may found the ring, as the gate itself is told.
    founder: Option<String>,
}

impl<'r> World<'r> {
    pub(crate) fn new(rendered: &'r Rendered) -> Self {
        let cluster = &rendered.cluster;
        let is_rendered = |datacenter: &&Datacenter| {
            let mut labels = rendered.of_kind("StatefulSet").map(|it| &it["metadata"]["labels"]);
            labels.any(|labels| labels["cassandra.datastax.com/datacenter"] == datacenter.name.as_str())
        };
        let mut orders = rendered.of_kind("ConfigMap").map(|it| &it["data"]).filter(|data| data["founder"] == "yes\n");
        let first = |order: &str| order.split_whitespace().next().map(str::to_owned);
        let founder = orders.find_map(|data| first(data["start-order"].as_str()?));
        let network = cluster.network.as_ref().expect("it has policies");
        Self { rendered, network, datacenters: cluster.datacenters.iter().filter(is_rendered).collect(), founder }
    }

    fn cluster(&self) -> &'r Cluster {
        &self.rendered.cluster
    }

    /// The name of the topology, and of the Kubernetes cluster where there are several.
    pub(crate) fn title(&self) -> String {
        let file = self.rendered.title.split(' ').next().unwrap_or_default();
        let stem = Path::new(file).file_stem().expect("it is a file").to_string_lossy().into_owned();
        let kube_cluster = self.datacenters.first().and_then(|it| it.kube_cluster.clone());
        kube_cluster.map_or(stem.clone(), |name| format!("{stem}-{name}"))
    }

    fn reaper(&self, mode: ReaperMode) -> Option<&'r Reaper> {
        self.cluster().steps.as_ref()?.reaper.as_ref().filter(|reaper| reaper.mode == mode)
    }

    pub(crate) fn named_peers(&self) -> impl Iterator<Item = &'r Peer> {
        let Network { clients, monitoring, reaper, dns, .. } = self.network;
        [clients, monitoring, reaper, dns].into_iter().flatten()
    }

    pub(crate) fn networks(&self) -> Vec<String> {
        self.network.nodes_elsewhere.iter().chain(&self.network.api_server).cloned().collect()
    }

    pub(crate) fn own_namespaces(&self) -> Vec<String> {
        let mut names: Vec<String> = self
            .datacenters
            .iter()
            .map(|it| it.namespace.clone().unwrap_or_else(|| SOME_NAMESPACE.to_owned()))
            .collect();
        names.dedup();
        names
    }

    pub(crate) fn is_a_namespace(&self, name: &str) -> bool {
        self.own_namespaces().iter().any(|own| own == name)
    }

    fn node_ports(&self) -> impl Iterator<Item = u16> {
        self.datacenters.iter().filter_map(|datacenter| datacenter.node_port)
    }
}

/// The ports that are tried: all that any pod has, and some that none has.
pub(crate) fn ports(world: &World<'_>) -> Vec<(u16, &'static str)> {
    let mut ports = vec![22, 53, 443, 6443, 7000, 7001, 7080, 7081, 7199, 8080, 9000, 9042, 9103, 9142];
    ports.extend(world.node_ports());
    ports.extend(&world.network.dns_ports);
    ports.extend(&world.network.api_server_ports);
    ports.sort_unstable();
    ports.dedup();
    let udp = [53, 7000].iter().chain(&world.network.dns_ports).map(|port| (*port, "UDP"));
    let mut all: Vec<(u16, &'static str)> = ports.into_iter().map(|port| (port, "TCP")).chain(udp).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// Whether a connection is promised to be let through. One of the two is ours.
pub(crate) fn is_promised(world: &World<'_>, from: &Party, to: &Party, port: u16, protocol: &str) -> bool {
    if to.is_ours() {
        protocol == "TCP" && may_enter(world, from, to, port)
    } else {
        may_leave(world, from, to, port, protocol)
    }
}

/// Who is let in to one of our pods.
fn may_enter(world: &World<'_>, from: &Party, to: &Party, port: u16) -> bool {
    let network = world.network;
    let deployment = world.reaper(ReaperMode::Deployment);
    match &to.kind {
        Kind::Node(name) => {
            let datacenter = world.datacenters.iter().find(|it| it.name == *name).expect("it is rendered");
            let has_sidecar = world.reaper(ReaperMode::Sidecar).is_some();
            match port {
                7000 | 7001 => from.is_node() || is_in_one(&network.nodes_elsewhere, from),
                8080 => match from.kind {
                    Kind::Steps | Kind::Reaper => true,
                    Kind::Node(_) => world.founder.as_deref() == Some(from.pod()),
                    _ => false,
                },
                9000 => from.kind == Kind::Reaper || is_named(world, &network.monitoring, from, to),
                7080 if has_sidecar => from.kind == Kind::Steps || is_named(world, &network.reaper, from, to),
                7081 if has_sidecar => is_named(world, &network.monitoring, from, to),
                _ if port == datacenter.native_port => match from.kind {
                    Kind::Node(_) | Kind::Tables => true,
                    Kind::Reaper => deployment.is_some_and(|reaper| reaper.keyspace.is_some()),
                    _ => is_named(world, &network.clients, from, to),
                },
                _ => false,
            }
        }
        Kind::Reaper => match port {
            7080 => from.kind == Kind::Steps || is_named(world, &network.reaper, from, to),
            7081 => is_named(world, &network.monitoring, from, to),
            _ => false,
        },
        _ => false,
    }
}

/// Where our pods may go outside of what is ours.
fn may_leave(world: &World<'_>, from: &Party, to: &Party, port: u16, protocol: &str) -> bool {
    let network = world.network;
    let is_server = network.dns.is_empty() || is_named(world, &network.dns, to, from);
    if network.dns_ports.contains(&port) && is_server {
        return true;
    }
    if protocol != "TCP" {
        return false;
    }
    // Drivers go to the announced addresses of workers.
    let has_driver = match from.kind {
        Kind::Node(_) => world.reaper(ReaperMode::Sidecar).is_some(),
        Kind::Reaper => world.reaper(ReaperMode::Deployment).is_some_and(|reaper| reaper.keyspace.is_some()),
        Kind::Tables => true,
        _ => false,
    };
    if has_driver && world.node_ports().any(|it| it == port) {
        return true;
    }
    match from.kind {
        Kind::Node(_) => matches!(port, 7000 | 7001) && is_in_one(&network.nodes_elsewhere, to),
        Kind::Steps => {
            let is_there = network.api_server.is_empty() || is_in_one(&network.api_server, to);
            network.api_server_ports.contains(&port) && is_there
        }
        Kind::Reaper => {
            let is_only = world.cluster().kube_clusters().len() == 1;
            is_only && matches!(port, 8080 | 9000) && is_in_one(&network.nodes_elsewhere, to)
        }
        _ => false,
    }
}

/// Whether a list names somebody, as it is read for one of our pods.
fn is_named(world: &World<'_>, peers: &[Peer], who: &Party, ours: &Party) -> bool {
    peers.iter().any(|peer| match &peer.cidr {
        Some(network) => is_in(network, who) && !is_in_one(&peer.except, who),
        None => {
            who.kind != Kind::Outside && is_in_namespace(world, peer, who, ours) && has(&peer.pod_labels, &who.labels)
        }
    })
}

fn is_in_namespace(world: &World<'_>, peer: &Peer, who: &Party, ours: &Party) -> bool {
    match peer.namespace.as_deref() {
        Some("*") => true,
        Some(name) => who.namespace == name,
        None if peer.namespace_labels.is_empty() => who.namespace == ours.namespace,
        None => has(&peer.namespace_labels, &labels_of_namespace(world, &who.namespace)),
    }
}

fn has(asked: &BTreeMap<String, String>, labels: &BTreeMap<String, String>) -> bool {
    asked.iter().all(|(key, value)| labels.get(key) == Some(value))
}

fn is_in_one(networks: &[String], who: &Party) -> bool {
    networks.iter().any(|network| is_in(network, who))
}

/// Whether the first bits of an address are those of a network.
fn is_in(network: &str, who: &Party) -> bool {
    let (first, bits) = network.split_once('/').expect("E650 refused others");
    let bits: usize = bits.parse().expect("E650 refused others");
    let digits = |address: &str| match address.parse::<IpAddr>().expect("it is an address") {
        IpAddr::V4(address) => format!("{:032b}", address.to_bits()),
        IpAddr::V6(address) => format!("{:0128b}", address.to_bits()),
    };
    let (first, address) = (digits(first), digits(&who.address));
    first.len() == address.len() && first[..bits] == address[..bits]
}
