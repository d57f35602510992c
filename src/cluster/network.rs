//! Who may reach whom, complete.

use cassc_ring::names::{self, Named, OtherPods};
use cassc_ring::reaper::ReaperMode;
use serde::{Deserialize, Serialize};

use super::{Cluster, Datacenter, Node};
use crate::topology::Peer;

/// What the `NetworkPolicies` let through beside what the cluster itself needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Network {
    /// Who may connect to CQL.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clients: Vec<Peer>,
    /// Who may read metrics.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub monitoring: Vec<Peer>,
    /// Who may use Reaper's web and REST interface.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reaper: Vec<Peer>,
    /// The networks of nodes of the ring that run elsewhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nodes_elsewhere: Vec<String>,
    /// The networks of the API server; empty: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub api_server: Vec<String>,
    /// Its ports.
    pub api_server_ports: Vec<u16>,
    /// The name servers; empty: everywhere.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dns: Vec<Peer>,
    /// Their ports.
    pub dns_ports: Vec<u16>,
}

impl Cluster {
    /// The pods beside those of Cassandra.
    pub(crate) fn other_pods(&self) -> OtherPods {
        let reaper = self.reaper();
        OtherPods {
            steps: self.steps.is_some(),
            reaper_deployment: reaper.is_some_and(|reaper| reaper.mode == ReaperMode::Deployment),
            reaper_tables: reaper.is_some_and(|reaper| reaper.keyspace.is_some()),
        }
    }

    /// The `NetworkPolicies` beside those of datacenters.
    pub(crate) fn objects_of_network(&self) -> Vec<Named> {
        self.network.as_ref().map(|_| names::of_other_policies(&self.name, self.other_pods())).unwrap_or_default()
    }

    /// The node that may found the ring, where one may, and it is in this Kubernetes cluster: the first one of the start order
    /// there. Before it does, its gate looks whether another pod has left its own.
    pub(crate) fn founder_in(&self, kube_cluster: Option<&str>) -> Option<Node<'_>> {
        let is_here = self.datacenters.first()?.kube_cluster.as_deref() == kube_cluster;
        let nodes = self.datacenters_in(kube_cluster).into_iter().flat_map(Datacenter::in_start_order);
        nodes.take(usize::from(is_here && self.may_found())).next()
    }
}
