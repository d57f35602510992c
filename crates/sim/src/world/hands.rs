//! What happens to pods, volumes and workers by itself, and what people do beside the program.

use std::rc::Rc;

use cassc_ring::state::Key;
use cassc_settle::cluster::NodeJob;

use crate::fault::Fault;
use crate::kube::{Files, PodKey, StateMap, WorkerState};
use crate::queue::{MINUTE, Ms, SECOND};
use crate::ring::{Cause, Failing, ProcessId};
use crate::world::{Event, World};

impl World {
    /// A fault of pods, volumes, workers, or of somebody's hand.
    pub(super) fn by_hand(&mut self, fault: Fault) {
        match fault {
            Fault::StreamFails { pod, percent, hangs } => {
                if let Some(process) = self.process_of(&pod) {
                    let how = if hangs { Failing::Hangs } else { Failing::Breaks };
                    self.ring.fail_streaming(process, percent, how);
                }
            }
            Fault::CassandraDies { pod } => {
                if let Some(process) = self.process_of(&pod) {
                    self.check.died_leaving |= self.ring.has_just_left(process);
                    self.ring.crash(process);
                }
            }
            Fault::VolumeLost { pod } => self.lose_volume(&pod),
            Fault::DiskFull { pod, lasts } => self.fill_disk(&pod, lasts),
            Fault::AddressesSwapped { one, other } => self.swap_addresses(&one, &other),
            Fault::WorkerDead { pod, lasts } => self.disturb_worker(&pod, WorkerState::Dead, lasts),
            Fault::WorkerGone { pod } => self.take_worker(&pod),
            Fault::KubeletCut { pod, lasts } => self.disturb_worker(&pod, WorkerState::Cut, lasts),
            Fault::HandScale { set, replicas } => self.hand_scale(&set, replicas),
            Fault::HandDelete { pod } => {
                if let Some((kube, key)) = self.live_pod(&pod) {
                    self.delete_pod_object(kube, key);
                }
            }
            Fault::HandDecommission { pod } => {
                if let Some(process) = self.process_of(&pod) {
                    let leave = NodeJob::Decommission { force: false };
                    let _refused = self.ring.start_job_for(process, &leave, Cause::Fault);
                    self.check.hand_changed = Some(self.now);
                    // A node that has not heard of the new replication yet leaves although its copies are needed.
                    let is_new = self.check.replicated.is_some_and(|at| self.now < at + MINUTE);
                    self.check.replicates_unsafely |= is_new;
                }
            }
            Fault::HandReplace { pod } => self.hand_replace(&pod),
            Fault::HandDeleteState { kube } => {
                // Which datacenter is still to copy its data is forgotten with it.
                self.check.copies_by_hand = true;
                if let Some(objects) = self.kubes.get_mut(kube) {
                    objects.state.clear();
                }
            }
            Fault::Drain { pod, lasts } => self.drain_worker(&pod, lasts),
            Fault::OldCommit { back } => {
                let old = self.commits.len().checked_sub(back + 1).and_then(|at| self.commits.get(at)).cloned();
                if let Some(commit) = old {
                    self.apply(commit, false);
                }
            }
            Fault::PowerLoss { late, by } => self.lose_power(&late, by),
            _ => {}
        }
    }

    fn live_pod(&self, name: &str) -> Option<(usize, PodKey)> {
        self.find_pod(name).filter(|(kube, key)| self.kubes[*kube].pods.contains_key(key))
    }

    fn process_of(&self, name: &str) -> Option<ProcessId> {
        let (kube, key) = self.live_pod(name)?;
        self.kubes[kube].pods[&key].process
    }

    fn lose_volume(&mut self, pod: &str) {
        let Some((kube, key)) = self.live_pod(pod) else { return };
        let Some(claim) = self.kubes[kube].claims.get_mut(&key) else { return };
        claim.files = Files::default();
        let volume = claim.volume;
        self.ring.wipe(volume, Cause::Fault);
        self.delete_pod_object(kube, key);
    }

    fn fill_disk(&mut self, pod: &str, lasts: Ms) {
        let Some((kube, key)) = self.find_pod(pod) else { return };
        let Some((volume, capacity)) = self.kubes[kube].claims.get(&key).map(|it| (it.volume, it.capacity)) else {
            return;
        };
        self.ring.fill(volume, capacity);
        self.after(lasts, Event::DiskFree(volume));
    }

    fn swap_addresses(&mut self, one: &str, other: &str) {
        let (Some(first), Some(second)) = (self.live_pod(one), self.live_pod(other)) else { return };
        let address = |world: &Self, (kube, key): (usize, PodKey)| world.kubes[kube].pods[&key].address.clone();
        let (Some(a), Some(b)) = (address(self, first), address(self, second)) else { return };
        if first == second {
            return;
        }
        self.addresses.reserved.extend([(one.to_owned(), b), (other.to_owned(), a)]);
        [first, second].into_iter().for_each(|(kube, key)| self.delete_pod_object(kube, key));
    }

    fn disturb_worker(&mut self, pod: &str, state: WorkerState, lasts: Ms) {
        let Some((kube, key)) = self.live_pod(pod) else { return };
        let worker = self.kubes[kube].pods[&key].worker;
        if self.worker_state(kube, worker) != Some(WorkerState::Up) {
            return;
        }
        if let Some(worker) = worker {
            self.lose_worker(kube, worker, state);
            self.after(lasts, Event::WorkerBack(kube, worker));
        }
    }

    fn take_worker(&mut self, pod: &str) {
        let Some((kube, key)) = self.live_pod(pod) else { return };
        let Some(worker) = self.kubes[kube].pods[&key].worker else { return };
        self.lose_worker(kube, worker, WorkerState::Gone);
        self.ensure_workers(kube, usize::from(key.set));
        let Some(claim) = self.kubes[kube].claims.get_mut(&key) else { return };
        (claim.files, claim.is_lost) = (Files::default(), true);
        let volume = claim.volume;
        self.ring.wipe(volume, Cause::Fault);
    }

    fn hand_scale(&mut self, set: &str, replicas: u32) {
        let found = (0..self.kubes.len()).find_map(|kube| Some((kube, self.kubes[kube].set_position(set)?)));
        let Some((kube, position)) = found else { return };
        let now = self.now;
        self.kubes[kube].set_replicas(now, position, replicas);
        self.ensure_workers(kube, position);
        self.arm_sets(kube);
        self.arm_budgets(kube);
    }

    /// As `docs/when-a-pod-waits.md` says: `kubectl patch configmap CLUSTER-state`.
    fn hand_replace(&mut self, pod: &str) {
        let Some(place @ (kube, _)) = self.find_pod(pod) else { return };
        let host_id = self.check.owners.get(&place).map(|owner| owner.host_id.clone());
        let address = host_id.and_then(|host_id| self.ring.address_of(&host_id).map(ToOwned::to_owned));
        let (Some(address), Some(data)) = (address, self.kubes[kube].state_data()) else { return };
        let mut data = (**data).clone();
        data.insert(Key::Replace.of(pod), address);
        let (version, since) = (self.kubes[kube].new_version(), self.now);
        self.kubes[kube].put_state(StateMap { version, since, data: Rc::new(data) });
    }

    fn drain_worker(&mut self, pod: &str, lasts: Ms) {
        let Some((kube, key)) = self.live_pod(pod) else { return };
        let Some(worker) = self.kubes[kube].pods[&key].worker else { return };
        let uid = self.kubes[kube].pods[&key].uid;
        self.kubes[kube].workers[worker].is_cordoned = true;
        self.after(lasts, Event::Uncordon(kube, worker));
        self.drain_pod(kube, key, uid);
    }

    /// Evicts a pod of a worker that is drained, until that works or the drain is over.
    pub(super) fn drain_pod(&mut self, kube: usize, key: PodKey, uid: u64) {
        let now = self.now;
        let Some(pod) = self.kubes[kube].pods.get(&key).filter(|pod| pod.uid == uid) else { return };
        if pod.deleting.is_some() || !pod.worker.is_some_and(|worker| self.kubes[kube].workers[worker].is_cordoned) {
            return;
        }
        let name = Rc::clone(&pod.name);
        match self.kubes[kube].evict(now, &name, &uid.to_string()) {
            Ok(key) => self.deletion_began(kube, key),
            Err(_) => self.after(5 * SECOND, Event::DrainPod(kube, key, uid)),
        }
    }

    fn lose_power(&mut self, late: &str, by: Ms) {
        let late = self.live_pod(late).and_then(|(kube, key)| Some((kube, self.kubes[kube].pods[&key].worker?)));
        for kube in 0..self.kubes.len() {
            for worker in 0..self.kubes[kube].workers.len() {
                if self.kubes[kube].workers[worker].state != WorkerState::Up {
                    continue;
                }
                self.lose_worker(kube, worker, WorkerState::Dead);
                let lasts = if late == Some((kube, worker)) { by.max(MINUTE) } else { MINUTE };
                self.after(lasts, Event::WorkerBack(kube, worker));
            }
        }
    }
}
