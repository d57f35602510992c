//! Keyspaces and their replication. A change of it is known to others only after a while; [`super::Ring`] keeps all changes in
//! their order, and each node knows so many of them.

use cassc_ring::release::Minor;
use cassc_settle::cluster::{Answer, Failure, Replication, Time};

use super::behaviour::{keeps_auth_everywhere, refuses_unknown_datacenters};
use super::oracle::Cause;
use super::placement::{EVERYWHERE, Factors, quorum};
use super::rng::{hash, within};
use super::{ProcessId, Ring};

/// The keyspace of the roles. Its slots come first.
pub(super) const AUTH: usize = 0;

/// The system keyspaces that are replicated, with the factor that Cassandra gives them by itself.
const SYSTEM: [(&str, u32); 3] = [("system_auth", 1), ("system_distributed", 3), ("system_traces", 2)];

/// The replication of `SimpleStrategy`.
const SIMPLE: &str = "replication_factor";

/// A keyspace.
#[derive(Clone, Debug)]
pub(super) struct Keyspace {
    pub(super) name: String,
    /// The newest replication.
    pub(super) factors: Factors,
    /// Its first slot, if it has data.
    pub(super) slots: Option<usize>,
}

/// A change of the schema.
#[derive(Clone, Debug)]
pub(super) struct Altered {
    at: Time,
    minor: Minor,
    keyspace: usize,
    factors: Factors,
    /// The schema version after it, as nodes of each release line have it.
    versions: [String; 4],
}

/// The column of a release line in [`Altered::versions`].
fn column(minor: Minor) -> usize {
    match minor {
        Minor::V3_11 => 0,
        Minor::V4_0 => 1,
        Minor::V4_1 => 2,
        Minor::V5_0 => 3,
    }
}

impl Ring {
    /// Makes the system keyspaces, at the founding of the ring.
    pub(super) fn make_system_keyspaces(&mut self, minor: Minor, replication: &Replication) {
        for (name, factor) in SYSTEM {
            let simple = Replication::from([(SIMPLE.to_owned(), factor)]);
            let factors = self.factors(if replication.is_empty() { &simple } else { replication });
            let has_data = name == SYSTEM[AUTH].0;
            self.add_keyspace(name, has_data, minor, factors);
        }
    }

    fn add_keyspace(&mut self, name: &str, has_data: bool, minor: Minor, factors: Factors) {
        let keys = self.behaviour.keys;
        let slots = has_data.then_some(self.oracle.keys.len());
        self.keyspaces.push(Keyspace { name: name.to_owned(), factors: factors.clone(), slots });
        if has_data {
            self.oracle.add_keys(self.keyspaces.len() - 1, keys, &mut self.rng);
        }
        self.record(self.keyspaces.len() - 1, minor, factors);
    }

    fn record(&mut self, keyspace: usize, minor: Minor, factors: Factors) {
        let number = hash(self.seed, [4, self.schema.len() as u64, self.now]);
        let version =
            |column: u64| format!("{:08x}-{column:04x}-3000-8000-{:012x}", number >> 32, number & 0xffff_ffff);
        let versions = [0, 1, 2, 3].map(version);
        self.schema.push(Altered { at: self.now, minor, keyspace, factors, versions });
    }

    /// A person creates a keyspace, or sets its replication: known at once to nobody but one node. An unknown datacenter is
    /// not looked for. What is no longer readable by it is not the program's fault.
    pub fn replicate(&mut self, name: &str, replication: &Replication) {
        let factors = self.factors(replication);
        let by = (0..self.members.len()).find(|member| self.serves(*member));
        let minor = by.map_or(Minor::V4_1, |member| self.members[member].minor());
        self.judge();
        match self.keyspaces.iter().position(|keyspace| keyspace.name == name) {
            Some(keyspace) => {
                self.operations.iter_mut().for_each(|operation| operation.disturbed.push(keyspace));
                self.set(keyspace, minor, factors);
            }
            None => self.add_keyspace(name, true, minor, factors),
        }
        self.knows_all(by);
        self.oracle.rehome(&self.keyspaces);
        self.applies();
        self.changed(Cause::Fault);
    }

    fn set(&mut self, keyspace: usize, minor: Minor, factors: Factors) {
        self.keyspaces[keyspace].factors.clone_from(&factors);
        self.record(keyspace, minor, factors);
    }

    /// Replicas, and ranges that are pending, follow the newest schema. What is streamed does not.
    fn applies(&mut self) {
        self.rearrange();
        for place in 0..self.operations.len() {
            let operation = &self.operations[place];
            self.operations[place].pending = self.pending(operation.kind, operation.member);
        }
    }

    fn knows_all(&mut self, member: Option<usize>) {
        if let Some(member) = member {
            self.members[member].schema = self.schema.len();
        }
    }

    /// `POST /api/v0/ops/keyspace/alter`: returns before other nodes know. More replicas than nodes are accepted.
    ///
    /// # Errors
    ///
    /// 500 for a keyspace that is unknown, for zero replicas, from 4.0 for a datacenter without nodes, and from 4.1 for a
    /// replication of `system_auth` without a datacenter that has nodes.
    pub fn alter(&mut self, id: ProcessId, keyspace: &str, replication: &Replication) -> Answer<()> {
        let member = self.answering(id)?;
        let refused =
            || Failure::Refused { status: 500, text: "Failed to execute method NodeOps.alterKeyspace".into() };
        let minor = self.members[member].minor();
        let number = self.keyspaces.iter().position(|it| it.name == keyspace).ok_or_else(refused)?;
        let factors = self.factors(replication);
        let has_nodes = |datacenter| datacenter == EVERYWHERE || self.placement.tokens.nodes_in(datacenter) > 0;
        let is_unknown = |(datacenter, factor): &(usize, usize)| {
            *factor == 0 || refuses_unknown_datacenters(minor) && !has_nodes(*datacenter)
        };
        let is_left_out = |datacenter| factors.iter().all(|(it, _)| *it != datacenter && *it != EVERYWHERE);
        let drops_auth =
            keeps_auth_everywhere(minor) && number == AUTH && self.placement.tokens.datacenters().any(is_left_out);
        if factors.iter().any(is_unknown) || drops_auth {
            return Err(refused());
        }
        self.judge();
        let replicas = |factors: &Factors| factors.iter().map(|(_, factor)| factor).sum::<usize>();
        let is_raised = replicas(&factors) > replicas(&self.keyspaces[number].factors);
        self.set(number, minor, factors);
        self.knows_all(Some(member));
        self.oracle.rehome(&self.keyspaces);
        self.applies();
        self.altered(number, is_raised);
        Ok(())
    }

    /// The replication of every keyspace, as one node knows it.
    ///
    /// # Errors
    ///
    /// 500 where Cassandra does not answer.
    pub fn keyspaces(&self, id: ProcessId) -> Answer<std::collections::BTreeMap<String, Replication>> {
        let member = self.answering(id)?;
        let known = self.known_schema(member, self.now);
        let of = |(number, keyspace): (usize, &Keyspace)| {
            let factors = self.factors_known(number, known)?;
            Some((keyspace.name.clone(), self.replication(factors)))
        };
        Ok(self.keyspaces.iter().enumerate().filter_map(of).collect())
    }

    /// The replication of a keyspace after so many changes of the schema; `None` where it did not exist.
    pub(super) fn factors_known(&self, keyspace: usize, known: usize) -> Option<&Factors> {
        let changes = self.schema[..known].iter().rev();
        changes.into_iter().find(|change| change.keyspace == keyspace).map(|change| &change.factors)
    }

    /// How many changes of the schema a node knew at a time. While versions are mixed no change passes from one release
    /// line to another.
    pub(super) fn known_schema(&self, id: usize, at: Time) -> usize {
        let member = &self.members[id];
        let until = at.min(member.down.unwrap_or(Time::MAX));
        let mut known = member.schema;
        while let Some(change) = self.schema.get(known) {
            let lag = within(hash(self.seed, [5, id as u64, known as u64]), self.behaviour.schema);
            let passes = change.minor == member.minor() || !self.is_mixed();
            if !passes || change.at.max(member.up) + lag > until {
                break;
            }
            known += 1;
        }
        known
    }

    /// The version of the schema after so many changes, as nodes of a release line have it.
    pub(super) fn schema_version(&self, known: usize, minor: Minor) -> Option<&str> {
        Some(self.schema[..known].last()?.versions[column(minor)].as_str())
    }

    /// Whether nodes that run have several release lines.
    pub(super) fn is_mixed(&self) -> bool {
        let mut minors =
            self.members.iter().filter(|member| member.process.is_some()).map(super::member::Member::minor);
        let first = minors.next();
        minors.any(|minor| Some(minor) != first)
    }

    /// Whether nodes that run have several major versions: these do not stream to each other.
    pub(super) fn is_mixed_major(&self) -> bool {
        let running = self.members.iter().filter(|member| member.process.is_some());
        let mut majors = running.map(|member| member.minor().major());
        let first = majors.next();
        majors.any(|major| Some(major) != first)
    }

    fn factors(&mut self, replication: &Replication) -> Factors {
        let mut factors = Factors::new();
        for (name, factor) in replication {
            let datacenter = if name == SIMPLE { EVERYWHERE } else { self.datacenter(name) };
            factors.push((datacenter, usize::try_from(*factor).expect("a u32 fits")));
        }
        factors
    }

    fn replication(&self, factors: &Factors) -> Replication {
        let name =
            |datacenter: usize| if datacenter == EVERYWHERE { SIMPLE } else { self.datacenters[datacenter].as_str() };
        let of = |(datacenter, factor): &(usize, usize)| {
            (name(*datacenter).to_owned(), u32::try_from(*factor).expect("it was a u32"))
        };
        factors.iter().map(of).collect()
    }

    /// The number of a datacenter.
    pub(super) fn datacenter(&mut self, name: &str) -> usize {
        number_of(&mut self.datacenters, name)
    }

    /// The number of a rack.
    pub(super) fn rack(&mut self, datacenter: usize, name: &str) -> usize {
        let name = format!("{datacenter}/{name}");
        number_of(&mut self.racks, &name)
    }

    /// How many replicas a quorum of a keyspace is, in these datacenters.
    pub(super) fn quorum_in(&self, keyspace: usize, counts: impl Fn(usize) -> bool) -> usize {
        let factors = self.keyspaces[keyspace].factors.iter().filter(|(datacenter, _)| counts(*datacenter));
        // The roles of a ring that is being founded have more replicas than there are nodes yet.
        let replicas = |(datacenter, factor): &(usize, usize)| match keyspace {
            AUTH if *datacenter != EVERYWHERE => (*factor).min(self.placement.tokens.nodes_in(*datacenter)),
            _ => *factor,
        };
        quorum(factors.map(replicas).sum())
    }
}

fn number_of(names: &mut Vec<String>, name: &str) -> usize {
    names.iter().position(|it| it == name).unwrap_or_else(|| {
        names.push(name.to_owned());
        names.len() - 1
    })
}
