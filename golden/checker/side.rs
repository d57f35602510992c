//! One side of a change, read from what is rendered for it: its pods, claims and objects as Kubernetes would make them.

use std::collections::{BTreeMap, BTreeSet};

use cassc::cluster::{Cluster, WhenNodesLeave};
use cassc::deliver::{arrange, delivered};
use cassc::lock::template_digest;
use cassc::plan::{ObjectName, OperationKind};
use cassc::render::pod_templates;
use serde_json::Value;

/// A pod that a side asks for.
#[derive(Clone, Debug)]
pub(super) struct Pod {
    pub(super) datacenter: String,
    pub(super) stateful_set: String,
    pub(super) ordinal: u64,
    /// The digest of its template.
    pub(super) template: String,
}

/// A claim that a side asks for.
#[derive(Clone, Debug)]
pub(super) struct Claim {
    pub(super) pod: String,
    /// What it is born with.
    pub(super) born: String,
    /// What it is to be in the end, where that is said.
    pub(super) expanded: Option<String>,
}

/// A rack that a side asks for.
#[derive(Clone, Debug)]
pub(super) struct Rack {
    pub(super) datacenter: String,
    pub(super) rack: String,
    pub(super) stateful_set: String,
}

/// Everything of one side; empty for a cluster that is not there.
#[derive(Debug, Default)]
pub(super) struct Side<'c> {
    pub(super) cluster: Option<&'c Cluster>,
    pub(super) pods: BTreeMap<String, Pod>,
    pub(super) claims: BTreeMap<String, Claim>,
    pub(super) objects: BTreeMap<ObjectName, Value>,
    /// What the delivery tool is told about the cluster as a whole: path and text.
    pub(super) handed_over: BTreeMap<String, String>,
    /// In the order of the topology.
    pub(super) racks: Vec<Rack>,
    /// By Kubernetes cluster, as the gates read it.
    pub(super) start_order: BTreeMap<Option<String>, Vec<String>>,
    /// Whether the first pod of a start order may found a ring.
    pub(super) founds: bool,
}

impl<'c> Side<'c> {
    pub(super) fn of(cluster: Option<&'c Cluster>) -> Self {
        let mut side = Self { cluster, ..Self::default() };
        let Some(cluster) = cluster else { return side };
        for kube_cluster in cluster.kube_clusters() {
            for (_, object) in delivered(cluster, kube_cluster) {
                side.read_object(kube_cluster, serde_json::to_value(&object.resource).expect("an object is JSON"));
            }
        }
        let is_handed_over = |path: &str| path.split('/').any(|part| part == "argocd" || part == "flux");
        let files = arrange(cluster).files;
        let handed_over = files.iter().filter(|(path, _)| is_handed_over(path));
        side.handed_over = handed_over.map(|(path, text)| (path.to_owned(), text.to_owned())).collect();
        let templates = pod_templates(cluster);
        for datacenter in &cluster.datacenters {
            for rack in &datacenter.racks {
                let (datacenter, stateful_set) = (datacenter.name.clone(), rack.stateful_set.clone());
                let template = template_digest(&templates[stateful_set.as_str()]);
                let rack_read = Rack { datacenter, rack: rack.name.clone(), stateful_set };
                side.read_rack(rack_read, &template, rack.expand_to.as_deref());
            }
        }
        side
    }

    fn read_object(&mut self, kube_cluster: Option<&str>, object: Value) {
        let text = |pointer: &str| object.pointer(pointer).and_then(Value::as_str).map(str::to_owned);
        let name = ObjectName {
            kube_cluster: kube_cluster.map(str::to_owned),
            namespace: text("/metadata/namespace"),
            kind: text("/kind").expect("an object has a kind"),
            name: text("/metadata/name").expect("an object has a name"),
        };
        if let Some(lines) = text("/data/start-order") {
            let pods = lines.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned);
            self.start_order.insert(name.kube_cluster.clone(), pods.collect());
            self.founds |= text("/data/founder").is_some_and(|founder| founder.trim() == "yes");
        }
        let known = self.objects.insert(name.clone(), object);
        assert!(known.is_none(), "{name:?} is rendered twice");
    }

    fn read_rack(&mut self, rack: Rack, template: &str, expanded: Option<&str>) {
        let mut sets = self.objects.iter().filter(|(name, _)| name.kind == "StatefulSet");
        let found = sets.find(|(name, _)| name.name == rack.stateful_set);
        let (_, set) = found.expect("a rack has its StatefulSet");
        let mut nodes = set["spec"]["replicas"].as_u64().expect("replicas are a number");
        if self.is_stopped() {
            // The nodes are members of the ring all the time.
            assert_eq!(nodes, 0, "a rack of stopped nodes is born without pods");
            let racks = self.cluster.into_iter().flat_map(|it| &it.datacenters).flat_map(|it| &it.racks);
            nodes = racks.filter(|it| it.stateful_set == rack.stateful_set).map(|it| u64::from(it.nodes)).sum();
        }
        let claims: Vec<(String, String)> = set["spec"]["volumeClaimTemplates"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|claim| (claim["metadata"]["name"].clone(), claim["spec"]["resources"]["requests"]["storage"].clone()))
            .map(|(name, size)| (name.as_str().unwrap_or_default().into(), size.as_str().unwrap_or_default().into()))
            .collect();
        for ordinal in 0..nodes {
            let pod = format!("{}-{ordinal}", rack.stateful_set);
            for (claim, born) in &claims {
                let expanded = expanded.filter(|_| claim == "server-data").map(str::to_owned);
                let of_pod = Claim { pod: pod.clone(), born: born.clone(), expanded };
                self.claims.insert(format!("{claim}-{pod}"), of_pod);
            }
            let (datacenter, stateful_set) = (rack.datacenter.clone(), rack.stateful_set.clone());
            let template = template.to_owned();
            let known = self.pods.insert(pod, Pod { datacenter, stateful_set, ordinal, template });
            assert!(known.is_none(), "two pods have the same name");
        }
        self.racks.push(rack);
    }

    /// Whether all nodes are stopped.
    pub(super) fn is_stopped(&self) -> bool {
        self.cluster.and_then(|cluster| cluster.steps.as_ref()).is_some_and(|steps| steps.stopped)
    }

    /// Whether the Job alone changes the replicas of StatefulSets that are there.
    pub(super) fn job_scales(&self) -> bool {
        self.cluster.is_some_and(|it| it.steps.is_some() && (it.ignores_replicas || it.delivery.is_some()))
    }

    /// The pods whose nodes operations remove from the ring.
    pub(super) fn removed(&self) -> BTreeSet<String> {
        let steps = self.cluster.and_then(|cluster| cluster.steps.as_ref());
        let operations = steps.into_iter().flat_map(|steps| &steps.operations).filter(|it| !it.suspend);
        let removals = operations.filter(|it| it.kind == OperationKind::RemoveNode);
        removals.flat_map(|it| it.pods.iter().cloned()).collect()
    }

    /// Whether the claims of nodes that leave a rack stay.
    pub(super) fn keeps_claims(&self, stateful_set: &str) -> bool {
        let Some(cluster) = self.cluster.filter(|cluster| cluster.steps.is_some()) else { return false };
        let mut racks = cluster.datacenters.iter().flat_map(|it| &it.racks);
        racks.any(|it| it.stateful_set == stateful_set && it.when_nodes_leave == WhenNodesLeave::Retain)
    }

    /// How many nodes a datacenter has.
    pub(super) fn nodes(&self, datacenter: &str) -> usize {
        self.pods.values().filter(|pod| pod.datacenter == datacenter).count()
    }

    /// What Kubernetes calls a datacenter of Cassandra.
    pub(super) fn name_of_ring(&self, ring_name: &str) -> Option<&'c str> {
        let mut datacenters = self.cluster?.datacenters.iter();
        datacenters.find(|it| it.ring_name == ring_name).map(|it| it.name.as_str())
    }

    /// What Cassandra calls a datacenter.
    pub(super) fn ring_name(&self, datacenter: &str) -> Option<&'c str> {
        Some(self.cluster?.datacenter(datacenter)?.ring_name.as_str())
    }

    /// The datacenters that have nodes.
    pub(super) fn living(&self) -> Vec<&'c str> {
        let datacenters = self.cluster.map_or(&[][..], |cluster| &cluster.datacenters);
        datacenters.iter().map(|it| it.name.as_str()).filter(|name| self.nodes(name) > 0).collect()
    }

    /// The replicas of the system keyspaces, by datacenter as Cassandra calls it: as declared, and never more than
    /// nodes.
    pub(super) fn replicas(&self) -> BTreeMap<String, u32> {
        let declared = self.cluster.map_or(0, |cluster| cluster.system_replication);
        let of = |name: &str| {
            let nodes = u32::try_from(self.nodes(name)).expect("there are few nodes");
            Some((self.ring_name(name)?.to_owned(), declared.min(nodes)))
        };
        self.living().into_iter().filter_map(of).collect()
    }

    /// Whether a pod is there on both sides with different templates.
    pub(super) fn restarts(&self, after: &Side<'_>, pod: &str) -> bool {
        self.pods.get(pod).zip(after.pods.get(pod)).is_some_and(|(was, now)| was.template != now.template)
    }
}
