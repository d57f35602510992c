//! A simulated ring of Cassandra nodes: what they do when they are started, asked, killed, and what becomes of the data.
//!
//! Values only: no network, no clock, no threads. The time is what [`Ring::tick`] was last told; every other call takes place
//! then. The same [`Behaviour`], seed and calls make the same history, and a [`Ring`] can be cloned to try several futures.
//!
//! - A **volume** ([`VolumeId`]) keeps what outlives a process: host id, tokens, how far the node has joined, its keys.
//! - A **process** ([`ProcessId`]) is Cassandra with the Management API, on a volume, at an address.
//! - A **node** is a host id. Other nodes learn of its changes through gossip, each after a while of its own, and of its death
//!   by its silence.
//! - **Keys** stand for ranges of tokens: each has a token, and the replicas that `NetworkTopologyStrategy` gives it. A client
//!   writes them; an **oracle** ([`Ring::check`], [`Violation`]) knows what was acknowledged, and what must be readable.
//!
//! A history is the more telling, the fewer replicas its keyspaces have: with one, each single loss shows at once; with three, a
//! loss shows where a bare quorum had the newest version ([`Behaviour::bare_quorum`]).
//!
//! A node whose volume still exists and that is replaced all the same takes its keys with it: that is the act of whoever
//! replaced it. A volume that is really lost is destroyed first, with [`Cause::Fault`].
//!
//! Not modelled: `nodetool move`, read repair, several tables of a keyspace, tombstones (the client never deletes a key),
//! coordinators whose view of the ring lags behind the ring itself, clocks that differ, `DECOMMISSION_FAILED` of Cassandra 5.0
//! (a decommission that failed may be asked for again in every release), reads and writes at other levels than quorums, the
//! pause of gossip in a node that assassinates another ([`Ring::freeze`] makes one by hand).
//!
//! ```text
//! ring.start(Start { volume, address, seeds, … })     a container starts; the gate has let it
//! ring.tick(now)                                       bootstraps, streams, gossips, writes, …
//! ring.endpoints(process)                              what its Management API says
//! ring.check()                                         what was broken since the last time
//! ```

mod api;
mod behaviour;
mod boot;
mod client;
mod distort;
mod jobs;
mod member;
mod membership;
mod moves;
mod operations;
mod oracle;
mod placement;
mod process;
mod rng;
mod schema;
mod truth;
mod volume;

#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use cassc_settle::cluster::Time;

pub use behaviour::Behaviour;
pub use distort::{DISTORTIONS, Distortion, distort};
pub use oracle::{Cause, Rule, Violation};
pub use process::{Failing, Phase, ProcessId, Start};
pub use rng::Rng;
pub use volume::{Bootstrap, OnVolume, VolumeId};

use client::Client;
use member::Member;
use operations::Operation;
use oracle::Oracle;
use placement::Tokens;
use process::Process;
use schema::{Altered, Keyspace};
use volume::Volume;

/// The number of the first ring that is founded.
const MAIN: u32 = 1;

/// Bytes that a node without any key uses: about what was seen of an empty one.
const EMPTY_NODE: u64 = 106_654;

/// Something that happens at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// Cassandra has started, or is started again. Void in another epoch of the process, as all that name one.
    Boot { process: usize, epoch: u32 },
    /// The worker of a node goes on.
    Work { process: usize, epoch: u32 },
    /// The job of a decommission ends.
    Left { process: usize, epoch: u32, job: usize },
    /// The streams of an operation start.
    Stream { operation: u64 },
    /// They end, or fail.
    Streamed { operation: u64 },
    /// A joining node that died is forgotten.
    Forget { member: usize, starts: u32 },
    /// Hints are sent.
    Hints,
    /// The client writes.
    Write,
}

/// The replicas of every slot.
#[derive(Clone, Debug, Default)]
struct Placement {
    tokens: Tokens,
    replicas: Vec<usize>,
    /// Where the replicas of each slot begin, and where those of the last end.
    bounds: Vec<usize>,
}

impl Placement {
    fn of(&self, slot: usize) -> &[usize] {
        &self.replicas[self.bounds[slot]..self.bounds[slot + 1]]
    }
}

/// A simulated ring.
#[derive(Clone, Debug)]
pub struct Ring {
    behaviour: Behaviour,
    seed: u64,
    rng: Rng,
    now: Time,
    events: BinaryHeap<Reverse<(Time, u64, Event)>>,
    /// Numbers events, changes of gossip and operations.
    changes: u64,
    datacenters: Vec<String>,
    racks: Vec<String>,
    volumes: Vec<Volume>,
    processes: Vec<Process>,
    members: Vec<Member>,
    operations: Vec<Operation>,
    keyspaces: Vec<Keyspace>,
    schema: Vec<Altered>,
    placement: Placement,
    client: Client,
    oracle: Oracle,
    founded: u32,
}

impl Ring {
    /// A ring without nodes. The first seed that starts founds it.
    pub fn new(behaviour: Behaviour, seed: u64) -> Self {
        Self {
            behaviour,
            seed,
            rng: Rng::new(seed),
            now: 0,
            events: BinaryHeap::new(),
            changes: 0,
            datacenters: Vec::new(),
            racks: Vec::new(),
            volumes: Vec::new(),
            processes: Vec::new(),
            members: Vec::new(),
            operations: Vec::new(),
            keyspaces: Vec::new(),
            schema: Vec::new(),
            placement: Placement::default(),
            client: Client::default(),
            oracle: Oracle::default(),
            founded: 0,
        }
    }

    /// Lets time pass until `now`. Time never goes back: an earlier one changes nothing.
    pub fn tick(&mut self, now: Time) {
        while let Some(Reverse((at, ..))) = self.events.peek()
            && *at <= now
        {
            let Some(Reverse((at, _, event))) = self.events.pop() else { return };
            self.now = self.now.max(at);
            self.happens(event);
            self.judge();
        }
        self.now = self.now.max(now);
    }

    /// The time.
    pub fn now(&self) -> Time {
        self.now
    }

    /// When something happens next, if nobody calls.
    pub fn next(&self) -> Option<Time> {
        self.events.peek().map(|Reverse((at, ..))| *at)
    }

    /// How many rings were founded.
    pub fn founded(&self) -> u32 {
        self.founded
    }

    /// Whether a node joins, leaves, is replaced or removed, or copies data, also where that has failed half-way.
    pub fn moves(&self) -> bool {
        !self.operations.is_empty()
    }

    fn later(&mut self, after: Time, event: Event) {
        self.changes += 1;
        self.events.push(Reverse((self.now + after, self.changes, event)));
    }

    fn happens(&mut self, event: Event) {
        let lives = |process: usize, epoch| self.processes[process].epoch == epoch;
        match event {
            Event::Boot { process, epoch } if lives(process, epoch) => match self.processes[process].phase {
                Phase::Exited => self.restarts(process),
                _ => self.boot(process),
            },
            Event::Work { process, epoch } if lives(process, epoch) => self.works(process),
            Event::Left { process, epoch, job } if lives(process, epoch) => self.has_ended(process, job),
            Event::Boot { .. } | Event::Work { .. } | Event::Left { .. } => {}
            Event::Stream { operation } => self.streams(operation),
            Event::Streamed { operation } => self.streamed(operation),
            Event::Forget { member, starts } => self.is_forgotten(member, starts),
            Event::Hints => self.sends_hints(),
            Event::Write => {
                self.write();
                if let Some(every) = self.behaviour.write_every {
                    self.later(every, Event::Write);
                }
            }
        }
    }

    /// The replicas of every slot follow the members and the newest schema.
    fn rearrange(&mut self) {
        let mut placement = Placement { tokens: self.tokens(), ..Placement::default() };
        placement.bounds.push(0);
        for key in &self.oracle.keys {
            let factors = &self.keyspaces[key.keyspace].factors;
            placement.tokens.replicas(factors, key.token, &mut placement.replicas);
            placement.bounds.push(placement.replicas.len());
        }
        self.placement = placement;
        self.changed(Cause::Act);
    }
}
