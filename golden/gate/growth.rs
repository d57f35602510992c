//! Pods that come to a ring that is there: second nodes, new racks, new datacenters, a start order that changes meanwhile.

use super::world::{World, order_line};
use super::{FIRST, FIRST_SEED, SECOND, SECOND_SEED, THIRD, THIRD_SEED, comma};

const ORDER: &str = "$CASSC_ROOT/etc/cassc/start-order/start-order";
const READY: &str = "$CASSC_ROOT/dns/shop-dc1-service.cass.svc.cluster.local";

/// The second pod of the first rack.
const FOURTH: &str = "shop-dc1-r1-sts-1";
/// The first pod of a fourth rack.
const NEW_RACK: &str = "shop-dc1-r4-sts-0";
const THREE_SEEDS: [&str; 3] = [FIRST_SEED, SECOND_SEED, THIRD_SEED];

#[test]
fn a_new_rack_waits_for_the_first_pods_of_the_others_only() {
    let order = [FIRST, SECOND, THIRD, NEW_RACK, FOURTH];
    World::new(NEW_RACK).order(&order).all_ready().check(|run| run.started_with(&comma(&THREE_SEEDS)));
    World::new(NEW_RACK).order(&order).ready(FIRST, "10.0.0.1").ready(SECOND, "10.0.0.2").check(|run| {
        run.waits(&["waiting for shop-dc1-r3-sts-0", "this one is number 4"]);
    });
}

#[test]
fn a_start_order_that_grows_meanwhile_is_looked_at_from_its_beginning() {
    // A rack is put in before the pod that waits; it is not passed over though three pods had been seen ready.
    let longer: String = [FIRST, SECOND, THIRD, NEW_RACK, FOURTH].map(|pod| order_line(pod) + "\n").concat();
    let world = World::new(FOURTH).order(&[FIRST, SECOND, THIRD, FOURTH]).ready(FIRST, "10.0.0.1");
    let world = world.ready(SECOND, "10.0.0.2").exists(THIRD, "10.0.0.3").exists(NEW_RACK, "10.0.0.4").listens(THIRD);
    let turn = format!("printf '%s' '{longer}' >\"{ORDER}\"; echo 10.0.0.3 >>\"{READY}\"");
    world.turn(2, &turn).check(|run| run.waits(&["waiting for shop-dc1-r3-sts-0", "waiting for shop-dc1-r4-sts-0"]));
}

#[test]
fn a_stale_start_order_starts_nobody_who_is_not_in_it() {
    World::new(NEW_RACK)
        .order(&[FIRST, SECOND, THIRD])
        .all_ready()
        .check(|run| run.waits(&["is not in the start order"]));
    // One that is longer than the ring of today: pods that were scaled away are not ready, and are waited for.
    World::new(FOURTH).order(&[FIRST, SECOND, NEW_RACK, FOURTH]).all_ready().check(|run| {
        run.waits(&["waiting for shop-dc1-r4-sts-0, which has no address yet"]);
    });
}

#[test]
fn a_new_datacenter_of_this_kubernetes_cluster_waits_for_the_pods_of_the_older_ones() {
    let pod = "shop-dc2-r1-sts-0";
    let all_pods = "shop-dc2-all-pods-service.cass.svc.cluster.local";
    let line = format!("echo '{pod} {all_pods} shop-dc2-service.cass.svc.cluster.local' >>\"{ORDER}\"");
    let world = World::new(pod).pod_ip("10.0.2.1").turn(1, &line);
    world.ready(FIRST, "10.0.0.1").ready(SECOND, "10.0.0.2").exists(THIRD, "10.0.0.3").check(|run| {
        run.waits(&["is not in the start order", "waiting for shop-dc1-r3-sts-0", "this one is number 4"]);
    });
    World::new(pod).pod_ip("10.0.2.1").turn(1, &line).all_ready().check(|run| run.started_with(&comma(&THREE_SEEDS)));
}

#[test]
fn a_newcomer_does_not_start_on_an_old_answer_of_the_name_service() {
    let world = World::new(SECOND).ready_by_name_only(FIRST, "10.0.0.1");
    world.check(|run| run.waits(&["is ready, but nothing listens there on port 7000 or 7001"]));
}

#[test]
fn nothing_needs_the_state_to_be_there() {
    // No ConfigMap of that name: its folder is empty. No mount at all: the folder is missing.
    for world in [World::new(SECOND), World::new(SECOND).with_file("etc/cassc/state/..data/none")] {
        world.ready(FIRST, "10.0.0.1").check(|run| run.started_with(&comma(&[FIRST_SEED, THIRD_SEED])));
    }
    World::new(SECOND).with_data().with_marker().check(|run| run.slept(0));
}

#[test]
fn a_lost_volume_that_nobody_recorded_joins_anew_without_itself() {
    World::new(SECOND).all_ready().check(|run| {
        run.started_with(&comma(&[FIRST_SEED, THIRD_SEED]));
        run.remembered("joining\n");
    });
}

#[test]
fn a_hundred_pods_that_wait_cost_two_questions_a_round_and_look_less_often_the_further_back_they_are() {
    let pods: Vec<String> = (0..100).map(|number| format!("shop-dc1-r{}-sts-{}", number % 3 + 1, number / 3)).collect();
    let pods: Vec<&str> = pods.iter().map(String::as_str).collect();
    let mut world = World::new(pods[99]).pod_ip("10.0.9.9").order(&pods);
    for (number, pod) in pods.iter().enumerate().take(90) {
        world = world.ready(pod, &format!("10.0.1.{number}"));
    }
    world.exists(pods[90], "10.0.1.90").check(|run| {
        run.waits(&["waiting for shop-dc1-r1-sts-30", "this one is number 100"]);
        let rounds = run.pauses.len();
        assert_eq!(run.pauses, vec!["27"; rounds]);
        // The first round asks for ninety-one pods; every round for the service, the pod that is waited for, and once
        // more for that pod, to say whether it is there.
        assert_eq!(run.queries.len(), 90 + 3 * rounds, "{:?}", run.queries);
        assert_eq!(run.connections, Vec::<String>::new());
    });
}
