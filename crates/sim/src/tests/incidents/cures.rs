//! Lost nodes that a person has replaced or removed.

use cassc_ring::Ring;
use cassc_ring::operation::{Operation, OperationKind};

use super::row::Ends::{Refused, Settled};
use super::row::Teeth::Shows;
use super::row::{Row, row};
use super::scene::{Scene, dead, pod};
use crate::fault::Fault;
use crate::generate_operations::{add_operation, operation, replacement};
use crate::history::History;
use crate::queue::MINUTE;
use crate::tests::fixture::ring;

/// The rows.
pub(super) const ROWS: [Row; 6] = [
    row(
        102,
        "k8ssandra/cass-operator#933, #748",
        "A worker was gone with its local disk; its pod stayed Terminating for ever, and the replacement waited for it.",
        a_worker_is_gone,
        Settled,
        Shows("o1: replaceNode has ended: 1 nodes done"),
    ),
    row(
        103,
        "mesosphere/dcos-cassandra-service#403, k8ssandra/cass-operator#110",
        "What a node was to replace was still remembered when it was lost once more: it tried to replace a node that was gone.",
        the_same_pod_is_lost_twice,
        Settled,
        Shows("o2: replaceNode has ended: 1 nodes done"),
    ),
    row(
        104,
        "Orange-OpenSource/casskop#212",
        "A person named a node that was alive: its kubelet was cut off, and its claim was deleted.",
        a_living_node_is_named,
        Refused(&["NodeAlive"]),
        Shows("NodeAlive"),
    ),
    row(
        105,
        "scylladb/scylladb#15833",
        "A node that was dead for good kept a datacenter from shrinking.",
        a_dead_node_is_taken_out,
        Settled,
        Shows("removes the dead node"),
    ),
    row(
        106,
        "scylladb/scylladb#5172",
        "Who had a node replaced died in the middle of it, again and again.",
        a_replacement_whose_program_is_killed,
        Settled,
        Shows("o1: replaceNode has ended: 1 nodes done"),
    ),
    row(
        107,
        "scylladb/scylladb#8500",
        "A lost node was replaced while another one was down for a while.",
        a_replacement_beside_a_node_that_is_down,
        Settled,
        Shows("o1: replaceNode has ended: 1 nodes done"),
    ),
];

fn three() -> Ring {
    ring(&[&[1, 1, 1]])
}

fn founded(seed: u64) -> Scene {
    Scene::founded(seed, three(), &[("dc1", 3)])
}

fn lost() -> String {
    pod(1, 2, 0)
}

/// The ring with these operations.
fn with(mut ring: Ring, operations: &[Operation]) -> Ring {
    operations.iter().for_each(|it| add_operation(&mut ring, it.clone()));
    ring
}

fn a_worker_is_gone(seed: u64) -> History {
    let scene = founded(seed).fault(60, Fault::WorkerGone { pod: lost() });
    scene.commit(30 + seed * 60, with(three(), &[replacement("o1", &lost())])).goes_on(40)
}

fn the_same_pod_is_lost_twice(seed: u64) -> History {
    let (one, two) = (replacement("o1", &lost()), replacement("o2", &lost()));
    let scene = founded(seed).fault(1, Fault::AddressesReused).fault(60, Fault::VolumeLost { pod: lost() });
    let scene = scene.commit(60, with(three(), std::slice::from_ref(&one)));
    let scene = scene.fault(1500 + seed * 60, Fault::VolumeLost { pod: lost() });
    scene.commit(90, with(three(), &[one, two])).goes_on(40)
}

fn a_living_node_is_named(seed: u64) -> History {
    let scene = founded(seed).fault(60, Fault::KubeletCut { pod: lost(), lasts: 30 * MINUTE });
    scene.commit(20, with(three(), &[replacement("o1", &lost())])).goes_on(40)
}

fn a_dead_node_is_taken_out(seed: u64) -> History {
    let scene = Scene::founded(seed, ring(&[&[2, 1, 1]]), &[("dc1", 3)]);
    let scene = scene.fault(60, Fault::WorkerGone { pod: pod(1, 1, 1) });
    let removal = Operation { pods: vec![pod(1, 1, 1)], ..operation("o1", OperationKind::RemoveNode) };
    scene.commit(120, with(three(), &[removal])).goes_on(40)
}

fn a_replacement_whose_program_is_killed(seed: u64) -> History {
    let scene = founded(seed).fault(60, Fault::WorkerGone { pod: lost() });
    let scene = scene.commit(300, with(three(), &[replacement("o1", &lost())]));
    let kill = |scene: Scene, number: u64| {
        let after = u32::try_from(1 + (seed * 37 + number * 53) % 150).unwrap_or(1);
        scene.fault(60, Fault::Kill { kube: 0, after })
    };
    (0..10).fold(scene, kill).goes_on(40)
}

fn a_replacement_beside_a_node_that_is_down(seed: u64) -> History {
    let scene = founded(seed).fault(60, Fault::VolumeLost { pod: lost() }).fault(20, dead(pod(1, 3, 0), 15 * MINUTE));
    scene.commit(10 + seed, with(three(), &[replacement("o1", &lost())])).goes_on(40)
}
