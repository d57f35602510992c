//! Data that was lost or served wrong.

use cassc_ring::Ring;
use cassc_settle::guard::Guard;

use super::row::Ends::{Refused, Settled};
use super::row::Teeth::{Shows, Without};
use super::row::{Row, row};
use super::scene::{Scene, breaks, dead, pod};
use crate::fault::{Fault, StateWrite, Whose, Wrong};
use crate::history::History;
use crate::queue::{MINUTE, SECOND};
use crate::ring::Distortion;
use crate::tests::fixture::{in_clusters, ring, with_template};

/// The rows.
pub(super) const ROWS: [Row; 17] = [
    row(
        1,
        "k8ssandra/cass-operator#973, #974",
        "While a node was leaving, the calls for its state failed; the list was taken for empty, the node for gone, and its \
         claim was deleted.",
        empty_lists_while_a_node_leaves,
        Settled,
        Without(Guard::UnknownIsNotAbsent),
    ),
    row(
        2,
        "scylladb/scylla-operator#3539, #2436, #3611, #3629",
        "The mark of an earlier shrink that was taken back stayed; the next shrink skipped the decommission and deleted the \
         claim.",
        shrunk_grown_and_shrunk_again,
        Settled,
        Without(Guard::LeftBeforeLower),
    ),
    row(
        3,
        "k8ssandra/cass-operator#261",
        "Whether a node had left was told from a field that vanishes from gossip before the leave has ended: the pod went too \
         early.",
        fields_missing_while_a_node_leaves,
        Settled,
        Without(Guard::JobEnded),
    ),
    row(
        4,
        "CASSANDRA-16290, apache/cassandra#5003",
        "A decommission failed late and was tried again: ranges that had been sent once were not sent again, and what was written \
         between was lost.",
        a_leave_that_breaks_late,
        Refused(&["StepFailed"]),
        Without(Guard::FailedOnce),
    ),
    row(
        5,
        "CASSANDRA-16418, CASSANDRA-18824, scylladb/scylladb#5045",
        "Cleanup ran on a node that received ranges of one that left, and deleted what it had just received.",
        shrunk_while_it_cleans_up,
        Settled,
        Without(Guard::NoCleanupRuns),
    ),
    row(
        6,
        "Orange-OpenSource/casskop#235, jetstack/navigator#140",
        "Of several nodes that were to go, only the first was decommissioned; the others were just removed.",
        two_racks_shrink_by_two,
        Settled,
        Without(Guard::OneReplica),
    ),
    row(
        7,
        "instaclustr/cassandra-operator#402, k8ssandra/cass-operator#118",
        "A controller acted on what it knew of an earlier object of the same name, and deleted the claims of the living one.",
        a_late_deletion_meets_a_new_object,
        Settled,
        Without(Guard::ClaimUnmounted),
    ),
    row(
        9,
        "redpanda-data/redpanda-operator#1866",
        "Half-way through a rollout, pods of the older template were not found: their claims looked unused and were deleted.",
        a_rollout_while_a_claim_goes,
        Settled,
        Without(Guard::ClaimUnmounted),
    ),
    row(
        10,
        "k8ssandra/k8ssandra-operator#400",
        "Keyspaces were altered from the list of datacenters that the operator knew; replicas elsewhere were taken away.",
        a_datacenter_of_another_cluster,
        Settled,
        Without(Guard::ForeignKept),
    ),
    row(
        11,
        "k8ssandra/k8ssandra-operator#1641, #1651",
        "Pods of a datacenter were not ready, so its replicas of system_auth were lowered, and logins failed.",
        a_datacenter_out_of_reach,
        Settled,
        Shows("RingNotWhole"),
    ),
    row(
        12,
        "CASSANDRA-17870, Orange-OpenSource/casskop#179, palantir/cassandra#307",
        "A rebuild without a source copied from the node's own new and empty datacenter, and ended well.",
        a_new_datacenter,
        Settled,
        Without(Guard::SourceHasData),
    ),
    row(
        13,
        "k8ssandra/k8ssandra-operator#373",
        "It was asked whether a rebuild had finished, not whether it had failed: an empty datacenter was opened as if filled.",
        a_rebuild_that_breaks,
        Settled,
        Without(Guard::ReplicatedFirst),
    ),
    row(
        14,
        "zalando-stups/planb-cassandra#136, #201, kubernetes/examples#175, jetstack/navigator#224",
        "With its data directory missing, a node took new tokens at once and served reads with nothing.",
        a_volume_is_lost,
        Refused(&["PodNeverReady"]),
        Shows("gate of shop-dc1-r2-sts-0: volume lost"),
    ),
    row(
        15,
        "scylladb/scylladb#5172, mesosphere/dcos-cassandra-service#362, #403",
        "A node died while it replaced another and was started without being told so: it joined as a new one, and the old \
         ranges were lost.",
        a_replacement_is_killed,
        Settled,
        Shows("ReplacingNodes"),
    ),
    row(
        16,
        "scylladb/scylladb#15833, #8500",
        "Removing dead nodes by force left ranges without replicas.",
        a_shrink_with_two_nodes_down,
        Settled,
        Without(Guard::LeftBeforeLower),
    ),
    row(
        18,
        "scylladb/scylladb#20558, #20488, CASSANDRA-17808",
        "Hints for a node that was leaving were lost when they came after its ranges had been sent.",
        a_shrink_right_after_a_node_was_down,
        Settled,
        Without(Guard::JobEnded),
    ),
    row(
        19,
        "k8ssandra/cass-operator#125",
        "Deleting the object of a datacenter removed all its pods and claims at once; the others kept its dead nodes.",
        a_datacenter_goes,
        Settled,
        Without(Guard::OneReplica),
    ),
];

/// Four nodes in three racks, of which one leaves after a while.
fn four(seed: u64) -> Scene {
    Scene::founded(seed, ring(&[&[2, 1, 1]]), &[("dc1", 3)])
}

fn three() -> Ring {
    ring(&[&[1, 1, 1]])
}

fn empty_lists_while_a_node_leaves(seed: u64) -> History {
    let empty = Wrong::Distorted(Distortion::Empty);
    four(seed).commit(60, three()).calls(40, Whose::AllPods, empty, 100, 10).goes_on(15)
}

fn shrunk_grown_and_shrunk_again(seed: u64) -> History {
    let scene = four(seed).commit(60, three()).commit(20 + seed * 15 % 150, ring(&[&[2, 1, 1]]));
    scene.calls(200, Whose::AllPods, Wrong::OldView, 30, 10).commit(300, three()).goes_on(15)
}

fn fields_missing_while_a_node_leaves(seed: u64) -> History {
    let missing = Wrong::Distorted(Distortion::MissingFields);
    four(seed).commit(60, three()).calls(20, Whose::AllPods, missing, 40, 10).goes_on(15)
}

fn a_leave_that_breaks_late(seed: u64) -> History {
    let scene = four(seed).commit(60, three()).fault(5, breaks(pod(1, 1, 1), 90));
    scene.fault(200, Fault::HandDelete { pod: pod(1, 1, 1) }).goes_on(40)
}

/// The second commit comes while nodes clean up after the first.
fn shrunk_while_it_cleans_up(seed: u64) -> History {
    let scene = Scene::founded(seed, ring(&[&[1, 1, 1]]), &[("dc1", 2)]);
    let scene = scene.with(|history| history.behaviour.compaction = (60, 180));
    scene.commit(60, ring(&[&[1, 1, 2]])).commit(150 + seed * 20, ring(&[&[1, 1, 1]])).goes_on(10)
}

fn two_racks_shrink_by_two(seed: u64) -> History {
    Scene::founded(seed, ring(&[&[3, 3]]), &[("dc1", 2)]).commit(60, ring(&[&[1, 1]])).goes_on(20)
}

fn a_late_deletion_meets_a_new_object(seed: u64) -> History {
    let scene = four(seed).commit(60, three()).fault(5, Fault::SecondInstance { kube: 0 });
    let scene = scene.fault(30, Fault::OldReads { by: 30 * SECOND, lasts: 15 * MINUTE });
    let scene = scene.calls(30, Whose::Kubernetes, Wrong::Late(25_000), 30, 15);
    let scene = scene.fault(20, Fault::Pause { kube: 0, after: 20, lasts: 2 * MINUTE, in_send: true });
    scene.commit(30, ring(&[&[2, 1, 1]])).commit(300, three()).goes_on(15)
}

fn a_rollout_while_a_claim_goes(seed: u64) -> History {
    let scene = four(seed).fault(30, Fault::KubeletCut { pod: pod(1, 1, 1), lasts: 12 * MINUTE });
    scene.commit(30, three()).commit(20, with_template(three(), "two")).goes_on(20)
}

fn a_datacenter_of_another_cluster(seed: u64) -> History {
    let scene = Scene::founded(seed, in_clusters(&[&[2], &[2]]), &[("dc1", 1), ("dc2", 1)]);
    scene.commit(60, in_clusters(&[&[3], &[2]])).commit(600, in_clusters(&[&[2], &[2]])).goes_on(10)
}

fn a_datacenter_out_of_reach(seed: u64) -> History {
    let two = || ring(&[&[1, 1], &[1, 1]]);
    let scene = Scene::founded(seed, two(), &[("dc1", 2), ("dc2", 2)]);
    let scene = scene.fault(60, dead(pod(2, 1, 0), 20 * MINUTE)).fault(0, dead(pod(2, 2, 0), 20 * MINUTE));
    scene.commit(60, ring(&[&[2, 1], &[1, 1]])).goes_on(25)
}

fn a_new_datacenter(seed: u64) -> History {
    let scene = Scene::founded(seed, ring(&[&[1, 1], &[0, 0]]), &[("dc1", 2)]);
    let scene = scene.commit(60, ring(&[&[1, 1], &[1, 1]]));
    scene.replicate(500, &[("dc1", 2), ("dc2", 2)]).goes_on(20)
}

fn a_rebuild_that_breaks(seed: u64) -> History {
    let scene = Scene::founded(seed, ring(&[&[1, 1], &[0, 0]]), &[("dc1", 2)]);
    let scene = scene.commit(60, ring(&[&[1, 1], &[1, 1]])).replicate(600, &[("dc1", 2), ("dc2", 2)]);
    let scene = scene.fault(0, breaks(pod(2, 1, 0), 50));
    (1..6).fold(scene, |scene, _| scene.fault(20, breaks(pod(2, 1, 0), 50))).goes_on(20)
}

fn a_volume_is_lost(seed: u64) -> History {
    let first = u32::try_from(seed % 3).unwrap_or(0) + 1;
    let scene = Scene::founded(seed, three(), &[("dc1", 3)]).fault(60, Fault::VolumeLost { pod: pod(1, first, 0) });
    scene.commit(60, with_template(three(), "two")).goes_on(20)
}

fn a_replacement_is_killed(seed: u64) -> History {
    let lost = || pod(1, 3, 0);
    let scene = Scene::founded(seed, three(), &[("dc1", 3)]).fault(60, Fault::VolumeLost { pod: lost() });
    let scene = scene.fault(60, Fault::HandReplace { pod: lost() }).commit(10, with_template(three(), "two"));
    let scene = scene.fault(20 + seed * 5, Fault::HandDelete { pod: lost() });
    scene.fault(30, Fault::KillAfterStateWrite(StateWrite::Lost)).goes_on(20)
}

/// The program never removes a node by force: it waits until both are back.
fn a_shrink_with_two_nodes_down(seed: u64) -> History {
    let scene = Scene::founded(seed, ring(&[&[2, 2, 1]]), &[("dc1", 3)]);
    let scene = scene.fault(60, dead(pod(1, 2, 0), 15 * MINUTE)).fault(5, dead(pod(1, 3, 0), 15 * MINUTE));
    scene.commit(30, ring(&[&[1, 2, 1]])).goes_on(25)
}

fn a_shrink_right_after_a_node_was_down(seed: u64) -> History {
    let scene = four(seed).fault(60, dead(pod(1, 2, 0), 5 * MINUTE));
    scene.commit(250 + seed * 10, three()).fault(60, Fault::CassandraDies { pod: pod(1, 3, 0) }).goes_on(20)
}

fn a_datacenter_goes(seed: u64) -> History {
    let scene = Scene::founded(seed, ring(&[&[1, 1], &[2, 1]]), &[("dc1", 2), ("dc2", 2)]);
    let scene = scene.commit(60, ring(&[&[1, 1], &[0, 0]]));
    let empty = Wrong::Distorted(Distortion::Partial);
    scene.replicate(120, &[("dc1", 2)]).calls(10, Whose::AllPods, empty, 30, 10).goes_on(20)
}
