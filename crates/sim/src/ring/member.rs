//! Nodes by host id, and what gossip says of them: each node learns of a change at a time of its own.

use cassc_ring::release::{Minor, Release};
use cassc_settle::cluster::Time;
use cassc_settle::observed::Status;

use super::Ring;
use super::placement::Place;
use super::process::Phase;
use super::rng::{hash, within};

/// Where a node stands in the ring, in truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It has never joined, or it was replaced or removed.
    Absent,
    /// It bootstraps.
    Joining,
    /// It bootstraps in the place of a dead node.
    Replacing,
    /// It is a member.
    Normal,
    /// It is a member that sends its data away.
    Leaving,
    /// It was a member.
    Left,
}

impl Standing {
    /// Whether it is a member.
    pub(super) fn owns_tokens(self) -> bool {
        matches!(self, Self::Normal | Self::Leaving)
    }

    /// Whether the ring changes by it.
    pub(super) fn moves(self) -> bool {
        matches!(self, Self::Joining | Self::Replacing | Self::Leaving)
    }
}

/// What gossip says of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    Joining,
    Hibernate,
    Normal,
    Leaving,
    Left,
    Shutdown,
    /// No longer listed.
    Gone,
}

impl Seen {
    /// As the Management API has it.
    pub(super) fn status(self) -> Status {
        match self {
            Self::Joining => Status::Joining,
            Self::Normal => Status::Normal,
            Self::Leaving => Status::Leaving,
            Self::Left => Status::Left,
            Self::Hibernate => Status::Other("hibernate".to_owned()),
            Self::Shutdown => Status::Other("shutdown".to_owned()),
            Self::Gone => Status::Other(String::new()),
        }
    }
}

/// A change of what gossip says of a node.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub(super) at: Time,
    /// Its number among all changes: each has a lag of its own.
    number: u64,
    pub(super) seen: Seen,
    pub(super) is_alive: bool,
    /// Whether nobody said it: others find out by silence.
    is_silence: bool,
    pub(super) address: String,
}

/// A node.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) host_id: String,
    pub(super) place: Place,
    pub(super) tokens: Vec<u64>,
    pub(super) standing: Standing,
    /// Which ring it belongs to; there should be one only.
    pub(super) ring: u32,
    pub(super) release: Release,
    pub(super) cluster: String,
    pub(super) address: String,
    /// Its data; `None` once that was destroyed.
    pub(super) volume: Option<usize>,
    pub(super) process: Option<usize>,
    /// When it last entered gossip, and how often it has.
    pub(super) up: Time,
    pub(super) starts: u32,
    /// Since when no process runs it.
    pub(super) down: Option<Time>,
    /// How many schema changes it knew when it started.
    pub(super) schema: usize,
    history: Vec<Change>,
}

impl Member {
    /// What gossip says of it, in truth.
    pub(super) fn status(&self) -> Seen {
        match self.standing {
            Standing::Absent => Seen::Gone,
            Standing::Joining => Seen::Joining,
            Standing::Replacing => Seen::Hibernate,
            Standing::Normal => Seen::Normal,
            Standing::Leaving => Seen::Leaving,
            Standing::Left => Seen::Left,
        }
    }

    /// Whether others forget it when it dies: it has never owned anything. A replacement that hides is kept.
    pub(super) fn is_forgotten_when_dead(&self, replacement_hides: bool) -> bool {
        self.standing == Standing::Joining || self.standing == Standing::Replacing && !replacement_hides
    }

    pub(super) fn minor(&self) -> Minor {
        self.release.minor
    }
}

impl Ring {
    /// How many members do not serve.
    pub fn unavailable(&self) -> usize {
        let is_member = |id: &usize| self.members[*id].standing.owns_tokens();
        (0..self.members.len()).filter(is_member).filter(|id| !self.serves(*id)).count()
    }

    /// A new node for a process, with a host id that nobody has, on the volume of the process.
    pub(super) fn new_member(&mut self, process: usize) -> usize {
        let start = self.processes[process].start.clone();
        let (high, low) = (self.rng.number(), self.rng.number());
        let [first, second, third] = [high >> 32, high >> 16 & 0xffff, high & 0xfff];
        let host_id =
            format!("{first:08x}-{second:04x}-4{third:03x}-8{:03x}-{:012x}", low >> 52, low & 0xffff_ffff_ffff);
        let datacenter = self.datacenter(&start.datacenter);
        let rack = self.rack(datacenter, &start.rack);
        self.members.push(Member {
            host_id,
            place: Place { datacenter, rack },
            tokens: Vec::new(),
            standing: Standing::Absent,
            ring: 0,
            release: start.release,
            cluster: start.cluster_name,
            address: start.address,
            volume: Some(start.volume.0),
            process: None,
            up: self.now,
            starts: 0,
            down: None,
            schema: 0,
            history: Vec::new(),
        });
        self.volumes[start.volume.0].member = Some(self.members.len() - 1);
        self.members.len() - 1
    }

    /// Draws new tokens for a node.
    pub(super) fn draw_tokens(&mut self, member: usize) {
        let rng = &mut self.rng;
        self.members[member].tokens = (0..self.behaviour.vnodes).map(|_| rng.number()).collect();
    }

    /// Lets gossip say something of a node from now on.
    pub(super) fn says(&mut self, member: usize, seen: Seen, is_alive: bool) {
        self.changes += 1;
        let (now, number, longest) = (self.now, self.changes, self.behaviour.detection.1 + self.behaviour.gossip.1);
        let member = &mut self.members[member];
        let is_silence = !is_alive && seen != Seen::Shutdown && seen != Seen::Gone;
        let address = member.address.clone();
        // What everybody knew before the last change is never looked at again.
        let old = member.history.iter().rposition(|change| change.at + longest < now).unwrap_or_default();
        member.history.drain(..old);
        member.history.push(Change { at: now, number, seen, is_alive, is_silence, address });
    }

    /// What one node knows of another, or of itself; `None` where it does not list it.
    pub(super) fn view(&self, viewer: usize, subject: usize) -> Option<&Change> {
        let (of, by) = (&self.members[subject], &self.members[viewer]);
        if of.ring != by.ring {
            return None;
        }
        let frozen = by.process.and_then(|process| self.processes[process].frozen);
        let until = self.deaf_since(viewer).into_iter().chain(frozen).min().unwrap_or(self.now);
        let is_known =
            |change: &&Change| viewer == subject || change.at <= by.up || change.at + self.lag(viewer, change) <= until;
        let change = of.history.iter().rev().find(is_known)?;
        // A viewer that has started again may list once more what it had forgotten: others still do.
        let life = viewer as u64 | u64::from(by.starts) << 32;
        let expiry = || within(hash(self.seed, [2, life, change.number]), self.behaviour.left_expiry);
        let is_listed = match change.seen {
            Seen::Gone => false,
            Seen::Left => viewer == subject || self.now < change.at + expiry(),
            _ => true,
        };
        is_listed.then_some(change)
    }

    /// Whether one node takes another for alive.
    pub(super) fn sees_alive(&self, viewer: usize, change: &Change) -> bool {
        let silent = |since: Time| self.now >= since + self.behaviour.detection.0;
        change.is_alive && !self.deaf_since(viewer).is_some_and(silent)
    }

    /// Since when a node hears nobody: it is cut off, drained or decommissioned.
    fn deaf_since(&self, viewer: usize) -> Option<Time> {
        let process = &self.processes[self.members[viewer].process?];
        process.isolated.into_iter().chain(process.drained).min()
    }

    fn lag(&self, viewer: usize, change: &Change) -> Time {
        let range = if change.is_silence { self.behaviour.detection } else { self.behaviour.gossip };
        within(hash(self.seed, [1, viewer as u64, change.number]), range)
    }

    /// Whether a node serves: it takes part in reads and writes, and streams.
    pub(super) fn serves(&self, member: usize) -> bool {
        self.members[member].process.is_some_and(|process| {
            let process = &self.processes[process];
            process.phase == Phase::Serving && process.isolated.is_none()
        })
    }

    /// Whether a node takes writes: it serves, or it joins and gets what is written meanwhile.
    pub(super) fn takes_writes(&self, member: usize) -> bool {
        self.members[member].process.is_some_and(|process| {
            let process = &self.processes[process];
            matches!(process.phase, Phase::Serving | Phase::Joining) && process.isolated.is_none()
        })
    }
}
