//! The kinds of events, and who handles which.

use crate::fault::Fault;
use crate::kube::PodKey;
use crate::ring::VolumeId;
use crate::world::World;
use crate::world::delivery::Step;

/// Something that happens. `kube` is the position of a Kubernetes cluster; `uid` that of a pod: what was meant for another
/// pod of that name is dropped.
#[derive(Clone, Debug)]
pub enum Event {
    /// An instance of the program goes on, if it still waits for this.
    Resume {
        /// The instance.
        instance: usize,
        /// What it waits for.
        token: u64,
    },
    /// A request arrives.
    Arrive(u64),
    /// The ring's own time.
    RingTick,
    /// The StatefulSet controller looks.
    Sets(usize),
    /// The disruption controller looks.
    Budgets(usize),
    /// The controllers of claims and volumes look.
    Claims(usize),
    /// The name service learns.
    Names(usize),
    /// Scheduler and kubelet look at a pod.
    Pod(usize, PodKey, u64),
    /// The gate of a pod looks.
    Gate(usize, PodKey, u64),
    /// The readiness probe of a pod ran, and the API server learns of it.
    Probe(usize, PodKey, u64),
    /// The containers of a pod start.
    Containers(usize, PodKey, u64),
    /// The delivery tool does one thing.
    Deliver {
        /// Where.
        kube: usize,
        /// For which of its syncs.
        sync: u64,
        /// What.
        step: Step,
    },
    /// The Job controller starts an instance for a Job.
    StartJob(usize, String),
    /// An instance that was asked to end is killed.
    KillInstance(usize),
    /// A fault begins.
    Fault(Fault),
    /// A worker is well again.
    WorkerBack(usize, usize),
    /// A worker takes new pods again.
    Uncordon(usize, usize),
    /// A volume has room again.
    DiskFree(VolumeId),
    /// A pod is evicted by a drain, until that works.
    DrainPod(usize, PodKey, u64),
    /// The node controller deletes a pod whose worker is gone.
    TaintEviction(usize, PodKey, u64),
}

/// Which controllers are about to look: a change that comes before they do needs no second look.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "four controllers, each by itself")]
pub(crate) struct Armed {
    pub(crate) sets: bool,
    pub(crate) budgets: bool,
    pub(crate) claims: bool,
    pub(crate) names: bool,
}

impl World {
    /// Handles an event. The result is the instance that goes on.
    pub(super) fn handle(&mut self, event: Event) -> Option<usize> {
        match event {
            Event::Resume { instance, token } => return self.resume(instance, token),
            Event::Arrive(number) => self.arrive(number),
            Event::RingTick => self.ring_ticks_at = None,
            Event::Sets(kube) => self.reconcile_sets(kube),
            Event::Budgets(kube) => self.reconcile_budgets(kube),
            Event::Claims(kube) => self.reconcile_claims(kube),
            Event::Names(kube) => self.learn_names(kube),
            Event::Pod(kube, key, uid) => self.sync_pod(kube, key, uid),
            Event::Gate(kube, key, uid) => self.look_from_gate(kube, key, uid),
            Event::Probe(kube, key, uid) => self.probe(kube, key, uid),
            Event::Containers(kube, key, uid) => self.start_containers(kube, key, uid),
            Event::Deliver { kube, sync, step } => self.deliver(kube, sync, step),
            Event::StartJob(kube, job) => self.start_job(kube, &job),
            Event::KillInstance(instance) => self.kill_instance(instance),
            Event::Fault(fault) => self.begin_fault(fault),
            Event::WorkerBack(kube, worker) => self.regain_worker(kube, worker),
            Event::Uncordon(kube, worker) => self.kubes[kube].workers[worker].is_cordoned = false,
            Event::DiskFree(volume) => self.ring.fill(volume, 0),
            Event::DrainPod(kube, key, uid) => self.drain_pod(kube, key, uid),
            Event::TaintEviction(kube, key, uid) => self.taint_eviction(kube, key, uid),
        }
        None
    }

    /// Has the controllers of one Kubernetes cluster look soon, because pods or claims changed.
    pub(super) fn pods_changed(&mut self, kube: usize) {
        self.arm_sets(kube);
        self.arm_claims(kube);
        self.arm_budgets(kube);
        self.arm_names(kube);
    }

    /// Has the StatefulSet controller look soon.
    pub(super) fn arm_sets(&mut self, kube: usize) {
        if !std::mem::replace(&mut self.armed[kube].sets, true) {
            let delay = self.controllers_take(80, 2000);
            self.after(delay, Event::Sets(kube));
        }
    }

    /// Has the controllers of claims look soon.
    pub(super) fn arm_claims(&mut self, kube: usize) {
        if !std::mem::replace(&mut self.armed[kube].claims, true) {
            let delay = self.controllers_take(100, 3000);
            self.after(delay, Event::Claims(kube));
        }
    }

    /// Has the disruption controller look soon.
    pub(super) fn arm_budgets(&mut self, kube: usize) {
        if !std::mem::replace(&mut self.armed[kube].budgets, true) {
            let delay = self.controllers_take(100, 3000);
            self.after(delay, Event::Budgets(kube));
        }
    }

    /// Has the name service learn soon.
    pub(super) fn arm_names(&mut self, kube: usize) {
        if !std::mem::replace(&mut self.armed[kube].names, true) {
            let delay = self.controllers_take(1000, 8000);
            self.after(delay, Event::Names(kube));
        }
    }
}
