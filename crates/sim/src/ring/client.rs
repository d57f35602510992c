//! A client that writes, the hints that nodes keep for others, and the roles, which are data like any other.

use cassc_settle::cluster::{Answer, Failure, JobStatus, Role};

use super::schema::AUTH;
use super::volume::Version;
use super::{ProcessId, Ring};

/// A write that a node keeps for another one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hint {
    /// The node that keeps it.
    pub(super) keeper: usize,
    pub(super) target: usize,
    slot: usize,
    version: Version,
}

/// What the client and the nodes remember of writes.
#[derive(Clone, Debug, Default)]
pub(super) struct Client {
    pub(super) hints: Vec<Hint>,
    versions: Version,
    /// The role of each slot of `system_auth`.
    names: Vec<String>,
    /// What each version of a role is.
    roles: Vec<(Version, Role)>,
}

impl Ring {
    /// The client writes a random key of a keyspace that a person made, through a random node. Returns whether it was
    /// acknowledged; `None` where there is nothing to write to.
    pub fn write(&mut self) -> Option<bool> {
        let first = self.keyspaces.get(AUTH).map_or(0, |_| self.behaviour.keys);
        let count = self.oracle.keys.len() - first;
        if count == 0 {
            return None;
        }
        let slot = first + self.rng.below(count);
        let is_bare = self.rng.chance(self.behaviour.bare_quorum);
        Some(self.put(slot, is_bare).is_some())
    }

    /// Writes a key at its level. `None` where it was not acknowledged: then nobody took it.
    fn put(&mut self, slot: usize, is_bare: bool) -> Option<Version> {
        self.arrives();
        let mut targets = self.placement.of(slot).to_vec();
        let naturals = targets.len();
        for (_, to) in self.operations.iter().flat_map(|it| &it.pending).filter(|(it, _)| *it == slot) {
            if !targets.contains(to) {
                targets.push(*to);
            }
        }
        let counts = |member: usize| self.oracle.keys[slot].home.is_none_or(|it| it == self.datacenter_of(member));
        let needed = self.promised_of(slot) + targets[naturals..].iter().filter(|it| counts(**it)).count();
        let mut live: Vec<usize> = targets.iter().copied().filter(|it| self.stores(*it, slot)).collect();
        if live.iter().filter(|it| counts(**it)).count() < needed {
            return None;
        }
        let keeper = live.iter().copied().find(|it| self.serves(*it));
        let dead: Vec<usize> = targets.iter().copied().filter(|it| !live.contains(it)).collect();
        let pending = &targets[naturals..];
        if is_bare {
            live = self.no_more_than_asked(slot, live, needed, pending);
        }
        self.client.versions += 1;
        let version = self.client.versions;
        for member in &live {
            let volume = self.members[*member].volume.expect("a node that takes writes has a volume");
            self.volumes[volume].store(slot, version);
        }
        if let (Some(keeper), false) = (keeper, is_bare) {
            dead.into_iter().for_each(|target| self.keep(Hint { keeper, target, slot, version }));
        }
        self.notes_absent(slot, &live, &targets[naturals..]);
        self.oracle.acknowledge(slot, version);
        Some(version)
    }

    fn datacenter_of(&self, member: usize) -> usize {
        self.members[member].place.datacenter
    }

    /// Whether a node takes a write of a key.
    fn stores(&self, member: usize, slot: usize) -> bool {
        let has_room = |volume: usize| self.volumes[volume].version(slot) > 0 || self.has_room(volume, 1);
        self.takes_writes(member) && self.members[member].volume.is_some_and(has_room)
    }

    /// How many nodes of a datacenter acknowledge a write there at its own quorum, with so many to which it is pending.
    fn asked_in(&self, keyspace: usize, datacenter: usize, pending: &[usize]) -> usize {
        let pending = pending.iter().filter(|it| self.datacenter_of(**it) == datacenter).count();
        self.quorum_in(keyspace, |it| it == datacenter) + pending
    }

    /// Random nodes that together are as many as must acknowledge a write, in each datacenter of a key with a home.
    fn no_more_than_asked(
        &mut self,
        slot: usize,
        mut live: Vec<usize>,
        needed: usize,
        pending: &[usize],
    ) -> Vec<usize> {
        if self.oracle.keys[slot].home.is_none() {
            self.rng.choose(&mut live, needed);
            live.truncate(needed);
            return live;
        }
        let mut taken = Vec::new();
        let keyspace = self.oracle.keys[slot].keyspace;
        let factors: Vec<usize> = self.keyspaces[keyspace].factors.iter().map(|(datacenter, _)| *datacenter).collect();
        for datacenter in factors {
            let asked = self.asked_in(keyspace, datacenter, pending);
            let mut here: Vec<usize> =
                live.iter().copied().filter(|it| self.datacenter_of(*it) == datacenter).collect();
            self.rng.choose(&mut here, asked);
            taken.extend(here.into_iter().take(asked));
        }
        taken
    }

    /// Notes the other datacenters where fewer than a quorum took a write.
    fn notes_absent(&mut self, slot: usize, took: &[usize], pending: &[usize]) {
        let Some(home) = self.oracle.keys[slot].home else { return };
        let keyspace = self.oracle.keys[slot].keyspace;
        let mut absent = 0;
        for (datacenter, _) in &self.keyspaces[keyspace].factors {
            let here = took.iter().filter(|it| self.datacenter_of(**it) == *datacenter).count();
            if *datacenter != home && *datacenter < 64 && here < self.asked_in(keyspace, *datacenter, pending) {
                absent |= 1 << datacenter;
            }
        }
        self.oracle.keys[slot].absent = absent;
    }

    /// Keeps a hint, unless its target has been down for too long.
    fn keep(&mut self, hint: Hint) {
        let down = self.members[hint.target].down.unwrap_or(self.now);
        if self.now - down <= self.behaviour.hint_window {
            let is_same = |it: &&mut Hint| (it.keeper, it.target, it.slot) == (hint.keeper, hint.target, hint.slot);
            match self.client.hints.iter_mut().find(is_same) {
                Some(older) => *older = hint,
                None => self.client.hints.push(hint),
            }
        }
    }

    /// Sends every hint whose two ends serve.
    pub(super) fn sends_hints(&mut self) {
        let hints = std::mem::take(&mut self.client.hints);
        for hint in hints {
            let is_sent = self.serves(hint.keeper) && self.stores(hint.target, hint.slot);
            match self.members[hint.target].volume.filter(|_| is_sent) {
                Some(volume) => self.volumes[volume].store(hint.slot, hint.version),
                None => self.client.hints.push(hint),
            }
        }
    }

    /// A node that leaves gives its hints to another; those for it are dropped.
    pub(super) fn hands_over_hints(&mut self, member: usize) {
        self.client.hints.retain(|hint| hint.target != member);
        let heir = (0..self.members.len()).find(|it| *it != member && self.serves(*it));
        for hint in self.client.hints.iter_mut().filter(|hint| hint.keeper == member) {
            hint.keeper = heir.unwrap_or(member);
        }
    }

    /// Makes the replicas of a keyspace equal, for the ranges of one node. Fails where one of them does not serve.
    pub(super) fn repairs(&mut self, member: usize, keyspace: &str) -> JobStatus {
        let Some(number) = self.keyspaces.iter().position(|it| it.name == keyspace) else {
            return JobStatus::Failed(format!("Keyspace {keyspace} does not exist"));
        };
        for slot in 0..self.oracle.keys.len() {
            let replicas = self.placement.of(slot);
            if self.oracle.keys[slot].keyspace != number || !replicas.contains(&member) {
                continue;
            }
            if !replicas.iter().all(|it| self.serves(*it)) || self.is_mixed_major() {
                return JobStatus::Failed(format!("Repair of {keyspace} failed: endpoint not alive"));
            }
            let newest = replicas.iter().map(|it| self.data(*it, slot)).max().unwrap_or_default();
            let volumes = replicas.iter().filter_map(|it| self.members[*it].volume);
            let to = volumes.filter(|it| newest > 0 && (self.volumes[*it].version(slot) > 0 || self.has_room(*it, 1)));
            for volume in to.collect::<Vec<usize>>() {
                self.volumes[volume].store(slot, newest);
            }
        }
        JobStatus::Completed
    }

    /// The role `cassandra` of a new ring, which may not log in.
    pub(super) fn add_default_role(&mut self) {
        let role = Role { name: "cassandra".to_owned(), superuser: false, login: false };
        self.client.names.push(role.name.clone());
        self.client.roles.push((0, role));
    }

    /// `GET /api/v0/ops/auth/role`: as a random quorum of the replicas has them.
    ///
    /// # Errors
    ///
    /// 500 where Cassandra does not answer, or where no quorum of the replicas of `system_auth` serves.
    pub fn roles(&mut self, id: ProcessId) -> Answer<Vec<Role>> {
        self.answering(id)?;
        let mut roles = Vec::new();
        for slot in 0..self.client.names.len() {
            let mut serving: Vec<usize> =
                self.placement.of(slot).iter().copied().filter(|it| self.serves(*it)).collect();
            let quorum = self.promised_of(slot);
            if serving.len() < quorum {
                return Err(failed("listRoles"));
            }
            self.rng.choose(&mut serving, quorum);
            let newest = serving[..quorum].iter().map(|it| self.data(*it, slot)).max().unwrap_or_default();
            let is_it = |(version, role): &&(Version, Role)| *version == newest && role.name == self.client.names[slot];
            roles.extend(self.client.roles.iter().find(is_it).map(|(_, role)| role.clone()));
        }
        Ok(roles)
    }

    /// `POST /api/v0/ops/auth/role`: makes a role, or changes it.
    ///
    /// # Errors
    ///
    /// 500 where Cassandra does not answer, or where no quorum of the replicas of `system_auth` serves.
    pub fn put_role(&mut self, id: ProcessId, role: &Role) -> Answer<()> {
        self.answering(id)?;
        let known = self.client.names.iter().position(|name| *name == role.name);
        let slot = known.unwrap_or(self.client.names.len());
        if slot >= self.behaviour.keys {
            return Err(failed("createRole"));
        }
        let version = self.put(slot, false).ok_or_else(|| failed("createRole"))?;
        if known.is_none() {
            self.client.names.push(role.name.clone());
        }
        self.client.roles.push((version, role.clone()));
        Ok(())
    }

    /// Takes login and superuser from the role `cassandra`.
    ///
    /// # Errors
    ///
    /// As [`Ring::put_role`].
    pub fn lock_default_role(&mut self, id: ProcessId) -> Answer<()> {
        self.put_role(id, &Role { name: "cassandra".to_owned(), superuser: false, login: false })
    }

    /// Whether hints wait for a node that serves: what was written meanwhile is not there yet.
    pub fn has_hints(&self) -> bool {
        self.client.hints.iter().any(|hint| self.serves(hint.target) && self.serves(hint.keeper))
    }
}

fn failed(method: &str) -> Failure {
    Failure::Refused { status: 500, text: format!("Failed to execute method NodeOps.{method}") }
}
