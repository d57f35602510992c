//! NetworkPolicies: who may reach which pods, and whom these may reach.
//!
//! One policy for each kind of pod, which refuses everything and lets through what it names. It is one object, so that there is
//! no moment in which a running ring is cut off, in whatever order policies are applied. A connection needs both ends: the
//! policy of the pod that opens it and that of the pod that accepts it. Policies select by labels that the pods have anyway:
//! no pod template changes.
//!
//! What no policy has to name: a pod always reaches itself, and the worker of a pod always reaches it (probes of the kubelet).
//! `kubectl exec`, `logs` and `port-forward` come through the kubelet as well
//! (<https://kubernetes.io/docs/concepts/services-networking/network-policies/>).

mod rules;

use cassc_ring::names;
use cassc_ring::reaper::{ADMIN_PORT, PORT as REAPER_PORT, ReaperMode};
use k8s_openapi::api::networking::v1::{
    NetworkPolicy, NetworkPolicyEgressRule, NetworkPolicyIngressRule, NetworkPolicyPeer, NetworkPolicySpec,
};

use self::rules::{Builder, egress, elsewhere, ingress, tcp, tcp_and_udp, to_any, written};
use super::containers::MANAGEMENT_PORT;
use super::kit::{self, not_empty};
use super::{Here, Object, reaper, services, steps};
use crate::cluster::{Cluster, Datacenter, Network, StringMap};
use crate::stages::Stage;

/// Between nodes: without encryption or with `optional`, and the port for encryption alone of Cassandra 3.11.
const INTERNODE: [u16; 2] = [7000, 7001];
/// The metrics of a node.
const METRICS: u16 = 9000;

/// The policies of a cluster in one Kubernetes cluster.
struct Policies<'c> {
    cluster: &'c Cluster,
    network: &'c Network,
    kube_cluster: Option<&'c str>,
    /// The namespace of the program in the cluster and of Reaper.
    home: Option<&'c str>,
}

/// All policies; none where none are wanted.
pub(super) fn objects(cluster: &Cluster, kube_cluster: Option<&str>) -> Vec<Object> {
    let datacenters = cluster.datacenters_in(kube_cluster);
    let Some((network, first)) = cluster.network.as_ref().zip(datacenters.first()) else { return Vec::new() };
    let policies = Policies { cluster, network, kube_cluster, home: first.namespace.as_deref() };
    let of_nodes = datacenters.into_iter().map(|datacenter| policies.of_nodes(datacenter));
    let others = [policies.of_steps(), policies.of_reaper(), policies.of_reaper_tables()];
    of_nodes.chain(others.into_iter().flatten()).map(|policy| Object::pruned(Stage::Base, policy)).collect()
}

/// The ports of CQL of a datacenter.
fn cql(datacenter: &Datacenter) -> Vec<u16> {
    std::iter::once(datacenter.native_port).chain(services::encrypted_port(datacenter)).collect()
}

/// The ports of CQL of some datacenters, each once.
fn ports_of_cql(datacenters: Vec<&Datacenter>) -> Vec<u16> {
    let mut ports: Vec<u16> = datacenters.into_iter().flat_map(cql).collect();
    ports.sort_unstable();
    ports.dedup();
    ports
}

impl<'c> Policies<'c> {
    /// Cassandra's pods of a datacenter. Nobody is let in to JMX (7199), which listens on the loopback interface.
    fn of_nodes(&self, datacenter: &'c Datacenter) -> NetworkPolicy {
        let from = Builder { namespace: datacenter.namespace.as_deref() };
        let (members, network) = (self.members(&from), self.network);
        let ring = [members.clone(), elsewhere(&network.nodes_elsewhere)].concat();
        let clients = [members.clone(), self.clients_of_ours(&from), written(&network.clients)].concat();
        let mut ins = vec![
            ingress(ring.clone(), tcp(&INTERNODE)),
            ingress(clients, tcp(&cql(datacenter))),
            ingress(self.callers_of_management(&from), tcp(&[MANAGEMENT_PORT])),
            ingress([self.reaper(&from), written(&network.monitoring)].concat(), tcp(&[METRICS])),
        ];
        let has_sidecar = self.cluster.reaper_in_pods().is_some();
        let mut outs = vec![egress(ring, tcp(&INTERNODE))];
        if has_sidecar {
            outs.extend(self.of_a_driver(&from));
        } else {
            let here = self.cluster.datacenters_in(self.kube_cluster);
            outs.push(egress(members.clone(), tcp(&ports_of_cql(here))));
        }
        let founder = self.cluster.founder_in(self.kube_cluster);
        if founder.is_some_and(|founder| founder.datacenter.name == datacenter.name) {
            outs.push(egress(members, tcp(&[MANAGEMENT_PORT])));
        }
        if has_sidecar {
            ins.push(ingress([self.steps(&from), written(&network.reaper)].concat(), tcp(&[REAPER_PORT])));
            ins.push(ingress(written(&network.monitoring), tcp(&[ADMIN_PORT])));
        }
        outs.push(Some(self.to_name_servers()));
        let name = names::network_policy(&self.cluster.name, &datacenter.name);
        let labels = kit::datacenter_selector(self.cluster, datacenter);
        self.policy(datacenter.namespace.as_deref(), name, labels, ins, outs)
    }

    /// The Job and the CronJob of the program in the cluster: they call the API server, the Management API of every node here,
    /// and Reaper. Nobody calls them.
    fn of_steps(&self) -> Option<NetworkPolicy> {
        self.cluster.steps.as_ref()?;
        let from = Builder { namespace: self.home };
        let mut outs = vec![
            Some(to_any(elsewhere(&self.network.api_server), tcp(&self.network.api_server_ports))),
            egress(self.members(&from), tcp(&[MANAGEMENT_PORT])),
        ];
        if self.cluster.reaper_in_pods().is_some() {
            outs.push(egress(self.members(&from), tcp(&[REAPER_PORT])));
        }
        outs.push(egress(self.reaper(&from), tcp(&[REAPER_PORT])));
        outs.push(Some(self.to_name_servers()));
        let name = names::step_account(&self.cluster.name);
        Some(self.policy(self.home, name, steps::selector(self.cluster), Vec::new(), outs))
    }

    /// Reaper in a pod of its own: it calls the Management API of every node that it repairs, reads there how many compactions
    /// wait (among the metrics), and keeps its tables by CQL.
    fn of_reaper(&self) -> Option<NetworkPolicy> {
        let reaper = self.cluster.reaper().filter(|reaper| reaper.mode == ReaperMode::Deployment)?;
        let from = Builder { namespace: self.home };
        let ins = vec![
            ingress([self.steps(&from), written(&self.network.reaper)].concat(), tcp(&[REAPER_PORT])),
            ingress(written(&self.network.monitoring), tcp(&[ADMIN_PORT])),
        ];
        // Of several Kubernetes clusters each has a Reaper for its own nodes.
        let has_all = self.cluster.kube_clusters().len() == 1;
        let others = if has_all { elsewhere(&self.network.nodes_elsewhere) } else { Vec::new() };
        let nodes = [self.members(&from), others].concat();
        let mut outs = vec![egress(nodes, tcp(&[MANAGEMENT_PORT, METRICS]))];
        if reaper.keyspace.is_some() {
            outs.extend(self.of_a_driver(&from));
        }
        outs.push(Some(self.to_name_servers()));
        let name = names::reaper(&self.cluster.name);
        Some(self.policy(self.home, name, reaper::selector(self.cluster), ins, outs))
    }

    /// The Job that makes Reaper's tables, in the Kubernetes cluster that it runs in.
    fn of_reaper_tables(&self) -> Option<NetworkPolicy> {
        self.makes_tables().then_some(())?;
        let from = Builder { namespace: self.home };
        let mut outs = self.of_a_driver(&from);
        outs.push(Some(self.to_name_servers()));
        let name = names::reaper_schema(&self.cluster.name);
        Some(self.policy(self.home, name, reaper::schema_selector(self.cluster), Vec::new(), outs))
    }

    fn policy(
        &self,
        namespace: Option<&str>,
        name: String,
        pods: StringMap,
        ins: Vec<Option<NetworkPolicyIngressRule>>,
        outs: Vec<Option<NetworkPolicyEgressRule>>,
    ) -> NetworkPolicy {
        let here = Here { cluster: self.cluster, kube_cluster: self.kube_cluster, namespace };
        let spec = NetworkPolicySpec {
            pod_selector: Some(kit::matching(pods)),
            policy_types: Some(vec!["Ingress".to_owned(), "Egress".to_owned()]),
            ingress: not_empty(ins.into_iter().flatten().collect()),
            egress: not_empty(outs.into_iter().flatten().collect()),
        };
        let metadata = kit::metadata(here, name, kit::cluster_selector(self.cluster));
        NetworkPolicy { metadata, spec: Some(spec) }
    }
}

/// Peers, as they are seen from a namespace.
impl Policies<'_> {
    /// Every Cassandra pod of the cluster here.
    fn members(&self, from: &Builder<'_>) -> Vec<NetworkPolicyPeer> {
        let labels = || kit::cluster_selector(self.cluster);
        let namespaces = self.cluster.namespaces_in(self.kube_cluster).into_iter();
        namespaces.map(|namespace| from.pods(namespace, labels())).collect()
    }

    fn steps(&self, from: &Builder<'_>) -> Vec<NetworkPolicyPeer> {
        let steps = self.cluster.steps.iter();
        steps.map(|_| from.pods(self.home, steps::selector(self.cluster))).collect()
    }

    /// Reaper's own pod.
    fn reaper(&self, from: &Builder<'_>) -> Vec<NetworkPolicyPeer> {
        let reaper = self.cluster.reaper().filter(|reaper| reaper.mode == ReaperMode::Deployment).into_iter();
        reaper.map(|_| from.pods(self.home, reaper::selector(self.cluster))).collect()
    }

    /// Reaper and the Job of its tables, where these are in Cassandra.
    fn clients_of_ours(&self, from: &Builder<'_>) -> Vec<NetworkPolicyPeer> {
        if self.cluster.reaper().is_none_or(|reaper| reaper.keyspace.is_none()) {
            return Vec::new();
        }
        let tables = || from.pods(self.home, reaper::schema_selector(self.cluster));
        self.reaper(from).into_iter().chain(self.makes_tables().then(tables)).collect()
    }

    /// Whether the Job of Reaper's tables runs in this Kubernetes cluster.
    fn makes_tables(&self) -> bool {
        let has_tables = self.cluster.reaper().is_some_and(|reaper| reaper.keyspace.is_some());
        has_tables && self.cluster.writer_of_reaper().kube_cluster.as_deref() == self.kube_cluster
    }

    /// Who calls the Management API: the program in the cluster, Reaper in a pod of its own, and the gate of the pod that may
    /// found the ring. That one looks whether another pod listens there, and so has left its gate; if it were kept from that,
    /// it could found a second ring beside nodes that are about to start.
    fn callers_of_management(&self, from: &Builder<'_>) -> Vec<NetworkPolicyPeer> {
        let founder = self.cluster.founder_in(self.kube_cluster).map(|node| {
            let mut labels = kit::cluster_selector(self.cluster);
            labels.insert(kit::POD_NAME_LABEL.to_owned(), node.pod());
            from.pods(node.datacenter.namespace.as_deref(), labels)
        });
        [self.steps(from), self.reaper(from), founder.into_iter().collect()].concat()
    }

    /// Where a driver of Cassandra connects to. A node with a node port announces the address of its worker, and no label selects
    /// workers.
    fn of_a_driver(&self, from: &Builder<'_>) -> Vec<Option<NetworkPolicyEgressRule>> {
        let here = self.cluster.datacenters_in(self.kube_cluster);
        let node_ports: Vec<u16> = here.iter().filter_map(|datacenter| datacenter.node_port).collect();
        let others: Vec<&Datacenter> = here.into_iter().filter(|datacenter| datacenter.node_port.is_none()).collect();
        let mut namespaces: Vec<Option<&str>> = others.iter().map(|it| it.namespace.as_deref()).collect();
        namespaces.sort_unstable();
        namespaces.dedup();
        let pods = |namespace| from.pods(namespace, kit::cluster_selector(self.cluster));
        let to_nodes = egress(namespaces.into_iter().map(pods).collect(), tcp(&ports_of_cql(others)));
        vec![to_nodes, not_empty(node_ports).map(|ports| to_any(Vec::new(), tcp(&ports)))]
    }

    fn to_name_servers(&self) -> NetworkPolicyEgressRule {
        to_any(written(&self.network.dns), tcp_and_udp(&self.network.dns_ports))
    }
}
