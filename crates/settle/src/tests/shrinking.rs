//! Nodes leave.

use std::collections::BTreeMap;

use super::fixture::Fixture;
use crate::action::{Action, Decision, ScaleReason};
use crate::cluster::{JobStatus, NodeJob};
use crate::observed::Status;
use crate::state::Running;

const LAST: &str = "shop-dc1-r1-sts-3";
const SET: &str = "shop-dc1-r1-sts";

/// Four nodes of which three are asked for.
fn shrinking() -> Fixture {
    let mut fixture = Fixture::of(&[&[4]]);
    fixture.ring.datacenters[0].racks[0].nodes = 3;
    fixture
}

/// The decommission of the last node runs.
fn leaving() -> Fixture {
    let mut fixture = shrinking();
    let job = NodeJob::Decommission { force: false };
    let running = Running::new(job, &format!("id-{LAST}"), &format!("uid-{LAST}"), fixture.seen.now);
    let running = Running { id: Some("job".to_owned()), ..running };
    fixture.state.memory.jobs.insert(LAST.to_owned(), running);
    fixture.seen.jobs.insert(LAST.to_owned(), Ok(JobStatus::Running));
    fixture
}

fn decommission() -> Action {
    let (pod, host_id) = (LAST.to_owned(), format!("id-{LAST}"));
    Action::Start { pod, host_id, job: NodeJob::Decommission { force: false }, operation: None }
}

#[test]
fn the_last_node_in_start_order_is_decommissioned() {
    assert_eq!(shrinking().act(), decommission());
}

#[test]
fn whatever_is_wrong_with_the_ring_is_waited_for() {
    type Spoil = fn(&mut Fixture);
    let spoil: [(&str, Spoil); 5] = [
        ("RingNotWhole", |it| it.everywhere("shop-dc1-r1-sts-0", |node| node.is_alive = false)),
        ("RingChanges", |it| it.everywhere("shop-dc1-r1-sts-0", |node| node.status = Status::Moving)),
        ("SchemaDisagrees", |it| it.everywhere("shop-dc1-r1-sts-0", |node| node.schema = Some("other".to_owned()))),
        ("VersionsMixed", |it| it.everywhere("shop-dc1-r1-sts-0", |node| node.release = Some("4.0.1".to_owned()))),
        ("PodNotReady", |it| it.pod("shop-dc1-r1-sts-0").is_ready = false),
    ];
    for (code, spoil) in spoil {
        let mut fixture = shrinking();
        spoil(&mut fixture);
        let codes = fixture.codes(false);
        assert!(codes.contains(&code), "{code}: {codes:?}");
    }
}

#[test]
fn keyspaces_of_users_are_refused_and_those_of_cassandra_lowered() {
    let mut fixture = Fixture::of(&[&[3]]);
    fixture.ring.datacenters[0].racks[0].nodes = 2;
    fixture.keyspace("shop", &[("dc1", 3)]);
    let lowered = Action::Alter {
        keyspace: "system_auth".to_owned(),
        replication: BTreeMap::from([("dc1".to_owned(), 2)]),
        raises: false,
        asked: "shop-dc1-r1-sts-0".to_owned(),
    };
    for keyspace in ["system_auth", "system_distributed", "system_traces"] {
        fixture.keyspace(keyspace, &[("dc1", 2)]);
    }
    assert!(fixture.codes(true).contains(&"ReplicationTooHigh"));
    fixture.keyspace("shop", &[("dc1", 2)]);
    assert!(matches!(fixture.act(), Action::Start { .. }));
    fixture.keyspace("system_auth", &[("dc1", 3)]);
    assert_eq!(fixture.act(), lowered);
}

#[test]
fn no_replica_is_taken_away_before_others_are_repaired() {
    let mut fixture = Fixture::of(&[&[3]]);
    fixture.ring.datacenters[0].racks[0].nodes = 2;
    let pod = "shop-dc1-r1-sts-0".to_owned();
    fixture.state.memory.needs_repair.insert("system_auth".to_owned(), [pod.clone()].into());
    assert!(matches!(fixture.act(), Action::Start { job: NodeJob::Repair { .. }, .. }));
    fixture.pod(&pod).is_ready = false;
    fixture.down("shop-dc1-r1-sts-1");
    assert!(fixture.codes(false).contains(&"NotRepaired"));
    fixture.state.memory.needs_repair.clear();
    assert!(!fixture.codes(false).contains(&"NotRepaired"));
}

#[test]
fn a_datacenter_leaves_only_when_nothing_is_replicated_to_it() {
    let mut fixture = Fixture::of(&[&[3], &[1]]);
    fixture.ring.datacenters[1].racks[0].nodes = 0;
    fixture.keyspace("shop", &[("dc1", 3), ("dc2", 1)]);
    for keyspace in ["system_distributed", "system_traces"] {
        fixture.keyspace(keyspace, &[("dc1", 3)]);
    }
    assert!(fixture.codes(true).contains(&"StillReplicated"));
    fixture.keyspace("shop", &[("dc1", 3)]);
    let forced = NodeJob::Decommission { force: true };
    assert!(matches!(fixture.act(), Action::Start { job, .. } if job == forced));
}

#[test]
fn a_replica_goes_when_the_job_has_ended_and_everybody_says_left() {
    let mut fixture = leaving();
    assert!(fixture.codes(false).contains(&"JobRuns"));
    fixture.everywhere(LAST, |it| it.status = Status::Left);
    assert!(fixture.codes(false).contains(&"JobRuns"));
    fixture.seen.jobs.insert(LAST.to_owned(), Ok(JobStatus::Completed));
    let lower = Action::Scale { set: SET.to_owned(), from: 4, to: 3, why: ScaleReason::NodeLeft };
    assert_eq!(fixture.act(), lower);
    fixture.set(SET).replicas = 3;
    assert!(fixture.codes(false).contains(&"PodEnding"));
    fixture.remove(LAST);
    assert!(matches!(fixture.act(), Action::DeleteClaim { pod, .. } if pod == LAST));
    fixture.seen.objects.claims.remove(&format!("server-data-{LAST}"));
    assert_eq!(fixture.look(), Decision::Done(Vec::new()));
    assert!(fixture.state.left.is_empty());
}

#[test]
fn one_node_that_says_otherwise_is_enough_to_wait() {
    let mut fixture = leaving();
    fixture.everywhere(LAST, |it| it.status = Status::Left);
    fixture.seen.jobs.insert(LAST.to_owned(), Ok(JobStatus::Completed));
    let view = fixture.seen.views.get_mut("shop-dc1-r1-sts-0").expect("it answers").as_mut().expect("it answers");
    view.iter_mut().filter(|it| it.host_id == Some(format!("id-{LAST}"))).for_each(|it| it.status = Status::Leaving);
    assert!(fixture.codes(false).contains(&"JobRuns"));
}

#[test]
fn a_lost_job_needs_left_for_a_minute_and_a_failed_one_is_not_tried_again() {
    let mut fixture = leaving();
    fixture.seen.jobs.insert(LAST.to_owned(), Ok(JobStatus::Lost));
    fixture.everywhere(LAST, |it| it.status = Status::Left);
    assert!(fixture.codes(false).contains(&"JobRuns"));
    fixture.seen.now += 60;
    assert!(matches!(fixture.act(), Action::Scale { why: ScaleReason::NodeLeft, .. }));

    let mut fixture = leaving();
    fixture.seen.jobs.insert(LAST.to_owned(), Ok(JobStatus::Failed("Stream failed".to_owned())));
    assert_eq!(fixture.codes(true), ["StepFailed"]);
    fixture.ring.rollout.retry = Some("again".to_owned());
    assert_eq!(fixture.act(), decommission());
}

#[test]
fn no_room_is_refused() {
    let mut fixture = shrinking();
    fixture.everywhere(LAST, |it| it.load = Some(1000));
    assert_eq!(fixture.codes(true), ["NoRoom"]);
    fixture.everywhere(LAST, |it| it.load = None);
    assert!(fixture.codes(false).contains(&"SpaceUnknown"));
}

#[test]
fn a_pod_that_never_joined_goes_from_its_gate() {
    let mut fixture = Fixture::of(&[&[3]]);
    fixture.set(SET).replicas = 4;
    fixture.start(SET, 3);
    fixture.remove(LAST);
    for view in fixture.seen.views.values_mut() {
        view.as_mut().expect("it answers").retain(|it| it.host_id != Some(format!("id-{LAST}")));
    }
    assert!(matches!(fixture.act(), Action::Scale { to: 3, why: ScaleReason::NeverJoined, .. }));
    // After a loss of power every pod waits in its gate, and nobody says whether this one had joined.
    fixture.state.founded = true;
    fixture.seen.views.clear();
    assert!(fixture.codes(false).contains(&"NoAnswer"));
}

#[test]
fn a_node_that_left_starts_anew_when_it_is_asked_for_again() {
    let mut fixture = leaving();
    fixture.everywhere(LAST, |it| it.status = Status::Left);
    fixture.seen.jobs.insert(LAST.to_owned(), Ok(JobStatus::Completed));
    fixture.ring.datacenters[0].racks[0].nodes = 4;
    assert!(matches!(fixture.act(), Action::Scale { to: 3, why: ScaleReason::StartsAnew, .. }));
    fixture.set(SET).replicas = 3;
    fixture.remove(LAST);
    assert!(matches!(fixture.act(), Action::DeleteClaim { .. }));
    fixture.seen.objects.claims.remove(&format!("server-data-{LAST}"));
    assert!(matches!(fixture.act(), Action::Scale { from: 3, to: 4, why: ScaleReason::Joins, .. }));
}

#[test]
fn replicas_that_somebody_lowered_come_back() {
    let mut fixture = Fixture::of(&[&[3]]);
    fixture.set(SET).replicas = 1;
    let back = Action::Scale { set: SET.to_owned(), from: 1, to: 3, why: ScaleReason::MembersMissing };
    assert_eq!(fixture.act(), back);
}
