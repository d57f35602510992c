//! Random histories with faults, in which whoever acts is careful: the oracle must find nothing. It would blame the program
//! for what Cassandra or a fault has done.

use super::*;

/// Who does one thing after the other, on random occasions.
struct Careful {
    world: World,
    rng: Rng,
    said: Vec<String>,
    /// The datacenters.
    copies: Vec<&'static str>,
}

impl Careful {
    fn new(behaviour: Behaviour, seed: u64) -> Self {
        let mut world = World::with(behaviour, 4, 3, seed);
        world.ring.replicate("single", &replication(&[("dc1", 1)]));
        world.ring.replicate("double", &replication(&[("dc1", 2)]));
        world.passes(600);
        Self { world, rng: Rng::new(seed ^ 0xca4e), said: Vec::new(), copies: vec!["dc1"] }
    }

    /// A second datacenter, with its data.
    fn adds_datacenter(&mut self) {
        let both = replication(&[("dc1", 3), ("dc2", 3)]);
        ["x0", "y0", "z0", "x1"].into_iter().for_each(|name| self.world.joins(name));
        self.world.ring.replicate(SHOP, &both);
        self.world.ring.replicate("double", &replication(&[("dc1", 2), ("dc2", 2)]));
        for system in ["system_auth", "system_distributed", "system_traces"] {
            assert_eq!(self.world.ring.alter(self.world.process("a0"), system, &both), Ok(()));
        }
        self.world.passes(30);
        for name in ["x0", "y0", "z0", "x1"] {
            let rebuild = NodeJob::Rebuild { source: "dc1".to_owned() };
            assert_eq!(self.world.does(name, &rebuild), JobStatus::Completed);
        }
        self.copies.push("dc2");
        self.waits();
        let found = self.world.ring.check_settled();
        assert!(found.is_empty(), "{found:#?} after {:#?}", self.said);
    }

    fn any(&mut self) -> String {
        let place = self.rng.below(self.world.pods.len());
        self.world.pods.keys().nth(place).cloned().expect("there are pods")
    }

    fn says(&mut self, text: &str) {
        self.said.push(format!("{}: {text}", self.world.ring.now()));
    }

    /// Waits until every pod serves and everybody knows, and hints were sent.
    fn waits(&mut self) {
        let processes: Vec<ProcessId> = self.world.pods.values().map(|pod| pod.process).collect();
        let is_whole = |ring: &Ring| {
            let serves = |process: &ProcessId| ring.phase(*process) == Phase::Serving;
            processes.iter().all(serves) && !ring.moves() && !ring.has_hints()
        };
        assert!(self.world.until(is_whole), "not whole: {:#?}", self.said);
        self.world.passes(40);
    }

    fn grows(&mut self) {
        let racks = if self.rng.below(self.copies.len()) == 0 { "abc" } else { "xyz" };
        let names = (0..99).flat_map(|ordinal| racks.chars().map(move |rack| format!("{rack}{ordinal}")));
        let next = names.into_iter().find(|name| !self.world.pods.contains_key(name)).expect("there are names");
        self.says(&format!("{next} joins"));
        let process = self.world.starts_again(&next);
        match self.rng.below(4) {
            0 => {
                self.world.passes(60);
                self.says(&format!("{next} is killed"));
                self.world.kills(&next);
                self.world.passes(60);
                self.world.starts_again(&next);
            }
            1 => {
                let percent = u8::try_from(self.rng.below(100)).expect("a percentage");
                self.says(&format!("its streaming hangs at {percent}"));
                self.world.ring.fail_streaming(process, percent, Failing::Hangs);
                self.world.passes(200);
                if self.world.ring.phase(process) != Phase::Serving {
                    self.world.ring.crash(process);
                }
            }
            _ => {}
        }
        self.waits();
        for name in self.world.pods.keys().cloned().collect::<Vec<String>>() {
            assert_eq!(self.world.does(&name, &NodeJob::CLEANUP), JobStatus::Completed);
        }
    }

    fn shrinks(&mut self) {
        let last = self.any();
        let process = self.world.process(&last);
        let beside = self.world.pods.keys().filter(|name| datacenter(name) == datacenter(&last)).count();
        if beside <= 3 {
            return;
        }
        self.says(&format!("{last} leaves"));
        if self.rng.chance(50) {
            let percent = u8::try_from(self.rng.below(100)).expect("a percentage");
            self.says(&format!("its streaming breaks at {percent}"));
            self.world.ring.fail_streaming(process, percent, Failing::Breaks);
            let job = NodeJob::Decommission { force: false };
            if self.world.failed(&last, &job) == "Stream failed" && self.rng.chance(50) {
                self.world.kills(&last);
                self.world.starts_again(&last);
                self.waits();
            }
        }
        let phase = self.world.ring.phase(self.world.process(&last));
        match phase {
            Phase::Decommissioned => {
                self.world.kills(&last);
                self.world.ring.destroy(self.world.volume(&last), Cause::Act);
                self.world.pods.remove(&last);
            }
            _ => self.world.shrinks(&last),
        }
    }

    fn restarts(&mut self) {
        let pod = self.any();
        self.says(&format!("{pod} restarts"));
        if self.rng.chance(50) {
            self.world.ring.drain(self.world.process(&pod));
            self.world.passes(10);
        }
        self.world.kills(&pod);
        let pause = self.rng.between((0, 400));
        self.world.passes(pause);
        self.world.starts_again(&pod);
    }

    fn loses_power(&mut self) {
        self.says("all restart");
        let names: Vec<String> = self.world.pods.keys().cloned().collect();
        names.iter().for_each(|name| self.world.kills(name));
        for name in names {
            self.world.starts_again(&name);
            let pause = self.rng.between((0, 20));
            self.world.passes(pause);
        }
    }

    /// With one replica only, Cassandra finds nobody to stream from: those keyspaces go first.
    fn loses_a_volume(&mut self) {
        self.world.ring.replicate("single", &replication(&[("dc1", 2)]));
        self.world.passes(30);
        let pod = self.any();
        let Pod { volume, address, .. } = self.world.pods[&pod].clone();
        self.says(&format!("{pod} loses its volume"));
        self.world.kills(&pod);
        self.world.ring.wipe(volume, Cause::Fault);
        self.world.passes(30);
        let start = Start { replace: Some(address), ..self.world.gate(&pod) };
        self.world.starts(start);
        self.waits();
        self.world.ring.replicate("single", &replication(&[("dc1", 1)]));
    }

    fn is_cut_off(&mut self) {
        let pod = self.any();
        self.says(&format!("{pod} is cut off"));
        self.world.ring.isolate(self.world.process(&pod), true);
        let pause = self.rng.between((1, 600));
        self.world.passes(pause);
        self.world.ring.isolate(self.world.process(&pod), false);
    }

    fn acts(&mut self) {
        match self.rng.below(7) {
            0 | 1 if self.world.pods.len() < 6 + 3 * self.copies.len() => self.grows(),
            0..=2 => self.shrinks(),
            3 => self.restarts(),
            4 => self.loses_power(),
            5 => self.loses_a_volume(),
            _ => self.is_cut_off(),
        }
        self.waits();
        let found = self.world.ring.check();
        assert!(found.is_empty(), "{found:#?} after {:#?}", self.said);
    }
}

#[test]
fn a_careful_operator_is_never_blamed() {
    for seed in 0..60 {
        let behaviour = Behaviour { leaves_anew: true, write_every: Some(3), ..Behaviour::default() };
        let mut careful = Careful::new(behaviour, seed);
        (0..12).for_each(|_| careful.acts());
        careful.world.is_well();
    }
}

#[test]
fn a_careful_operator_of_two_datacenters_is_never_blamed() {
    for seed in 0..40 {
        let behaviour = Behaviour { leaves_anew: true, ..Behaviour::drawn(&mut Rng::new(seed)) };
        let behaviour = Behaviour { keep_alive: Some(30), ..behaviour };
        let mut careful = Careful::new(behaviour, seed);
        careful.adds_datacenter();
        (0..12).for_each(|_| careful.acts());
        careful.world.is_well();
    }
}
