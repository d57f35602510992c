//! Quorums that were lost, rings that were split, nodes that were taken for others.

use cassc_ring::Ring;
use cassc_settle::guard::Guard;

use super::row::Ends::Settled;
use super::row::Teeth::{Shows, Without};
use super::row::{Row, row};
use super::scene::{Scene, dead, pod};
use crate::fault::{Fault, Whose, Wrong};
use crate::history::History;
use crate::queue::{MINUTE, SECOND};
use crate::tests::fixture::{ring, with_template};

/// The rows.
pub(super) const ROWS: [Row; 8] = [
    row(
        20,
        "Orange-OpenSource/casskop#384, k8ssandra/k8ssandra-operator#1536, k8ssandra/cass-operator#402, #696, #750",
        "Workers restarted together: every pod took itself for the seed and founded a ring, or waited for ever for the first.",
        all_restart_and_the_first_comes_late,
        Settled,
        Shows("PodNotReady"),
    ),
    row(
        21,
        "Orange-OpenSource/casskop#170, k8ssandra/cass-operator#130",
        "Two pods came back with each other's addresses, and Cassandra refused to start.",
        addresses_are_swapped,
        Settled,
        Shows("DeletingStuckPod"),
    ),
    row(
        22,
        "scylladb/scylla-operator#913",
        "After addresses were given out again, nodes of two clusters saw each other as live.",
        a_foreign_node,
        Settled,
        Shows("OtherCluster"),
    ),
    row(
        23,
        "kubernetes/kubernetes#55713, rancher/rke2#3913",
        "The pod of a worker out of reach stays Terminating while its process goes on; who takes it for gone runs it twice.",
        a_worker_is_cut_off_while_its_node_leaves,
        Settled,
        Without(Guard::ClaimUnmounted),
    ),
    row(
        24,
        "opensearch-project/opensearch-k8s-operator#1471",
        "A guard read its cache right after its own deletion, and two members were down within seconds.",
        old_views_in_a_rollout,
        Settled,
        Without(Guard::OthersUp),
    ),
    row(
        25,
        "k8ssandra/cass-operator#382, k8ssandra/k8ssandra#1432",
        "An upgrade changed the template twice within two minutes: a second pod restarted while the first was coming back.",
        two_templates_in_two_minutes,
        Settled,
        Without(Guard::OthersUp),
    ),
    row(
        26,
        "kubernetes/kubernetes#96218, #112307, #119234",
        "An update ignored pods that were down for other reasons, and none was left within three minutes.",
        a_rollout_with_a_node_down,
        Settled,
        Without(Guard::OthersUp),
    ),
    row(
        27,
        "kubernetes/kubernetes#105326, #103970, #94381",
        "An eviction was allowed by the status of a budget that was out of date.",
        a_budget_out_of_date,
        Settled,
        Without(Guard::OthersUp),
    ),
];

fn three() -> Ring {
    ring(&[&[1, 1, 1]])
}

fn founded(seed: u64) -> Scene {
    Scene::founded(seed, three(), &[("dc1", 3)])
}

fn all_restart_and_the_first_comes_late(seed: u64) -> History {
    let late = Fault::PowerLoss { late: pod(1, 1, 0), by: 15 * MINUTE };
    let scene = founded(seed).fault(60, Fault::AddressesReused).fault(0, late);
    scene.commit(60 + seed * 20, with_template(three(), "two")).goes_on(25)
}

fn addresses_are_swapped(seed: u64) -> History {
    let swapped = Fault::AddressesSwapped { one: pod(1, 2, 0), other: pod(1, 3, 0) };
    let scene = founded(seed).fault(60, swapped).fault(20, Fault::SecondInstance { kube: 0 });
    scene.commit(300, with_template(three(), "two")).goes_on(20)
}

fn a_foreign_node(seed: u64) -> History {
    let scene = Scene::founded(seed, ring(&[&[2, 1, 1]]), &[("dc1", 3)]);
    let scene = scene.fault(60, Fault::AddressesReused).fault(0, Fault::ForeignNode { lasts: 10 * MINUTE });
    scene.commit(120, three()).goes_on(15)
}

fn a_worker_is_cut_off_while_its_node_leaves(seed: u64) -> History {
    let scene = Scene::founded(seed, ring(&[&[2, 1, 1]]), &[("dc1", 3)]).commit(60, three());
    scene.fault(40 + seed * 10, Fault::KubeletCut { pod: pod(1, 1, 1), lasts: 15 * MINUTE }).goes_on(20)
}

fn old_views_in_a_rollout(seed: u64) -> History {
    let scene = founded(seed).commit(60, with_template(three(), "two"));
    let scene = scene.fault(10, Fault::OldReads { by: 15 * SECOND, lasts: 5 * MINUTE });
    scene.calls(10, Whose::AllPods, Wrong::OldView, 60, 6).calls(0, Whose::Kubernetes, Wrong::Twice, 40, 6).goes_on(20)
}

fn two_templates_in_two_minutes(seed: u64) -> History {
    let scene = founded(seed).commit(60, with_template(three(), "two"));
    let slow = Fault::SlowControllers { times: 8, lasts: 5 * MINUTE };
    scene.fault(10, slow).commit(20 + seed * 12, with_template(three(), "three")).goes_on(20)
}

/// The StatefulSets themselves never restart anything: they are `OnDelete`, and the simulation has no others.
fn a_rollout_with_a_node_down(seed: u64) -> History {
    let scene = founded(seed).fault(60, dead(pod(1, 2, 0), 10 * MINUTE));
    scene.commit(90, with_template(three(), "two")).goes_on(25)
}

fn a_budget_out_of_date(seed: u64) -> History {
    let scene = founded(seed).fault(60, Fault::BudgetFrozen { lasts: 15 * MINUTE });
    let scene = scene.commit(10, with_template(three(), "two")).fault(50, Fault::CassandraDies { pod: pod(1, 1, 0) });
    scene.calls(30, Whose::Kubernetes, Wrong::Late(10 * SECOND), 20, 5).goes_on(20)
}
