//! Who belongs to a resolved cluster: its datacenters, racks and nodes by name, by Kubernetes cluster and in start
//! order. Called by everything that reads a [`Cluster`].

use cassc_ring::desired::{self, Ring};
use cassc_ring::founding::may_found;
use cassc_ring::names;
use cassc_ring::order::{Pod, datacenter_order};

use super::{AdditionalSeeds, Cluster, Datacenter, Pod as PodSettings, Rack, Steps, generation};

/// A node of the ring, and with it its pod.
#[derive(Clone, Copy, Debug)]
pub struct Node<'c> {
    /// Its datacenter.
    pub datacenter: &'c Datacenter,
    /// Its rack.
    pub rack: &'c Rack,
    /// Its ordinal in the StatefulSet.
    pub ordinal: u32,
}

impl Node<'_> {
    /// The name of the pod.
    pub(crate) fn pod(&self) -> String {
        names::pod(&self.rack.stateful_set, self.ordinal)
    }
}

impl Datacenter {
    /// The number of its nodes.
    pub fn nodes(&self) -> u32 {
        self.racks.iter().map(|rack| rack.nodes).sum()
    }

    /// Its nodes in the order in which they start for the first time: the first one of every rack, then the second one
    /// of every rack, and so on ([`cassc_ring::order`]).
    pub(crate) fn in_start_order(&self) -> impl DoubleEndedIterator<Item = Node<'_>> {
        let nodes: Vec<u32> = self.racks.iter().map(|rack| rack.nodes).collect();
        let node = |pod: Pod| Node { datacenter: self, rack: &self.racks[pod.rack], ordinal: pod.ordinal };
        datacenter_order(&nodes).into_iter().map(node)
    }

    /// A rack by its name in Kubernetes.
    pub(crate) fn rack(&self, name: &str) -> Option<&Rack> {
        self.racks.iter().find(|rack| rack.name == name)
    }
}

/// What of the program in the cluster it has to know itself.
fn steps_of_ring(cluster: &Cluster, steps: &Steps) -> desired::Steps {
    desired::Steps {
        cleanup: steps.cleanup,
        stopped: steps.stopped,
        generates_superuser: steps.generates_superuser,
        roles: steps.roles.clone(),
        operations: steps.operations.clone(),
        reaper: cluster.reaper_of_ring(),
    }
}

impl Cluster {
    /// The ring that the cluster asks for: all that is said of it in the cluster itself.
    pub fn ring(&self) -> Ring {
        let rack = |rack: &Rack| desired::Rack {
            template: None,
            when_nodes_leave: self.steps.as_ref().map(|_| rack.when_nodes_leave),
            ring_name: rack.ring_name.clone(),
            stateful_set: rack.stateful_set.clone(),
            nodes: rack.nodes,
            expand_to: rack.expand_to.clone(),
        };
        let datacenter = |datacenter: &Datacenter| desired::Datacenter {
            rebuild_from: datacenter.rebuild_from.clone(),
            name: datacenter.name.clone(),
            ring_name: datacenter.ring_name.clone(),
            kube_cluster: datacenter.kube_cluster.clone(),
            namespace: datacenter.namespace.clone(),
            racks: datacenter.racks.iter().map(rack).collect(),
        };
        Ring {
            steps: self.steps.as_ref().map(|steps| steps_of_ring(self, steps)),
            format: desired::Format,
            cluster_name: self.ring_name.clone(),
            version: self.version,
            system_replication: self.system_replication,
            superuser_secret: self.superuser_secret.clone(),
            rollout: self.rollout.clone(),
            datacenters: self.datacenters.iter().map(datacenter).collect(),
        }
    }

    /// Its racks, each with its datacenter.
    pub(crate) fn racks(&self) -> impl Iterator<Item = (&Datacenter, &Rack)> {
        self.datacenters.iter().flat_map(|datacenter| datacenter.racks.iter().map(move |rack| (datacenter, rack)))
    }

    /// Whether its first pod may found a ring.
    pub(crate) fn may_found(&self) -> bool {
        let has_additional_seeds = self.additional_seeds.all().next().is_some();
        may_found(self.founding, has_additional_seeds, self.kube_clusters().len())
    }

    /// What else the pods of a datacenter carry.
    pub(crate) fn pod_of<'c>(&'c self, datacenter: &'c Datacenter) -> &'c PodSettings {
        datacenter.pod.as_ref().unwrap_or(&self.pod)
    }

    /// What else the pods of the first datacenter of a Kubernetes cluster carry: there other programs follow them in what the
    /// platform asks of every pod.
    pub(crate) fn pod_in(&self, kube_cluster: Option<&str>) -> &PodSettings {
        let first = self.datacenters_in(kube_cluster).into_iter().next();
        first.map_or(&self.pod, |datacenter| self.pod_of(datacenter))
    }

    /// The nodes that are seeds of the pods of a Kubernetes cluster, and run elsewhere: each once.
    pub(crate) fn seeds_elsewhere(&self, kube_cluster: Option<&str>) -> AdditionalSeeds {
        let others = self.datacenters.iter().filter(|it| it.kube_cluster.as_deref() != kube_cluster);
        let mut seeds = self.additional_seeds.clone();
        for AdditionalSeeds { ipv4, ipv6, names } in others.map(|datacenter| &datacenter.reachable_seeds) {
            for (known, more) in [(&mut seeds.ipv4, ipv4), (&mut seeds.ipv6, ipv6), (&mut seeds.names, names)] {
                let new: Vec<String> = more.iter().filter(|seed| !known.contains(seed)).cloned().collect();
                known.extend(new);
            }
        }
        seeds
    }

    /// The Secret of the Management API of a datacenter.
    pub(crate) fn management_secret<'c>(&'c self, datacenter: &'c Datacenter) -> Option<&'c str> {
        datacenter.management_api_secret.as_deref().or(self.management_api_secret.as_deref())
    }

    /// A datacenter by its name in Kubernetes.
    pub fn datacenter(&self, name: &str) -> Option<&Datacenter> {
        self.datacenters.iter().find(|datacenter| datacenter.name == name)
    }

    /// The defaults of its pod templates.
    pub fn defaults(&self) -> &'static generation::Defaults {
        generation::defaults(self.revision)
    }

    /// The Kubernetes clusters that datacenters live in, in the order of the datacenters.
    pub fn kube_clusters(&self) -> Vec<Option<&str>> {
        let mut found: Vec<Option<&str>> = Vec::new();
        for datacenter in &self.datacenters {
            if !found.contains(&datacenter.kube_cluster.as_deref()) {
                found.push(datacenter.kube_cluster.as_deref());
            }
        }
        found
    }

    /// The datacenters of a Kubernetes cluster.
    pub(crate) fn datacenters_in(&self, kube_cluster: Option<&str>) -> Vec<&Datacenter> {
        self.datacenters.iter().filter(|datacenter| datacenter.kube_cluster.as_deref() == kube_cluster).collect()
    }

    /// The namespaces of a Kubernetes cluster that hold datacenters, in their order.
    pub(crate) fn namespaces_in(&self, kube_cluster: Option<&str>) -> Vec<Option<&str>> {
        let mut found: Vec<Option<&str>> = Vec::new();
        for datacenter in self.datacenters_in(kube_cluster) {
            if !found.contains(&datacenter.namespace.as_deref()) {
                found.push(datacenter.namespace.as_deref());
            }
        }
        found
    }
}
