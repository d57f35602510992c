//! A commit as a value: what the delivery tool applies in each Kubernetes cluster. Made from the desired ring alone, with the
//! names, orders and seeds that the compiler itself uses.

use std::collections::BTreeMap;
use std::rc::Rc;

use cassc_ring::desired::{Datacenter, Rack, Ring};
use cassc_ring::release::Release;
use cassc_ring::seeds::keep_seeds;
use cassc_ring::{founding, names};
use cassc_settle::cluster::Document;

/// Why pods of a template never run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trouble {
    /// Its image cannot be pulled.
    Image,
    /// No worker can take it.
    Unschedulable,
    /// Cassandra ends right after its start.
    Crash,
}

/// A pod template, and what Cassandra is told in it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Template {
    /// The annotation `cassc.io/template`, where `ring.json` has it; what is different in two templates has two of them.
    pub digest: String,
    /// The version of Cassandra.
    pub release: Release,
    /// The immutable ConfigMap that it mounts.
    pub config_map: String,
    /// Why its pods never run.
    pub trouble: Option<Trouble>,
}

/// A StatefulSet as it is rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// Its name.
    pub name: Rc<str>,
    /// The replicas of its birth.
    pub replicas: u32,
    /// Its pods.
    pub template: Rc<Template>,
    /// Its datacenter's name in Kubernetes, which its disruption budget belongs to.
    pub datacenter: Rc<str>,
    /// Its datacenter's name in Cassandra.
    pub ring_datacenter: Rc<str>,
    /// Its rack's name in Cassandra.
    pub ring_rack: Rc<str>,
}

/// The ConfigMap `<cluster>-start-order`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StartOrder {
    /// Pods, in the order in which they start for the first time.
    pub pods: Vec<String>,
    /// Seeds, by pod.
    pub seeds: Vec<String>,
    /// Pods in other Kubernetes clusters that are seeds as well.
    pub additional_seeds: Vec<String>,
    /// Whether the first pod may found the ring.
    pub may_found: bool,
    /// Replicas of the system keyspaces for the founder, by datacenter as Cassandra calls it.
    pub system_replication: BTreeMap<String, u32>,
}

/// What a commit has for one Kubernetes cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The Kubernetes cluster; `None` is the only one.
    pub kube_cluster: Option<String>,
    /// Its StatefulSets.
    pub sets: Vec<Manifest>,
    /// Who starts when.
    pub order: Rc<StartOrder>,
}

/// A commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// The ring that it asks for.
    pub ring: Rc<Ring>,
    /// Counts the changes of the ring's document.
    pub generation: u32,
    /// The ConfigMap `<cluster>-desired-ring`.
    pub document: Document,
    /// One for each Kubernetes cluster, in the order of the datacenters.
    pub parts: Vec<Part>,
}

impl Commit {
    /// A commit that follows another, whose seeds it keeps where they still exist. `cluster` is the name of the Cassandra
    /// cluster in Kubernetes. The template of each rack is told apart by [`Rack::template`]; `trouble` says which of these
    /// digests never run.
    pub fn new(cluster: &str, before: Option<&Self>, ring: Ring, trouble: &BTreeMap<String, Trouble>) -> Self {
        let generation =
            before.map_or(1, |before| if *before.ring == ring { before.generation } else { before.generation + 1 });
        let text = serde_json::to_string(&ring).expect("a ring is JSON");
        let document = Document { ring: text, generation: generation.to_string() };
        let mut kube_clusters: Vec<Option<String>> = Vec::new();
        for datacenter in &ring.datacenters {
            if !kube_clusters.contains(&datacenter.kube_cluster) {
                kube_clusters.push(datacenter.kube_cluster.clone());
            }
        }
        let seeds: Vec<(Option<String>, Vec<String>)> = ring
            .datacenters
            .iter()
            .map(|it| (it.kube_cluster.clone(), keep_seeds(&seeds_before(before), &it.pods_in_start_order())))
            .collect();
        let part = |kube_cluster: &Option<String>| Part {
            kube_cluster: kube_cluster.clone(),
            sets: sets(cluster, &ring, kube_cluster.as_deref(), trouble),
            order: Rc::new(start_order(&ring, kube_cluster.as_deref(), &seeds, kube_clusters.len())),
        };
        let parts = kube_clusters.iter().map(part).collect();
        Self { ring: Rc::new(ring), generation, document, parts }
    }
}

fn seeds_before(before: Option<&Commit>) -> Vec<String> {
    let parts = before.into_iter().flat_map(|before| &before.parts);
    parts.flat_map(|part| part.order.seeds.iter().cloned()).collect()
}

fn start_order(
    ring: &Ring,
    kube_cluster: Option<&str>,
    seeds: &[(Option<String>, Vec<String>)],
    n_kube_clusters: usize,
) -> StartOrder {
    let here = ring.datacenters.iter().filter(|it| it.kube_cluster.as_deref() == kube_cluster);
    let of = |is_here: bool| {
        let some = seeds.iter().filter(move |(it, _)| (it.as_deref() == kube_cluster) == is_here);
        some.flat_map(|(_, pods)| pods.iter().cloned()).collect::<Vec<String>>()
    };
    let is_first = ring.datacenters.first().is_some_and(|first| first.kube_cluster.as_deref() == kube_cluster);
    let additional_seeds = of(false);
    let may_found =
        is_first && founding::may_found(founding::Founding::Auto, !additional_seeds.is_empty(), n_kube_clusters);
    StartOrder {
        pods: here.flat_map(Datacenter::pods_in_start_order).collect(),
        seeds: of(true),
        additional_seeds,
        may_found,
        system_replication: ring.system_replicas().map(|(name, number)| (name.to_owned(), number)).collect(),
    }
}

fn sets(cluster: &str, ring: &Ring, kube_cluster: Option<&str>, trouble: &BTreeMap<String, Trouble>) -> Vec<Manifest> {
    let here = ring.datacenters.iter().filter(|it| it.kube_cluster.as_deref() == kube_cluster);
    let of_datacenter = |datacenter: &Datacenter| {
        let of_rack = |rack: &Rack| {
            let digest = rack.template.clone().unwrap_or_else(|| ring.version.to_string());
            let short: String = digest.chars().take(8).collect();
            let template = Template {
                release: ring.version,
                config_map: names::configuration(cluster, &datacenter.name, &short),
                trouble: trouble.get(&digest).copied(),
                digest,
            };
            Manifest {
                name: rack.stateful_set.as_str().into(),
                replicas: rack.nodes,
                template: Rc::new(template),
                datacenter: datacenter.name.as_str().into(),
                ring_datacenter: datacenter.ring_name.as_str().into(),
                ring_rack: rack.ring_name.as_str().into(),
            }
        };
        datacenter.racks.iter().map(of_rack).collect::<Vec<_>>()
    };
    here.flat_map(of_datacenter).collect()
}
