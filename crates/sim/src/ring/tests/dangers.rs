//! Each danger bites: without the care of whoever acts, keys are lost, and the oracle says so.

use super::*;

/// How many of these seeds break a rule.
fn biting(seeds: u64, history: impl Fn(u64) -> World, rule: Rule) -> u64 {
    (0..seeds).filter(|seed| history(*seed).broken().contains(&rule)).count() as u64
}

#[test]
fn a_seed_without_data_joins_without_streaming() {
    let history = |seed| {
        let mut world = World::new(4, seed);
        let mut start = world.gate("b1");
        start.seeds.push(start.address.clone());
        world.starts(start);
        world.passes(60);
        world
    };
    assert_eq!(biting(10, history, Rule::P6), 10);
    assert!(biting(10, history, Rule::P5) >= 8, "a quarter of the writes was taken by two of three");
}

/// A decommission breaks at 90 per cent, or the node is killed there; it comes back, serves for a while, and leaves.
fn left_twice(leaves_anew: bool, is_killed: bool, seed: u64) -> World {
    let behaviour = Behaviour { leaves_anew, bare_quorum: 50, stream_rate: 4 << 20, ..Behaviour::default() };
    let mut world = World::with(behaviour, 4, 3, seed);
    let process = world.process("a1");
    let job = NodeJob::Decommission { force: false };
    if is_killed {
        world.ring.start_job(process, &job).expect("the node answers");
        assert!(world.until(|ring| ring.streaming(process).is_some_and(|left| left < 5 * (64 << 20))));
    } else {
        world.ring.fail_streaming(process, 90, Failing::Breaks);
        assert_eq!(world.failed("a1", &job), "Stream failed");
        assert_eq!(world.status("b0", "a1"), Some((Status::Leaving, true)));
    }
    world.kills("a1");
    world.joins("a1");
    assert_eq!(world.status("b0", "a1"), Some((Status::Normal, true)));
    world.passes(600);
    world.shrinks("a1");
    world
}

#[test]
fn a_second_decommission_skips_what_the_first_has_sent() {
    for is_killed in [false, true] {
        assert!(biting(10, |seed| left_twice(false, is_killed, seed), Rule::P5) >= 8);
        assert_eq!(biting(10, |seed| left_twice(true, is_killed, seed), Rule::P5), 0);
    }
}

/// A ring of five in which `b1` leaves, slowly, while the others clean up: these seconds later, or earlier.
fn cleaned(behaviour: &Behaviour, seed: u64, leave_first: bool, wait: Time) -> World {
    let slow = Behaviour { stream_rate: 4 << 20, bare_quorum: 50, compaction: (120, 120), ..behaviour.clone() };
    let mut world = World::with(slow, 5, 3, seed);
    let leaves = |world: &mut World| {
        let job = NodeJob::Decommission { force: false };
        world.ring.start_job(world.process("b1"), &job).expect("the node answers");
    };
    if leave_first {
        leaves(&mut world);
        world.passes(wait);
    }
    for name in ["a0", "b0", "c0", "a1"] {
        world.ring.start_job(world.process(name), &NodeJob::CLEANUP).expect("the node answers");
    }
    if !leave_first {
        world.passes(wait);
        leaves(&mut world);
    }
    world.passes(3_000);
    world
}

#[test]
fn a_decommission_that_is_resumed_at_once_sends_all() {
    let history = |seed| {
        let behaviour = Behaviour { bare_quorum: 50, ..Behaviour::default() };
        let mut world = World::with(behaviour, 4, 3, seed);
        world.ring.fail_streaming(world.process("a1"), 90, Failing::Breaks);
        assert_eq!(world.failed("a1", &NodeJob::Decommission { force: false }), "Stream failed");
        world.passes(600);
        world.shrinks("a1");
        world
    };
    assert_eq!(biting(10, history, Rule::P5), 0, "what is written meanwhile goes to the receivers as well");
}

#[test]
fn cleanup_removes_what_is_pending() {
    let looks = Behaviour { cleanup_looks_first: true, ..Behaviour::default() };
    let during = |seed| cleaned(&Behaviour::default(), seed, true, 120);
    assert!(biting(20, during, Rule::P5) >= 6);
    let refused = |seed| cleaned(&looks, seed, true, 120);
    assert_eq!(biting(10, refused, Rule::P5), 0, "Cassandra itself refuses");
    assert_eq!(biting(10, refused, Rule::P7), 10, "but it should not have been asked");
    let before = |seed| cleaned(&looks, seed, false, 10);
    assert!(biting(20, before, Rule::P5) >= 6, "it looks only when it begins");
    assert_eq!(biting(10, before, Rule::P7), 10);
    let after = |seed| cleaned(&Behaviour::default(), seed, true, 2_000);
    assert_eq!(biting(10, after, Rule::P5) + biting(10, after, Rule::P7), 0);
}

#[test]
fn members_that_vanish_take_keys_with_them() {
    let history = |cause| {
        move |seed| {
            let mut world = World::new(4, seed);
            world.kills("a0");
            world.ring.destroy(world.volume("a0"), cause);
            world.kills("b0");
            world.ring.destroy(world.volume("b0"), cause);
            world
        }
    };
    assert_eq!(biting(10, history(Cause::Act), Rule::P5), 10);
    assert_eq!(biting(10, history(Cause::Act), Rule::P2), 10);
    let excused = |seed| history(Cause::Fault)(seed).ring.check();
    assert!((0..10).all(|seed| excused(seed).is_empty()), "a fault is nobody's fault");
}

#[test]
fn one_fault_excuses_no_act() {
    let history = |seed| {
        let mut world = World::new(4, seed);
        world.kills("a0");
        world.ring.destroy(world.volume("a0"), Cause::Fault);
        assert_eq!(world.broken(), []);
        world.kills("b0");
        world.ring.destroy(world.volume("b0"), Cause::Act);
        world
    };
    assert_eq!(biting(10, history, Rule::P5), 10);
}

#[test]
fn a_decommissioned_node_killed_too_early_joins_again() {
    let mut world = World::new(4, 1);
    let process = world.process("a1");
    world.ring.start_job(process, &NodeJob::Decommission { force: false }).expect("the node answers");
    let left = |ring: &Ring| {
        let all = ring.endpoints(process).expect("the node answers");
        all.iter().any(|it| it.is_local && it.status == Status::Left)
    };
    assert!(world.until(left));
    assert_ne!(world.ring.volume(world.volume("a1")).bootstrap, Bootstrap::Decommissioned);
    world.kills("a1");
    world.joins("a1");
    assert!(world.ring.volume(world.volume("a1")).is_member);
}

#[test]
fn a_raised_keyspace_is_unreadable_until_it_is_repaired() {
    let mut world = World::new(3, 1);
    world.ring.replicate(SHOP, &replication(&[("dc1", 1)]));
    world.passes(600);
    assert_eq!(world.ring.alter(world.process("a0"), SHOP, &replication(&[("dc1", 3)])), Ok(()));
    assert_eq!(world.ring.check(), [], "nobody can raise it otherwise");
    assert!(!world.ring.clone().check_settled().is_empty(), "but it has to be repaired");
    world.does("a0", &NodeJob::repair(SHOP.to_owned()));
    world.is_well();
}

#[test]
fn a_schema_that_is_not_known_everywhere_streams_to_too_few() {
    let behaviour = Behaviour { schema: (60, 60), write_every: None, bare_quorum: 100, ..Behaviour::default() };
    let history = |waits: Time| {
        let behaviour = behaviour.clone();
        move |seed| {
            let mut world = World::with(behaviour.clone(), 5, 2, seed);
            world.passes(600);
            (0..400).for_each(|_| assert_eq!(world.ring.write(), Some(true)));
            let [first, leaves] = ["a0", "b1"].map(|name| world.process(name));
            assert_eq!(world.ring.alter(first, SHOP, &replication(&[("dc1", 3)])), Ok(()));
            world.passes(waits);
            (0..400).for_each(|_| assert_eq!(world.ring.write(), Some(true)));
            world.ring.start_job(leaves, &NodeJob::Decommission { force: false }).expect("the node answers");
            world.passes(600);
            world
        }
    };
    assert!(biting(10, history(0), Rule::P5) >= 8);
    assert_eq!(biting(10, history(90), Rule::P5), 0);
}

#[test]
fn two_decommissions_at_once_are_seen() {
    let mut world = World::new(5, 1);
    for name in ["a1", "b1"] {
        world.ring.start_job(world.process(name), &NodeJob::Decommission { force: true }).expect("the node answers");
    }
    world.passes(10);
    assert_eq!(world.broken(), [Rule::P3]);
}

#[test]
fn two_founders_make_two_rings() {
    let mut world = World::new(3, 1);
    let mut start = world.gate("d0");
    start.seeds = vec![start.address.clone()];
    world.starts(start);
    world.passes(60);
    assert_eq!((world.ring.founded(), world.broken()), (2, vec![Rule::OneRing]));
    assert_eq!(world.ring.endpoints(world.process("d0")).expect("the node answers").len(), 1);
}

#[test]
fn a_person_who_decommissions_is_not_the_program() {
    let mut world = World::new(5, 1);
    let leaves = NodeJob::Decommission { force: true };
    world.ring.start_job_for(world.process("a1"), &leaves, Cause::Fault).expect("the node answers");
    let mut early = world.clone();
    early.ring.start_job(early.process("b1"), &leaves).expect("the node answers");
    early.passes(10);
    assert_eq!(early.broken(), [], "nobody could know");
    world.passes(10);
    world.ring.start_job(world.process("b1"), &leaves).expect("the node answers");
    world.passes(10);
    assert_eq!(world.broken(), [Rule::P3], "who comes second has to look");
}

#[test]
fn a_rebuild_from_its_own_datacenter_copies_nothing_and_ends_well() {
    let mut world = World::new(3, 1);
    for name in ["x0", "y0"] {
        world.joins(name);
    }
    world.ring.replicate(SHOP, &replication(&[("dc1", 3), ("dc2", 2)]));
    world.passes(30);
    for source in ["", "dc2"] {
        for name in ["x0", "y0"] {
            let job = NodeJob::Rebuild { source: source.to_owned() };
            assert_eq!(world.does(name, &job), JobStatus::Completed);
        }
    }
    assert!(!world.ring.check_settled().is_empty());
    let text = world.failed("x0", &NodeJob::Rebuild { source: "dc9".to_owned() });
    assert_eq!(text, "Provided datacenter 'dc9' is not a valid datacenter");
    for name in ["x0", "y0"] {
        world.ring.fail_streaming(world.process(name), 10, Failing::Breaks);
        assert!(world.failed(name, &NodeJob::Rebuild { source: "dc1".to_owned() }).contains("Stream failed"));
    }
    assert!(!world.ring.check_settled().is_empty(), "a tenth is not enough");
    for name in ["x0", "y0"] {
        assert_eq!(world.does(name, &NodeJob::Rebuild { source: "dc1".to_owned() }), JobStatus::Completed);
    }
    assert_eq!(world.ring.check_settled(), []);
}
