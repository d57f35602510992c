//! Faults that last, and how each begins.

use std::collections::{BTreeMap, VecDeque};

use cassc_settle::observed::Endpoint;

use crate::chance::Chooser;
use crate::fault::{Fault, StateWrite, Whose, Wrong};
use crate::kube::Kube;
use crate::queue::{MINUTE, Ms};
use crate::ring::ProcessId;
use crate::world::World;

/// How many older versions of all objects are kept while reads are old.
const MOST_SNAPSHOTS: usize = 16;

/// The faults that last at the moment.
#[derive(Clone, Debug, Default)]
pub struct Active {
    calls: Vec<Calls>,
    /// How the next write of the state goes wrong, and whether the writer dies of it.
    pub(super) state_write: Option<(StateWrite, bool)>,
    slow: Option<(Ms, u32)>,
    budget_frozen_until: Ms,
    old_reads: Option<(Ms, Ms)>,
    snapshots: VecDeque<(Ms, Vec<Kube>)>,
    foreign: Option<(Ms, Ms, u64)>,
    views: BTreeMap<ProcessId, Vec<Endpoint>>,
    /// By how many seconds the clocks of instances are wrong.
    pub(super) clock: i64,
}

/// Calls that go wrong.
#[derive(Clone, Debug)]
struct Calls {
    until: Ms,
    whose: Whose,
    wrong: Wrong,
    percent: u8,
}

impl Active {
    /// How many times slower controllers are.
    pub(super) fn slow_times(&self, now: Ms) -> u32 {
        self.slow.filter(|(until, _)| now < *until).map_or(1, |(_, times)| times)
    }

    /// Whether the status of budgets stays as it is.
    pub(super) fn is_budget_frozen(&self, now: Ms) -> bool {
        now < self.budget_frozen_until
    }

    /// The number of the foreign node in everybody's gossip.
    pub(super) fn foreign_node(&self, now: Ms) -> Option<u64> {
        self.foreign.filter(|(_, until, _)| now < *until).map(|(.., number)| number)
    }

    /// Since when it is there.
    pub(super) fn foreign_since(&self, now: Ms) -> Option<Ms> {
        self.foreign.filter(|(_, until, _)| now < *until).map(|(since, ..)| since)
    }

    /// How a call goes wrong, if one of these faults hits it.
    pub(super) fn wrong(&self, now: Ms, chooser: &mut Chooser, is_meant: impl Fn(&Whose) -> bool) -> Option<Wrong> {
        let hit = |calls: &&Calls| {
            now < calls.until
                && is_meant(&calls.whose)
                && (calls.percent >= 100 || chooser.percent(calls.percent.into()))
        };
        self.calls.iter().find(hit).map(|calls| calls.wrong)
    }

    /// What a node said of the ring when this was first asked.
    pub(super) fn first_view(&mut self, process: ProcessId, now: Vec<Endpoint>) -> Vec<Endpoint> {
        self.views.entry(process).or_insert(now).clone()
    }

    /// The objects as they were, while reads are old.
    pub(super) fn old_objects(&self, now: Ms, kube: usize) -> Option<&Kube> {
        let (by, _) = self.old_reads.filter(|(_, until)| now < *until)?;
        let old = self.snapshots.iter().rev().find(|(at, _)| at + by <= now).or_else(|| self.snapshots.front());
        old.map(|(_, kubes)| &kubes[kube])
    }
}

impl World {
    /// Lets a fault begin at some time from now.
    pub fn inject(&mut self, delay: Ms, fault: Fault) {
        self.after(delay, super::Event::Fault(fault));
    }

    /// Keeps the objects as they are, while reads are old.
    pub(super) fn take_snapshot(&mut self) {
        let Some((by, _)) = self.faults.old_reads.filter(|(_, until)| self.now < *until) else { return };
        let is_due = self.faults.snapshots.back().is_none_or(|(at, _)| at + by / 8 <= self.now);
        if is_due {
            if self.faults.snapshots.len() == MOST_SNAPSHOTS {
                self.faults.snapshots.pop_front();
            }
            let snapshot = (self.now, self.kubes.clone());
            self.faults.snapshots.push_back(snapshot);
        }
    }

    /// A fault begins.
    pub(super) fn begin_fault(&mut self, fault: Fault) {
        self.counters.faults += 1;
        self.note(|| format!("fault: {fault:?}"));
        let now = self.now;
        match fault {
            Fault::Calls { whose, wrong, percent, lasts } => {
                self.faults.calls.retain(|calls| now < calls.until);
                self.faults.views.clear();
                self.faults.calls.push(Calls { until: now + lasts, whose, wrong, percent });
            }
            Fault::StateWrite(write) => self.faults.state_write = Some((write, false)),
            Fault::KillAfterStateWrite(write) => self.faults.state_write = Some((write, true)),
            Fault::OldReads { by, lasts } => {
                self.faults.snapshots.clear();
                self.faults.old_reads = Some((by, now + lasts));
            }
            Fault::ClockJump { seconds } => self.faults.clock += seconds,
            Fault::AddressesReused => self.addresses.are_reused = true,
            Fault::ForeignNode { lasts } => self.faults.foreign = Some((now, now + lasts, self.counters.faults)),
            Fault::SlowControllers { times, lasts } => self.faults.slow = Some((now + lasts, times.max(1))),
            Fault::BudgetFrozen { lasts } => {
                self.faults.budget_frozen_until = now + lasts;
                (0..self.kubes.len()).for_each(|kube| self.after(lasts, super::Event::Budgets(kube)));
            }
            Fault::Kill { .. } | Fault::Pause { .. } | Fault::SecondInstance { .. } | Fault::Terminate { .. } => {
                self.disturb_instance(&fault);
            }
            other => self.by_hand(other),
        }
    }

    fn disturb_instance(&mut self, fault: &Fault) {
        match fault {
            Fault::Kill { kube, after } => {
                if let Some(instance) = self.running_instance(*kube) {
                    self.kill_in(instance, *after);
                }
            }
            Fault::Pause { kube, after, lasts, in_send } => {
                if let Some(instance) = self.running_instance(*kube) {
                    self.pause_in(instance, *after, *lasts, *in_send);
                }
            }
            Fault::Terminate { kube } => {
                if let Some(instance) = self.running_instance(*kube) {
                    self.terminate(instance);
                }
            }
            Fault::SecondInstance { kube } if *kube < self.kubes.len() => drop(self.start_instance(*kube, None)),
            _ => {}
        }
    }

    /// Ends all faults that last: workers are back, disks have room, calls are answered.
    pub fn stop_faults(&mut self) {
        let clock = self.faults.clock;
        self.faults = Active { clock, ..Active::default() };
        for kube in 0..self.kubes.len() {
            for worker in 0..self.kubes[kube].workers.len() {
                self.kubes[kube].workers[worker].is_cordoned = false;
                self.after(MINUTE, super::Event::WorkerBack(kube, worker));
            }
            self.after(0, super::Event::Budgets(kube));
            let volumes: Vec<_> = self.kubes[kube].claims.values().map(|claim| claim.volume).collect();
            volumes.into_iter().for_each(|volume| self.ring.fill(volume, 0));
        }
        self.note(|| "all faults end".to_owned());
    }
}
