//! `NetworkPolicies`: who may reach the pods of the cluster, and whom they may reach.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The ports of API servers: 443 where a load balancer stands before them, 6443 by default of kubeadm.
pub(crate) const API_SERVER_PORTS: [u16; 2] = [443, 6443];
/// The port of name servers.
pub(crate) const DNS_PORTS: [u16; 1] = [53];
/// The most peers and ports of a list.
pub(crate) const MOST_PEERS: usize = 100;
/// All namespaces, where one is named.
pub(crate) const EVERY_NAMESPACE: &str = "*";

/// `NetworkPolicies` for the pods of the cluster (docs/network.md). They take effect only where the network of the Kubernetes
/// cluster enforces them.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Network {
    /// Whether `NetworkPolicies` are rendered. They refuse every connection to and from the pods of the cluster, of the program
    /// in the cluster and of Reaper, but those that the cluster needs and those named here. Defaults to `false`. Turning it on
    /// restarts no pod.
    #[serde(default)]
    pub policies: bool,
    /// Who may connect to CQL.
    #[serde(default)]
    pub clients: Vec<Peer>,
    /// Who may read metrics: port 9000 of every node, and the port 7081 of Reaper.
    #[serde(default)]
    pub monitoring: Vec<Peer>,
    /// Who may use the web and REST interface of Reaper. The program in the cluster always may.
    #[serde(default)]
    pub reaper: Vec<Peer>,
    /// The networks of the nodes of this ring that run elsewhere, such as `10.20.0.0/16`: all nodes behind `additionalSeeds`,
    /// and those of datacenters in other Kubernetes clusters.
    #[serde(default)]
    pub nodes_elsewhere: Vec<String>,
    /// Where the program in the cluster finds the API server.
    #[serde(default)]
    pub api_server: ApiServer,
    /// Where the pods find name servers.
    #[serde(default)]
    pub dns: Dns,
}

/// Some pods, or a network. Write labels of pods, of namespaces or both, or a `cidr`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Peer {
    /// The namespace of the pods, by its name; `"*"` for all namespaces. Default: the namespace of the Cassandra pods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<String>,
    /// The namespaces of the pods by their labels, in place of `namespace`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub namespace_labels: BTreeMap<String, String>,
    /// Labels of the pods. Default: all pods of the namespace.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub pod_labels: BTreeMap<String, String>,
    /// A network, such as `10.0.0.0/8`, or an address, such as `192.0.2.7/32`: for what runs outside of the Kubernetes cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cidr: Option<String>,
    /// Parts of that network that are not meant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub except: Vec<String>,
}

/// Where the program in the cluster finds the API server.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct ApiServer {
    /// The networks of its own addresses (`kubectl get endpointslices -n default kubernetes`), not of its Service. Default: all.
    #[serde(default)]
    pub cidrs: Vec<String>,
    /// Its own ports. Defaults to 443 and 6443.
    #[serde(default)]
    pub ports: Vec<u16>,
}

/// Where the pods find name servers.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(deny_unknown_fields)]
pub struct Dns {
    /// The name servers, such as `{namespace: kube-system, podLabels: {k8s-app: kube-dns}}`. Default: everywhere.
    #[serde(default)]
    pub servers: Vec<Peer>,
    /// Their own ports, UDP and TCP. Defaults to 53; with OpenShift it is 5353.
    #[serde(default)]
    pub ports: Vec<u16>,
}
