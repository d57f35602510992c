//! What Cassandra refuses by itself, in its words.

use super::*;

#[test]
fn a_decommission_needs_nodes_for_every_replica() {
    let mut world = World::new(3, 1);
    let text = world.failed("c0", &NodeJob::Decommission { force: false });
    assert_eq!(
        text,
        "Not enough live nodes to maintain replication factor in keyspace system_auth (RF = 3, N = 3). Perform a forceful \
         decommission to ignore."
    );
    let mut alone = World::with(Behaviour::default(), 1, 1, 1);
    let text = alone.failed("a0", &NodeJob::Decommission { force: true });
    assert_eq!(text, "no other normal nodes in the ring; decommission would be pointless");
}

#[test]
fn a_second_decommission_waits_and_fails() {
    let mut world = World::new(4, 1);
    let process = world.process("a1");
    let job = NodeJob::Decommission { force: false };
    let ids = [0, 1].map(|_| world.ring.start_job(process, &job).expect("the node answers"));
    world.passes(20);
    assert_eq!(world.status("a0", "a1"), Some((Status::Leaving, true)));
    assert!(world.ring.is_ready(process), "a leaving node is ready");
    assert!(world.until(|ring| ring.job(process, &ids[0]) == Ok(JobStatus::Completed)));
    world.passes(5);
    let text = "local node is not a member of the token ring yet".to_owned();
    assert_eq!(world.ring.job(process, &ids[1]), Ok(JobStatus::Failed(text)));
    assert_eq!(world.status("a0", "a1").map(|(status, _)| status), Some(Status::Left));
    world.ring.crash(process);
    world.passes(120);
    assert!(world.ring.last_lines(process).starts_with("This node was decommissioned and will not rejoin the ring"));
}

#[test]
fn two_bootstraps_at_once_are_refused() {
    let mut world = World::new(3, 1);
    let first = world.starts_again("a1");
    assert!(world.until(|ring| ring.phase(first) == Phase::Joining));
    world.passes(5);
    let second = world.starts_again("b1");
    world.passes(26);
    assert_eq!(world.ring.phase(second), Phase::Exited);
    assert!(world.ring.last_lines(second).starts_with("Other bootstrapping/leaving/moving nodes detected"));
    assert!(world.until(|ring| ring.phase(second) == Phase::Serving), "it is started again until the first has joined");
    world.is_well();
}

#[test]
fn a_bootstrap_needs_who_loses_the_range() {
    let mut world = World::new(3, 1);
    world.kills("b0");
    world.passes(30);
    let process = world.starts_again("b1");
    assert!(world.until(|ring| ring.phase(process) == Phase::Exited));
    assert!(world.ring.last_lines(process).starts_with("A node required to move the data consistently is down"));
}

#[test]
fn an_address_of_another_node_is_refused() {
    let mut world = World::new(3, 1);
    let taken = world.pods["b0"].address.clone();
    world.kills("b0");
    world.kills("c0");
    let start = Start { address: taken.clone(), ..world.gate("c0") };
    let process = world.starts(Start { seeds: vec![taken], ..start });
    assert!(world.until(|ring| ring.phase(process) == Phase::Exited));
    assert!(world.ring.last_lines(process).contains("already exists, cancelling join"));
}

#[test]
fn one_process_has_a_volume() {
    let mut world = World::new(3, 1);
    let start = world.gate("a0");
    let second = world.ring.start(start);
    assert!(!world.ring.is_running(second));
    assert_eq!(world.broken(), [Rule::P12]);
}

#[test]
fn a_replacement_needs_a_dead_node() {
    let mut world = World::new(3, 1);
    let alive = world.pods["b0"].address.clone();
    for (target, text) in [(alive, "Cannot replace a live node"), ("10.9.9.9".to_owned(), "doesn't exist in gossip")] {
        let start = Start { replace: Some(target), ..world.gate("b1") };
        let process = world.starts(start);
        assert!(world.until(|ring| ring.phase(process) == Phase::Exited));
        assert!(world.ring.last_lines(process).contains(text));
        world.kills("b1");
    }
}

#[test]
fn versions_go_one_way() {
    let mut world = World::new(3, 1);
    let outcome = |world: &World, version: &str| {
        let mut world = world.clone();
        world.kills("a0");
        let start = Start { release: release(version), ..world.gate("a0") };
        let process = world.starts(start);
        world.passes(26);
        world.ring.phase(process)
    };
    assert_eq!(outcome(&world, "4.0.12"), Phase::Exited);
    assert_eq!(outcome(&world, "4.1.10"), Phase::Serving);
    assert_eq!(outcome(&world, "5.0.4"), Phase::Serving);
    world.kills("a0");
    let start = Start { release: release("5.0.4"), ..world.gate("a0") };
    world.starts(start);
    world.passes(60);
    let tables = |world: &World| world.ring.volume(world.volume("a0")).tables.map(cassc_ring::release::Minor::name);
    assert_eq!(tables(&world), Some("4.1"));
    let schemas = |world: &World| {
        let seen = world.ring.endpoints(world.process("b0")).expect("the node answers");
        seen.into_iter().map(|it| it.schema).collect::<std::collections::BTreeSet<_>>().len()
    };
    assert_eq!(schemas(&world), 2, "mixed versions never agree on the schema");
    assert_eq!(world.does("a0", &NodeJob::UPGRADE_TABLES), JobStatus::Completed);
    assert_eq!(tables(&world), Some("5.0"));
}

#[test]
fn an_alter_is_refused_as_its_release_does() {
    let mut world = World::new(3, 1);
    let process = world.process("a0");
    let alter = |world: &mut World, keyspace: &str, to: &[(&str, u32)]| {
        world.ring.alter(process, keyspace, &replication(to)).is_ok()
    };
    assert!(!alter(&mut world, SHOP, &[("dc1", 3), ("dc9", 1)]));
    assert!(!alter(&mut world, SHOP, &[("dc1", 0)]));
    assert!(!alter(&mut world, "nope", &[("dc1", 1)]));
    assert!(!alter(&mut world, "system_auth", &[]));
    assert!(alter(&mut world, SHOP, &[("dc1", 7)]), "more replicas than nodes are accepted");
    let known =
        |world: &World, name: &str| world.ring.keyspaces(world.process(name)).expect("the node answers")[SHOP]["dc1"];
    assert_eq!((known(&world, "a0"), known(&world, "b0")), (7, 3), "it returns before others know");
    world.passes(10);
    assert_eq!(known(&world, "b0"), 7);
}

#[test]
fn roles_need_a_quorum_of_their_replicas() {
    let mut world = World::new(3, 1);
    let process = world.process("a0");
    let role = |name: &str| cassc_settle::cluster::Role { name: name.to_owned(), superuser: true, login: true };
    assert_eq!(world.ring.put_role(process, &role("admin")), Ok(()));
    let names = |world: &mut World| {
        let roles = world.ring.roles(process);
        roles.map(|roles| roles.into_iter().map(|role| role.name).collect::<Vec<_>>()).ok()
    };
    assert_eq!(names(&mut world), Some(vec!["cassandra".to_owned(), "admin".to_owned()]));
    world.kills("b0");
    assert_eq!(names(&mut world), Some(vec!["cassandra".to_owned(), "admin".to_owned()]));
    world.kills("c0");
    assert_eq!(names(&mut world), None);
    assert!(world.ring.put_role(process, &role("other")).is_err());
}

#[test]
fn one_node_of_three_makes_no_role() {
    let mut world = World::with(Behaviour::default(), 1, 1, 1);
    let role = cassc_settle::cluster::Role { name: "admin".to_owned(), superuser: true, login: true };
    let text = "Failed to execute method NodeOps.createRole".to_owned();
    let refused = cassc_settle::cluster::Failure::Refused { status: 500, text };
    assert_eq!(world.ring.put_role(world.process("a0"), &role), Err(refused));
    world.joins("b0");
    assert_eq!(world.ring.put_role(world.process("a0"), &role), Ok(()));
    world.joins("c0");
    world.is_well();
}

#[test]
fn a_full_volume_ends_its_node_until_it_is_expanded() {
    let mut world = World::new(3, 1);
    let (process, volume) = (world.process("a0"), world.volume("a0"));
    world.ring.fill(volume, 1 << 40);
    assert_eq!(world.ring.phase(process), Phase::Exited);
    world.passes(120);
    assert!(world.ring.phase(process) != Phase::Serving && world.ring.last_lines(process).starts_with("No space"));
    world.ring.expand(volume, 1 << 42);
    world.passes(120);
    assert_eq!(world.ring.phase(process), Phase::Serving);
}

#[test]
fn answers_can_be_distorted() {
    let world = World::new(3, 1);
    let whole = world.ring.endpoints(world.process("a0")).expect("the node answers");
    for distortion in DISTORTIONS {
        let mut endpoints = whole.clone();
        distort(&mut endpoints, distortion, &mut Rng::new(1));
        assert_ne!(endpoints, whole, "{distortion:?}");
    }
}

#[test]
fn untouched_system_keyspaces_hold_a_node_back() {
    let mut world = World { ring: Ring::new(Behaviour::default(), 1), pods: BTreeMap::new(), addresses: 0 };
    for name in ["a0", "b0", "c0"] {
        let start = Start { system_replication: Replication::new(), ..world.gate(name) };
        let process = world.starts(start);
        assert!(world.until(|ring| ring.phase(process) == Phase::Serving));
        world.passes(30);
    }
    let known = world.ring.keyspaces(world.process("a0")).expect("the node answers");
    assert_eq!(known["system_auth"], replication(&[("replication_factor", 1)]));
    let text = world.failed("c0", &NodeJob::Decommission { force: false });
    assert!(text.contains("keyspace system_distributed (RF = 3, N = 3)"), "{text}");
    for (keyspace, factor) in [("system_auth", 1), ("system_distributed", 2), ("system_traces", 2)] {
        let to = replication(&[("dc1", factor)]);
        assert_eq!(world.ring.alter(world.process("a0"), keyspace, &to), Ok(()));
    }
    assert!(world.failed("c0", &NodeJob::Decommission { force: false }).contains("system_distributed"), "too early");
    world.passes(30);
    world.shrinks("c0");
    world.is_well();
}

#[test]
fn a_leave_fails_while_a_receiver_is_down() {
    let mut world = World::new(5, 1);
    world.kills("a0");
    world.passes(30);
    assert_eq!(world.failed("a1", &NodeJob::Decommission { force: false }), "Stream failed");
    world.joins("a0");
    assert_eq!(world.status("b0", "a1"), Some((Status::Leaving, true)), "it stays so");
    world.shrinks("a1");
    world.is_well();
}

#[test]
fn a_drained_node_does_not_leave() {
    let mut world = World::new(4, 1);
    world.ring.drain(world.process("a1"));
    world.passes(10);
    assert_eq!(world.status("b0", "a1"), Some((Status::Other("shutdown".to_owned()), false)));
    assert!(world.failed("a1", &NodeJob::Decommission { force: true }).starts_with("Node in DRAINED state"));
}

#[test]
fn a_person_removes_the_dead() {
    let mut world = World::new(5, 1);
    let (id, address) = (world.ring.volume(world.volume("a1")).host_id.expect("it has one"), "a1");
    let by = world.process("a0");
    assert!(world.ring.remove_node(by, &id, Cause::Fault).is_err(), "it is up");
    world.kills(address);
    world.ring.destroy(world.volume("a1"), Cause::Fault);
    assert_eq!(world.ring.remove_node(by, &id, Cause::Fault), Ok(()));
    let again = world.ring.remove_node(by, &id, Cause::Fault);
    assert!(format!("{again:?}").contains("already processing a removal"), "{again:?}");
    world.passes(25);
    let seen = world.ring.endpoints(world.process("b0")).expect("the node answers");
    let it = seen.iter().find(|it| it.host_id.as_ref() == Some(&id)).expect("it is listed until it is gone");
    assert_eq!((&it.status, it.is_alive), (&Status::Leaving, false));
    assert!(world.until(|ring| !ring.moves()));
    world.pods.remove("a1");
    world.passes(30);
    assert_eq!(world.ring.endpoints(world.process("a0")).expect("the node answers").len(), 4);
    world.is_well();
    let address = world.pods["b1"].address.clone();
    world.kills("b1");
    assert!(world.ring.assassinate(&address) && !world.ring.assassinate("10.9.9.9"));
    assert_eq!(world.ring.check(), [], "nobody but the person has done it");
    assert_eq!(world.ring.unavailable(), 0);
}

#[test]
fn a_node_that_hears_nothing_tells_old_news() {
    let mut world = World::new(4, 1);
    world.ring.freeze(world.process("a0"), true);
    world.kills("b0");
    world.passes(30);
    assert_eq!(world.status("a0", "b0"), Some((Status::Normal, true)));
    assert_eq!(world.status("c0", "b0"), Some((Status::Normal, false)));
    world.ring.freeze(world.process("a0"), false);
    assert_eq!(world.status("a0", "b0"), Some((Status::Normal, false)));
    world.ring.isolate(world.process("c0"), true);
    world.passes(30);
    for (by, of) in [("a0", "c0"), ("c0", "a0")] {
        assert_eq!(world.status(by, of), Some((Status::Normal, false)));
    }
}

#[test]
fn what_has_left_is_forgotten_after_days() {
    let mut world = World::new(4, 1);
    let id = world.ring.volume(world.volume("a1")).host_id;
    assert_eq!(world.leaves("a1"), JobStatus::Completed);
    world.kills("a1");
    let lists = |world: &World| {
        let seen = |pod: &str| world.ring.endpoints(world.process(pod)).expect("the node answers");
        ["a0", "b0", "c0"].map(|pod| seen(pod).iter().any(|it| it.host_id == id && it.status == Status::Left))
    };
    assert_eq!(lists(&world), [true; 3]);
    world.passes(3 * 86_400 - 300);
    assert_eq!(lists(&world), [true; 3]);
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..900 {
        world.passes(1);
        seen.insert(lists(&world));
    }
    assert_eq!(lists(&world), [false; 3]);
    assert!(seen.len() > 2, "each forgets at a time of its own");
}
