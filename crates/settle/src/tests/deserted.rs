//! The last node of a Kubernetes cluster leaves: nobody else can be asked there.

use std::collections::BTreeMap;

use super::fixture::Fixture;
use super::repairs::add_reaper;
use crate::action::{Action, Decision, ScaleReason};
use crate::cluster::{Failure, JobStatus, NodeJob};
use crate::decide::asks_reaper;
use crate::observed::Status;
use crate::situation::{Site, Situation};
use crate::state::Running;

const LAST: &str = "shop-dc2-r1-sts-0";
const SET: &str = "shop-dc2-r1-sts";
const STAYS: &str = "shop-dc1-r1-sts-0";

/// Takes everything of a datacenter away that another Kubernetes cluster has. Its nodes stay in the views of ours.
fn elsewhere(fixture: &mut Fixture, number: usize) {
    let name = format!("dc{}", number + 1);
    fixture.ring.datacenters[number].kube_cluster = Some("other".to_owned());
    let is_here = |pod: &String| !pod.contains(&name);
    fixture.seen.objects.sets.retain(|set, _| is_here(set));
    fixture.seen.objects.pods.retain(|pod, _| is_here(pod));
    fixture.seen.objects.claims.retain(|_, claim| is_here(&claim.pod));
    fixture.seen.views.retain(|pod, _| is_here(pod));
    fixture.state.host_ids.retain(|pod, _| is_here(pod));
    fixture.state.memory.nodes.retain(|pod, _| is_here(pod));
}

/// A node in each of two Kubernetes clusters; ours, the second, is to have none, and its node runs a decommission.
fn leaving() -> Fixture {
    let mut fixture = Fixture::of(&[&[1], &[1]]);
    elsewhere(&mut fixture, 0);
    fixture.ring.datacenters[1].racks[0].nodes = 0;
    let job = NodeJob::Decommission { force: true };
    let running = Running::new(job, &format!("id-{LAST}"), &format!("uid-{LAST}"), fixture.seen.now);
    let running = Running { id: Some("job".to_owned()), ..running };
    fixture.state.memory.jobs.insert(LAST.to_owned(), running);
    fixture.seen.jobs.insert(LAST.to_owned(), Ok(JobStatus::Completed));
    fixture
}

/// The node says of itself that it left.
fn left() -> Fixture {
    let mut fixture = leaving();
    fixture.everywhere(LAST, |it| it.status = Status::Left);
    fixture
}

/// Nobody answers any more.
fn nobody_answers(fixture: &mut Fixture) {
    (fixture.seen.keyspaces, fixture.seen.roles) = (None, None);
    fixture.seen.jobs.clear();
}

/// Its replica and its pod are gone; its claims are not.
fn gone() -> Fixture {
    let mut fixture = left();
    assert!(matches!(fixture.act(), Action::Scale { to: 0, .. }));
    fixture.set(SET).replicas = 0;
    fixture.remove(LAST);
    nobody_answers(&mut fixture);
    fixture
}

/// The whole of it is done.
fn deserted() -> Fixture {
    let mut fixture = gone();
    fixture.seen.objects.claims.clear();
    fixture
}

#[test]
fn the_last_node_leaves_to_the_end() {
    let mut fixture = left();
    let lower = Action::Scale { set: SET.to_owned(), from: 1, to: 0, why: ScaleReason::NodeLeft };
    assert_eq!(fixture.act(), lower);
    assert!(fixture.state.host_ids.is_empty());
    fixture.set(SET).replicas = 0;
    fixture.pod(LAST).is_deleting = true;
    fixture.seen.views.clear();
    nobody_answers(&mut fixture);
    let codes = fixture.codes(false);
    assert!(codes.contains(&"PodEnding") && !codes.contains(&"NodeStillListed"), "{codes:?}");
    fixture.remove(LAST);
    assert!(matches!(fixture.act(), Action::DeleteClaim { pod, .. } if pod == LAST));
    fixture.seen.objects.claims.clear();
    assert_eq!(fixture.look(), Decision::Done(Vec::new()));
    assert_eq!(fixture.look(), Decision::Done(Vec::new()), "the run after that");
    fixture.ring.datacenters.remove(1);
    assert_eq!(fixture.look(), Decision::Done(Vec::new()), "without the datacenter");
}

#[test]
fn claims_that_are_retained_keep_nobody_waiting() {
    let mut fixture = gone();
    fixture.ring.datacenters[1].racks[0].when_nodes_leave = None;
    assert_eq!(fixture.look(), Decision::Done(Vec::new()));
    assert!(fixture.state.left.contains_key(LAST));
    assert_eq!(fixture.look(), Decision::Done(Vec::new()));
}

#[test]
fn its_word_counts_only_where_it_is_the_last() {
    type Spoil = fn(&mut Fixture);
    let spoil: [(&str, Spoil); 4] = [
        ("it does not say so", |it| it.everywhere(LAST, |node| node.status = Status::Leaving)),
        ("it does not answer", |it| {
            it.seen.views.insert(LAST.to_owned(), Err(Failure::Unknown("timed out".to_owned())));
        }),
        ("a member has no pod", |it| {
            it.state.host_ids.insert("shop-dc2-r1-sts-1".to_owned(), "id-other".to_owned());
        }),
        ("a pod is not asked", |it| {
            it.start(SET, 1);
            it.pod("shop-dc2-r1-sts-1").is_in_gate = true;
            it.seen.views.remove("shop-dc2-r1-sts-1");
            it.seen.views.values_mut().flatten().for_each(|view| view.retain(|node| node.address != "10.0.0.2"));
        }),
    ];
    for (what, spoil) in spoil {
        let mut fixture = left();
        spoil(&mut fixture);
        fixture.look();
        assert!(fixture.state.memory.jobs.contains_key(LAST), "{what}");
    }
    let mut fixture = left();
    fixture.look();
    assert!(!fixture.state.memory.jobs.contains_key(LAST));
}

#[test]
fn a_job_that_is_lost_needs_its_word_for_a_minute() {
    let mut fixture = left();
    fixture.seen.jobs.insert(LAST.to_owned(), Ok(JobStatus::Lost));
    assert!(fixture.codes(false).contains(&"JobRuns"));
    fixture.seen.now += 60;
    assert!(matches!(fixture.act(), Action::Scale { why: ScaleReason::NodeLeft, .. }));
}

#[test]
fn what_is_gone_by_accident_is_not_done() {
    // Replicas were lowered by a hand: the node is a member, and comes back, or is missed.
    let mut fixture = Fixture::of(&[&[1], &[1]]);
    elsewhere(&mut fixture, 0);
    fixture.set(SET).replicas = 0;
    fixture.remove(LAST);
    nobody_answers(&mut fixture);
    let back = Action::Scale { set: SET.to_owned(), from: 0, to: 1, why: ScaleReason::MembersMissing };
    assert_eq!(fixture.act(), back);
    fixture.ring.datacenters[1].racks[0].nodes = 0;
    assert_eq!(fixture.act(), back);
    // After a loss of power, its pod is there and does not answer.
    fixture.start(SET, 0);
    fixture.seen.views.clear();
    fixture.pod(LAST).is_ready = false;
    fixture.pod(LAST).is_in_gate = true;
    fixture.set(SET).replicas = 1;
    assert!(!matches!(fixture.look(), Decision::Done(_)));
    // The state is lost as well: the claim is there, and nothing is known of it.
    fixture.set(SET).replicas = 0;
    fixture.remove(LAST);
    fixture.state = crate::state::State::default();
    assert!(!matches!(fixture.look(), Decision::Done(_)));
}

#[test]
fn a_node_that_died_after_its_leave_was_remembered_is_not_missed() {
    let mut fixture = left();
    assert!(matches!(fixture.act(), Action::Scale { .. }));
    fixture.seen.views.clear();
    nobody_answers(&mut fixture);
    assert!(!matches!(fixture.look(), Decision::Act(_)), "nobody says what runs in the pod");
    fixture.pod(LAST).is_in_gate = true;
    assert!(matches!(fixture.act(), Action::Scale { to: 0, why: ScaleReason::NodeLeft, .. }));
}

#[test]
fn its_first_node_joins_again() {
    let mut fixture = gone();
    fixture.ring.datacenters[1].racks[0].nodes = 1;
    assert!(matches!(fixture.act(), Action::DeleteClaim { pod, .. } if pod == LAST));
    fixture.seen.objects.claims.clear();
    let joins = Action::Scale { set: SET.to_owned(), from: 0, to: 1, why: ScaleReason::Joins };
    assert_eq!(fixture.act(), joins);
}

#[test]
fn no_operation_waits_for_a_node() {
    let mut fixture = deserted();
    fixture.operations(
        r#"[{"id": "a", "kind": "repair"}, {"id": "b", "kind": "restart"}, {"id": "c", "kind": "removeNode", "hostId": "id-lost"}]"#,
    );
    let mut begun = [fixture.begin(), fixture.begin(), fixture.begin()];
    begun.sort();
    assert_eq!(begun, ["a", "b", "c"]);
    assert_eq!(fixture.look(), Decision::Done(Vec::new()));
}

#[test]
fn reaper_is_not_asked_where_no_node_runs() {
    let site = Site { cluster: "shop".to_owned(), ..Site::default() };
    let asks = |it: &Fixture| asks_reaper(&Situation::new(&site, &it.ring, &it.seen, &it.state, it.guards));
    let mut fixture = Fixture::of(&[&[1], &[1]]);
    elsewhere(&mut fixture, 0);
    add_reaper(&mut fixture);
    assert!(asks(&fixture));
    let mut fixture = deserted();
    add_reaper(&mut fixture);
    assert_eq!(fixture.look(), Decision::Done(Vec::new()));
    assert!(fixture.state.memory.initialized && !asks(&fixture));
}

/// `system_auth` keeps a replica in the datacenter until its last node has left: those who stay take it away.
#[test]
fn those_who_stay_take_its_replicas_away() {
    let mut fixture = Fixture::of(&[&[1], &[1]]);
    elsewhere(&mut fixture, 1);
    assert_eq!(fixture.look(), Decision::Done(Vec::new()));
    fixture.ring.datacenters[1].racks[0].nodes = 0;
    assert_eq!(fixture.look(), Decision::Done(Vec::new()), "its node is a member");
    fixture.everywhere(LAST, |it| it.status = Status::Left);
    let alter = Action::Alter {
        keyspace: "system_auth".to_owned(),
        replication: BTreeMap::from([("dc1".to_owned(), 1)]),
        raises: false,
        asked: STAYS.to_owned(),
    };
    assert_eq!(fixture.act(), alter);
    fixture.ring.datacenters[1].racks[0].nodes = 1;
    assert_eq!(fixture.look(), Decision::Done(Vec::new()), "it is to get a node");
    fixture.ring.datacenters.remove(1);
    assert_eq!(fixture.act(), alter, "it is not in the topology any more");
    fixture.ring.version = "3.11.19".parse().expect("a version");
    fixture.everywhere(STAYS, |it| it.release = Some("3.11.19".to_owned()));
    fixture.state.memory.nodes.get_mut(STAYS).expect("it was seen").tables = Some("3.11".to_owned());
    assert_eq!(fixture.look(), Decision::Done(Vec::new()), "somebody may have written it before its nodes");
}
