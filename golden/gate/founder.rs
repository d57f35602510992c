//! The first pod of the start order: when it makes the ring, and everything that keeps it from making a second one.

use super::world::World;
use super::{FIRST, SECOND, SECOND_SEED, THIRD, THIRD_SEED, comma};

const CONTROL: &str = "$CASSC_ROOT/dns/kubernetes.default.svc.cluster.local";
const OWN_NAME: &str = "$CASSC_ROOT/dns/shop-dc1-r1-sts-0.shop-dc1-all-pods-service.cass.svc.cluster.local";

#[test]
fn a_founder_with_an_empty_volume_founds_after_looking_for_half_a_minute() {
    World::new(FIRST).exists(SECOND, "10.0.0.2").exists(THIRD, "10.0.0.3").check(|run| {
        run.started_with("10.0.0.1");
        run.said(&["checking whether a ring exists", "founding the ring"]);
        assert_eq!(run.pauses, ["10", "10", "10"]);
        run.remembered("founding\n");
        let options = run.result("jvm-server.options");
        assert!(options.ends_with("\n-Dcassandra.system_distributed_replication=dc1:3,dc\\u00202:2\n"), "{options}");
    });
}

#[test]
fn a_founder_that_lost_its_volume_joins_the_ring_that_lives() {
    World::new(FIRST).ready(THIRD, "10.0.0.3").check(|run| {
        run.started_with(&comma(&[SECOND_SEED, THIRD_SEED]));
        run.said(&["not founding: the ring exists"]);
        run.remembered("joining\n");
        assert!(!run.result("jvm-server.options").contains("system_distributed_replication"));
    });
}

#[test]
fn a_founder_that_lost_its_volume_waits_while_everything_is_down_once_founding_is_recorded() {
    for recorded in ["true", "true\n"] {
        World::new(FIRST).state("founded", recorded).check(|run| run.waits(&["the ring was founded before"]));
        World::new(FIRST).state("founded", recorded).with_data().check(|run| run.waits(&["founded before"]));
    }
}

#[test]
fn a_founder_that_lost_its_volume_waits_for_whoever_comes_back_before_founding_is_recorded() {
    // Nothing is recorded and nobody is ready; another pod comes back while this one still looks.
    for listening in ["10.0.0.3:8080", "10.0.0.3:7000", "10.0.0.3:7001"] {
        let world = World::new(FIRST).exists(SECOND, "10.0.0.2").exists(THIRD, "10.0.0.3");
        let back = format!("touch \"$CASSC_ROOT/open/{listening}\"");
        world.turn(3, &back).check(|run| run.waits(&["checking whether", "not founding, because shop-dc1-r3-sts-0"]));
    }
}

#[test]
fn a_founder_that_lost_its_volume_joins_when_the_others_are_back_before_founding_is_recorded() {
    let world = World::new(FIRST).exists(SECOND, "10.0.0.2").open("10.0.0.2:8080").listens(SECOND);
    world.turn(4, "echo 10.0.0.2 >\"$CASSC_ROOT/dns/shop-dc1-service.cass.svc.cluster.local\"").check(|run| {
        run.started_with(&comma(&[SECOND_SEED, THIRD_SEED]));
        run.said(&["not founding, because shop-dc1-r2-sts-0 has left its gate", "not founding: the ring exists"]);
    });
}

#[test]
fn a_founder_does_not_found_when_names_are_not_answered() {
    World::new(FIRST).without_names().check(|run| run.waits(&["the name service does not answer"]));
}

#[test]
fn a_founder_does_not_found_while_the_name_service_does_not_know_its_own_address() {
    World::new(FIRST).exists(FIRST, "10.0.0.77").check(|run| {
        run.waits(&["the name service does not give this pod its address (10.0.0.1) yet"]);
    });
    let world = World::new(FIRST).turn(1, &format!("rm \"{OWN_NAME}\""));
    world.turn(2, &format!("echo 10.0.0.1 >\"{OWN_NAME}\"")).check(|run| {
        run.started_with("10.0.0.1");
        run.slept(5);
    });
}

#[test]
fn a_founder_counts_anew_when_names_were_not_answered_in_between() {
    let world = World::new(FIRST).turn(3, &format!("rm \"{CONTROL}\""));
    world.turn(4, &format!("echo 10.96.0.1 >\"{CONTROL}\"")).check(|run| {
        run.started_with("10.0.0.1");
        run.slept(7);
    });
}

#[test]
fn a_founder_does_not_join_a_ring_that_only_old_answers_tell_of() {
    let gone = "rm \"$CASSC_ROOT/dns/shop-dc1-service.cass.svc.cluster.local\"";
    World::new(FIRST).ready_by_name_only(SECOND, "10.0.0.2").turn(2, gone).check(|run| {
        run.started_with("10.0.0.1");
        run.said(&["but nothing listens there", "checking whether a ring exists", "founding the ring"]);
    });
}

#[test]
fn a_founder_that_did_not_finish_founds_on() {
    World::new(FIRST).with_data().remembers("founding").check(|run| run.started_with("10.0.0.1"));
}

#[test]
fn a_founder_that_began_to_join_its_ring_never_founds_on_that_volume() {
    // Founding would make it its own seed, and it would skip the data that it was joining for.
    World::new(FIRST).with_data().remembers("joining").check(|run| run.waits(&["the ring was founded before"]));
    World::new(FIRST).remembers("joining").ready(SECOND, "10.0.0.2").check(|run| {
        run.started_with(&comma(&[SECOND_SEED, THIRD_SEED]));
    });
}

#[test]
fn a_founder_whose_data_was_deleted_under_its_marker_does_not_found() {
    World::new(FIRST).with_marker().check(|run| {
        run.waits(&["its data is gone", "the ring was founded before"]);
        run.has_no_file("var/lib/cassandra/.bootstrapped");
        run.remembered("joining\n");
    });
}

#[test]
fn a_founder_does_not_found_beside_a_ring_elsewhere() {
    World::new(FIRST).additional_seeds("192.0.2.7").open("192.0.2.7:7000").check(|run| {
        run.started_with(&comma(&[SECOND_SEED, THIRD_SEED, "192.0.2.7"]));
    });
}
