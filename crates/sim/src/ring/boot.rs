//! What Cassandra decides when it starts: to end, to come back, to found a ring, to join without data, to bootstrap, or to
//! replace. In the order of `StorageService.joinRing` and `Gossiper.isSafeForStartup`.

use super::Ring;
use super::behaviour::reads;
use super::member::Seen;
use super::process::{Phase, Start};
use super::volume::{Bootstrap, Volume};

/// What a starting node does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Entry {
    /// It has joined before.
    Return,
    /// It is a seed, and knows nobody: a new ring.
    Found,
    /// It is a seed, and finds others: a member at once, without data.
    Unstreamed { contact: usize },
    /// It bootstraps.
    Bootstrap { contact: usize },
    /// It takes the place of a dead node.
    Replace { contact: usize, target: usize },
}

impl Ring {
    /// Cassandra has started, and decides.
    pub(super) fn boot(&mut self, process: usize) {
        match self.entry(process) {
            Err(reason) => self.exit(process, reason),
            Ok(entry) => self.enter(process, entry),
        }
    }

    fn enter(&mut self, process: usize, entry: Entry) {
        let member = self.takes_identity(process);
        let contact = match entry {
            Entry::Return | Entry::Found => None,
            Entry::Unstreamed { contact } | Entry::Bootstrap { contact } | Entry::Replace { contact, .. } => {
                Some(contact)
            }
        };
        if let Some(contact) = contact {
            let (ring, known) = (self.members[contact].ring, self.known_schema(contact, self.now));
            let member = &mut self.members[member];
            (member.ring, member.schema) = (ring, known.max(member.schema));
        }
        match entry {
            Entry::Return => self.returns(process, member),
            Entry::Found => self.founds(process, member),
            Entry::Unstreamed { .. } => self.joins_without_data(process, member),
            Entry::Bootstrap { .. } => self.bootstraps(process, member),
            Entry::Replace { target, .. } => self.replaces(process, member, target),
        }
    }

    /// The node of a process: that of its volume, or a new one.
    fn takes_identity(&mut self, process: usize) -> usize {
        let start = &self.processes[process].start;
        let (volume, release) = (start.volume.0, start.release);
        let (address, cluster) = (start.address.clone(), start.cluster_name.clone());
        let id = match self.volumes[volume].member {
            Some(member) => member,
            None => self.new_member(process),
        };
        let member = &mut self.members[id];
        (member.process, member.down, member.up) = (Some(process), None, self.now);
        (member.address, member.release, member.starts) = (address, release, member.starts + 1);
        let volume = &mut self.volumes[volume];
        volume.cluster.get_or_insert(cluster);
        volume.newest = volume.newest.max(Some(release.minor));
        volume.tables.get_or_insert(release.minor);
        self.processes[process].member = Some(id);
        id
    }

    fn entry(&self, process: usize) -> Result<Entry, String> {
        let start = &self.processes[process].start;
        let volume = &self.volumes[start.volume.0];
        if !self.has_room(start.volume.0, 0) {
            return Err("No space left on device".to_owned());
        }
        self.suits(volume, start)?;
        let is_seed = start.seeds.contains(&start.address);
        let has_joined = volume.bootstrap == Bootstrap::Completed;
        let Some(contact) = self.contact(process, has_joined) else {
            return match (is_seed, has_joined) {
                (true, true) => Ok(Entry::Return),
                (true, false) if start.replace.is_none() => Ok(Entry::Found),
                _ => Err("Unable to gossip with any peers".to_owned()),
            };
        };
        let own = volume.member;
        if start.replace.is_some() && !has_joined && self.hibernates(contact, &start.address) {
            return Err("Unable to gossip with any peers".to_owned());
        }
        if let (Some(target), false) = (&start.replace, has_joined) {
            let target = self.replaceable(contact, target, own)?;
            if is_seed {
                return Err("Replacing a node without bootstrapping risks invalidating consistency guarantees as the \
                            expected data may not be present until repair is run."
                    .to_owned());
            }
            return Ok(Entry::Replace { contact, target });
        }
        self.address_is_free(contact, start, own, is_seed || has_joined)?;
        match (has_joined, is_seed) {
            (true, _) => Ok(Entry::Return),
            (false, true) => Ok(Entry::Unstreamed { contact }),
            (false, false) => self.nobody_moves(contact, start, own).map(|()| Entry::Bootstrap { contact }),
        }
    }

    /// Whether a volume may be started so.
    fn suits(&self, volume: &Volume, start: &Start) -> Result<(), String> {
        if volume.bootstrap == Bootstrap::Decommissioned {
            return Err("This node was decommissioned and will not rejoin the ring unless \
                        cassandra.override_decommission=true has been set, or all existing data is removed and the node \
                        is bootstrapped again"
                .to_owned());
        }
        if let Some(saved) = volume.cluster.as_ref().filter(|saved| **saved != start.cluster_name) {
            return Err(format!("Saved cluster name {saved} != configured name {}", start.cluster_name));
        }
        let (minor, is_downgrade) = (start.release.minor, volume.newest.is_some_and(|it| it > start.release.minor));
        if is_downgrade || volume.tables.is_some_and(|tables| !reads(minor, tables)) {
            return Err(
                "Detected unreadable sstables, please check NEWS.txt and ensure that you have upgraded through \
                        all required intermediate versions, running upgradesstables"
                    .to_owned(),
            );
        }
        let Some(member) = volume.member else { return Ok(()) };
        let place = self.members[member].place;
        let datacenter = &self.datacenters[place.datacenter];
        if *datacenter != start.datacenter {
            return Err(format!(
                "Cannot start node if snitch's data center ({}) differs from previous data center ({datacenter}).",
                start.datacenter
            ));
        }
        if self.racks[place.rack] != format!("{}/{}", place.datacenter, start.rack) {
            return Err(format!("Cannot start node if snitch's rack ({}) differs from previous rack.", start.rack));
        }
        Ok(())
    }

    /// A node that answers in gossip: a seed, or for a node that has joined anybody that it knows.
    fn contact(&self, process: usize, has_joined: bool) -> Option<usize> {
        let start = &self.processes[process].start;
        if self.processes[process].isolated.is_some() {
            return None;
        }
        let own = self.volumes[start.volume.0].member;
        let ring = own.map(|own| self.members[own].ring);
        let answers = |id: &usize| {
            let member = &self.members[*id];
            let is_known = has_joined && ring == Some(member.ring);
            let is_seed = start.seeds.contains(&member.address) && member.address != start.address;
            (is_seed || is_known) && self.serves(*id) && member.cluster == start.cluster_name
        };
        (0..self.members.len()).find(answers)
    }

    /// Whether a replacement that failed has left its state at an address: seeds do not answer a second one from there
    /// (CASSANDRA-19580).
    fn hibernates(&self, contact: usize, address: &str) -> bool {
        let at = |id| self.view(contact, id).is_some_and(|it| it.address == address && it.seen == Seen::Hibernate);
        (0..self.members.len()).any(at)
    }

    /// The dead node at an address, for its replacement.
    fn replaceable(&self, contact: usize, address: &str, own: Option<usize>) -> Result<usize, String> {
        let at = |id: &usize| self.view(contact, *id).is_some_and(|it| it.address == address) && Some(*id) != own;
        let Some(target) = (0..self.members.len()).filter(at).max_by_key(|id| self.members[*id].standing.owns_tokens())
        else {
            return Err(format!("Cannot replace_address /{address} because it doesn't exist in gossip"));
        };
        let is_alive = self.view(contact, target).is_some_and(|it| self.sees_alive(contact, it));
        if is_alive {
            return Err(format!("Cannot replace a live node (/{address})..."));
        }
        if !self.members[target].standing.owns_tokens() {
            return Err(format!("Could not find tokens for /{address} to replace"));
        }
        Ok(target)
    }

    /// `isSafeForStartup`: nobody else has the address, as the contact knows it.
    fn address_is_free(
        &self,
        contact: usize,
        start: &Start,
        own: Option<usize>,
        skips_bootstrap: bool,
    ) -> Result<(), String> {
        let taken = |id: usize| {
            let Some(seen) = self.view(contact, id).filter(|it| it.address == start.address) else { return false };
            match seen.seen {
                Seen::Left | Seen::Gone | Seen::Hibernate => false,
                _ if skips_bootstrap => Some(id) != own,
                Seen::Normal | Seen::Shutdown => true,
                Seen::Joining | Seen::Leaving => false,
            }
        };
        if (0..self.members.len()).any(taken) {
            return Err(format!(
                "A node with address /{} already exists, cancelling join. Use cassandra.replace_address if you want to \
                 replace this node.",
                start.address
            ));
        }
        Ok(())
    }

    /// `cassandra.consistent.rangemovement`: nobody joins or leaves, as the contact knows it. The node's own last attempt
    /// counts too, until it is forgotten, if it had another address.
    fn nobody_moves(&self, contact: usize, start: &Start, own: Option<usize>) -> Result<(), String> {
        let moves = |id: &usize| {
            self.view(contact, *id).is_some_and(|it| {
                matches!(it.seen, Seen::Joining | Seen::Leaving) && (Some(*id) != own || it.address != start.address)
            })
        };
        match (0..self.members.len()).find(moves) {
            Some(other) => Err(format!(
                "Other bootstrapping/leaving/moving nodes detected, cannot bootstrap while \
                 cassandra.consistent.rangemovement is true. Nodes detected: /{}",
                self.members[other].address
            )),
            None => Ok(()),
        }
    }

    /// Cassandra serves from now on.
    pub(super) fn serves_now(&mut self, process: usize) {
        self.processes[process].phase = Phase::Serving;
        self.processes[process].lines.clear();
        self.later(self.behaviour.hint_delay, super::Event::Hints);
    }
}
