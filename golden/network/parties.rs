//! The pods that are rendered, pods of others, and addresses outside: whoever may try to connect.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::IpAddr;

use cassc::topology::Peer;
use serde_json::{Value, json};

use super::promised::World;

/// Where objects without a namespace are delivered to.
pub(crate) const SOME_NAMESPACE: &str = "delivered";

/// Somebody with an address.
#[derive(Clone, Debug)]
pub(crate) struct Party {
    pub(crate) address: String,
    pub(crate) kind: Kind,
    /// Of a pod.
    pub(crate) namespace: String,
    pub(crate) labels: BTreeMap<String, String>,
    name: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A pod of Cassandra: its datacenter.
    Node(String),
    Steps,
    Reaper,
    /// The Job that makes Reaper's tables.
    Tables,
    /// A pod of somebody else.
    Pod,
    /// No pod of this Kubernetes cluster.
    Outside,
}

impl Party {
    pub(crate) fn is_ours(&self) -> bool {
        !matches!(self.kind, Kind::Pod | Kind::Outside)
    }

    pub(crate) fn is_node(&self) -> bool {
        matches!(self.kind, Kind::Node(_))
    }

    pub(crate) fn pod(&self) -> &str {
        &self.name
    }
}

impl fmt::Display for Party {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            Kind::Outside => write!(formatter, "address {}", self.address),
            Kind::Pod if self.labels.len() > 3 => write!(formatter, "pod {}/{}", self.namespace, self.name),
            Kind::Pod => {
                let labels: Vec<String> = self.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
                write!(formatter, "pod {}/{} [{}]", self.namespace, self.name, labels.join(","))
            }
            _ => write!(formatter, "{}/{}", self.namespace, self.name),
        }
    }
}

/// Collects parties, and gives pods their addresses.
#[derive(Default)]
struct Collected {
    parties: Vec<Party>,
}

impl Collected {
    fn pod(&mut self, kind: Kind, namespace: &str, name: &str, labels: BTreeMap<String, String>) {
        let number = self.parties.len() + 1;
        let address = format!("10.200.{}.{}", number / 250, number % 250 + 1);
        let (namespace, name) = (namespace.to_owned(), name.to_owned());
        self.parties.push(Party { address, kind, namespace, labels, name });
    }

    fn outside(&mut self, address: IpAddr) {
        let address = address.to_string();
        if self.parties.iter().all(|party| party.address != address) {
            let (namespace, name) = (String::new(), String::new());
            self.parties.push(Party { address, kind: Kind::Outside, namespace, labels: BTreeMap::new(), name });
        }
    }
}

/// Everybody.
pub(crate) fn parties(world: &World<'_>) -> Vec<Party> {
    let mut collected = Collected::default();
    ours(world, &mut collected);
    strangers(world, &mut collected);
    for peer in world.named_peers() {
        named(world, peer, &mut collected);
    }
    for network in world.networks() {
        collected.outside(inside(&network));
    }
    for address in ["203.0.113.9", "169.254.20.10"] {
        collected.outside(address.parse().expect("it is an address"));
    }
    collected.parties
}

fn strings(labels: &Value) -> BTreeMap<String, String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    labels.as_object().into_iter().flatten().map(|(key, value)| (key.clone(), text(value))).collect()
}

/// The pods of what is rendered, of each rack at most two, with the labels that Kubernetes' controllers add.
fn ours(world: &World<'_>, collected: &mut Collected) {
    for (_, object) in &world.rendered.objects {
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        let namespace = object["metadata"]["namespace"].as_str().unwrap_or(SOME_NAMESPACE);
        let template = |pointer: &str| strings(object.pointer(pointer).unwrap_or(&Value::Null));
        match object["kind"].as_str() {
            Some("StatefulSet") => {
                for ordinal in 0..object["spec"]["replicas"].as_u64().unwrap_or_default().min(2) {
                    let pod = format!("{name}-{ordinal}");
                    let mut labels = template("/spec/template/metadata/labels");
                    labels.insert("statefulset.kubernetes.io/pod-name".to_owned(), pod.clone());
                    labels.insert("apps.kubernetes.io/pod-index".to_owned(), ordinal.to_string());
                    let datacenter = labels["cassandra.datastax.com/datacenter"].clone();
                    collected.pod(Kind::Node(datacenter), namespace, &pod, labels);
                }
            }
            Some("Job") => {
                let kind = if name.ends_with("-reaper-init-schema") { Kind::Tables } else { Kind::Steps };
                // The hash in the name of the other one says nothing here.
                let called = if kind == Kind::Steps { "the program in the cluster" } else { name };
                collected.pod(kind, namespace, called, template("/spec/template/metadata/labels"));
            }
            Some("CronJob") => {
                let labels = template("/spec/jobTemplate/spec/template/metadata/labels");
                collected.pod(Kind::Steps, namespace, name, labels);
            }
            Some("Deployment") => {
                collected.pod(Kind::Reaper, namespace, name, template("/spec/template/metadata/labels"));
            }
            _ => {}
        }
    }
}

/// Pods that nobody named: also with labels of ours in other namespaces, and of another cluster beside ours.
fn strangers(world: &World<'_>, collected: &mut Collected) {
    let ours: Vec<Party> = collected.parties.clone();
    let home = ours.first().map_or(SOME_NAMESPACE.to_owned(), |party| party.namespace.clone());
    let label = |key: &str, value: &str| BTreeMap::from([(key.to_owned(), value.to_owned())]);
    collected.pod(Kind::Pod, "stranger", "stranger", BTreeMap::new());
    collected.pod(Kind::Pod, &home, "neighbour", label("app", "neighbour"));
    collected.pod(Kind::Pod, &home, "other-cluster", label("cassandra.datastax.com/cluster", "another"));
    collected.pod(Kind::Pod, "kube-system", "coredns", label("k8s-app", "kube-dns"));
    let mut seen = BTreeSet::new();
    for party in ours {
        let kind = match &party.kind {
            Kind::Node(_) => "node",
            Kind::Steps => "steps",
            Kind::Reaper => "reaper",
            _ => "tables",
        };
        if seen.insert(kind) && !world.is_a_namespace("stranger") {
            collected.pod(Kind::Pod, "stranger", &format!("like-{kind}"), party.labels.clone());
        }
    }
}

/// Pods that a peer names, and pods that it nearly names.
fn named(world: &World<'_>, peer: &Peer, collected: &mut Collected) {
    if let Some(network) = &peer.cidr {
        collected.outside(inside(network));
        peer.except.iter().for_each(|part| collected.outside(inside(part)));
        return;
    }
    let namespaces: Vec<String> = match peer.namespace.as_deref() {
        Some("*") => vec!["anywhere".to_owned()],
        Some(name) => vec![name.to_owned()],
        None if !peer.namespace_labels.is_empty() => vec![labelled(&peer.namespace_labels)],
        None => world.own_namespaces(),
    };
    for namespace in namespaces {
        collected.pod(Kind::Pod, &namespace, "named", peer.pod_labels.clone());
        if !peer.pod_labels.is_empty() {
            collected.pod(Kind::Pod, &namespace, "without-labels", BTreeMap::new());
            collected.pod(Kind::Pod, "stranger", "with-labels", peer.pod_labels.clone());
        }
    }
}

/// The name of a namespace with these labels.
fn labelled(labels: &BTreeMap<String, String>) -> String {
    let parts: Vec<String> =
        labels.iter().map(|(key, value)| format!("{}-{value}", key.replace(['/', '.'], "-"))).collect();
    format!("with-{}", parts.join("-"))
}

/// An address in a network: its second one, or its only one.
fn inside(network: &str) -> IpAddr {
    let (address, bits) = network.split_once('/').expect("E650 refused others");
    let address: IpAddr = address.parse().expect("E650 refused others");
    match address {
        IpAddr::V4(first) if bits != "32" => IpAddr::V4((first.to_bits() + 1).into()),
        IpAddr::V6(first) if bits != "128" => IpAddr::V6((first.to_bits() + 1).into()),
        only => only,
    }
}

/// The pods as the API server has them.
pub(crate) fn pods(parties: &[Party]) -> Vec<Value> {
    let pods = parties.iter().enumerate().filter(|(_, party)| party.kind != Kind::Outside);
    let pod = |(number, party): (usize, &Party)| {
        json!({"metadata": {"name": format!("pod-{number}"), "namespace": party.namespace, "labels": party.labels},
            "status": {"phase": "Running", "podIP": party.address, "podIPs": [{"ip": party.address}]}})
    };
    pods.map(pod).collect()
}

/// Their namespaces, with the label that each has, and the labels that peers ask for.
pub(crate) fn namespaces(world: &World<'_>, parties: &[Party]) -> Vec<Value> {
    let names: BTreeSet<&String> =
        parties.iter().map(|party| &party.namespace).filter(|name| !name.is_empty()).collect();
    let namespace = |name: &String| json!({"metadata": {"name": name, "labels": labels_of_namespace(world, name)}});
    names.into_iter().map(namespace).collect()
}

/// The labels of a namespace.
pub(crate) fn labels_of_namespace(world: &World<'_>, name: &str) -> BTreeMap<String, String> {
    let asked =
        world.named_peers().find(|peer| !peer.namespace_labels.is_empty() && labelled(&peer.namespace_labels) == name);
    let mut labels = asked.map(|peer| peer.namespace_labels.clone()).unwrap_or_default();
    labels.insert("kubernetes.io/metadata.name".to_owned(), name.to_owned());
    labels
}
