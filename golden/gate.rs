//! The scripts that run in the pods, run here: in each situation the real `gate.sh` is started under dash and busybox sh
//! with stand-ins for name service, network and time, and what it wrote and said is compared.

mod probes;
mod world;

use world::World;

/// The start order of these tests: three racks with one pod each.
const FIRST: &str = "shop-dc1-r1-sts-0";
const SECOND: &str = "shop-dc1-r2-sts-0";
const THIRD: &str = "shop-dc1-r3-sts-0";

const FIRST_SEED: &str = "shop-dc1-r1-sts-0.shop-dc1-all-pods-service.cass.svc.cluster.local";
const SECOND_SEED: &str = "shop-dc1-r2-sts-0.shop-dc1-all-pods-service.cass.svc.cluster.local";
const THIRD_SEED: &str = "shop-dc1-r3-sts-0.shop-dc1-all-pods-service.cass.svc.cluster.local";

fn comma(seeds: &[&str]) -> String {
    seeds.join(",")
}

#[test]
fn a_founder_with_an_empty_volume_founds_after_looking_three_times() {
    World::new(FIRST).exists(SECOND, "10.0.0.2").exists(THIRD, "10.0.0.3").check(|run| {
        run.started_with("10.0.0.1");
        run.said(&["looking whether a ring exists", "founding the ring"]);
        run.slept(2);
        run.has_file("var/lib/cassandra/.joining");
        let options = run.result("jvm-server.options");
        assert!(options.ends_with("\n-Dcassandra.system_distributed_replication=dc1:3,dc\\u00202:2\n"), "{options}");
    });
}

#[test]
fn a_founder_that_lost_its_volume_joins_the_ring_that_lives() {
    World::new(FIRST).ready(THIRD, "10.0.0.3").check(|run| {
        run.started_with(&comma(&[SECOND_SEED, THIRD_SEED]));
        run.said(&["not founding: the ring exists"]);
        assert!(!run.result("jvm-server.options").contains("system_distributed_replication"));
    });
}

#[test]
fn a_founder_does_not_found_while_a_seed_runs_that_is_not_ready_yet() {
    World::new(FIRST).exists(SECOND, "10.0.0.2").open(&format!("{SECOND_SEED}:7000")).check(|run| {
        run.waits(&["not founding, because Cassandra runs on shop-dc1-r2-sts-0"]);
    });
}

#[test]
fn a_founder_does_not_found_when_names_are_not_answered() {
    World::new(FIRST).without_names().check(|run| run.waits(&["the name service does not answer"]));
}

#[test]
fn a_founder_counts_anew_when_names_were_not_answered_in_between() {
    let control = "10.96.0.1";
    let world = World::new(FIRST).turn(2, "rm \"$CASSC_ROOT/dns/kubernetes.default.svc.cluster.local\"");
    let back = format!("echo {control} >\"$CASSC_ROOT/dns/kubernetes.default.svc.cluster.local\"");
    world.turn(3, &back).check(|run| {
        run.started_with("10.0.0.1");
        run.slept(5);
    });
}

#[test]
fn nobody_founds_twice() {
    World::new(FIRST).state("founded", "true\n").check(|run| run.waits(&["the ring was founded before"]));
    World::new(FIRST).state("founded", "true").with_data().check(|run| run.waits(&["the ring was founded before"]));
}

#[test]
fn a_founder_that_did_not_finish_founds_on() {
    World::new(FIRST).with_data().with_file("var/lib/cassandra/.joining").check(|run| run.started_with("10.0.0.1"));
}

#[test]
fn the_second_node_waits_for_the_first_and_then_joins_without_itself() {
    let world = World::new(SECOND).exists(FIRST, "10.0.0.1");
    world.turn(2, "echo 10.0.0.1 >\"$CASSC_ROOT/dns/shop-dc1-service.cass.svc.cluster.local\"").check(|run| {
        run.started_with(&comma(&[FIRST_SEED, THIRD_SEED]));
        run.said(&["waiting for shop-dc1-r1-sts-0 to be ready", "this one is number 2", "joining the ring"]);
        run.slept(2);
    });
}

#[test]
fn a_pod_says_once_whom_it_waits_for_and_why() {
    let world = World::new(THIRD)
        .ready(FIRST, "10.0.0.1")
        .exists(SECOND, "10.0.0.2")
        .turn(3, "rm \"$CASSC_ROOT/dns/shop-dc1-r2-sts-0.shop-dc1-all-pods-service.cass.svc.cluster.local\"");
    world.check(|run| {
        run.waits(&["waiting for shop-dc1-r2-sts-0 to be ready", "shop-dc1-r2-sts-0, which has no address yet"]);
        assert_eq!(run.stderr.lines().count(), 2, "{}", run.stderr);
    });
}

#[test]
fn a_pod_that_waits_asks_for_one_pod_and_one_service_a_round() {
    World::new(THIRD).ready(FIRST, "10.0.0.1").exists(SECOND, "10.0.0.2").check(|run| {
        run.waits(&["waiting for shop-dc1-r2-sts-0"]);
        assert!(run.queries.len() <= 3 * 6 + 2, "{:?}", run.queries);
    });
}

#[test]
fn a_pod_that_was_ready_and_is_not_any_more_is_waited_for_again() {
    let world = World::new(THIRD).ready(FIRST, "10.0.0.1").exists(SECOND, "10.0.0.2");
    world.turn(2, "echo 10.0.0.2 >\"$CASSC_ROOT/dns/shop-dc1-service.cass.svc.cluster.local\"").check(|run| {
        run.waits(&["waiting for shop-dc1-r2-sts-0", "waiting for shop-dc1-r1-sts-0"]);
    });
}

#[test]
fn a_seed_that_began_to_join_joins_without_itself() {
    World::new(SECOND).ready(FIRST, "10.0.0.1").with_data().check(|run| {
        run.started_with(&comma(&[FIRST_SEED, THIRD_SEED]));
    });
}

#[test]
fn a_newcomer_leaves_out_every_name_that_stands_for_its_own_address() {
    let world = World::new(SECOND).all_ready().exists(THIRD, "10.0.0.2").ready(FIRST, "10.0.0.1");
    world.additional_seeds("10.0.0.2\nalias.example.org").named("alias.example.org", "10.0.0.2").check(|run| {
        run.started_with(FIRST_SEED);
    });
}

#[test]
fn a_member_starts_at_once_when_everything_is_down() {
    World::new(SECOND).without_names().with_data().with_marker().check(|run| {
        run.started_with(&comma(&[FIRST_SEED, "10.0.0.2", THIRD_SEED]));
        run.slept(0);
        run.has_no_file("var/lib/cassandra/.joining");
    });
}

#[test]
fn a_member_that_is_no_seed_and_no_longer_in_the_order_has_itself_on_its_list() {
    World::new("shop-dc1-r1-sts-7").without_names().with_data().with_marker().check(|run| {
        run.started_with(&comma(&[FIRST_SEED, SECOND_SEED, THIRD_SEED, "10.0.0.8"]));
    });
}

#[test]
fn an_adopted_member_needs_no_marker_but_its_data() {
    let vouched = || World::new(SECOND).state(&format!("bootstrapped.{SECOND}"), "true");
    vouched().with_data().check(|run| run.started_with(&comma(&[FIRST_SEED, "10.0.0.2", THIRD_SEED])));
    vouched().exists(FIRST, "10.0.0.1").check(|run| run.waits(&["waiting for shop-dc1-r1-sts-0"]));
    vouched().with_data().with_file("var/lib/cassandra/.joining").exists(FIRST, "10.0.0.1").check(|run| {
        run.waits(&["waiting for shop-dc1-r1-sts-0"]);
    });
}

#[test]
fn a_marker_without_data_is_no_marker() {
    World::new(SECOND).with_marker().ready(FIRST, "10.0.0.1").check(|run| {
        run.started_with(&comma(&[FIRST_SEED, THIRD_SEED]));
        run.said(&["its data is gone"]);
        run.has_no_file("var/lib/cassandra/.bootstrapped");
    });
}

#[test]
fn a_pod_that_is_not_in_the_order_waits_until_it_is() {
    World::new("shop-dc1-r1-sts-7").ready(FIRST, "10.0.0.1").check(|run| run.waits(&["is not in the start order"]));
    let line =
        "shop-dc1-r1-sts-7 shop-dc1-all-pods-service.cass.svc.cluster.local shop-dc1-service.cass.svc.cluster.local";
    let world = World::new("shop-dc1-r1-sts-7").all_ready();
    world.turn(2, &format!("echo {line} >>\"$CASSC_ROOT/etc/cassc/start-order/start-order\"")).check(|run| {
        run.started_with(&comma(&[FIRST_SEED, SECOND_SEED, THIRD_SEED]));
        run.slept(2);
    });
}

#[test]
fn the_first_pod_of_another_kubernetes_cluster_waits_for_an_additional_seed() {
    let world = World::new(FIRST).founder("no").additional_seeds("192.0.2.7\nseed.example.org\n");
    world.turn(2, "touch \"$CASSC_ROOT/open/seed.example.org:7000\"").check(|run| {
        run.started_with(&comma(&[SECOND_SEED, THIRD_SEED, "192.0.2.7", "seed.example.org"]));
        run.said(&["waiting for an additional seed", "192.0.2.7 seed.example.org", "seed.example.org answers"]);
        run.slept(2);
    });
}

#[test]
fn an_additional_seed_may_listen_for_encrypted_nodes_only() {
    let world = World::new(FIRST).founder("no").additional_seeds("fd00::7");
    world.open("[fd00::7]:7001").check(|run| run.started_with(&comma(&[SECOND_SEED, THIRD_SEED, "fd00::7"])));
}

#[test]
fn a_cluster_that_never_founds_waits_for_a_pod_that_is_ready() {
    World::new(FIRST).founder("no").exists(SECOND, "10.0.0.2").check(|run| run.waits(&["founding: never"]));
    World::new(FIRST).founder("no").ready(SECOND, "10.0.0.2").check(|run| {
        run.started_with(&comma(&[SECOND_SEED, THIRD_SEED]));
    });
}

#[test]
fn a_founder_does_not_found_beside_a_ring_elsewhere() {
    World::new(FIRST).additional_seeds("192.0.2.7").open("192.0.2.7:7000").check(|run| {
        run.started_with(&comma(&[SECOND_SEED, THIRD_SEED, "192.0.2.7"]));
    });
}

#[test]
fn a_lost_volume_is_not_replaced_by_one_more_node() {
    for pod in [FIRST, SECOND] {
        let world = World::new(pod).all_ready().state(&format!("host-id.{pod}"), "6c1a-42");
        world.check(|run| run.waits(&["volume lost", "host id 6c1a-42", "replaceNode"]));
    }
}

#[test]
fn a_replacement_names_the_address_that_it_takes_over() {
    let replaced = || {
        World::new(SECOND).state(&format!("host-id.{SECOND}"), "6c1a").state(&format!("replace.{SECOND}"), "10.0.0.9")
    };
    replaced().ready(THIRD, "10.0.0.3").check(|run| {
        run.started_with(&comma(&[FIRST_SEED, THIRD_SEED]));
        let options = run.result("jvm-server.options");
        assert!(options.ends_with("\n-Dcassandra.replace_address_first_boot=10.0.0.9\n"), "{options}");
    });
    replaced().exists(THIRD, "10.0.0.3").check(|run| run.waits(&["waiting to replace the node at 10.0.0.9"]));
    replaced()
        .ready(THIRD, "10.0.0.3")
        .state(&format!("replace.{FIRST}"), "10.0.0.8")
        .exists(FIRST, "10.0.0.1")
        .check(|run| run.waits(&["waiting for shop-dc1-r1-sts-0, which is being replaced before this one"]));
}

#[test]
fn a_member_that_replaced_another_is_an_ordinary_member() {
    let world = World::new(SECOND).state(&format!("replace.{SECOND}"), "10.0.0.9").with_data().with_marker();
    world.check(|run| assert!(!run.result("jvm-server.options").contains("replace_address")));
}

#[test]
fn addresses_of_version_6_are_written_as_cassandra_reads_them() {
    let world = World::new(SECOND).pod_ip("fd00::2").ready(FIRST, "fd00::1").with_data().with_marker();
    world.check(|run| {
        run.started_with(&comma(&[FIRST_SEED, "fd00::2", THIRD_SEED]));
        run.has_line("cassandra.yaml", "listen_address: fd00::2", "listen_address: \"fd00::2\"");
        run.has_line("cassandra.yaml", "rpc_address: \"::\"", "rpc_address: \"::\"");
        run.has_line("jvm-server.options", "-Djava.net.preferIPv4Stack=false", "");
        run.has_line("jvm-server.options", "-Djava.net.preferIPv6Addresses=true", "");
    });
    World::new(SECOND).pod_ip("fd00::2").ready(FIRST, "fd00::1").check(|run| {
        run.started_with(&comma(&[FIRST_SEED, THIRD_SEED]));
    });
}

#[test]
fn the_result_is_the_images_configuration_with_ours_over_it() {
    World::new(FIRST).rack(r"a/b & c|d\e").with_data().with_marker().twice().check(|run| {
        assert_eq!(run.result("cassandra-env.sh"), "# of the image\n");
        assert_eq!(run.result("triggers/README.txt"), "of the image\n");
        run.has_line("cassandra-rackdc.properties", "dc=dc1", "");
        run.has_line("cassandra-rackdc.properties", r"rack=a/b & c|d\\e", "");
        run.has_line("cassandra.yaml", "listen_address: \"10.0.0.1\"", "listen_address: 10.0.0.1");
        run.has_line("cassandra.yaml", "broadcast_rpc_address: \"192.0.2.1\"", "broadcast_rpc_address: 192.0.2.1");
        run.has_line("jvm-server.options", "-Djava.net.preferIPv4Stack=true", "");
        run.has_no_file("config/gate.sh");
        run.has_no_file("config/left-over");
        for (name, text) in run.results() {
            let placeholder =
                text.split('@').skip(1).step_by(2).find(|word| {
                    !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
                });
            assert_eq!(placeholder, None, "{name}");
        }
    });
}

#[test]
fn a_volume_that_cannot_be_written_is_named() {
    World::new(FIRST).volume_is_a_file().check(|run| {
        assert_eq!(run.status, Some(1), "{}", run.stderr);
        run.said(&["the data volume cannot be written to"]);
    });
}
