//! Processes: Cassandra with the Management API beside it, as one container. [`super::Ring`] keeps them by [`ProcessId`].

use std::collections::VecDeque;

use cassc_ring::release::Release;
use cassc_settle::cluster::{Replication, Time};

use super::jobs::Job;
use super::member::Seen;
use super::oracle::Rule;
use super::volume::VolumeId;
use super::{Event, Ring};

/// A process, for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProcessId(pub(super) usize);

/// With what a container starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// Its data.
    pub volume: VolumeId,
    /// Its address.
    pub address: String,
    /// Its datacenter, as Cassandra calls it.
    pub datacenter: String,
    /// Its rack, as Cassandra calls it.
    pub rack: String,
    /// Its version of Cassandra.
    pub release: Release,
    /// `cluster_name`.
    pub cluster_name: String,
    /// The addresses of the seeds as they resolve when it starts. With its own address among them it is a seed: it does not
    /// bootstrap.
    pub seeds: Vec<String>,
    /// `-Dcassandra.replace_address_first_boot`.
    pub replace: Option<String>,
    /// The replicas of the system keyspaces, if this process founds the ring; `SimpleStrategy` as Cassandra has it where
    /// it is empty.
    pub system_replication: Replication,
    /// The name of the pod, for messages.
    pub name: String,
}

/// How far a process is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Cassandra starts, and does not answer yet.
    Starting,
    /// It bootstraps or replaces, and does not answer yet.
    Joining,
    /// It serves, also while it leaves.
    Serving,
    /// It was drained. It answers the Management API, but serves nothing.
    Drained,
    /// Its decommission is over. The process lives.
    Decommissioned,
    /// Cassandra has ended by itself. The Management API starts it again ([`super::Behaviour::keep_alive`]).
    Exited,
    /// The container is gone.
    Ended,
}

/// What streaming does to a node that was told to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failing {
    /// The session breaks.
    Breaks,
    /// The session hangs until a process at one of its ends is gone.
    Hangs,
}

/// A process.
#[derive(Clone, Debug)]
pub(super) struct Process {
    pub(super) start: Start,
    pub(super) phase: Phase,
    /// Counts its lives; an event of an earlier one is void.
    pub(super) epoch: u32,
    /// The node that it runs, once Cassandra has decided to.
    pub(super) member: Option<usize>,
    pub(super) jobs: Vec<Job>,
    /// Jobs that wait for the one worker; the first one runs.
    pub(super) queue: VecDeque<usize>,
    /// Since when it is drained.
    pub(super) drained: Option<Time>,
    /// Since when gossip stands still in it.
    pub(super) frozen: Option<Time>,
    /// Since when nobody hears it, and it nobody.
    pub(super) isolated: Option<Time>,
    /// At how many per cent its next streaming fails.
    pub(super) failing: Option<(u8, Failing)>,
    /// The last lines of the log.
    pub(super) lines: String,
}

impl Ring {
    /// Starts a container on a volume. Cassandra decides some seconds later what it does: see [`Ring::phase`] and
    /// [`Ring::last_lines`].
    pub fn start(&mut self, start: Start) -> ProcessId {
        let id = self.processes.len();
        let volume = start.volume.0;
        self.processes.push(Process {
            start,
            phase: Phase::Starting,
            epoch: 0,
            member: None,
            jobs: Vec::new(),
            queue: VecDeque::new(),
            drained: None,
            frozen: None,
            isolated: None,
            failing: None,
            lines: String::new(),
        });
        if let Some(other) = self.volumes[volume].process {
            let names = [other, id].map(|process| self.processes[process].start.name.clone());
            self.blame(Rule::P12, format!("{} and {} run on one volume", names[0], names[1]));
            self.processes[id].phase = Phase::Ended;
            "the volume is in use".clone_into(&mut self.processes[id].lines);
            return ProcessId(id);
        }
        self.volumes[volume].process = Some(id);
        self.boots(id);
        ProcessId(id)
    }

    fn boots(&mut self, process: usize) {
        let after = self.rng.between(self.behaviour.boot);
        self.later(after, Event::Boot { process, epoch: self.processes[process].epoch });
    }

    /// The Management API starts Cassandra again.
    pub(super) fn restarts(&mut self, process: usize) {
        self.processes[process].phase = Phase::Starting;
        self.boots(process);
    }

    /// Ends a container at once: `kill -9`, or the end of its pod.
    pub fn kill(&mut self, id: ProcessId) {
        if self.processes[id.0].phase != Phase::Ended {
            self.halt(id.0, Phase::Ended);
            let volume = self.processes[id.0].start.volume.0;
            if self.volumes[volume].process == Some(id.0) {
                self.volumes[volume].process = None;
            }
        }
    }

    /// Ends Cassandra alone, at once. The Management API starts it again after a while.
    pub fn crash(&mut self, id: ProcessId) {
        if !matches!(self.processes[id.0].phase, Phase::Ended | Phase::Exited) {
            self.exit(id.0, "killed".to_owned());
        }
    }

    /// Drains a node: `POST /api/v0/ops/node/drain`, or the hook of its pod's end. Nothing happens unless it serves.
    pub fn drain(&mut self, id: ProcessId) {
        if self.processes[id.0].phase == Phase::Serving {
            self.processes[id.0].phase = Phase::Drained;
            self.processes[id.0].drained = Some(self.now);
            let member = self.processes[id.0].member.expect("a process that serves runs a node");
            self.interrupts(member);
            self.says(member, Seen::Shutdown, false);
        }
    }

    /// Cuts a node off from all others, or connects it again. The Management API still answers.
    pub fn isolate(&mut self, id: ProcessId, isolated: bool) {
        let was = self.processes[id.0].isolated.is_some();
        self.processes[id.0].isolated = isolated.then_some(self.now);
        if let (Some(member), true) = (self.processes[id.0].member, was != isolated) {
            if isolated {
                self.interrupts_others(member);
            } else {
                self.later(self.behaviour.hint_delay, Event::Hints);
            }
            let status = self.members[member].status();
            self.says(member, status, !isolated);
        }
    }

    /// Lets gossip stand still in a node, or go on: it knows nothing new of others, and takes nobody for dead.
    pub fn freeze(&mut self, id: ProcessId, frozen: bool) {
        self.processes[id.0].frozen = frozen.then_some(self.now);
    }

    /// Lets the streaming of a node fail at so many per cent: what runs, or else the next.
    pub fn fail_streaming(&mut self, id: ProcessId, percent: u8, failing: Failing) {
        self.processes[id.0].failing = Some((percent.min(100), failing));
        self.breaks_running(id.0);
    }

    /// How far a process is.
    pub fn phase(&self, id: ProcessId) -> Phase {
        self.processes[id.0].phase
    }

    /// Whether Cassandra runs, whatever it does: the liveness probe.
    pub fn is_running(&self, id: ProcessId) -> bool {
        !matches!(self.processes[id.0].phase, Phase::Exited | Phase::Ended)
    }

    /// The readiness probe of the Management API: `bootstrapped` is COMPLETED. Also while it leaves, and for a while after
    /// a drain. What it says after a decommission was seen to differ: here by process.
    pub fn is_ready(&self, id: ProcessId) -> bool {
        let process = &self.processes[id.0];
        match process.phase {
            Phase::Serving => true,
            Phase::Drained => process.drained.is_some_and(|since| self.now < since + self.behaviour.drained_ready),
            Phase::Decommissioned => super::rng::hash(self.seed, [3, id.0 as u64, 0]).is_multiple_of(4),
            Phase::Starting | Phase::Joining | Phase::Exited | Phase::Ended => false,
        }
    }

    /// The last lines of the log: why Cassandra ended.
    pub fn last_lines(&self, id: ProcessId) -> &str {
        &self.processes[id.0].lines
    }

    /// Ends Cassandra by itself, for a reason that stands in its log.
    pub(super) fn exit(&mut self, process: usize, reason: String) {
        self.halt(process, Phase::Exited);
        self.processes[process].lines = reason;
        if let Some(after) = self.behaviour.keep_alive {
            self.later(after, Event::Boot { process, epoch: self.processes[process].epoch });
        }
    }

    fn halt(&mut self, id: usize, phase: Phase) {
        let process = &mut self.processes[id];
        (process.phase, process.epoch) = (phase, process.epoch + 1);
        (process.drained, process.frozen) = (None, None);
        process.jobs.clear();
        process.queue.clear();
        if let Some(member) = process.member.take() {
            self.goes_down(member);
        }
    }

    /// A node is no longer run.
    fn goes_down(&mut self, id: usize) {
        let known = self.known_schema(id, self.now);
        self.interrupts(id);
        let member = &mut self.members[id];
        (member.process, member.down, member.schema) = (None, Some(self.now), known);
        let (status, number) = (member.status(), member.starts);
        self.says(id, status, false);
        if self.members[id].is_forgotten_when_dead(self.behaviour.replacement_hides) {
            self.later(self.behaviour.forget_joining, Event::Forget { member: id, starts: number });
        }
    }
}
