//! Data that moves: who sends which key to whom, how far it is, and what happens when an end is lost. Which keys move is
//! decided in `moves`; what follows from an end in `membership`.

use cassc_settle::cluster::{JobStatus, Time};

use super::oracle::Cause;
use super::process::Failing;
use super::rng::index;
use super::{Event, ProcessId, Ring};

/// What moves data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Join,
    /// In the place of a dead node.
    Replace(usize),
    Leave,
    /// `nodetool removenode` of a dead node.
    Remove(usize),
    Rebuild,
}

/// A key on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Transfer {
    pub(super) slot: usize,
    pub(super) from: usize,
    pub(super) to: usize,
}

/// How far an operation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// Said in gossip; others get time to hear it.
    Announced,
    Streaming,
    /// A session broke. Ranges stay pending.
    Stuck,
}

/// A change of the ring, or a copy of data, under way.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub(super) number: u64,
    pub(super) kind: Kind,
    /// The node that carries it out.
    pub(super) member: usize,
    transfers: Vec<Transfer>,
    /// Slots with the nodes that become their replicas: writes go there as well, whatever is sent.
    pub(super) pending: Vec<(usize, usize)>,
    /// Keyspaces whose replication a person has changed meanwhile.
    pub(super) disturbed: Vec<usize>,
    /// The job that waits for it.
    pub(super) job: Option<usize>,
    pub(super) cause: Cause,
    stage: Stage,
    /// How many transfers have arrived.
    delivered: usize,
    since: Time,
    until: Time,
    /// When it fails.
    breaks: Option<(Time, Failing)>,
}

impl Operation {
    /// Whether a person began it so lately that others need not have heard of it.
    pub(super) fn is_unheard(&self, now: Time, gossip: Time) -> bool {
        self.cause == Cause::Fault && self.stage == Stage::Announced && now <= self.since + gossip
    }

    /// Whether it has failed, and waits for somebody to do something.
    pub(super) fn is_stuck(&self) -> bool {
        self.stage == Stage::Stuck
    }

    /// How many transfers are done at a time.
    fn done(&self, now: Time) -> usize {
        match self.stage {
            Stage::Announced => 0,
            Stage::Streaming | Stage::Stuck => {
                let now = now.min(self.breaks.map_or(Time::MAX, |(at, _)| at)).min(self.until);
                let whole = (self.until - self.since).max(1);
                index(self.transfers.len() as u64 * (now - self.since) / whole)
            }
        }
    }
}

impl Ring {
    /// Begins an operation: the streams start after a delay.
    pub(super) fn begin(
        &mut self,
        kind: Kind,
        member: usize,
        mut transfers: Vec<Transfer>,
        job: Option<usize>,
        cause: Cause,
    ) {
        let count = transfers.len();
        self.rng.choose(&mut transfers, count);
        self.changes += 1;
        let (number, now) = (self.changes, self.now);
        let (stage, pending) = (Stage::Announced, self.pending(kind, member));
        self.operations.push(Operation {
            number,
            kind,
            member,
            transfers,
            pending,
            disturbed: Vec::new(),
            job,
            cause,
            stage,
            delivered: 0,
            since: now,
            until: now,
            breaks: None,
        });
        let delay = if kind == Kind::Rebuild { 1 } else { self.behaviour.ring_delay };
        self.later(delay, Event::Stream { operation: number });
    }

    fn place_of(&self, number: u64) -> Option<usize> {
        self.operations.iter().position(|operation| operation.number == number)
    }

    /// The streams of an operation start, if all that send and receive are there.
    pub(super) fn streams(&mut self, number: u64) {
        let Some(place) = self.place_of(number) else { return };
        let operation = &self.operations[place];
        let major = |member: usize| self.members[member].minor().major();
        let is_there =
            |it: &Transfer| self.serves(it.from) && self.takes_writes(it.to) && major(it.from) == major(it.to);
        let are_there = operation.transfers.iter().all(is_there);
        let sent = operation.transfers.iter().filter(|it| self.data(it.from, it.slot) > 0).count() as u64;
        let seconds = 1 + sent * self.behaviour.key_bytes / self.behaviour.stream_rate.max(1);
        let failing = self.members[operation.member].process.and_then(|it| self.processes[it].failing.take());
        let operation = &mut self.operations[place];
        (operation.stage, operation.since, operation.until) = (Stage::Streaming, self.now, self.now + seconds);
        operation.breaks = failing.map(|(percent, failing)| (self.now + seconds * Time::from(percent) / 100, failing));
        let next = operation.breaks.map_or(seconds, |(at, _)| at - self.now);
        if are_there {
            self.later(next, Event::Streamed { operation: number });
        } else {
            self.fails(number);
        }
    }

    /// Lets what a process streams fail where it was told to.
    pub(super) fn breaks_running(&mut self, process: usize) {
        let now = self.now;
        let Some(member) = self.processes[process].member else { return };
        let is_running = |it: &&mut Operation| it.member == member && it.stage == Stage::Streaming;
        let Some(operation) = self.operations.iter_mut().find(is_running) else { return };
        let Some((percent, failing)) = self.processes[process].failing.take() else { return };
        let at = operation.since + (operation.until - operation.since) * Time::from(percent) / 100;
        operation.breaks = Some((at.max(now), failing));
        let number = operation.number;
        self.later(at.saturating_sub(now), Event::Streamed { operation: number });
    }

    /// The streams of an operation have ended, one way or the other.
    pub(super) fn streamed(&mut self, number: u64) {
        let Some(place) = self.place_of(number) else { return };
        let operation = &mut self.operations[place];
        match operation.breaks {
            _ if operation.stage != Stage::Streaming => {}
            Some((at, Failing::Breaks)) if at <= self.now => self.fails(number),
            Some((at, Failing::Hangs)) if at <= self.now => operation.stage = Stage::Stuck,
            _ if self.now < operation.until => {}
            _ => match self.deliver(place, usize::MAX) {
                Ok(()) => {
                    let operation = self.operations.remove(place);
                    self.completes(&operation);
                }
                Err(full) => {
                    self.fails(number);
                    if let Some(process) = self.members[full].process {
                        self.exit(process, "No space left on device".to_owned());
                    }
                }
            },
        }
    }

    /// Copies what the first transfers bring, each once: what is removed afterwards does not come again. The receiver
    /// without room is the error.
    fn deliver(&mut self, place: usize, count: usize) -> Result<(), usize> {
        let is_leave = self.operations[place].kind == Kind::Leave;
        let transfers = std::mem::take(&mut self.operations[place].transfers);
        let before = self.operations[place].delivered;
        let new = transfers.iter().take(count).skip(before);
        let brought = new.into_iter().try_for_each(|transfer| self.bring(*transfer, is_leave));
        self.operations[place].delivered = before.max(count.min(transfers.len()));
        self.operations[place].transfers = transfers;
        brought
    }

    /// What streams has arrived so far.
    pub(super) fn arrives(&mut self) {
        for place in 0..self.operations.len() {
            if !self.operations[place].is_stuck() {
                let done = self.operations[place].done(self.now);
                // A receiver without room is told at the end.
                let _ = self.deliver(place, done);
            }
        }
    }

    fn bring(&mut self, Transfer { slot, from, to }: Transfer, is_leave: bool) -> Result<(), usize> {
        let version = self.data(from, slot);
        if let Some(volume) = self.members[to].volume.filter(|_| version > 0) {
            if self.volumes[volume].version(slot) == 0 && !self.has_room(volume, 1) {
                return Err(to);
            }
            self.volumes[volume].store(slot, version);
        }
        if let Some(volume) = self.members[from].volume.filter(|_| is_leave) {
            self.volumes[volume].mark(slot);
        }
        Ok(())
    }

    /// The streams of an operation fail: what has arrived stays.
    fn fails(&mut self, number: u64) {
        let Some(place) = self.place_of(number) else { return };
        let done = self.operations[place].done(self.now);
        // A receiver without room keeps what it has.
        let _ = self.deliver(place, done);
        let operation = &mut self.operations[place];
        (operation.stage, operation.breaks) = (Stage::Stuck, Some((self.now, Failing::Breaks)));
        let (kind, member, job) = (operation.kind, operation.member, operation.job.take());
        let process = self.members[member].process;
        match (kind, process, job) {
            (Kind::Join | Kind::Replace(_), Some(process), _) => {
                "Some data streaming failed. Use nodetool to check bootstrap state and resume."
                    .clone_into(&mut self.processes[process].lines);
            }
            (Kind::Leave, Some(process), Some(job)) => {
                self.ends(process, job, JobStatus::Failed("Stream failed".to_owned()));
            }
            (_, process, job) => {
                self.operations.remove(place);
                if let (Some(process), Some(job)) = (process, job) {
                    let text = "Error while rebuilding node: Stream failed".to_owned();
                    self.ends(process, job, JobStatus::Failed(text));
                }
            }
        }
    }

    /// A node is lost: its own operation ends with what has been sent, those of others that need it fail.
    pub(super) fn interrupts(&mut self, member: usize) {
        while let Some(place) = self.operations.iter().position(|operation| operation.member == member) {
            if !self.operations[place].is_stuck() {
                let done = self.operations[place].done(self.now);
                // A receiver without room keeps what it has.
                let _ = self.deliver(place, done);
            }
            let operation = self.operations.remove(place);
            let process = self.members[member].process;
            // A node that was drained still answers for its jobs.
            if let (Some(process), Some(job)) = (process, operation.job) {
                self.ends(process, job, JobStatus::Failed("Stream failed".to_owned()));
            }
        }
        self.interrupts_others(member);
    }

    /// Every operation that still needs a node fails.
    pub(super) fn interrupts_others(&mut self, member: usize) {
        let needs = |operation: &Operation| {
            let left = operation.transfers.iter().skip(operation.done(self.now));
            let is_end = |transfer: &Transfer| transfer.to == member || transfer.from == member;
            operation.stage == Stage::Streaming && left.into_iter().any(is_end)
        };
        let numbers: Vec<u64> = self.operations.iter().filter(|it| needs(it)).map(|it| it.number).collect();
        for number in numbers {
            self.fails(number);
        }
    }

    /// Bytes that a node still has to send and to receive; `None` where nothing streams.
    pub fn streaming(&self, id: ProcessId) -> Option<u64> {
        let member = self.processes[id.0].member?;
        let mut left = None;
        for operation in self.operations.iter().filter(|it| it.stage != Stage::Announced) {
            for transfer in operation.transfers.iter().skip(operation.done(self.now)) {
                let is_copy = self.data(transfer.from, transfer.slot) > 0;
                if is_copy && (transfer.from == member || transfer.to == member) {
                    *left.get_or_insert(0) += self.behaviour.key_bytes;
                }
            }
        }
        left
    }
}
