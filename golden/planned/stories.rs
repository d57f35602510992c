//! Changes of one cluster that between them have every kind of step.

use cassc::cluster::Cluster;
use cassc::plan::{Before, Plan, deletion, plan};

use super::{planned, read};

const SHOP: &str = "\
apiVersion: cassc/v1alpha1
kind: CassandraTopology
metadata: {name: shop, namespace: cass}
spec:
  cassandra: {version: 4.1.9, config: {concurrent_reads: 32}}
  resources: {requests: {cpu: \"2\", memory: 8Gi}, limits: {memory: 8Gi}}
  storage:
    size: 100Gi
    additionalVolumes: [{name: commitlog, mountPath: /commitlog, claim: {size: 20Gi}}]
  pod: {}
  rollout: {}
  delivery: {dialect: argocd}
  datacenters:
    - {name: dc1, nodes: 6, racks: [{name: a}, {name: b}, {name: c}]}
    - {name: dc2, nodes: 9, racks: [{name: a}, {name: b}, {name: c}]}
";

/// A change of [`SHOP`] that has every step of some kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Story {
    /// One datacenter grows, one shrinks, pods restart, claims grow, an object goes.
    Busy,
    /// A datacenter goes to no nodes.
    Leaving,
    /// A datacenter is new.
    Arriving,
    /// A datacenter has fewer nodes than the system keyspaces had replicas.
    Few,
    /// Another release line.
    Upgrade,
    /// A roll that was stopped goes on.
    Resumed,
    /// Nothing was there.
    New,
    /// Nothing is asked for any more.
    Gone,
    /// Nothing is different.
    Same,
}

pub(super) const STORIES: [Story; 9] = [
    Story::Busy,
    Story::Leaving,
    Story::Arriving,
    Story::Few,
    Story::Upgrade,
    Story::Resumed,
    Story::New,
    Story::Gone,
    Story::Same,
];

const DC3: &str = "    - {name: dc3, ringName: DC3, nodes: 3, racks: [{name: a}, {name: b}, {name: c}]}\n";

fn replaced(pairs: &[(&str, &str)]) -> String {
    pairs.iter().fold(SHOP.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    })
}

impl Story {
    fn texts(self) -> (Option<String>, Option<String>) {
        let shop = || SHOP.to_owned();
        let (before, after) = match self {
            Self::Busy => {
                let changes = [
                    ("nodes: 6", "nodes: 8"),
                    ("nodes: 9", "nodes: 4"),
                    ("reads: 32", "reads: 64"),
                    ("size: 100Gi", "size: 100Gi\n    expandTo: 200Gi"),
                    ("pod: {}", "pod: {serviceAccount: mine}"),
                ];
                (Some(shop()), Some(replaced(&changes)))
            }
            Self::Leaving => (Some(shop()), Some(replaced(&[("nodes: 9", "nodes: 0")]))),
            Self::Arriving => (Some(shop()), Some(shop() + DC3)),
            Self::Few => {
                let of_two_racks = |nodes: u32| {
                    let racks = format!("nodes: {nodes}, racks: [{{name: a}}, {{name: b}}]");
                    replaced(&[("nodes: 6, racks: [{name: a}, {name: b}, {name: c}]", &racks)])
                };
                (Some(of_two_racks(6)), Some(of_two_racks(2)))
            }
            Self::Upgrade => (Some(shop()), Some(replaced(&[("4.1.9", "5.0.6")]))),
            Self::Resumed => (Some(replaced(&[("rollout: {}", "rollout: {stopped: true}")])), Some(shop())),
            Self::New => (None, Some(shop())),
            Self::Gone => (Some(shop()), None),
            Self::Same => (Some(shop()), Some(shop())),
        };
        (before, after)
    }

    pub(super) fn clusters(self) -> (Option<Cluster>, Option<Cluster>) {
        let (before, after) = self.texts();
        let before = before.map(|text| cassc::resolved(&read(&text), None));
        let after = after.map(|text| cassc::resolved(&read(&text), before.as_ref()));
        (before, after)
    }
}

pub(super) fn plan_of(before: Option<&Cluster>, after: Option<&Cluster>) -> Plan {
    match (before, after) {
        (Some(before), Some(after)) => planned(before, after),
        (None, Some(after)) => plan(None, after),
        (Some(before), None) => deletion(&Before { cluster: before, lock: None }, None),
        (None, None) => unreachable!("a story has a side"),
    }
}
