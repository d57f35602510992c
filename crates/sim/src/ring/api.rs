//! The Management API of a node: what it answers about the ring. Jobs, roles and keyspaces have their own modules.

use cassc_settle::cluster::{Answer, Failure};
use cassc_settle::observed::Endpoint;

use super::process::Phase;
use super::{ProcessId, Ring};

impl Ring {
    /// The node that answers. Cassandra that starts, joins or has ended does not.
    pub(super) fn answering(&self, id: ProcessId) -> Answer<usize> {
        let process = &self.processes[id.0];
        match process.phase {
            Phase::Serving | Phase::Drained | Phase::Decommissioned => {
                Ok(process.member.expect("a process that answers runs a node"))
            }
            Phase::Ended => Err(Failure::Unknown("connection refused".to_owned())),
            Phase::Starting | Phase::Joining | Phase::Exited => {
                Err(Failure::Refused { status: 500, text: "Internal connection to Cassandra closed".to_owned() })
            }
        }
    }

    /// `GET /api/v0/metadata/endpoints`: every node as this one knows it.
    ///
    /// # Errors
    ///
    /// 500 where Cassandra does not answer; unknown where the container is gone.
    pub fn endpoints(&self, id: ProcessId) -> Answer<Vec<Endpoint>> {
        let viewer = self.answering(id)?;
        Ok((0..self.members.len()).filter_map(|subject| self.endpoint(viewer, subject)).collect())
    }

    fn endpoint(&self, viewer: usize, subject: usize) -> Option<Endpoint> {
        let seen = self.view(viewer, subject)?;
        let member = &self.members[subject];
        let behind = if viewer == subject { 0 } else { self.behaviour.gossip.0 };
        let known = self.known_schema(subject, self.now.saturating_sub(behind));
        Some(Endpoint {
            host_id: Some(member.host_id.clone()),
            address: seen.address.clone(),
            status: seen.seen.status(),
            is_alive: self.sees_alive(viewer, seen) || viewer == subject,
            is_local: viewer == subject,
            cluster_name: Some(member.cluster.clone()),
            datacenter: Some(self.datacenters[member.place.datacenter].clone()),
            rack: self.racks[member.place.rack].split_once('/').map(|(_, rack)| rack.to_owned()),
            schema: self.schema_version(known, member.minor()).map(str::to_owned),
            release: Some(member.release.to_string()),
            load: Some(member.volume.map_or(0, |volume| self.used(volume) - self.volumes[volume].ballast)),
        })
    }
}
