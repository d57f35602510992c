//! What was stuck, half done, or endless.

use cassc_ring::Ring;
use cassc_settle::guard::Guard;

use super::row::Ends::{Refused, Settled, SettledOr};
use super::row::Teeth::{Shows, Without};
use super::row::{Replay, Row, row};
use super::scene::{Scene, breaks, dead, pod};
use crate::commit::Trouble;
use crate::fault::{Fault, StateWrite, Whose, Wrong};
use crate::history::History;
use crate::queue::MINUTE;
use crate::tests::fixture::{ring, with_template};

/// The rows.
pub(super) const ROWS: [Row; 13] = [
    row(
        28,
        "instaclustr/cassandra-operator#410, scylladb/scylla-operator#1348, #1189",
        "The number of nodes went up again during a decommission: a decommissioned node stayed for ever, or the new pod was \
         decommissioned as well.",
        taken_back_while_a_node_leaves,
        Settled,
        Without(Guard::ClaimCleared),
    ),
    row(
        30,
        "CASSANDRA-18555, CASSANDRA-21493, CASSANDRA-21583, scylladb/scylladb#2042",
        "Nobody could tell whether a decommission had failed: the node stayed in the ring as leaving until a restart.",
        a_leave_that_hangs,
        Refused(&["StepFailed"]),
        Shows("JobFailed"),
    ),
    row(
        31,
        "k8ssandra/cass-operator#356, Orange-OpenSource/casskop#21",
        "A request whose answer was lost was taken for accepted, or repeated after it had succeeded.",
        lost_requests_and_answers,
        SettledOr(&["StepFailed"]),
        Without(Guard::LeftBeforeLower),
    ),
    row(
        34,
        "k8ssandra/cass-operator#110, scylladb/scylla-operator#345",
        "A node was replaced twice: the second time with the record of the first.",
        replaced_twice,
        Settled,
        Shows("ReplacingNodes"),
    ),
    row(
        35,
        "CASSANDRA-19580, apache/cassandra#780, #3972",
        "A replacement that failed left its state at its address, and seeds did not answer the next one.",
        a_replacement_that_breaks,
        Settled,
        Shows("ReplacingNodes"),
    ),
    row(
        36,
        "k8ssandra/cass-operator#327, #748, #887, #933",
        "Two dead Management APIs blocked all starts, or a task for a dead one counted as done.",
        two_dead_management_apis,
        Settled,
        Without(Guard::OthersUp),
    ),
    Row {
        number: 37,
        tickets: "apache/cassandra#4713",
        happened: "assassinate slept for 30 seconds in the only thread of gossip, and its own node was taken for dead.",
        replay: Replay::NotModelled(
            "the program never asks for assassinate: the interface to the nodes has no such call",
        ),
    },
    row(
        38,
        "k8ssandra/cass-operator#945, #850, k8ssandra/k8ssandra-operator#760",
        "The state of a job was lost: it was polled for ever, or a cleanup was made again 35,000 times.",
        jobs_and_their_record_are_lost,
        Settled,
        Without(Guard::IntentFirst),
    ),
    row(
        40,
        "kubernetes/kubernetes#67250, #60164, k8ssandra/cass-operator#583, #816",
        "After a template that cannot run, its correction never reached the pod that was stuck.",
        a_broken_template_is_corrected,
        Settled,
        Without(Guard::OthersUp),
    ),
    row(
        41,
        "k8ssandra/cass-operator#860, cloudnative-pg/cloudnative-pg#9980",
        "A volume was full and its pod down: it was not expanded, because the pod was missing.",
        a_full_volume_is_expanded,
        Settled,
        Shows("ExpandingClaim"),
    ),
    row(
        42,
        "kubernetes/kubernetes#115844, #130683, #120790",
        "A Job with one pod ran two: the second began while the first was only Terminating.",
        two_instances,
        Settled,
        Without(Guard::Fence),
    ),
    row(
        43,
        "k8ssandra/k8ssandra-operator#1644, #1470, #1648, k8ssandra/cass-operator#244",
        "Cassandra refused to leave a datacenter with nodes out of system_auth, or to name one without: coming and going \
         were stuck on their order.",
        a_datacenter_comes_and_goes,
        Settled,
        Without(Guard::NothingReplicated),
    ),
    row(
        44,
        "k8ssandra/k8ssandra-operator#1110, #1119, CASSANDRA-13559",
        "In the middle of a major upgrade the schema was changed, and starts failed.",
        grown_during_an_upgrade,
        Settled,
        Shows("VersionsMixed"),
    ),
];

fn three() -> Ring {
    ring(&[&[1, 1, 1]])
}

fn four() -> Ring {
    ring(&[&[2, 1, 1]])
}

fn founded(seed: u64, ring: Ring) -> Scene {
    Scene::founded(seed, ring, &[("dc1", 3)])
}

fn taken_back_while_a_node_leaves(seed: u64) -> History {
    founded(seed, four()).commit(60, three()).commit(30 + seed * 12, four()).goes_on(15)
}

fn a_leave_that_hangs(seed: u64) -> History {
    let hangs = Fault::StreamFails { pod: pod(1, 1, 1), percent: 50, hangs: true };
    let scene = founded(seed, four()).commit(60, three()).fault(5, hangs);
    scene.fault(600, Fault::CassandraDies { pod: pod(1, 1, 1) }).goes_on(20)
}

fn lost_requests_and_answers(seed: u64) -> History {
    let wrong = if seed.is_multiple_of(2) { Wrong::AnswerLost } else { Wrong::RequestLost };
    let scene = founded(seed, four()).calls(60, Whose::Pod(pod(1, 1, 1)), wrong, 30, 10);
    let after = 50 + u32::try_from(seed % 60).unwrap_or(0);
    let scene = scene.commit(5, three()).fault(30, Fault::Kill { kube: 0, after });
    scene.fault(120, Fault::Kill { kube: 0, after: 20 }).goes_on(20)
}

fn replaced_twice(seed: u64) -> History {
    let lost = || pod(1, 3, 0);
    let scene = founded(seed, three()).fault(60, Fault::VolumeLost { pod: lost() });
    let scene = scene.fault(90, Fault::HandReplace { pod: lost() }).fault(5, Fault::HandReplace { pod: lost() });
    let scene = scene.fault(300, Fault::SecondInstance { kube: 0 }).fault(300, Fault::VolumeLost { pod: lost() });
    let scene = scene.fault(120, Fault::HandReplace { pod: lost() }).fault(10, Fault::SecondInstance { kube: 0 });
    scene.goes_on(20)
}

fn a_replacement_that_breaks(seed: u64) -> History {
    let lost = || pod(1, 3, 0);
    let scene = founded(seed, three()).fault(60, Fault::VolumeLost { pod: lost() });
    let scene = scene.fault(90, Fault::HandReplace { pod: lost() });
    let scene = scene.fault(60, breaks(lost(), 50)).fault(0, Fault::SecondInstance { kube: 0 });
    scene.fault(300, Fault::HandDelete { pod: lost() }).goes_on(30)
}

fn two_dead_management_apis(seed: u64) -> History {
    let scene = founded(seed, four()).calls(60, Whose::Pod(pod(1, 2, 0)), Wrong::Error, 100, 10);
    let scene = scene.calls(0, Whose::Pod(pod(1, 3, 0)), Wrong::RequestLost, 100, 10);
    scene.commit(5, with_template(three(), "two")).goes_on(20)
}

fn jobs_and_their_record_are_lost(seed: u64) -> History {
    let scene = founded(seed, three()).with(|history| history.behaviour.compaction = (60, 180)).commit(60, four());
    let dies = |scene: Scene, number: u32| {
        let lost = Fault::StateWrite(if number == 1 { StateWrite::Lost } else { StateWrite::Conflict });
        scene.fault(60, Fault::CassandraDies { pod: pod(1, number, 0) }).fault(5, lost)
    };
    (1..=3).fold(scene.fault(150 + seed * 10, Fault::StateWrite(StateWrite::Lost)), dies).goes_on(20)
}

fn a_broken_template_is_corrected(seed: u64) -> History {
    let troubles = [Trouble::Image, Trouble::Unschedulable, Trouble::Crash];
    let trouble = troubles[usize::try_from(seed % 3).unwrap_or(0)];
    let scene = founded(seed, three()).broken("two", trouble).commit(60, with_template(three(), "two"));
    scene.commit(600, with_template(three(), "three")).goes_on(20)
}

fn a_full_volume_is_expanded(seed: u64) -> History {
    let mut larger = three();
    larger.datacenters[0].racks.iter_mut().for_each(|rack| rack.expand_to = Some("200Gi".to_owned()));
    let full = Fault::DiskFull { pod: pod(1, 2, 0), lasts: 20 * MINUTE };
    let scene = founded(seed, three()).fault(60, full).fault(10, dead(pod(1, 2, 0), 10 * MINUTE));
    scene.commit(60, larger).goes_on(25)
}

fn two_instances(seed: u64) -> History {
    let scene = founded(seed, three()).commit(60, with_template(three(), "two"));
    let after = 1 + u32::try_from(seed % 60).unwrap_or(0);
    let pause = Fault::Pause { kube: 0, after, lasts: 3 * MINUTE, in_send: false };
    let scene = scene.fault(50 + seed % 7 * 4, pause).fault(15, Fault::SecondInstance { kube: 0 });
    scene.fault(300, Fault::Terminate { kube: 0 }).goes_on(20)
}

fn a_datacenter_comes_and_goes(seed: u64) -> History {
    let scene = Scene::founded(seed, ring(&[&[1, 1], &[0, 0]]), &[("dc1", 2)]);
    let scene = scene.commit(60, ring(&[&[1, 1], &[1, 1]])).replicate(500, &[("dc1", 2), ("dc2", 2)]);
    let scene = scene.commit(900, ring(&[&[1, 1], &[0, 0]]));
    scene.replicate(200, &[("dc1", 2)]).goes_on(20)
}

fn grown_during_an_upgrade(seed: u64) -> History {
    let mut upgraded = with_template(three(), "two");
    upgraded.version = "5.0.4".parse().expect("a version");
    let mut grown = with_template(four(), "two");
    grown.version = upgraded.version;
    let one = |mut ring: Ring| {
        ring.rollout.canary_pods = Some(1);
        ring
    };
    let scene = founded(seed, three()).commit(60, one(upgraded)).commit(300 + seed * 10, one(grown.clone()));
    scene.commit(600, grown).goes_on(20)
}
