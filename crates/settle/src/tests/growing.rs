//! Nodes join.

use super::fixture::Fixture;
use crate::action::{Action, Decision, ScaleReason};
use crate::cluster::{JobStatus, NodeJob};
use crate::observed::Status;
use crate::state::Running;

const SETS: [&str; 2] = ["shop-dc1-r1-sts", "shop-dc1-r2-sts"];

#[test]
fn one_node_after_the_other_joins_and_the_older_ones_clean_up() {
    let mut fixture = Fixture::of(&[&[1, 1]]);
    for rack in &mut fixture.ring.datacenters[0].racks {
        rack.nodes = 2;
    }
    for (set, cleaned) in [(SETS[0], 2), (SETS[1], 3)] {
        let grow = Action::Scale { set: set.to_owned(), from: 1, to: 2, why: ScaleReason::Joins };
        assert_eq!(fixture.act(), grow);
        fixture.set(set).replicas = 2;
        fixture.start(set, 1);
        let pod = format!("{set}-1");
        fixture.everywhere(&pod, |it| it.status = Status::Joining);
        fixture.pod(&pod).is_ready = false;
        assert!(fixture.codes(false).contains(&"Joining"));
        fixture.everywhere(&pod, |it| it.status = Status::Normal);
        fixture.pod(&pod).is_ready = true;
        let _ = fixture.look();
        assert_eq!(fixture.state.memory.needs_cleanup.len(), cleaned);
    }
    for keyspace in ["system_auth", "system_distributed", "system_traces"] {
        fixture.keyspace(keyspace, &[("dc1", 3)]);
    }
    let Action::Start { pod, job, .. } = fixture.act() else { unreachable!("cleanup comes") };
    assert_eq!((pod.as_str(), job), ("shop-dc1-r1-sts-0", NodeJob::CLEANUP));
}

/// As two Jobs that began in the same second showed: each found the ring at rest, and two nodes joined at once.
#[test]
fn nodes_of_another_kubernetes_cluster_that_stand_before_join_first() {
    let mut fixture = Fixture::of(&[&[1], &[1]]);
    fixture.ring.datacenters[0].kube_cluster = Some("east".to_owned());
    for datacenter in &mut fixture.ring.datacenters {
        datacenter.racks[0].nodes = 2;
    }
    assert_eq!(fixture.codes(false), ["OtherDatacenterFirst"]);
    fixture.start("shop-dc1-r1-sts", 1);
    fixture.everywhere("shop-dc1-r1-sts-1", |it| it.status = Status::Joining);
    assert!(fixture.codes(false).contains(&"RingChanges"));
    fixture.everywhere("shop-dc1-r1-sts-1", |it| it.status = Status::Normal);
    let grow = Action::Scale { set: "shop-dc2-r1-sts".to_owned(), from: 1, to: 2, why: ScaleReason::Joins };
    assert_eq!(fixture.act(), grow);
}

#[test]
fn a_first_install_cleans_nothing_up() {
    let mut fixture = Fixture::of(&[&[2, 1]]);
    assert!(fixture.state.memory.initialized && fixture.state.founded);
    assert!(fixture.state.memory.needs_cleanup.is_empty());
    assert_eq!(fixture.look(), Decision::Done(Vec::new()));
}

#[test]
fn nothing_joins_while_a_node_is_down_or_stateful_sets_are_not_applied() {
    let mut fixture = Fixture::of(&[&[1, 1]]);
    fixture.ring.datacenters[0].racks[0].nodes = 2;
    fixture.down("shop-dc1-r2-sts-0");
    assert!(fixture.codes(false).contains(&"RingNotWhole"));

    let mut fixture = Fixture::of(&[&[1, 1]]);
    fixture.ring.datacenters[0].racks[0].nodes = 2;
    fixture.set(SETS[1]).template = Some("older".to_owned());
    assert!(fixture.codes(false).contains(&"NotApplied"));
}

#[test]
fn a_new_datacenter_waits_for_its_keyspaces_and_copies_from_another() {
    let mut fixture = Fixture::of(&[&[1], &[0]]);
    fixture.ring.datacenters[1].racks[0].nodes = 1;
    fixture.keyspace("shop", &[("dc1", 1)]);
    let set = "shop-dc2-r1-sts";
    assert!(matches!(fixture.act(), Action::Scale { to: 1, .. }));
    fixture.set(set).replicas = 1;
    fixture.start(set, 0);
    for keyspace in ["system_auth", "system_distributed", "system_traces"] {
        fixture.keyspace(keyspace, &[("dc1", 1), ("dc2", 1)]);
    }
    assert!(fixture.codes(false).contains(&"NotReplicated"));
    fixture.keyspace("shop", &[("dc1", 1), ("dc2", 1)]);
    let source = "dc1".to_owned();
    assert!(matches!(fixture.act(), Action::Start { job, .. } if job == NodeJob::Rebuild { source }));
    assert!(fixture.state.memory.needs_cleanup.is_empty());
}

#[test]
fn a_job_that_is_lost_is_started_three_times_and_then_named() {
    let mut fixture = Fixture::of(&[&[1, 1]]);
    let pod = "shop-dc1-r1-sts-0".to_owned();
    fixture.state.memory.needs_cleanup.insert(pod.clone());
    for _ in 0..3 {
        let Action::Start { job, host_id, .. } = fixture.act() else { unreachable!("cleanup comes") };
        let running = Running::new(job, &host_id, &format!("uid-{pod}"), fixture.seen.now);
        let running = Running { id: Some("job".to_owned()), ..running };
        fixture.state.memory.jobs.insert(pod.clone(), running);
        fixture.seen.jobs.insert(pod.clone(), Ok(JobStatus::Lost));
    }
    assert_eq!(fixture.codes(true), ["StepFailed"]);
}
