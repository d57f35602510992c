//! What is done right keeps every key.

use super::*;

#[test]
fn growth_and_shrink_keep_every_key() {
    for seed in 0..40 {
        let mut world = World::new(3, seed);
        for node in 3..6 {
            world.joins(&name(node));
            world.is_well();
        }
        for node in 0..6 {
            assert_eq!(world.does(&name(node), &NodeJob::CLEANUP), JobStatus::Completed);
        }
        world.is_well();
        for node in (3..6).rev() {
            world.shrinks(&name(node));
            world.is_well();
        }
        assert_eq!(world.ring.founded(), 1);
    }
}

#[test]
fn the_whole_ring_comes_back_with_other_addresses() {
    for seed in 0..20 {
        let mut world = World::new(6, seed);
        let ids: Vec<Option<String>> = world.pods.values().map(|pod| world.ring.volume(pod.volume).host_id).collect();
        let names: Vec<String> = world.pods.keys().cloned().collect();
        names.iter().for_each(|name| world.kills(name));
        assert_eq!(world.ring.write(), Some(false), "nobody acknowledges");
        for name in &names {
            world.starts_again(name);
        }
        world.passes(120);
        for pod in world.pods.values() {
            let seen = world.ring.endpoints(pod.process).expect("the node answers");
            let is_up = |endpoint: &cassc_settle::observed::Endpoint| {
                endpoint.status == Status::Normal && endpoint.is_alive && names.len() == 6
            };
            assert!(seen.len() == 6 && seen.iter().all(is_up), "{seen:#?}");
            let addresses: Vec<&String> = world.pods.values().map(|pod| &pod.address).collect();
            assert!(seen.iter().all(|endpoint| addresses.contains(&&endpoint.address)));
        }
        let after: Vec<Option<String>> = world.pods.values().map(|pod| world.ring.volume(pod.volume).host_id).collect();
        assert_eq!(ids, after);
        world.is_well();
    }
}

#[test]
fn a_dead_node_is_replaced() {
    for seed in 0..20 {
        let mut world = World::new(4, seed);
        let old = world.pods["b0"].clone();
        world.kills("b0");
        world.ring.wipe(old.volume, Cause::Fault);
        world.passes(30);
        let start = Start { replace: Some(old.address), ..world.gate("b0") };
        let process = world.starts(start);
        world.passes(30);
        assert_eq!(world.status("a0", "b0"), Some((Status::Other("hibernate".to_owned()), true)));
        assert!(world.until(|ring| ring.phase(process) == Phase::Serving));
        world.passes(30);
        world.is_well();
        assert_eq!(world.ring.endpoints(world.process("a0")).expect("the node answers").len(), 4);
    }
}

#[test]
fn the_same_seed_makes_the_same_history() {
    let history = |seed| {
        let mut world = World::new(3, seed);
        world.joins("a1");
        world.shrinks("a1");
        format!("{:?}", world.ring)
    };
    assert_eq!(history(7), history(7));
    assert_ne!(history(7), history(8));
}

#[test]
fn the_size_of_ticks_decides_nothing() {
    let history = |step: Time| {
        let mut world = World::new(3, 3);
        world.starts_again("a1");
        (0..600 / step).for_each(|_| world.passes(step));
        format!("{:?}", world.ring)
    };
    assert_eq!(history(1), history(600));
}

#[test]
fn hints_bring_what_a_node_has_missed() {
    let behaviour = Behaviour { bare_quorum: 0, ..Behaviour::default() };
    let mut world = World::with(behaviour, 3, 3, 1);
    world.kills("b0");
    world.passes(600);
    world.joins("b0");
    for gone in ["a0", "c0"] {
        let volume = world.volume(gone);
        let mut other = world.clone();
        other.ring.destroy(volume, Cause::Act);
        assert_eq!(other.broken(), [Rule::P2], "b0 has everything, so one replica less is no loss");
    }
}

#[test]
fn a_datacenter_is_added_and_taken_away() {
    for seed in 0..10 {
        let mut world = World::new(3, seed);
        for name in ["x0", "y0", "z0"] {
            world.joins(name);
        }
        let both = replication(&[("dc1", 3), ("dc2", 3)]);
        world.ring.replicate(SHOP, &both);
        for system in ["system_auth", "system_distributed", "system_traces"] {
            assert_eq!(world.ring.alter(world.process("a0"), system, &both), Ok(()));
        }
        world.passes(30);
        world.ring.check();
        assert!(!world.ring.clone().check_settled().is_empty(), "nothing is in dc2 yet");
        for name in ["x0", "y0", "z0"] {
            assert_eq!(world.does(name, &NodeJob::Rebuild { source: "dc1".to_owned() }), JobStatus::Completed);
        }
        world.does("x0", &NodeJob::repair("system_auth".to_owned()));
        world.is_well();
        for name in ["x0", "y0", "z0"] {
            assert!(world.failed(name, &NodeJob::Decommission { force: false }).contains("RF = 3, N = 3"));
        }
    }
}

#[test]
fn a_write_is_acknowledged_by_a_quorum_only() {
    let mut world = World::new(3, 1);
    let acknowledged = |world: &mut World| (0..20).filter(|_| world.ring.write() == Some(true)).count();
    assert_eq!(acknowledged(&mut world), 20);
    world.kills("a0");
    assert_eq!(acknowledged(&mut world), 20);
    world.ring.drain(world.process("b0"));
    assert_eq!(acknowledged(&mut world), 0);
    assert!(world.ring.is_ready(world.process("b0")), "seen: a drained node is ready for 45 s at least");
    world.passes(60);
    assert!(!world.ring.is_ready(world.process("b0")) && world.ring.is_running(world.process("b0")));
    world.is_well();
}
