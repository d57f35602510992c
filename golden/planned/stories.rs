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

const OPERATIONS: &str = "  operations:
    - {id: repair-1, kind: repair, suspend: true}
    - {id: flush-1, kind: flush}
    - {id: scrub-1, kind: scrub}
    - {id: compact-1, kind: compact}
";

const OTHER_OPERATIONS: &str = "  operations:
    - {id: repair-1, kind: repair}
    - {id: flush-1, kind: flush, retry: again}
    - {id: scrub-1, kind: scrub, suspend: true}
    - {id: restart-1, kind: restart, datacenter: dc1, rack: a}
    - {id: replace-1, kind: replaceNode, pods: [shop-dc1-a-sts-0]}
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
    /// As `Busy`, with the Job.
    Job,
    /// The Job gets roles to create, and system keyspaces more replicas.
    Settled,
    /// Operations are new, go on, try again and are held back.
    Operations,
    /// A lost node is removed, and one more leaves.
    Removal,
    /// All nodes stop.
    Stopped,
    /// All nodes start again, with another template.
    Started,
}

pub(super) const STORIES: [Story; 15] = [
    Story::Busy,
    Story::Leaving,
    Story::Arriving,
    Story::Few,
    Story::Upgrade,
    Story::Resumed,
    Story::New,
    Story::Gone,
    Story::Same,
    Story::Job,
    Story::Settled,
    Story::Operations,
    Story::Removal,
    Story::Stopped,
    Story::Started,
];

const DC3: &str = "    - {name: dc3, ringName: DC3, nodes: 3, racks: [{name: a}, {name: b}, {name: c}]}\n";

/// The change of [`Story::Busy`].
const BUSY: [(&str, &str); 5] = [
    ("nodes: 6", "nodes: 8"),
    ("nodes: 9", "nodes: 4"),
    ("reads: 32", "reads: 64"),
    ("size: 100Gi", "size: 100Gi\n    expandTo: 200Gi"),
    ("pod: {}", "pod: {serviceAccount: mine}"),
];

fn replaced(pairs: &[(&str, &str)]) -> String {
    replaced_in(SHOP, pairs)
}

fn replaced_in(text: &str, pairs: &[(&str, &str)]) -> String {
    pairs.iter().fold(text.to_owned(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    })
}

/// The cluster with the program, which alone changes replicas; the claims of one rack of `dc2` stay.
fn with_job(more: &str) -> String {
    let keeps = "racks: [{name: a, storage: {whenNodesLeave: retain}}, {name: b}, {name: c}]";
    replaced(&[
        ("rollout: {}\n", &format!("rollout: {{}}\n  steps: {{enabled: true}}\n{more}")),
        ("dialect: argocd", "dialect: argocd, ignoresReplicas: true"),
        ("size: 100Gi", "size: 100Gi\n    whenNodesLeave: delete"),
        ("nodes: 9, racks: [{name: a}, {name: b}, {name: c}]", &format!("nodes: 9, {keeps}")),
    ])
}

impl Story {
    fn texts(self) -> (Option<String>, Option<String>) {
        let shop = || SHOP.to_owned();
        let (before, after) = match self {
            Self::Busy => (Some(shop()), Some(replaced(&BUSY))),
            Self::Job => (Some(with_job("")), Some(replaced_in(&with_job(""), &BUSY))),
            Self::Settled => {
                let roles = "  auth: {superuser: {generate: true}, roles: [{name: app, generate: true}]}\n";
                let more = "  replication: {system: 4}\n";
                (Some(with_job("")), Some(with_job(&format!("{roles}{more}"))))
            }
            Self::Operations => (Some(with_job(OPERATIONS)), Some(with_job(OTHER_OPERATIONS))),
            Self::Removal => {
                let removal = "  operations: [{id: remove-1, kind: removeNode, pods: [shop-dc2-c-sts-2]}]\n";
                (Some(with_job("")), Some(with_job(removal).replace("nodes: 9", "nodes: 7")))
            }
            Self::Stopped => (Some(with_job("")), Some(with_job("  stopped: true\n"))),
            Self::Started => {
                let faster = with_job("").replace("reads: 32", "reads: 64");
                (Some(with_job("  stopped: true\n")), Some(faster))
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
