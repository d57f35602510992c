//! The simulated world: objects, controllers, kubelets, names, addresses, the delivery tool and the ring, driven by one
//! queue of events. Everything that happens is an event or the effect of a call; between two events nothing changes.

mod acts;
mod addresses;
mod budgets;
mod delivery;
mod event;
mod faults;
mod gate;
mod hands;
mod instances;
mod jobs;
mod judge;
mod judge_cures;
mod judge_done;
mod judge_nodes;
mod kubelet;
mod names;
mod nodes;
mod op;
mod pods;
mod reads;
mod requests;
mod sets;
mod times;
mod truth;

pub use acts::LEASE;
pub use delivery::{Replicas, Step as DeliveryStep};
pub use event::Event;
pub use faults::Active;
pub use instances::{End, Instance, Point};
pub use op::Op;
pub use requests::Outcome;

pub(crate) use reads::{List, address, failure_of_read};

use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use crate::chance::Chooser;
use crate::check::Checker;
use crate::commit::Commit;
use crate::kube::{Kube, PodKey};
use crate::queue::{Ms, Queue};
use crate::ring::{Ring, Rng};
use crate::trace::Trace;

use addresses::Addresses;
use delivery::Delivery;
use event::Armed;
use names::Names;
use requests::Request;

/// What is counted, for whoever wants to know what a run has seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Events.
    pub events: u64,
    /// Calls of the program that only read.
    pub reads: u64,
    /// Calls of the program that change something, and arrived.
    pub acts: u64,
    /// Faults that were injected.
    pub faults: u64,
    /// Commits that were applied.
    pub commits: u64,
    /// Instances of the program that were started.
    pub instances: u64,
    /// Instances that were killed.
    pub kills: u64,
}

/// The world.
pub struct World {
    /// The time.
    pub now: Ms,
    /// Where choices come from.
    pub chooser: Chooser,
    /// The Kubernetes clusters.
    pub kubes: Vec<Kube>,
    /// The ring.
    pub ring: Ring,
    /// The instances of the program, dead ones included.
    pub instances: Vec<Instance>,
    /// What happened.
    pub trace: Trace,
    /// What must hold.
    pub check: Checker,
    /// What was counted.
    pub counters: Counters,
    /// The commits that were applied, oldest first.
    pub commits: Vec<Rc<Commit>>,
    queue: Queue<Event>,
    armed: Vec<Armed>,
    names: Vec<Names>,
    addresses: Addresses,
    delivery: Vec<Delivery>,
    faults: Active,
    requests: BTreeMap<u64, Request>,
    n_requests: u64,
    ring_ticks_at: Option<Ms>,
    /// Cassandra of pods that the API server has forgotten, with Kubernetes cluster and worker, while its kubelet is cut off.
    orphans: Vec<(usize, usize, crate::ring::ProcessId)>,
    /// When workers, by Kubernetes cluster, were last back.
    workers_back: BTreeMap<(usize, usize), Ms>,
    distortions: Rng,
    /// Bytes of a new volume.
    pub volume_bytes: u64,
    /// Whether instances may be killed or paused at every suspension, by choices from a list.
    pub explores: bool,
    /// What may happen at any of these suspensions as well, once and in this order.
    pub pending: VecDeque<Op>,
}

impl World {
    /// A world without objects. `cluster` is the name of the Cassandra cluster in Kubernetes, `kube_clusters` the Kubernetes
    /// clusters.
    pub fn new(chooser: Chooser, ring: Ring, cluster: &str, kube_clusters: &[Option<String>], trace: bool) -> Self {
        let n = kube_clusters.len();
        let chooser_seed = chooser.seed();
        Self {
            now: 0,
            chooser,
            kubes: kube_clusters.iter().map(|name| Kube::new(cluster, name.clone())).collect(),
            ring,
            instances: Vec::new(),
            trace: Trace::new(trace),
            check: Checker::default(),
            counters: Counters::default(),
            commits: Vec::new(),
            queue: Queue::default(),
            armed: vec![Armed::default(); n],
            names: vec![Names::default(); n],
            addresses: Addresses::default(),
            delivery: vec![Delivery::default(); n],
            faults: Active::default(),
            requests: BTreeMap::new(),
            n_requests: 0,
            ring_ticks_at: None,
            orphans: Vec::new(),
            workers_back: BTreeMap::new(),
            distortions: Rng::new(chooser_seed),
            volume_bytes: 100 << 30,
            explores: false,
            pending: VecDeque::new(),
        }
    }

    /// When the next event is.
    pub fn next_time(&self) -> Option<Ms> {
        self.queue.next_time()
    }

    /// Lets the next event happen. The result is the instance of the program that goes on, if one does.
    pub fn step(&mut self) -> Option<usize> {
        let (at, event) = self.queue.take()?;
        self.now = self.now.max(at);
        self.counters.events += 1;
        let resumed = self.handle(event);
        self.after_event();
        resumed
    }

    /// What follows from every event and every call: the ring's own time, what kubelets notice, and what must hold.
    pub fn after_event(&mut self) {
        self.advance_ring();
        self.notice_nodes();
        self.take_snapshot();
        self.check_all();
    }

    /// Adds a line to the trace.
    pub(crate) fn note(&mut self, line: impl FnOnce() -> String) {
        self.trace.add(self.now, line);
    }

    /// Adds a line about a pod to the trace.
    pub(crate) fn note_pod(&mut self, kube: usize, key: PodKey, text: &str) {
        let (now, objects) = (self.now, &self.kubes[kube]);
        self.trace.add(now, || format!("{}: {text}", objects.pod_name(key)));
    }

    /// Lets something happen later.
    pub(crate) fn after(&mut self, delay: Ms, event: Event) {
        self.queue.put(self.now + delay, event);
    }

    /// How long a controller or a kubelet takes for something.
    pub(crate) fn controllers_take(&mut self, usual: Ms, most: Ms) -> Ms {
        let times = Ms::from(self.faults.slow_times(self.now));
        self.chooser.takes(usual, most) * times
    }
}
