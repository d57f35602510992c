//! The parts of a `NetworkPolicy`: peers, ports, and rules that let some peers through to some ports.

use k8s_openapi::api::networking::v1::{
    IPBlock, NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicyPeer, NetworkPolicyPort,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::super::kit::{self, not_empty};
use crate::cluster::StringMap;
use crate::topology::{EVERY_NAMESPACE, Peer};

/// The label with its own name that every namespace has (Kubernetes 1.22 and later).
const NAMESPACE_NAME: &str = "kubernetes.io/metadata.name";

/// Makes peers as they are seen from a namespace.
pub(super) struct Builder<'c> {
    /// The namespace of the policy.
    pub(super) namespace: Option<&'c str>,
}

impl Builder<'_> {
    /// The pods with these labels in a namespace.
    pub(super) fn pods(&self, namespace: Option<&str>, labels: StringMap) -> NetworkPolicyPeer {
        let is_elsewhere = namespace != self.namespace;
        let named = namespace.filter(|_| is_elsewhere).map(of_name);
        assert!(named.is_some() == is_elsewhere, "E653 refused namespaces without a name beside others");
        NetworkPolicyPeer { namespace_selector: named, pod_selector: Some(kit::matching(labels)), ip_block: None }
    }
}

/// The namespace of a name.
fn of_name(name: &str) -> LabelSelector {
    kit::matching(kit::strings([(NAMESPACE_NAME, name)]))
}

/// What the user names.
pub(super) fn written(peers: &[Peer]) -> Vec<NetworkPolicyPeer> {
    peers.iter().map(peer).collect()
}

fn peer(written: &Peer) -> NetworkPolicyPeer {
    if let Some(cidr) = &written.cidr {
        let block = IPBlock { cidr: cidr.clone(), except: not_empty(written.except.clone()) };
        return NetworkPolicyPeer { ip_block: Some(block), ..NetworkPolicyPeer::default() };
    }
    let labels = |labels: &StringMap| not_empty(labels.clone()).map(kit::matching);
    let namespaces = match written.namespace.as_deref() {
        Some(EVERY_NAMESPACE) => Some(LabelSelector::default()),
        Some(name) => Some(of_name(name)),
        None => labels(&written.namespace_labels),
    };
    NetworkPolicyPeer { namespace_selector: namespaces, pod_selector: labels(&written.pod_labels), ip_block: None }
}

/// Networks.
pub(super) fn elsewhere(networks: &[String]) -> Vec<NetworkPolicyPeer> {
    let block = |network: &String| NetworkPolicyPeer {
        ip_block: Some(IPBlock { cidr: network.clone(), except: None }),
        ..NetworkPolicyPeer::default()
    };
    networks.iter().map(block).collect()
}

/// Ports of TCP.
pub(super) fn tcp(ports: &[u16]) -> Vec<NetworkPolicyPort> {
    ports.iter().map(|number| port("TCP", *number)).collect()
}

/// Ports of both.
pub(super) fn tcp_and_udp(ports: &[u16]) -> Vec<NetworkPolicyPort> {
    ports.iter().flat_map(|number| [port("UDP", *number), port("TCP", *number)]).collect()
}

fn port(protocol: &str, number: u16) -> NetworkPolicyPort {
    NetworkPolicyPort {
        protocol: Some(protocol.to_owned()),
        port: Some(IntOrString::Int(i32::from(number))),
        end_port: None,
    }
}

/// Lets these in. `None` without any, and without ports: a rule that names nobody would let everybody in.
pub(super) fn ingress(from: Vec<NetworkPolicyPeer>, ports: Vec<NetworkPolicyPort>) -> Option<NetworkPolicyIngressRule> {
    let (from, ports) = not_empty(from).zip(not_empty(ports))?;
    Some(NetworkPolicyIngressRule { from: Some(from), ports: Some(ports) })
}

/// Lets connections out to these. `None` without any, and without ports: a rule that names nobody would let everything out.
pub(super) fn egress(to: Vec<NetworkPolicyPeer>, ports: Vec<NetworkPolicyPort>) -> Option<NetworkPolicyEgressRule> {
    let (to, ports) = not_empty(to).zip(not_empty(ports))?;
    Some(NetworkPolicyEgressRule { to: Some(to), ports: Some(ports) })
}

/// Lets connections out to these, or without any to these ports everywhere.
pub(super) fn to_any(to: Vec<NetworkPolicyPeer>, ports: Vec<NetworkPolicyPort>) -> NetworkPolicyEgressRule {
    NetworkPolicyEgressRule { to: not_empty(to), ports: Some(ports) }
}
