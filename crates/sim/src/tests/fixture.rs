//! Rings and histories for tests.

use std::collections::BTreeMap;
use std::rc::Rc;

use cassc_ring::desired::{Ring, WhenNodesLeave};
use cassc_settle::cluster::Replication;

use crate::commit::Commit;
use crate::generate::{datacenter, ring_of};
use crate::history::History;
use crate::world::Op;

/// A ring of datacenters `dc1`, `dc2`, … with these racks, with the template `one`.
pub(super) fn ring(datacenters: &[&[u32]]) -> Ring {
    let made =
        |(nodes, number): (&&[u32], usize)| datacenter(&format!("dc{number}"), nodes, "one", WhenNodesLeave::Delete);
    ring_of(datacenters.iter().zip(1..).map(made).collect())
}

/// Datacenters in Kubernetes clusters `kube1`, `kube2`, …, each with a program that knows nothing of the others.
pub(super) fn in_clusters(nodes: &[&[u32]]) -> Ring {
    let mut ring = ring(nodes);
    for (datacenter, number) in ring.datacenters.iter_mut().zip(1..) {
        datacenter.kube_cluster = Some(format!("kube{number}"));
    }
    ring
}

/// The same ring with another template.
pub(super) fn with_template(mut ring: Ring, template: &str) -> Ring {
    let racks = ring.datacenters.iter_mut().flat_map(|it| &mut it.racks);
    racks.for_each(|rack| rack.template = Some(template.to_owned()));
    ring
}

/// Commits of these rings, one after the other.
pub(super) fn commits(rings: Vec<Ring>) -> Vec<Rc<Commit>> {
    let mut commits: Vec<Rc<Commit>> = Vec::new();
    for ring in rings {
        let commit = Commit::new("shop", commits.last().map(Rc::as_ref), ring, &BTreeMap::new());
        commits.push(Rc::new(commit));
    }
    commits
}

/// Each of these commits, and so many seconds between them; a keyspace with data after the first.
pub(super) fn story(seed: u64, rings: Vec<Ring>, between: u64) -> History {
    let mut history = History::new(seed, "shop");
    for (number, commit) in commits(rings).into_iter().enumerate() {
        history = history.then(if number == 0 { 0 } else { between }, Op::Commit(commit, false));
        if number == 0 {
            let replication = Replication::from([("dc1".to_owned(), 3)]);
            history = history.then(between, Op::Replicate("orders".to_owned(), replication));
        }
    }
    history
}
