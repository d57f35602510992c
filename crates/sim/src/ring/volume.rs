//! Volumes: what outlives a process. [`super::Ring`] keeps them by [`VolumeId`].

use cassc_ring::release::Minor;

use super::Ring;
use super::oracle::Cause;

/// A volume, for ever: the number of a destroyed one is not used again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VolumeId(pub(super) usize);

/// The version of a key: a newer write has a higher number; zero is no data at all.
pub(super) type Version = u32;

/// How far the node on a volume has joined: `system.local.bootstrapped`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bootstrap {
    /// `NEEDS_BOOTSTRAP`, or nothing at all. Also between LEFT in gossip and the end of the job of a decommission.
    Never,
    /// `IN_PROGRESS`.
    InProgress,
    /// `COMPLETED`.
    Completed,
    /// `DECOMMISSIONED`.
    Decommissioned,
}

/// What stands on a volume.
#[derive(Clone, Debug)]
pub(super) struct Volume {
    pub(super) capacity: u64,
    /// Bytes that are not Cassandra's data: a full disk.
    pub(super) ballast: u64,
    /// The node whose host id it has.
    pub(super) member: Option<usize>,
    pub(super) bootstrap: Bootstrap,
    /// The name of the cluster that the node was started for.
    pub(super) cluster: Option<String>,
    /// The version of each key, by slot; shorter than all slots while the rest is zero.
    pub(super) data: Vec<Version>,
    /// How many keys it has.
    pub(super) held: u64,
    /// `system.transferred_ranges`: slots that an unfinished decommission has sent.
    pub(super) transferred: Vec<bool>,
    /// The newest release line that wrote to it.
    pub(super) newest: Option<Minor>,
    /// The oldest release line whose format a table has.
    pub(super) tables: Option<Minor>,
    pub(super) is_gone: bool,
    /// The process that has it mounted.
    pub(super) process: Option<usize>,
}

impl Volume {
    fn new(capacity: u64) -> Self {
        Self {
            capacity,
            ballast: 0,
            member: None,
            bootstrap: Bootstrap::Never,
            cluster: None,
            data: Vec::new(),
            held: 0,
            transferred: Vec::new(),
            newest: None,
            tables: None,
            is_gone: false,
            process: None,
        }
    }

    /// The version of a key.
    pub(super) fn version(&self, slot: usize) -> Version {
        self.data.get(slot).copied().unwrap_or_default()
    }

    /// Stores a version unless a newer one is there.
    pub(super) fn store(&mut self, slot: usize, version: Version) {
        if self.data.len() <= slot {
            self.data.resize(slot + 1, 0);
        }
        self.held += u64::from(self.data[slot] == 0 && version > 0);
        self.data[slot] = self.data[slot].max(version);
    }

    /// Removes a key.
    pub(super) fn remove(&mut self, slot: usize) {
        if self.version(slot) > 0 {
            self.data[slot] = 0;
            self.held -= 1;
        }
    }

    /// Remembers that a slot was sent.
    pub(super) fn mark(&mut self, slot: usize) {
        if self.transferred.len() <= slot {
            self.transferred.resize(slot + 1, false);
        }
        self.transferred[slot] = true;
    }

    /// Whether a slot was sent by an unfinished decommission.
    pub(super) fn is_marked(&self, slot: usize) -> bool {
        self.transferred.get(slot).copied().unwrap_or_default()
    }
}

/// What is on a volume, for whoever mounts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OnVolume {
    /// The host id of its node; `None` on an empty volume.
    pub host_id: Option<String>,
    /// How far that node has joined.
    pub bootstrap: Bootstrap,
    /// Whether the node owns tokens of the ring.
    pub is_member: bool,
    /// Bytes used.
    pub used: u64,
    /// Bytes it has.
    pub capacity: u64,
    /// The oldest release line whose format a table has.
    pub tables: Option<Minor>,
    /// Whether [`Ring::destroy`] was called.
    pub is_gone: bool,
}

impl Ring {
    /// A new, empty volume of so many bytes.
    pub fn new_volume(&mut self, capacity: u64) -> VolumeId {
        self.volumes.push(Volume::new(capacity));
        VolumeId(self.volumes.len() - 1)
    }

    /// What is on a volume.
    pub fn volume(&self, id: VolumeId) -> OnVolume {
        let volume = &self.volumes[id.0];
        OnVolume {
            host_id: volume.member.map(|member| self.members[member].host_id.clone()),
            bootstrap: volume.bootstrap,
            is_member: volume.member.is_some_and(|member| self.members[member].standing.owns_tokens()),
            used: self.used(id.0),
            capacity: volume.capacity,
            tables: volume.tables,
            is_gone: volume.is_gone,
        }
    }

    /// Gives a volume another capacity. A node that ended for want of space comes back when it is started again.
    pub fn expand(&mut self, id: VolumeId, capacity: u64) {
        self.volumes[id.0].capacity = capacity;
    }

    /// Puts bytes on a volume that are not Cassandra's data, or takes them away with zero. Where nothing is left, a running
    /// node ends, as with `disk_failure_policy: die`.
    pub fn fill(&mut self, id: VolumeId, ballast: u64) {
        self.volumes[id.0].ballast = ballast;
        if let Some(process) = self.volumes[id.0].process.filter(|_| !self.has_room(id.0, 0)) {
            self.exit(process, "No space left on device".to_owned());
        }
    }

    /// Empties a volume that stays: a disk that was replaced. A process on it is killed.
    pub fn wipe(&mut self, id: VolumeId, cause: Cause) {
        let capacity = self.volumes[id.0].capacity;
        self.lose(id, cause);
        self.volumes[id.0] = Volume::new(capacity);
    }

    /// Destroys a volume: its claim was deleted, its disk is gone. A process on it is killed.
    pub fn destroy(&mut self, id: VolumeId, cause: Cause) {
        let capacity = self.volumes[id.0].capacity;
        self.lose(id, cause);
        self.volumes[id.0] = Volume { is_gone: true, ..Volume::new(capacity) };
    }

    fn lose(&mut self, id: VolumeId, cause: Cause) {
        self.judge();
        if let Some(process) = self.volumes[id.0].process {
            self.kill(super::ProcessId(process));
        }
        if let Some(member) = self.volumes[id.0].member {
            self.blame_for_volume(member, cause);
            self.members[member].volume = None;
            if cause == Cause::Fault {
                self.excuse_elsewhere(member);
            }
            self.client.hints.retain(|hint| hint.keeper != member);
        }
        self.volumes[id.0].member = None;
        self.changed(cause);
    }

    /// Bytes used on a volume.
    pub(super) fn used(&self, volume: usize) -> u64 {
        let volume = &self.volumes[volume];
        volume.ballast + super::EMPTY_NODE + volume.held * self.behaviour.key_bytes
    }

    /// Whether a volume has room for so many keys more.
    pub(super) fn has_room(&self, volume: usize, keys: u64) -> bool {
        self.used(volume) + keys * self.behaviour.key_bytes <= self.volumes[volume].capacity
    }
}
