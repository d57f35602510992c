//! Where pods and the ring meet: containers that start and end, volumes, and who is behind an address.

use std::rc::Rc;

use crate::kube::{Phase, PodKey};
use crate::queue::SECOND;
use crate::ring::{Cause, ProcessId, Start, VolumeId};
use crate::world::{Event, World};

impl World {
    /// Brings the ring to the present, and has it go on by itself.
    pub(super) fn advance_ring(&mut self) {
        self.ring.tick(self.now / SECOND);
        let Some(next) = self.ring.next() else { return };
        let at = next * SECOND;
        if self.ring_ticks_at.is_none_or(|armed| armed > at) {
            self.ring_ticks_at = Some(at);
            self.queue.put(at.max(self.now), Event::RingTick);
        }
    }

    /// A new, empty volume.
    pub(super) fn new_volume(&mut self) -> VolumeId {
        self.ring.new_volume(self.volume_bytes)
    }

    /// A volume is destroyed.
    pub(super) fn drop_volume(&mut self, volume: VolumeId, cause: Cause) {
        self.ring.destroy(volume, cause);
    }

    /// Whether Cassandra ever ran on a volume.
    pub(super) fn has_data(&self, volume: VolumeId) -> bool {
        self.ring.host_id_of(volume).is_some()
    }

    /// Whether the node of a volume left the ring, as the gate reads it from the volume: Cassandra notes `NEEDS_BOOTSTRAP`
    /// when the others have its data, and `DECOMMISSIONED` at the end.
    pub(super) fn has_left(&self, volume: VolumeId) -> bool {
        self.ring.is_noted_as_left(volume)
    }

    /// Starts the containers of a pod with what its gate decided.
    pub(super) fn start_cassandra(&mut self, kube: usize, key: PodKey) {
        let objects = &self.kubes[kube];
        let (Some(pod), Some(claim)) = (objects.pods.get(&key), objects.claims.get(&key)) else { return };
        let Some(address) = &pod.address else { return };
        let seeds = pod.seeds.iter().filter_map(|seed| self.address_of_seed(kube, &pod.name, address, seed));
        let manifest = &objects.set(key).manifest;
        let founds = pod.seeds.len() == 1 && *pod.seeds[0] == *pod.name;
        let order = objects.order_at(self.now).filter(|_| founds);
        let start = Start {
            volume: claim.volume,
            address: address.to_string(),
            datacenter: manifest.ring_datacenter.to_string(),
            rack: manifest.ring_rack.to_string(),
            release: pod.template.release,
            cluster_name: self.cluster_name(kube),
            seeds: seeds.collect(),
            replace: pod.replace.clone(),
            system_replication: order.map(|order| order.system_replication.clone()).unwrap_or_default(),
            name: pod.name.to_string(),
        };
        self.note(|| format!("Cassandra of {} starts on {:?} with seeds {:?}", start.name, start.volume, start.seeds));
        let process = self.ring.start(start);
        if let Some(pod) = self.kubes[kube].pods.get_mut(&key) {
            pod.process = Some(process);
        }
    }

    /// The name of the Cassandra cluster, as the newest commit has it.
    fn cluster_name(&self, kube: usize) -> String {
        let commit = self.commits.last();
        commit.map_or_else(|| self.kubes[kube].cluster.clone(), |commit| commit.ring.cluster_name.clone())
    }

    /// A member finds itself by its own address; others by what the name service says, here or elsewhere.
    fn address_of_seed(&self, kube: usize, own: &str, address: &Rc<str>, seed: &str) -> Option<String> {
        if seed == own {
            return Some(address.to_string());
        }
        let here = self.kubes[kube].key_of(seed).and_then(|key| self.address_by_name(kube, key));
        let elsewhere = || {
            let (other, key) = self.find_pod(seed)?;
            self.address_by_name(other, key)
        };
        here.or_else(elsewhere).map(ToString::to_string)
    }

    /// Whether a Cassandra listens for other nodes where the name service says that a pod is.
    pub(super) fn runs_cassandra(&self, kube: usize, key: PodKey) -> bool {
        let address = self.address_by_name(kube, key);
        let process = address.and_then(|address| self.process_at(address));
        process.is_some_and(|process| self.ring.is_running(process))
    }

    /// The containers at an address.
    pub fn process_at(&self, address: &str) -> Option<ProcessId> {
        let mut pods = self.kubes.iter().flat_map(|kube| kube.pods.values());
        let is_there = |address: &str, it: &crate::kube::Pod| it.address.as_deref() == Some(address);
        pods.find(|pod| is_there(address, pod) && pod.phase == Phase::Running).and_then(|pod| pod.process)
    }
}
