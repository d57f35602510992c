//! Scheduler, kubelet and node controller.

use std::rc::Rc;

use crate::commit::Trouble;
use crate::kube::{Phase, PodKey, Worker, WorkerState};
use crate::queue::{MINUTE, SECOND};
use crate::world::{Event, World};

impl World {
    /// Scheduler and kubelet look at a pod.
    pub(super) fn sync_pod(&mut self, kube: usize, key: PodKey, uid: u64) {
        let Some(pod) = self.kubes[kube].pods.get(&key).filter(|pod| pod.uid == uid) else { return };
        if !self.kubelet_works(kube, pod) {
            return;
        }
        match (pod.deleting, pod.phase) {
            (Some(_), _) => self.end_pod(kube, key),
            (None, Phase::Pending) => self.schedule(kube, key, uid),
            (None, Phase::Gate | Phase::Running) => {}
        }
    }

    /// Binds a pod to a worker of its zone that has no other pod of the cluster, once its claim can be mounted.
    fn schedule(&mut self, kube: usize, key: PodKey, uid: u64) {
        let objects = &self.kubes[kube];
        let is_claimed = objects.claims.get(&key).is_some_and(|claim| !claim.is_deleting && !claim.is_lost);
        let is_schedulable = objects.pods[&key].template.trouble != Some(Trouble::Unschedulable);
        let worker = self.free_worker(kube, key).filter(|_| is_claimed && is_schedulable);
        let Some(worker) = worker else {
            let is_lost = self.kubes[kube].claims.get(&key).is_some_and(|claim| claim.is_lost);
            if let Some(pod) =
                self.kubes[kube].pods.get_mut(&key).filter(|pod| is_lost || pod.template.trouble.is_none())
            {
                pod.trouble = is_lost.then_some(Trouble::Unschedulable);
            }
            let delay = self.controllers_take(5 * SECOND, 15 * SECOND);
            self.after(delay, Event::Pod(kube, key, uid));
            return;
        };
        let name = Rc::clone(&self.kubes[kube].pods[&key].name);
        let address = self.addresses.give(&mut self.chooser, &name);
        self.note(|| format!("pod {name} runs on worker {worker} with address {address}"));
        let Some(pod) = self.kubes[kube].pods.get_mut(&key) else { return };
        (pod.worker, pod.address, pod.phase, pod.trouble) = (Some(worker), Some(address), Phase::Gate, None);
        if pod.template.trouble == Some(Trouble::Image) {
            pod.trouble = Some(Trouble::Image);
        }
        let delay = self.controllers_take(3 * SECOND, 20 * SECOND);
        self.arm_gate(kube, key, delay);
        self.pods_changed(kube);
    }

    fn free_worker(&self, kube: usize, key: PodKey) -> Option<usize> {
        let objects = &self.kubes[kube];
        let is_taken = |position: usize| objects.pods.values().any(|pod| pod.worker == Some(position));
        let mut workers = objects.workers.iter().enumerate();
        let is_free = |(position, worker): &(usize, &Worker)| {
            let can = worker.state == WorkerState::Up && !worker.is_cordoned && worker.zone == usize::from(key.set);
            can && !is_taken(*position)
        };
        workers.find(is_free).map(|(position, _)| position)
    }

    /// Every zone has a worker more than its rack has pods.
    pub(super) fn ensure_workers(&mut self, kube: usize, zone: usize) {
        let objects = &mut self.kubes[kube];
        let wanted = objects.sets[zone].replicas.max(objects.sets[zone].manifest.replicas) as usize + 1;
        let is_there = |worker: &&Worker| worker.zone == zone && worker.state != WorkerState::Gone;
        let n_workers = objects.workers.iter().filter(is_there).count();
        let new = Worker { zone, state: WorkerState::Up, is_cordoned: false };
        objects.workers.extend(std::iter::repeat_n(new, wanted.saturating_sub(n_workers)));
    }

    /// Ends a pod: `preStop` drains a node that serves, then its containers are killed, then the object goes.
    fn end_pod(&mut self, kube: usize, key: PodKey) {
        let Some(pod) = self.kubes[kube].pods.get_mut(&key) else { return };
        let uid = pod.uid;
        if let (Some(process), false) = (pod.process, pod.is_draining) {
            pod.is_draining = true;
            self.ring.drain(process);
            let delay = self.controllers_take(8 * SECOND, MINUTE);
            self.after(delay, Event::Pod(kube, key, uid));
            return;
        }
        self.remove_pod(kube, key);
    }

    fn remove_pod(&mut self, kube: usize, key: PodKey) {
        let Some(pod) = self.kubes[kube].pods.remove(&key) else { return };
        self.note(|| format!("pod {} is gone", pod.name));
        if let Some(process) = pod.process {
            self.ring.kill(process);
        }
        if let Some(address) = pod.address {
            self.addresses.take_back(address);
        }
        self.pods_changed(kube);
    }

    /// The API server forgets a pod without asking its kubelet. Where that is cut off, Cassandra goes on until it is back.
    pub(super) fn forget_pod(&mut self, kube: usize, key: PodKey) {
        let Some(pod) = self.kubes[kube].pods.get_mut(&key) else { return };
        let worker = pod.worker.filter(|worker| self.kubes[kube].workers[*worker].state == WorkerState::Cut);
        if let Some(worker) = worker
            && let Some(pod) = self.kubes[kube].pods.get_mut(&key)
            && let Some(process) = pod.process.take()
        {
            pod.address = None; // it stays in use
            self.orphans.push((kube, worker, process));
        }
        self.remove_pod(kube, key);
    }

    /// Something happens to a worker: its power goes, or its kubelet is cut off.
    pub(super) fn lose_worker(&mut self, kube: usize, worker: usize, state: WorkerState) {
        self.kubes[kube].workers[worker].state = state;
        self.note(|| format!("worker {worker} is {state:?}"));
        let lost = self.pods_on(kube, worker);
        for key in lost {
            let Some(pod) = self.kubes[kube].pods.get_mut(&key) else { continue };
            let uid = pod.uid;
            if state != WorkerState::Cut
                && let Some(process) = pod.process.take()
            {
                self.ring.kill(process);
            }
            // The node controller waits 40 seconds before it calls a pod unready, and five minutes more to delete it.
            self.after(40 * SECOND, Event::Probe(kube, key, uid));
            self.after(40 * SECOND + 5 * MINUTE, Event::TaintEviction(kube, key, uid));
        }
    }

    /// A pod of a worker that has been gone for five minutes is deleted; it stays `Terminating` until its kubelet is back.
    pub(super) fn taint_eviction(&mut self, kube: usize, key: PodKey, uid: u64) {
        let Some(pod) = self.kubes[kube].pods.get(&key).filter(|pod| pod.uid == uid) else { return };
        if !self.kubelet_works(kube, pod) {
            self.delete_pod_object(kube, key);
        }
    }

    /// A worker comes back: what was cut off goes on, what had no power starts again, with another address.
    pub(super) fn regain_worker(&mut self, kube: usize, worker: usize) {
        if self.kubes[kube].workers[worker].state == WorkerState::Gone {
            return;
        }
        let was = std::mem::replace(&mut self.kubes[kube].workers[worker].state, WorkerState::Up);
        self.workers_back.insert((kube, worker), self.now);
        for (_, _, process) in self.orphans.extract_if(.., |it| (it.0, it.1) == (kube, worker)) {
            self.ring.kill(process);
        }
        self.note(|| format!("worker {worker} is back"));
        for key in self.pods_on(kube, worker) {
            self.return_pod(kube, key, was);
        }
        self.pods_changed(kube);
    }

    fn return_pod(&mut self, kube: usize, key: PodKey, was: WorkerState) {
        let Some(pod) = self.kubes[kube].pods.get(&key) else { return };
        let (uid, name, is_deleting) = (pod.uid, Rc::clone(&pod.name), pod.deleting.is_some());
        if was == WorkerState::Dead && !is_deleting {
            let address = self.addresses.give(&mut self.chooser, &name);
            let Some(pod) = self.kubes[kube].pods.get_mut(&key) else { return };
            pod.looks_at = 0;
            let old = pod.address.replace(address);
            (pod.phase, pod.calm, pod.is_ready, pod.ready_since) = (Phase::Gate, 0, false, self.now);
            if let Some(old) = old {
                self.addresses.take_back(old);
            }
        }
        let delay = self.controllers_take(5 * SECOND, 30 * SECOND);
        self.arm_gate(kube, key, delay);
        self.after(delay, Event::Pod(kube, key, uid));
        self.after(delay, Event::Probe(kube, key, uid));
        self.after(delay, Event::Containers(kube, key, uid));
    }

    /// The pods that a worker has.
    pub(super) fn pods_on(&self, kube: usize, worker: usize) -> Vec<PodKey> {
        let on = self.kubes[kube].pods.iter().filter(|(_, pod)| pod.worker == Some(worker));
        on.map(|(key, _)| *key).collect()
    }
}
