//! What a simulated ring does, on rings of one datacenter and of two.

mod careful;
mod dangers;
mod finer;
mod ordinary;
mod refusals;

use std::collections::BTreeMap;

use cassc_ring::release::Release;
use cassc_settle::cluster::{JobStatus, NodeJob, Replication, Time};
use cassc_settle::observed::Status;

use super::*;

/// A keyspace of the client.
const SHOP: &str = "shop";

/// A ring with pods by name, and somebody who starts them as the gate does.
#[derive(Clone)]
struct World {
    ring: Ring,
    pods: BTreeMap<String, Pod>,
    addresses: u32,
}

/// A pod.
#[derive(Clone)]
struct Pod {
    volume: VolumeId,
    process: ProcessId,
    address: String,
}

fn replication(of: &[(&str, u32)]) -> Replication {
    of.iter().map(|(datacenter, factor)| ((*datacenter).to_owned(), *factor)).collect()
}

fn release(text: &str) -> Release {
    text.parse().expect("the test's version is well-formed")
}

impl World {
    /// A ring of so many pods `a0`, `b0`, `c0`, `a1`, …, in three racks of `dc1`, with data in three replicas.
    fn new(nodes: u32, seed: u64) -> Self {
        Self::with(Behaviour::default(), nodes, 3, seed)
    }

    fn with(behaviour: Behaviour, nodes: u32, replicas: u32, seed: u64) -> Self {
        let mut world = Self { ring: Ring::new(behaviour, seed), pods: BTreeMap::new(), addresses: 0 };
        (0..nodes).for_each(|node| world.joins(&name(node)));
        world.ring.replicate(SHOP, &replication(&[("dc1", replicas)]));
        world.passes(600);
        world
    }

    fn passes(&mut self, seconds: Time) {
        self.ring.tick(self.ring.now() + seconds);
    }

    /// Lets time pass until something holds, for an hour at most.
    fn until(&mut self, holds: impl Fn(&Ring) -> bool) -> bool {
        (0..3_600).any(|_| {
            self.passes(1);
            holds(&self.ring)
        })
    }

    fn address(&mut self) -> String {
        self.addresses += 1;
        format!("10.0.{}.{}", self.addresses / 250, self.addresses % 250)
    }

    fn live(&self, name: &str) -> Vec<String> {
        let serves = |pod: &&Pod| self.ring.phase(pod.process) == Phase::Serving;
        let others = self.pods.iter().filter(|(other, _)| *other != name).map(|(_, pod)| pod);
        others.filter(serves).map(|pod| pod.address.clone()).take(3).collect()
    }

    /// What the gate would start a pod of `dc1` with, on a new volume unless it has one: the founder alone is its own seed.
    fn gate(&mut self, name: &str) -> Start {
        let address = self.address();
        let known = self.pods.get(name);
        let mut seeds = self.live(name);
        let has_joined = known.is_some_and(|pod| self.ring.volume(pod.volume).bootstrap == Bootstrap::Completed);
        if self.pods.is_empty() || has_joined {
            seeds.push(address.clone());
        }
        let volume = known.map(|pod| pod.volume);
        Start {
            volume: volume.unwrap_or_else(|| self.ring.new_volume(1 << 40)),
            address,
            datacenter: datacenter(name).to_owned(),
            rack: name[..1].to_owned(),
            release: release("4.1.9"),
            cluster_name: "test".to_owned(),
            seeds,
            replace: None,
            system_replication: replication(&[("dc1", 3)]),
            name: name.to_owned(),
        }
    }

    fn starts(&mut self, start: Start) -> ProcessId {
        let process = self.ring.start(start.clone());
        let Start { volume, address, name, .. } = start;
        self.pods.insert(name, Pod { volume, process, address });
        process
    }

    fn starts_again(&mut self, name: &str) -> ProcessId {
        let start = self.gate(name);
        self.starts(start)
    }

    /// Starts a pod and waits until it serves.
    fn joins(&mut self, name: &str) {
        let process = self.starts_again(name);
        assert!(self.until(|ring| ring.phase(process) == Phase::Serving), "{}", self.ring.last_lines(process));
        self.passes(30);
    }

    fn process(&self, name: &str) -> ProcessId {
        self.pods[name].process
    }

    fn volume(&self, name: &str) -> VolumeId {
        self.pods[name].volume
    }

    fn kills(&mut self, name: &str) {
        self.ring.kill(self.process(name));
    }

    /// Runs a job to its end.
    fn does(&mut self, name: &str, job: &NodeJob) -> JobStatus {
        let process = self.process(name);
        let id = self.ring.start_job(process, job).expect("the node answers");
        let ended = |ring: &Ring| ring.job(process, &id).is_ok_and(|status| status != JobStatus::Running);
        assert!(self.until(ended), "{job:?} does not end");
        self.ring.job(process, &id).expect("the node answers")
    }

    fn leaves(&mut self, name: &str) -> JobStatus {
        self.does(name, &NodeJob::Decommission { force: false })
    }

    /// A node leaves, its pod and its volume go.
    fn shrinks(&mut self, name: &str) {
        assert_eq!(self.leaves(name), JobStatus::Completed);
        self.kills(name);
        self.ring.destroy(self.volume(name), Cause::Act);
        self.pods.remove(name);
        self.passes(60);
    }

    fn failed(&mut self, name: &str, job: &NodeJob) -> String {
        match self.does(name, job) {
            JobStatus::Failed(text) => text,
            JobStatus::Running | JobStatus::Completed | JobStatus::Lost => String::new(),
        }
    }

    /// The rules that were broken.
    fn broken(&mut self) -> Vec<Rule> {
        let mut rules: Vec<Rule> = self.ring.check().into_iter().map(|violation| violation.rule).collect();
        rules.sort();
        rules.dedup();
        rules
    }

    #[track_caller]
    fn is_well(&mut self) {
        assert_eq!(self.ring.check(), []);
        assert_eq!(self.ring.check_settled(), []);
    }

    /// How a pod's node stands for another pod.
    fn status(&self, by: &str, of: &str) -> Option<(Status, bool)> {
        let host_id = self.ring.volume(self.volume(of)).host_id;
        let endpoints = self.ring.endpoints(self.process(by)).expect("the node answers");
        endpoints.into_iter().find(|it| it.host_id == host_id).map(|it| (it.status, it.is_alive))
    }
}

/// The datacenter of a pod: `dc2` has the racks `x`, `y` and `z`.
fn datacenter(name: &str) -> &'static str {
    if name.starts_with(['x', 'y', 'z']) { "dc2" } else { "dc1" }
}

/// The name of a pod: rack by rack, then the next ordinal.
fn name(node: u32) -> String {
    let racks = ["a", "b", "c"];
    format!("{}{}", racks[node as usize % 3], node / 3)
}
