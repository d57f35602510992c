//! Rings and histories for tests.

use std::collections::BTreeMap;
use std::rc::Rc;

use cassc_ring::desired::{Datacenter, Format, Rack, Ring, Rollout, Steps, WhenNodesLeave};
use cassc_settle::cluster::Replication;

use crate::commit::Commit;
use crate::history::History;
use crate::world::Op;

/// A ring of datacenters `dc1`, `dc2`, … with these racks, with the template `one`.
pub(super) fn ring(datacenters: &[&[u32]]) -> Ring {
    let rack = |name: &str, (nodes, number): (&u32, usize)| Rack {
        ring_name: format!("r{number}"),
        stateful_set: format!("shop-{name}-r{number}-sts"),
        nodes: *nodes,
        expand_to: None,
        template: Some("one".to_owned()),
        when_nodes_leave: Some(WhenNodesLeave::Delete),
    };
    let datacenter = |(racks, number): (&&[u32], usize)| {
        let name = format!("dc{number}");
        Datacenter {
            ring_name: name.clone(),
            kube_cluster: None,
            namespace: None,
            rebuild_from: None,
            racks: racks.iter().zip(1..).map(|it| rack(&name, it)).collect(),
            name,
        }
    };
    Ring {
        format: Format,
        cluster_name: "shop".to_owned(),
        version: "4.1.9".parse().expect("a version"),
        system_replication: 3,
        superuser_secret: "shop-superuser".to_owned(),
        rollout: Rollout::default(),
        steps: Some(Steps { generates_superuser: true, ..Steps::default() }),
        datacenters: datacenters.iter().zip(1..).map(datacenter).collect(),
    }
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
