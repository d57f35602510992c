//! The scripts that run in the pods, run here: in each situation the real `gate.sh` is started under dash and busybox sh
//! with stand-ins for name service, network and time, and what it wrote and said is compared.

mod founder;
mod growth;
mod left;
mod probes;
mod stand_ins;
pub(crate) mod world;

use std::collections::BTreeSet;

use cassc_ring::state::Key;
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
fn the_second_node_waits_for_the_first_and_then_joins_without_itself() {
    let world = World::new(SECOND).exists(FIRST, "10.0.0.1").listens(FIRST);
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
        let rounds = run.pauses.len();
        assert!(run.queries.len() <= 3 * rounds + 2, "{:?}", run.queries);
        assert_eq!(run.connections, Vec::<String>::new());
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
fn data_is_looked_for_where_the_topology_keeps_it() {
    let member = || World::new(SECOND).without_names().with_marker();
    let ours = "data_file_directories:\n- /var/lib/cassandra/data\n";
    let disks = "data_file_directories:\n- /disk one\n- \"/disk2\"\n";
    for folder in ["disk one", "disk2"] {
        let world = member().configured(ours, disks).with_file(&format!("{folder}/system/local-7ad5/nb-1-big-Data.db"));
        world.check(|run| run.slept(0));
    }
    let local = format!("{ours}local_system_data_file_directory: /disk3\n");
    let world = member().configured(ours, &local).with_file("disk3/system/local-7ad5/nb-1-big-Data.db");
    world.check(|run| run.slept(0));
    member().configured(ours, disks).with_data().check(|run| run.waits(&["its data is gone"]));
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
fn a_lost_volume_is_not_replaced_by_one_more_node() {
    for pod in [FIRST, SECOND] {
        let world = World::new(pod).all_ready().state(&format!("host-id.{pod}"), "6c1a-42");
        world.check(|run| run.waits(&["volume lost", "host id 6c1a-42", "kubectl -n cass patch configmap shop-state"]));
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
fn a_member_starts_at_once_when_the_founders_rack_is_gone_for_good() {
    let world = World::new(SECOND).order(&[SECOND, THIRD]).with_data().with_marker();
    world.check(|run| {
        run.started_with(&comma(&[FIRST_SEED, "10.0.0.2", THIRD_SEED]));
        run.slept(0);
    });
}

#[test]
fn a_node_without_the_images_list_of_places_asks_nobody_else() {
    let topology = || World::new(FIRST).with_data().with_marker();
    topology().with_file("etc/cassandra/cassandra-topology.properties").twice().check(|run| {
        assert_eq!(run.result("cassandra-topology.properties"), "# Emptied by the gate.\n");
    });
    topology().check(|run| run.has_no_file("config/cassandra-topology.properties"));
}

#[test]
fn a_curl_that_cannot_wait_for_a_greeting_asks_otherwise() {
    World::new(SECOND).without_ftp().ready(FIRST, "10.0.0.1").check(|run| {
        run.started_with(&comma(&[FIRST_SEED, THIRD_SEED]));
        run.said(&["the curl of this image does not support FTP", "joining the ring"]);
    });
    World::new(SECOND).without_ftp().exists(FIRST, "10.0.0.1").ready_by_name_only(FIRST, "10.0.0.1").check(|run| {
        run.waits(&["the curl of this image does not support FTP", "but nothing listens there"]);
    });
}

#[test]
fn a_tool_that_the_image_lacks_is_named() {
    World::new(SECOND).without_tools().check(|run| {
        assert_eq!(run.status, Some(1), "{}", run.stderr);
        run.said(&["this image has no getent, which the gate needs"]);
    });
}

#[test]
fn a_volume_that_cannot_be_written_is_named() {
    World::new(FIRST).volume_is_a_file().check(|run| {
        assert_eq!(run.status, Some(1), "{}", run.stderr);
        run.said(&["the data volume cannot be written to"]);
    });
}

/// The gate reads the state ConfigMap by the keys of [`Key`], and by no others: the program in the cluster writes them.
#[test]
fn the_gate_reads_the_keys_that_the_ring_names() {
    let scripts = concat!(env!("CARGO_MANIFEST_DIR"), "/templates/scripts");
    let files = walkdir::WalkDir::new(scripts).into_iter().map(|entry| entry.expect("the scripts are readable"));
    let texts = files
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| std::fs::read_to_string(entry.path()).expect("scripts are text"));
    let mut read = BTreeSet::new();
    for text in texts {
        let calls = text.split("$(known ").skip(1).filter_map(|rest| rest.split(')').next());
        read.extend(calls.map(|key| key.trim_matches('"').replace("$POD_NAME", "POD").replace("$1", "POD")));
    }
    assert_eq!(read, Key::OF_GATE.map(|key| key.of("POD")).into());
}
