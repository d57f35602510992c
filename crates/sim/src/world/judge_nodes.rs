//! Judges what nodes are asked for through the Management API, and what the versions of all nodes allow.

use cassc_ring::facts::bad_upgrade;
use cassc_settle::cluster::{NodeJob, Replication, TableTask};

use crate::check::{Anywhere, GRACE};
use crate::kube::PodKey;
use crate::queue::MINUTE;
use crate::world::World;

/// How often a job may be asked for on one node: L2. Lost answers and lost jobs are tried again, but not for ever.
const MOST_STARTS: u32 = 12;

/// Cassandra's own keyspaces whose replication the program sets.
const SYSTEM: [&str; 4] = ["system_auth", "system_distributed", "system_traces", "reaper_db"];

impl World {
    /// P11: only system keyspaces are changed, and no datacenter gets fewer replicas than it was ever meant to have, or loses
    /// all of them, unless its nodes were to leave.
    pub(super) fn judge_alter(&mut self, keyspace: &str, replication: &Replication) {
        if !SYSTEM.contains(&keyspace) {
            self.blame("P11", format!("the replication of {keyspace} is changed, which is not Cassandra's own"));
        }
        if self.ring.serving_lines().len() > 1 {
            self.blame("P11", format!("the replication of {keyspace} is changed while versions are mixed"));
        }
        let before = self.ring.replications().remove(keyspace).unwrap_or_default();
        for (datacenter, replicas) in &before {
            let after = replication.get(datacenter).copied().unwrap_or(0);
            let least = self.least_replicas(datacenter).map(|least| least.min(self.staying_in(datacenter)));
            if after < *replicas && least.is_none_or(|least| after < least) {
                self.blame("P11", format!("{keyspace} goes from {replicas} to {after} replicas in {datacenter}"));
            }
        }
        let raised = replication.iter().find(|(datacenter, after)| before.get(*datacenter).is_none_or(|it| it < after));
        if raised.is_some() {
            self.judge_ring_change(&[], &format!("{keyspace} gets more replicas"));
        }
    }

    /// How many nodes of a datacenter are there and stay: a pod that was taken away by hand comes back only afterwards.
    fn staying_in(&self, datacenter: &str) -> u32 {
        let sets = self.kubes.iter().flat_map(|kube| &kube.sets);
        let here = sets.filter(|set| *set.manifest.ring_datacenter == *datacenter);
        here.map(|set| set.replicas.min(self.check.asked(&set.manifest.name).1)).sum()
    }

    /// The fewest system replicas that a datacenter was ever to have; `None` for one that is another's.
    fn least_replicas(&self, datacenter: &str) -> Option<u32> {
        let of = |ring: &cassc_ring::Ring| {
            let found = ring.datacenters.iter().find(|it| it.ring_name == datacenter)?;
            Some(ring.system_replication.min(found.nodes()))
        };
        self.check.commits.iter().filter_map(|commit| of(&commit.ring)).min()
    }

    pub(super) fn judge_job(
        &mut self,
        place: Anywhere,
        pod: &str,
        address: Option<&str>,
        job: &NodeJob,
        repeats: bool,
    ) {
        if repeats {
            self.blame("L2", format!("{job:?} is asked of {pod}, and the same waits or runs there"));
        }
        let starts = self.check.starts.entry((pod.to_owned(), format!("{job:?}"))).or_default();
        *starts += 1;
        if *starts > MOST_STARTS {
            let starts = *starts;
            self.blame("L2", format!("{job:?} was asked of {pod} {starts} times"));
        }
        match job {
            NodeJob::Decommission { force } => self.judge_decommission(place, pod, address, *force),
            NodeJob::Tables { task: TableTask::Cleanup, .. } => self.judge_cleanup(pod),
            NodeJob::Tables { task: TableTask::Upgrade, .. } => self.judge_mixed(&format!("{pod} rewrites its tables")),
            NodeJob::Rebuild { .. } => self.judge_foreign(&format!("{pod} copies data")),
            NodeJob::Repair { .. }
            | NodeJob::Tables { .. }
            | NodeJob::Snapshot { .. }
            | NodeJob::Move { .. }
            | NodeJob::Drain => {}
        }
    }

    fn judge_decommission(&mut self, place: Anywhere, pod: &str, address: Option<&str>, force: bool) {
        let (kube, key) = place;
        let set = self.kubes[kube].set(key);
        let (name, replicas) = (set.manifest.name.to_string(), set.replicas);
        let (_, least) = self.check.asked(&name);
        if key.ordinal < least || key.ordinal + 1 != replicas {
            self.blame("P1", format!("the node of {pod} leaves, and {name} has {replicas} replicas and keeps {least}"));
        }
        let is_other = self.kubes[kube].pods.get(&key).is_none_or(|pod| pod.address.as_deref() != address);
        if is_other {
            self.blame("P1", format!("a node at the old address of {pod} leaves"));
        }
        self.judge_ring_change(&[place], &format!("the node of {pod} leaves"));
        self.judge_foreign(&format!("the node of {pod} leaves"));
        self.judge_mixed(&format!("the node of {pod} leaves"));
        self.judge_room(place, pod);
        let datacenter = self.kubes[kube].set(key).manifest.ring_datacenter.to_string();
        let left = self.ring.members_in(&datacenter).saturating_sub(1);
        let is_surprised = self.check.replicated.is_some_and(|since| self.now < since + GRACE);
        for (keyspace, replication) in self.ring.replications() {
            if is_surprised && !SYSTEM.contains(&keyspace.as_str()) {
                continue;
            }
            let replicas = replication.get(&datacenter).copied().unwrap_or(0) as usize;
            let is_last_of_auth = left == 0 && keyspace == "system_auth";
            if replicas > left && !(is_last_of_auth && force) {
                let text = format!("the node of {pod} leaves, and {keyspace} has {replicas} replicas in {datacenter}");
                self.blame("P11", text);
            }
        }
    }

    /// P7: no cleanup while ranges move.
    fn judge_cleanup(&mut self, pod: &str) {
        if self.check.moving_since.is_some_and(|since| since + MINUTE < self.now) {
            self.blame("P7", format!("{pod} cleans up while a node joins or leaves"));
        }
    }

    /// P3: nothing changes in a ring that a node of another cluster has been in for a while.
    pub(super) fn judge_foreign(&mut self, what: &str) {
        if self.faults.foreign_since(self.now).is_some_and(|since| since + GRACE < self.now) {
            self.blame("P3", format!("{what}, and a node of another cluster is in the ring"));
        }
    }

    /// P3: nothing changes in a ring of two release lines.
    pub(super) fn judge_mixed(&mut self, what: &str) {
        if self.ring.serving_lines().len() > 1 {
            self.blame("P3", format!("{what}, and nodes run different release lines"));
        }
    }

    /// P3: a pod does not start again with a version that cannot follow the ones that run.
    pub(super) fn judge_release(&mut self, kube: usize, key: PodKey, pod: &str) {
        let new = self.kubes[kube].set(key).manifest.template.release;
        let bad = self.ring.serving_releases().into_iter().find(|running| bad_upgrade(*running, new).is_some());
        if let Some(running) = bad {
            self.blame("P3", format!("{pod} is to start with {new}, and a node runs {running}"));
        }
    }

    /// P5: the nodes of a rack that stay have room for what the one that leaves sends them.
    fn judge_room(&mut self, (kube, key): Anywhere, pod: &str) {
        let used = |key: &PodKey| {
            let volume = self.kubes[kube].claims.get(key).map(|claim| self.ring.volume(claim.volume));
            volume.map_or((0, 0), |volume| (volume.used, volume.capacity.saturating_sub(volume.used)))
        };
        let stays = self.kubes[kube].claims.keys().filter(|it| it.set == key.set && it.ordinal < key.ordinal);
        let free: u64 = stays.map(|key| used(key).1).sum();
        let needed = used(&key).0;
        let has_others = key.ordinal > 0;
        if has_others && free < needed {
            self.blame("P5", format!("the node of {pod} leaves with {needed} bytes, and {free} are free in its rack"));
        }
    }
}
