//! What must hold, and who is to blame where it does not.
//!
//! **P5, the data oracle.** A key has been acknowledged at a level: `LOCAL_QUORUM` of a datacenter, or `QUORUM`. It is readable
//! when every choice of a quorum among its present replicas contains one that has the newest acknowledged version: a replica
//! that is down counts with what stands on its volume, one whose volume is destroyed answers nothing. So a key is lost when as
//! many of its replicas are stale or destroyed as a quorum has, or when fewer than a quorum are left. Whether replicas are up at
//! the moment is not asked: a restart loses nothing.
//!
//! This is as much as Cassandra promises, and no more. A write is acknowledged by a quorum (and one more for each node to
//! which the range is pending); hints and repair may bring it to the others, or not. With that, joining, leaving and raising
//! the number of nodes up to the replication factor keep every key readable without repair.
//!
//! **Who is to blame.** A fault, or another person ([`Cause::Fault`]), may make keys unreadable. What it has made
//! unreadable at that moment is excused until the key is readable again, or written again: so a second volume that is lost before
//! the first was rebuilt is excused, and a change of the ring that loses a second replica is not. More replicas
//! ([`Ring::alter`]) are unreadable until somebody repairs: excused too, but not by [`Ring::check_settled`].
//!
//! **In other datacenters** a key that was written at `LOCAL_QUORUM` is judged only by [`Ring::check_settled`]: a quorum of its
//! replicas there must have at least what every replica at home has. A copy from any replica passes, one of nothing does not.

use cassc_settle::cluster::Time;

use super::Ring;
use super::placement::{EVERYWHERE, quorum};
use super::rng::Rng;
use super::schema::{AUTH, Keyspace};
use super::volume::Version;

/// Whose doing something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The program that is judged, or what it let happen.
    Act,
    /// An injected fault, or another person.
    Fault,
}

/// A property that does not hold, by the names of the project's list of incidents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// No volume of a member is destroyed.
    P2,
    /// One node at a time joins, leaves or replaces.
    P3,
    /// What was acknowledged at a quorum is readable at a quorum.
    P5,
    /// Nobody owns ranges whose data it has not streamed.
    P6,
    /// No cleanup while the ring changes.
    P7,
    /// One process per host id and per volume.
    P12,
    /// One ring is founded.
    OneRing,
}

/// A property that was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which.
    pub rule: Rule,
    /// When it was seen.
    pub at: Time,
    /// One sentence.
    pub text: String,
}

/// Why an unreadable key is nobody's fault, or known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Excuse {
    Fault,
    /// More replicas were asked for, and nobody has repaired yet.
    Raised,
    /// Told once already.
    Told,
}

/// A key, by slot.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) keyspace: usize,
    /// Its number in its keyspace.
    number: usize,
    pub(super) token: u64,
    /// Where `LOCAL_QUORUM` is asked for; `None` for `QUORUM`.
    pub(super) home: Option<usize>,
    /// The newest version that was acknowledged.
    pub(super) acknowledged: Version,
    excuse: Option<Excuse>,
    /// Datacenters, as bits, whose replicas were not there when it was written, or were lost by a fault since.
    pub(super) absent: u64,
}

/// What is known of all keys, and what was found.
#[derive(Clone, Debug, Default)]
pub(super) struct Oracle {
    pub(super) keys: Vec<Key>,
    is_dirty: bool,
    found: Vec<Violation>,
}

/// How a key stands with its replicas.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Standing {
    replicas: usize,
    stale: usize,
    destroyed: usize,
    quorum: usize,
}

impl Standing {
    fn is_lost(self) -> bool {
        self.stale >= self.quorum || self.replicas - self.destroyed < self.quorum
    }
}

impl Oracle {
    /// Keys of a new keyspace, spread over all tokens.
    pub(super) fn add_keys(&mut self, keyspace: usize, count: usize, rng: &mut Rng) {
        let key = |number| Key {
            keyspace,
            number,
            token: rng.number(),
            home: None,
            acknowledged: 0,
            excuse: None,
            absent: 0,
        };
        self.keys.extend((0..count).map(key));
    }

    /// Where each key is asked for: in one of several datacenters at `LOCAL_QUORUM`, each second one at `QUORUM`.
    pub(super) fn rehome(&mut self, keyspaces: &[Keyspace]) {
        for key in &mut self.keys {
            let factors = keyspaces[key.keyspace].factors.iter();
            let at: Vec<usize> = factors.map(|(datacenter, _)| *datacenter).filter(|it| *it != EVERYWHERE).collect();
            let is_global = key.keyspace == AUTH || at.is_empty() || at.len() > 1 && key.number % 2 == 1;
            let home = key.home.filter(|home| at.contains(home));
            key.home = if is_global { None } else { home.or_else(|| Some(at[key.number / 2 % at.len()])) };
        }
    }

    /// A write of a key was acknowledged.
    pub(super) fn acknowledge(&mut self, slot: usize, version: Version) {
        (self.keys[slot].acknowledged, self.keys[slot].excuse) = (version, None);
    }
}

impl Ring {
    /// What was found since the last call.
    pub fn check(&mut self) -> Vec<Violation> {
        self.judge();
        std::mem::take(&mut self.oracle.found)
    }

    /// What was found since the last call, at a time when everything should be done: no operation runs, every node is up, hints
    /// were sent. What is excused only until a repair or a rebuild is judged as well.
    pub fn check_settled(&mut self) -> Vec<Violation> {
        for key in &mut self.oracle.keys {
            key.excuse = key.excuse.filter(|excuse| *excuse != Excuse::Raised);
        }
        self.oracle.is_dirty = true;
        self.judge();
        for slot in 0..self.oracle.keys.len() {
            for datacenter in self.unbuilt_in(slot) {
                let text = format!("{} is not in {}", self.name_of(slot), self.datacenters[datacenter]);
                self.oracle.found.push(Violation { rule: Rule::P5, at: self.now, text });
            }
        }
        std::mem::take(&mut self.oracle.found)
    }

    /// The other datacenters of a key where a quorum has less than every replica at home.
    fn unbuilt_in(&self, slot: usize) -> Vec<usize> {
        let key = &self.oracle.keys[slot];
        let Some(home) = key.home else { return Vec::new() };
        let versions = |datacenter| {
            let of = self.placement.of(slot).iter().filter(move |it| self.members[**it].place.datacenter == datacenter);
            of.map(|member| self.data(*member, slot))
        };
        let floor = versions(home).min().unwrap_or_default();
        let is_unbuilt = |datacenter: &usize| {
            let quorum = self.quorum_in(key.keyspace, |it| it == *datacenter);
            let is_excused = *datacenter < 64 && key.absent >> datacenter & 1 == 1;
            *datacenter != home && !is_excused && versions(*datacenter).filter(|it| *it < floor).count() >= quorum
        };
        let factors = &self.keyspaces[key.keyspace].factors;
        factors.iter().map(|(datacenter, _)| *datacenter).filter(is_unbuilt).collect()
    }

    /// Whether replicas in a datacenter count for the quorum of a key. `system_auth` is asked where there are nodes.
    pub(super) fn counts(&self, slot: usize, datacenter: usize) -> bool {
        let key = &self.oracle.keys[slot];
        match key.home {
            Some(home) => datacenter == home,
            None if key.keyspace == AUTH => datacenter == EVERYWHERE || self.placement.tokens.nodes_in(datacenter) > 0,
            None => true,
        }
    }

    fn stands(&self, slot: usize) -> Standing {
        let key = &self.oracle.keys[slot];
        let mut standing = Standing { quorum: self.quorum_of(slot), ..Standing::default() };
        for member in self.placement.of(slot) {
            let member = &self.members[*member];
            if key.home.is_none_or(|home| home == member.place.datacenter) {
                let version = member.volume.map(|volume| self.volumes[volume].version(slot));
                standing.replicas += 1;
                standing.destroyed += usize::from(version.is_none());
                standing.stale += usize::from(version.is_none_or(|version| version < key.acknowledged));
            }
        }
        standing
    }

    /// How many replicas are a quorum at the level of a key.
    pub(super) fn quorum_of(&self, slot: usize) -> usize {
        self.quorum_in(self.oracle.keys[slot].keyspace, |datacenter| self.counts(slot, datacenter))
    }

    /// How many replicas must answer at the level of a key, whether there are so many nodes or not: with one of three nodes no
    /// role can be made.
    pub(super) fn promised_of(&self, slot: usize) -> usize {
        let factors = self.keyspaces[self.oracle.keys[slot].keyspace].factors.iter();
        let asked = factors.filter(|(datacenter, _)| self.counts(slot, *datacenter)).map(|(_, factor)| factor);
        quorum(asked.sum())
    }

    /// Looks at every key, if something may have been lost since the last time.
    pub(super) fn judge(&mut self) {
        if !std::mem::take(&mut self.oracle.is_dirty) {
            return;
        }
        for slot in 0..self.oracle.keys.len() {
            let standing = self.stands(slot);
            let key = &self.oracle.keys[slot];
            let is_lost = key.acknowledged > 0 && standing.is_lost();
            match (is_lost, key.excuse) {
                (true, None) => {
                    self.oracle.keys[slot].excuse = Some(Excuse::Told);
                    let text = format!(
                        "{} is lost: of {} replicas {} are stale or destroyed, {} destroyed, a quorum is {}; {}",
                        self.name_of(slot),
                        standing.replicas,
                        standing.stale,
                        standing.destroyed,
                        standing.quorum,
                        self.held(slot)
                    );
                    self.oracle.found.push(Violation { rule: Rule::P5, at: self.now, text });
                }
                (false, Some(_)) => self.oracle.keys[slot].excuse = None,
                _ => {}
            }
        }
    }

    fn name_of(&self, slot: usize) -> String {
        let key = &self.oracle.keys[slot];
        format!("key {} of {}, version {}", key.number, self.keyspaces[key.keyspace].name, key.acknowledged)
    }

    /// Which replica has which version.
    fn held(&self, slot: usize) -> String {
        let of = |member: &usize| match self.members[*member].volume {
            Some(_) => format!("{} has {}", self.names(&[*member]), self.data(*member, slot)),
            None => format!("{} is destroyed", self.names(&[*member])),
        };
        self.placement.of(slot).iter().map(of).collect::<Vec<String>>().join(", ")
    }

    /// Something may have been lost; by a fault it is excused. What was lost before has been judged.
    pub(super) fn changed(&mut self, cause: Cause) {
        self.oracle.is_dirty = true;
        if cause == Cause::Fault {
            self.excuse(|_| true, Excuse::Fault);
        }
    }

    /// A fault has taken a replica: a datacenter that is not the home of a key, and has too few left, is excused too.
    pub(super) fn excuse_elsewhere(&mut self, member: usize) {
        let own = self.members[member].place.datacenter;
        for slot in 0..self.oracle.keys.len() {
            if own < 64 && self.placement.of(slot).contains(&member) && self.unbuilt_in(slot).contains(&own) {
                self.oracle.keys[slot].absent |= 1 << own;
            }
        }
    }

    /// The replication of a keyspace was changed by the program: what is lost by more replicas is excused for a while.
    pub(super) fn altered(&mut self, keyspace: usize, is_raised: bool) {
        self.oracle.is_dirty = true;
        if is_raised {
            self.excuse(|key| key.keyspace == keyspace, Excuse::Raised);
        }
    }

    /// Excuses those of some keys that are lost now.
    pub(super) fn excuse(&mut self, of: impl Fn(&Key) -> bool, excuse: Excuse) {
        for slot in 0..self.oracle.keys.len() {
            let key = &self.oracle.keys[slot];
            if key.acknowledged > 0 && key.excuse.is_none() && of(key) && self.stands(slot).is_lost() {
                self.oracle.keys[slot].excuse = Some(excuse);
            }
        }
    }

    /// Records a violation.
    pub(super) fn blame(&mut self, rule: Rule, text: String) {
        self.oracle.found.push(Violation { rule, at: self.now, text });
    }

    /// Records a violation of nodes, with what they do.
    pub(super) fn blame_nodes(&mut self, rule: Rule, members: &[usize], does: &str) {
        let text = format!("{} {does}", self.names(members));
        self.blame(rule, text);
    }

    /// P2: a volume is about to be lost.
    pub(super) fn blame_for_volume(&mut self, member: usize, cause: Cause) {
        if cause == Cause::Act && self.members[member].standing.owns_tokens() {
            self.blame_nodes(Rule::P2, &[member], "owns tokens, and its volume is destroyed");
        }
    }

    /// Nodes by address and host id, for messages.
    pub(super) fn names(&self, members: &[usize]) -> String {
        let name = |member: &usize| format!("{} ({})", self.members[*member].address, self.members[*member].host_id);
        members.iter().map(name).collect::<Vec<String>>().join(" and ")
    }

    /// The version of a key on a node.
    pub(super) fn data(&self, member: usize, slot: usize) -> Version {
        self.members[member].volume.map_or(0, |volume| self.volumes[volume].version(slot))
    }
}
