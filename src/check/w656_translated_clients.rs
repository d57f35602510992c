//! W656: clients that come through a node port or a load balancer, and are named as pods alone.

use crate::diagnostic::{Diagnostic, Label, Route, Rule};
use crate::subject::Subject;
use crate::topology::CqlServiceType;
use crate::topology::merge::Level;

pub(super) const RULE: Rule = Rule {
    code: "W656",
    name: "translated-clients",
    summary: "clients that come through a node port or a load balancer need a `cidr`",
    explain: "\
What comes from outside of the Kubernetes cluster, by `nodePort` or by a Service of type `LoadBalancer`, is no pod: labels do not
select it. With `nodePort` and with `externalTrafficPolicy: Local` a node sees the address of the client; with `Cluster`, the default
of a load balancer, that of a worker. Pods that connect to the announced address of a worker, as drivers do with `nodePort`, may
come with the address of their worker too: that depends on the network of the Kubernetes cluster.

Add the networks of the clients, and those of the workers where addresses are translated, to `network.clients`. Accept the warning
if only pods connect, and your network keeps their addresses.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let network = &subject.spec().network;
    let has_network = network.clients.iter().any(|client| client.cidr.is_some());
    if !network.policies || network.clients.is_empty() || has_network {
        return;
    }
    if let Some((place, through)) = ways(subject).into_iter().next() {
        let message = format!("`network.clients` names no network, and clients come through {through}");
        let clients = subject.key(Route::of("spec.network.clients"), "pods alone");
        let complaint = RULE.complain(message, clients).label(place);
        complaints.push(complaint.help("add the networks of these clients: `{cidr: 10.0.0.0/8}`"));
    }
}

/// The places where clients from outside are offered a way in.
fn ways(subject: &Subject<'_>) -> Vec<(Label, &'static str)> {
    let mut ways = Vec::new();
    let of_cluster = subject.spec().services.cql.r#type;
    for (index, datacenter) in subject.spec().datacenters.iter().enumerate() {
        let level = Level::Datacenter(index);
        if datacenter.node_port.is_some() {
            ways.push((subject.key(level.route().key("nodePort"), ""), "a node port"));
        }
        let own = datacenter.services.cql.r#type;
        if own.or(of_cluster) == Some(CqlServiceType::LoadBalancer) {
            let level = if own.is_some() { level } else { Level::Cluster };
            let route = level.route().key("services").key("cql").key("type");
            ways.push((subject.value(route, ""), "a load balancer"));
        }
    }
    ways
}
