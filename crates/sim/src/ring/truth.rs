//! What is true, for whoever judges a program from outside. Nobody in the simulation may be told.

use std::collections::{BTreeMap, BTreeSet};

use cassc_ring::release::{Minor, Release};
use cassc_settle::cluster::{NodeJob, Replication};

use super::member::Standing;
use super::placement::Factors;
use super::process::Phase;
use super::volume::{Bootstrap, VolumeId};
use super::{ProcessId, Ring};

impl Ring {
    /// Whether the node of a volume is a member of the ring.
    pub fn owns_tokens(&self, volume: VolumeId) -> bool {
        let member = self.volumes[volume.0].member;
        member.is_some_and(|member| self.members[member].standing.owns_tokens())
    }

    /// The host id of the node of a volume.
    pub fn host_id_of(&self, volume: VolumeId) -> Option<&str> {
        self.volumes[volume.0].member.map(|member| self.members[member].host_id.as_str())
    }

    /// How far the node of a volume has joined.
    pub fn bootstrap_of(&self, volume: VolumeId) -> Bootstrap {
        self.volumes[volume.0].bootstrap
    }

    /// Whether a volume notes that its node left the ring: when the others have its data, and at the end of its job.
    pub fn is_noted_as_left(&self, volume: VolumeId) -> bool {
        let volume = &self.volumes[volume.0];
        let standing = volume.member.map(|member| self.members[member].standing);
        match volume.bootstrap {
            Bootstrap::Decommissioned => true,
            Bootstrap::Never => standing == Some(Standing::Left),
            Bootstrap::InProgress | Bootstrap::Completed => false,
        }
    }

    /// Whether a node is a member of the ring.
    pub fn is_member(&self, host_id: &str) -> bool {
        self.members.iter().any(|member| member.host_id == host_id && member.standing.owns_tokens())
    }

    /// The address that a member of the ring has, or had last.
    pub fn address_of(&self, host_id: &str) -> Option<&str> {
        let members = self.members.iter().filter(|member| member.standing.owns_tokens());
        members.into_iter().find(|member| member.host_id == host_id).map(|member| member.address.as_str())
    }

    /// Whether a node leaves, or has left and its job has not ended.
    pub fn is_leaving(&self, process: ProcessId) -> bool {
        let process = &self.processes[process.0];
        let standing = process.member.map(|member| self.members[member].standing);
        process.phase == Phase::Serving && matches!(standing, Some(Standing::Leaving | Standing::Left))
    }

    /// Whether a node has sent its data, and the job of its decommission has not ended.
    pub fn has_just_left(&self, process: ProcessId) -> bool {
        let process = &self.processes[process.0];
        let standing = process.member.map(|member| self.members[member].standing);
        process.phase == Phase::Serving && standing == Some(Standing::Left)
    }

    /// Whether a node has such a job already, waiting or running.
    pub fn has_job(&self, process: ProcessId, job: &NodeJob) -> bool {
        self.processes[process.0].has_job(job)
    }

    /// The versions of Cassandra that serve.
    pub fn serving_releases(&self) -> BTreeSet<Release> {
        let serving = self.processes.iter().filter(|process| process.phase == Phase::Serving);
        serving.map(|process| process.start.release).collect()
    }

    /// How many members a datacenter has.
    pub fn members_in(&self, datacenter: &str) -> usize {
        let is_there = |place: usize| self.datacenters[place] == datacenter;
        let members = self.members.iter().filter(|member| member.standing.owns_tokens());
        members.filter(|member| is_there(member.place.datacenter)).count()
    }

    /// The release lines that serve.
    pub fn serving_lines(&self) -> BTreeSet<Minor> {
        let serving = self.processes.iter().filter(|process| process.phase == Phase::Serving);
        serving.map(|process| process.start.release.minor).collect()
    }

    /// The newest replication of all keyspaces by datacenter; nothing for one of `SimpleStrategy`.
    pub fn replications(&self) -> BTreeMap<String, Replication> {
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        let of = |factors: &Factors| {
            let named = factors.iter().filter_map(|(at, n)| Some((self.datacenters.get(*at)?.clone(), number(*n))));
            named.collect::<Replication>()
        };
        self.keyspaces.iter().map(|keyspace| (keyspace.name.clone(), of(&keyspace.factors))).collect()
    }
}
