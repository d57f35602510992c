//! Jobs of the Management API: one worker per node, one job after the other, all forgotten when Cassandra ends.

use cassc_settle::cluster::{Answer, JobStatus, NodeJob, TableTask};

use super::operations::Kind;
use super::oracle::{Cause, Rule};
use super::{Event, ProcessId, Ring};

/// A job.
#[derive(Clone, Debug)]
pub(super) struct Job {
    id: String,
    kind: NodeJob,
    status: JobStatus,
    pub(super) cause: Cause,
    /// How many keyspaces a cleanup has been through, one more than that; 1 for what has begun.
    step: usize,
}

impl super::process::Process {
    /// Whether such a job waits or runs.
    pub(super) fn has_job(&self, kind: &NodeJob) -> bool {
        self.queue.iter().any(|job| self.jobs[*job].kind == *kind)
    }
}

impl Ring {
    /// Asks a node for a job, and returns its id. Whether it is refused is told by its status.
    ///
    /// # Errors
    ///
    /// 500 where Cassandra does not answer.
    pub fn start_job(&mut self, id: ProcessId, job: &NodeJob) -> Answer<String> {
        self.start_job_for(id, job, Cause::Act)
    }

    /// The same, for another person: what is lost by it is not the program's fault.
    ///
    /// # Errors
    ///
    /// 500 where Cassandra does not answer.
    pub fn start_job_for(&mut self, id: ProcessId, job: &NodeJob, cause: Cause) -> Answer<String> {
        self.answering(id)?;
        let (high, low) = (self.rng.number(), self.rng.number());
        let name = format!("{:08x}-{:04x}-1000-8000-{:012x}", high >> 32, high & 0xffff, low & 0xffff_ffff_ffff);
        let process = &mut self.processes[id.0];
        process.jobs.push(Job { id: name.clone(), kind: job.clone(), status: JobStatus::Running, cause, step: 0 });
        process.queue.push_back(process.jobs.len() - 1);
        if process.queue.len() == 1 {
            self.works_soon(id.0, 1);
        }
        Ok(name)
    }

    /// How a job goes.
    ///
    /// # Errors
    ///
    /// 500 where Cassandra does not answer.
    pub fn job(&self, id: ProcessId, job: &str) -> Answer<JobStatus> {
        self.answering(id)?;
        let found = self.processes[id.0].jobs.iter().find(|it| it.id == job);
        Ok(found.map_or(JobStatus::Lost, |job| job.status.clone()))
    }

    /// Whether a cleanup runs on a node.
    pub(super) fn cleans(&self, id: ProcessId) -> bool {
        let process = &self.processes[id.0];
        process.queue.front().is_some_and(|job| {
            let job = &process.jobs[*job];
            matches!(job.kind, NodeJob::Tables { task: TableTask::Cleanup, .. }) && job.step > 0
        })
    }

    fn works_soon(&mut self, process: usize, after: u64) {
        let epoch = self.processes[process].epoch;
        self.later(after, Event::Work { process, epoch });
    }

    /// A job has ended; the next one begins.
    pub(super) fn ends(&mut self, process: usize, job: usize, status: JobStatus) {
        // Cassandra that has ended has forgotten its jobs.
        let Some(ended) = self.processes[process].jobs.get_mut(job) else { return };
        ended.status = status;
        self.processes[process].queue.retain(|it| *it != job);
        if !self.processes[process].queue.is_empty() {
            self.works_soon(process, 1);
        }
    }

    /// The worker of a node goes on with its first job.
    pub(super) fn works(&mut self, process: usize) {
        let Some(job) = self.processes[process].queue.front().copied() else { return };
        let Some(member) = self.processes[process].member else { return };
        let step = self.processes[process].jobs[job].step;
        self.processes[process].jobs[job].step += 1;
        let kind = self.processes[process].jobs[job].kind.clone();
        match (kind, step) {
            (NodeJob::Decommission { force }, 0) => {
                if let Err(text) = self.leaves(process, member, force, job) {
                    self.ends(process, job, JobStatus::Failed(text));
                }
            }
            (NodeJob::Rebuild { source }, 0) => self.rebuilds(process, member, &source, job),
            (NodeJob::Decommission { .. } | NodeJob::Rebuild { .. }, _) => {}
            (NodeJob::Tables { task: TableTask::Cleanup, .. }, step) => self.cleans_up(process, member, job, step),
            (NodeJob::Tables { .. } | NodeJob::Repair { .. }, 0) => self.works_later(process),
            (NodeJob::Tables { task: TableTask::Upgrade, .. }, _) => {
                let start = &self.processes[process].start;
                self.volumes[start.volume.0].tables = Some(start.release.minor);
                self.ends(process, job, JobStatus::Completed);
            }
            (NodeJob::Repair { keyspace, .. }, _) => {
                let status = self.repairs(member, &keyspace);
                self.ends(process, job, status);
            }
            (NodeJob::Move { .. }, _) => {
                let text = "This node has more than one token and cannot be moved thusly.".to_owned();
                self.ends(process, job, JobStatus::Failed(text));
            }
            (NodeJob::Tables { .. } | NodeJob::Snapshot { .. }, _) => self.ends(process, job, JobStatus::Completed),
            (NodeJob::Drain, _) => {
                self.ends(process, job, JobStatus::Completed);
                self.drain(ProcessId(process));
            }
        }
    }

    fn works_later(&mut self, process: usize) {
        let after = self.rng.between(self.behaviour.compaction);
        self.works_soon(process, after);
    }

    fn rebuilds(&mut self, process: usize, member: usize, source: &str, job: usize) {
        let known = self.datacenters.iter().position(|it| it == source);
        let has_nodes = known.filter(|it| self.placement.tokens.nodes_in(*it) > 0);
        if !source.is_empty() && has_nodes.is_none() {
            let text = format!("Provided datacenter '{source}' is not a valid datacenter");
            return self.ends(process, job, JobStatus::Failed(text));
        }
        let transfers = self.rebuilding(member, has_nodes);
        let cause = self.processes[process].jobs[job].cause;
        self.begin(Kind::Rebuild, member, transfers, Some(job), cause);
    }

    /// One step of a cleanup: each removes what the node does not own at that moment from one keyspace. Ranges that are
    /// pending to it are not owned (CASSANDRA-16418).
    fn cleans_up(&mut self, process: usize, member: usize, job: usize, step: usize) {
        let cause = self.processes[process].jobs[job].cause;
        if step == 0 {
            if let Some(mover) = self.mover(usize::MAX).filter(|_| cause == Cause::Act) {
                self.blame_nodes(Rule::P7, &[member, mover], "clean up and move at once");
            }
            if self.behaviour.cleanup_looks_first && self.is_pending_to(member) {
                let text = "Node is involved in cluster membership changes. Not safe to run cleanup.".to_owned();
                return self.ends(process, job, JobStatus::Failed(text));
            }
            return self.works_later(process);
        }
        let Some(keyspace) = (0..self.keyspaces.len()).filter(|it| self.keyspaces[*it].slots.is_some()).nth(step - 1)
        else {
            return self.ends(process, job, JobStatus::Completed);
        };
        self.judge();
        self.arrives();
        let first = self.keyspaces[keyspace].slots.expect("it has slots");
        let volume = self.processes[process].start.volume.0;
        for slot in first..first + self.behaviour.keys {
            if !self.placement.of(slot).contains(&member) {
                self.volumes[volume].remove(slot);
            }
        }
        self.changed(cause);
        self.works_later(process);
    }

    /// Whether a node is about to get ranges.
    pub(super) fn is_pending_to(&self, member: usize) -> bool {
        self.operations.iter().flat_map(|it| &it.pending).any(|(_, to)| *to == member)
    }
}
