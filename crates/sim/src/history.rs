//! A history: what happens in one run and when, as a value. A run is made of a history, a program and nothing else, so it can be
//! repeated exactly and made smaller.

use std::fmt;
use std::rc::Rc;

use crate::chance::Chooser;
use crate::outcome::{Outcome, finish};
use crate::queue::{HOUR, MINUTE, Ms, SECOND};
use crate::ring::{Behaviour, Ring};
use crate::simulation::{Program, Simulation};
use crate::world::{Op, World};

/// What happens, and when.
#[derive(Clone, Debug)]
pub struct History {
    /// From it come all times and chances of the run.
    pub seed: u64,
    /// The name of the Cassandra cluster in Kubernetes.
    pub cluster: String,
    /// The Kubernetes clusters.
    pub kube_clusters: Vec<Option<String>>,
    /// How Cassandra behaves.
    pub behaviour: Behaviour,
    /// Bytes of a new volume.
    pub volume: u64,
    /// What happens, each so many milliseconds after the one before it.
    pub ops: Vec<(Ms, Op)>,
    /// How long after the last of them faults go on.
    pub tail: Ms,
}

/// How a history is run.
#[derive(Clone, Debug, Default)]
pub struct How {
    /// Whether what happens is kept line by line.
    pub trace: bool,
    /// Choices that are followed instead of the seed.
    pub choices: Option<Vec<u32>>,
    /// Properties that are not judged: to see what harm follows from an act that would have been blamed.
    pub unjudged: &'static [&'static str],
}

/// How long a run may take to settle after its faults have ended: four waits that each give up after an hour, and what streams.
pub const PATIENCE: Ms = 12 * HOUR;

impl History {
    /// A history of a cluster in one Kubernetes cluster, without anything that happens.
    pub fn new(seed: u64, cluster: &str) -> Self {
        Self {
            seed,
            cluster: cluster.to_owned(),
            kube_clusters: vec![None],
            behaviour: Behaviour::default(),
            volume: 100 << 30,
            ops: Vec::new(),
            tail: MINUTE,
        }
    }

    /// Adds something that happens so many seconds after what was added before.
    pub fn then(mut self, seconds: u64, op: Op) -> Self {
        self.ops.push((seconds * SECOND, op));
        self
    }

    /// The world in which it happens.
    pub fn world(&self, how: &How) -> World {
        let chooser = match &how.choices {
            Some(list) => Chooser::from_list(list.clone()),
            None => Chooser::from_seed(self.seed),
        };
        let ring = Ring::new(self.behaviour.clone(), self.seed);
        let mut world = World::new(chooser, ring, &self.cluster, &self.kube_clusters, how.trace);
        world.volume_bytes = self.volume;
        world.check.unjudged = how.unjudged;
        world
    }

    /// Lets it happen to a program, and then waits until everything is settled.
    pub fn run(&self, program: &Program, how: &How) -> Outcome {
        let mut simulation = Simulation::new(self.world(how), Rc::clone(program));
        let mut time = 0;
        for (delay, op) in &self.ops {
            time += delay;
            simulation.run_until(time);
            if simulation.is_violated() {
                break;
            }
            simulation.world_mut().happen(op);
        }
        if !simulation.is_violated() {
            simulation.run_until(time + self.tail);
        }
        finish(&mut simulation, PATIENCE)
    }
}

impl fmt::Display for History {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "seed {}, {} Kubernetes clusters", self.seed, self.kube_clusters.len())?;
        for (delay, op) in &self.ops {
            let seconds = delay / SECOND;
            match op {
                Op::Commit(commit, partly) => {
                    let racks = commit.ring.datacenters.iter().flat_map(|it| &it.racks);
                    let racks: Vec<String> =
                        racks.map(|rack| format!("{}={}", rack.stateful_set, rack.nodes)).collect();
                    let partly = if *partly { ", partly" } else { "" };
                    writeln!(
                        formatter,
                        "  +{seconds} s commit {}{partly}: {} {}",
                        commit.generation,
                        commit.ring.version,
                        racks.join(" ")
                    )?;
                }
                Op::Replicas(mode) => writeln!(formatter, "  +{seconds} s replicas are {mode:?}")?,
                Op::Replicate(keyspace, to) => writeln!(formatter, "  +{seconds} s {keyspace} is replicated {to:?}")?,
                Op::Explore(pending) => {
                    writeln!(
                        formatter,
                        "  +{seconds} s from now on anything may happen, and {} things once",
                        pending.len()
                    )?;
                }
                Op::Fault(fault) => writeln!(formatter, "  +{seconds} s {fault:?}")?,
            }
        }
        write!(formatter, "  +{} s the faults end", self.tail / SECOND)
    }
}
