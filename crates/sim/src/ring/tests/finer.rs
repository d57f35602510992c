//! The finer points: hints, excuses, what a person does meanwhile, mixed versions, what half-done changes leave.

use super::*;

/// Behaviour without writes but those that a test makes.
fn still(bare_quorum: u32) -> Behaviour {
    Behaviour { write_every: None, bare_quorum, ..Behaviour::default() }
}

fn writes(world: &mut World) {
    (0..400).for_each(|_| assert_eq!(world.ring.write(), Some(true)));
}

/// How many keys of a pod's node are older than what was acknowledged, of those that it holds.
fn stale(world: &World, pod: &str) -> usize {
    let ring = &world.ring;
    let member = ring.volumes[world.volume(pod).0].member.expect("the pod has a node");
    let is_stale = |slot: &usize| {
        ring.placement.of(*slot).contains(&member) && ring.data(member, *slot) < ring.oracle.keys[*slot].acknowledged
    };
    (0..ring.oracle.keys.len()).filter(is_stale).count()
}

/// `b0` is down while the client writes; then something happens, and it comes back.
fn missed(behaviour: Behaviour, meanwhile: impl Fn(&mut World)) -> usize {
    let mut world = World::with(behaviour, 4, 3, 1);
    world.kills("b0");
    writes(&mut world);
    meanwhile(&mut world);
    world.joins("b0");
    assert!(!world.ring.has_hints());
    stale(&world, "b0")
}

#[test]
fn hints_survive_a_leave_and_no_loss() {
    assert_eq!(missed(still(0), |_| {}), 0);
    assert!(missed(still(100), |_| {}) > 20, "a write that was dropped leaves no hint");
    let leaves = |world: &mut World| world.shrinks("a1");
    assert_eq!(missed(still(0), leaves), 0);
    let keepers = |world: &mut World| {
        for gone in ["a0", "c0", "a1"] {
            let address = world.pods[gone].address.clone();
            world.kills(gone);
            world.ring.wipe(world.volume(gone), Cause::Fault);
            world.passes(30);
            let start = Start { replace: Some(address), ..world.gate(gone) };
            world.starts(start);
            world.passes(300);
        }
    };
    assert!(missed(still(0), keepers) > 20, "hints are lost with their keepers");
    let short = Behaviour { hint_window: 100, ..still(0) };
    let late = |world: &mut World| {
        world.passes(200);
        writes(world);
    };
    assert!(missed(short, late) > 20, "none are kept for a node that is down for long");
}

#[test]
fn an_excuse_ends_when_the_key_is_readable_again() {
    let mut world = World::with(still(0), 4, 2, 1);
    writes(&mut world);
    let old = world.pods["b0"].clone();
    world.kills("b0");
    world.ring.wipe(old.volume, Cause::Fault);
    assert_eq!(world.ring.check(), []);
    world.passes(30);
    let start = Start { replace: Some(old.address), ..world.gate("b0") };
    let process = world.starts(start);
    assert!(world.until(|ring| ring.phase(process) == Phase::Serving));
    world.is_well();
    world.ring.destroy(world.volume("b0"), Cause::Act);
    assert_eq!(world.broken(), [Rule::P2, Rule::P5], "of two replicas both are needed");
}

#[test]
fn a_lost_volume_is_excused_in_the_other_datacenter() {
    let mut world = World::with(still(100), 3, 3, 1);
    ["x0", "y0", "z0"].into_iter().for_each(|name| world.joins(name));
    world.ring.replicate(SHOP, &replication(&[("dc1", 3), ("dc2", 3)]));
    world.passes(30);
    writes(&mut world);
    assert_eq!(world.ring.check_settled(), []);
    world.kills("x0");
    world.ring.destroy(world.volume("x0"), Cause::Fault);
    assert_eq!(world.ring.check_settled(), []);
}

#[test]
fn what_a_person_replicates_in_mid_change_is_no_fault_of_the_program() {
    for seed in 0..10 {
        let mut world = World::with(Behaviour { bare_quorum: 50, ..Behaviour::default() }, 5, 3, seed);
        let job = NodeJob::Decommission { force: false };
        world.ring.start_job(world.process("b1"), &job).expect("the node answers");
        world.passes(33);
        world.ring.replicate(SHOP, &replication(&[("dc1", 1)]));
        world.ring.replicate("new", &replication(&[("dc1", 3)]));
        world.passes(600);
        assert_eq!(world.ring.check(), []);
    }
}

#[test]
fn a_keyspace_made_while_a_node_joins_is_written_to_it() {
    for seed in 0..10 {
        let slow = Behaviour { stream_rate: 1 << 20, bare_quorum: 50, write_every: Some(1), ..Behaviour::default() };
        let mut world = World::with(slow, 3, 3, seed);
        let process = world.starts_again("a1");
        assert!(world.until(|ring| ring.phase(process) == Phase::Joining));
        world.ring.replicate("new", &replication(&[("dc1", 3)]));
        // Excuses of the change itself end with the first write.
        world.ring.write();
        assert!(world.until(|ring| ring.phase(process) == Phase::Serving));
        world.is_well();
    }
}

#[test]
fn versions_that_differ_in_the_first_number_do_not_stream() {
    let mut world = World::new(5, 1);
    let upgrades = |world: &mut World, pod: &str, version: &str| {
        world.kills(pod);
        let start = Start { release: release(version), ..world.gate(pod) };
        world.starts(start);
        world.passes(60);
    };
    upgrades(&mut world, "a0", "5.0.4");
    let mut other = world.clone();
    assert_eq!(other.failed("a1", &NodeJob::Decommission { force: false }), "Stream failed");
    assert!(other.failed("a0", &NodeJob::repair(SHOP.to_owned())).contains("failed"));
    assert_eq!(world.ring.alter(world.process("b0"), SHOP, &replication(&[("dc1", 2)])), Ok(()));
    world.passes(60);
    let known =
        |world: &World, pod: &str| world.ring.keyspaces(world.process(pod)).expect("the node answers")[SHOP]["dc1"];
    assert_eq!((known(&world, "a0"), known(&world, "c0")), (3, 2), "no schema passes between them");
    ["b0", "c0", "a1", "b1"].into_iter().for_each(|pod| upgrades(&mut world, pod, "5.0.4"));
    world.passes(60);
    assert_eq!(known(&world, "a0"), 2);
    let schema = |world: &World| world.ring.endpoints(world.process("a0")).expect("the node answers")[0].schema.clone();
    let seen = world.ring.endpoints(world.process("b0")).expect("the node answers");
    assert!(seen.iter().all(|it| it.schema == schema(&world)));
}

#[test]
fn a_session_that_hangs_ends_with_its_node() {
    let mut world = World::new(4, 1);
    let process = world.process("a1");
    world.ring.fail_streaming(process, 50, Failing::Hangs);
    let id = world.ring.start_job(process, &NodeJob::Decommission { force: false }).expect("the node answers");
    world.passes(3_600);
    assert_eq!(world.ring.job(process, &id), Ok(JobStatus::Running));
    assert!(world.ring.moves() && world.ring.streaming(process).is_some_and(|left| left > 0));
    world.ring.crash(process);
    world.passes(120);
    assert_eq!(world.ring.job(process, &id), Ok(JobStatus::Lost));
    assert!(!world.ring.moves());
    assert_eq!(world.status("b0", "a1"), Some((Status::Normal, true)));
    world.is_well();
}

#[test]
fn a_drain_ends_a_leave() {
    let mut world = World::new(4, 1);
    let process = world.process("a1");
    let id = world.ring.start_job(process, &NodeJob::Decommission { force: false }).expect("the node answers");
    world.passes(35);
    world.ring.drain(process);
    assert_eq!(world.ring.job(process, &id), Ok(JobStatus::Failed("Stream failed".to_owned())));
    assert!(!world.ring.moves());
}

#[test]
fn a_node_does_not_leave_while_it_receives() {
    let mut world = World::new(5, 1);
    let force = NodeJob::Decommission { force: true };
    world.ring.start_job(world.process("a1"), &force).expect("the node answers");
    world.passes(10);
    let text = world.failed("a0", &force);
    assert_eq!(text, "data is currently moving to this node; unable to leave the ring");
}

#[test]
fn a_failed_replacement_needs_another_address() {
    let mut world = World::new(4, 1);
    let old = world.pods["b0"].clone();
    world.kills("b0");
    world.ring.wipe(old.volume, Cause::Fault);
    world.passes(30);
    let start = Start { replace: Some(old.address.clone()), ..world.gate("b0") };
    let process = world.starts(start.clone());
    assert!(world.until(|ring| ring.phase(process) == Phase::Joining));
    world.passes(10);
    world.kills("b0");
    world.passes(60);
    let again = world.starts(start.clone());
    world.passes(26);
    assert_eq!(world.ring.last_lines(again), "Unable to gossip with any peers");
    world.kills("b0");
    let half = Start { replace: Some(start.address.clone()), ..world.gate("d0") };
    let half = world.starts(half);
    world.passes(26);
    assert!(world.ring.last_lines(half).contains("Could not find tokens"), "{}", world.ring.last_lines(half));
    world.kills("d0");
    let address = world.address();
    let last = world.starts(Start { address, ..start });
    assert!(world.until(|ring| ring.phase(last) == Phase::Serving), "{}", world.ring.last_lines(last));
    world.is_well();
}

#[test]
fn a_replaced_node_that_comes_back_is_a_second_owner() {
    let mut world = World::with(still(0), 4, 3, 1);
    let old = world.pods["b0"].clone();
    world.kills("b0");
    world.passes(30);
    let start = Start { replace: Some(old.address), ..world.gate("b9") };
    let process = world.starts(start);
    assert!(world.until(|ring| ring.phase(process) == Phase::Serving));
    world.passes(30);
    world.is_well();
    let process = world.starts_again("b0");
    world.passes(60);
    assert_ne!(world.ring.phase(process), Phase::Serving);
    assert_eq!(world.broken(), [Rule::P12]);
}

#[test]
fn a_cluster_has_one_name() {
    let mut world = World::new(3, 1);
    let foreign = Start { cluster_name: "other".to_owned(), ..world.gate("a1") };
    let process = world.starts(foreign);
    world.passes(26);
    assert_eq!(world.ring.last_lines(process), "Unable to gossip with any peers");
    world.kills("a0");
    let renamed = Start { cluster_name: "other".to_owned(), ..world.gate("a0") };
    let process = world.starts(renamed);
    world.passes(26);
    assert_eq!(world.ring.last_lines(process), "Saved cluster name test != configured name other");
}

#[test]
fn what_has_left_may_come_back_into_a_list() {
    let came_back = |seed| {
        let behaviour = Behaviour { left_expiry: (300, 3_000), ..Behaviour::default() };
        let mut world = World::with(behaviour, 4, 3, seed);
        let id = world.ring.volume(world.volume("a1")).host_id;
        assert_eq!(world.leaves("a1"), JobStatus::Completed);
        world.kills("a1");
        world.pods.remove("a1");
        world.passes(1_500);
        let lists = |world: &World| {
            let seen = world.ring.endpoints(world.process("b0")).expect("the node answers");
            seen.iter().any(|it| it.host_id == id)
        };
        let before = lists(&world);
        world.kills("b0");
        world.joins("b0");
        !before && lists(&world)
    };
    assert!((0..20).any(came_back));
}

#[test]
fn a_node_that_joins_the_other_datacenter_is_written_to() {
    for seed in 0..10 {
        let slow = Behaviour { stream_rate: 4 << 20, bare_quorum: 100, write_every: Some(1), ..Behaviour::default() };
        let mut world = World::with(slow, 1, 1, seed);
        ["x0", "y0"].into_iter().for_each(|name| world.joins(name));
        world.ring.replicate(SHOP, &replication(&[("dc1", 1), ("dc2", 2)]));
        world.passes(300);
        world.joins("b0");
        world.is_well();
    }
}
