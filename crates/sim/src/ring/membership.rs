//! Who becomes a member and who stops being one, and what follows for the ring.

use cassc_settle::cluster::{Answer, Failure, JobStatus};

use super::member::{Member, Seen, Standing};
use super::operations::{Kind, Operation};
use super::oracle::{Cause, Excuse, Rule};
use super::placement::EVERYWHERE;
use super::process::Phase;
use super::volume::Bootstrap;
use super::{Event, ProcessId, Ring};

impl Ring {
    /// A node that has joined before is a member again, with its tokens. A leave that did not end is forgotten, all but
    /// what was sent.
    pub(super) fn returns(&mut self, process: usize, member: usize) {
        let standing = self.members[member].standing;
        let is_owned = |id: usize| id != member && self.members[id].tokens == self.members[member].tokens;
        let replaced = (0..self.members.len()).any(|id| is_owned(id) && self.members[id].standing.owns_tokens());
        if replaced {
            self.blame_nodes(Rule::P12, &[member], "comes back, but it was replaced");
            return self.exit(process, "Tokens are owned by another node".to_owned());
        }
        self.becomes_normal(process, member);
        if standing != Standing::Leaving {
            self.rearrange();
        }
    }

    /// A seed without data that finds nobody founds a ring.
    pub(super) fn founds(&mut self, process: usize, member: usize) {
        self.founded += 1;
        self.members[member].ring = self.founded;
        if self.founded > 1 {
            self.blame_nodes(Rule::OneRing, &[member], "founds a second ring");
        } else {
            let start = &self.processes[process].start;
            let (minor, replication) = (start.release.minor, start.system_replication.clone());
            self.make_system_keyspaces(minor, &replication);
            self.members[member].schema = self.schema.len();
            self.add_default_role();
        }
        self.draw_tokens(member);
        self.becomes_normal(process, member);
        self.rearrange();
        self.oracle.rehome(&self.keyspaces);
        if let Some(every) = self.behaviour.write_every.filter(|_| self.founded == 1) {
            self.later(every, Event::Write);
        }
    }

    /// A seed without data that finds others owns ranges at once, and has none of their data.
    pub(super) fn joins_without_data(&mut self, process: usize, member: usize) {
        self.judge();
        self.blame_nodes(Rule::P6, &[member], "is NORMAL and has streamed nothing");
        self.draw_tokens(member);
        self.becomes_normal(process, member);
        self.rearrange();
    }

    /// A node without data says that it joins, and streams later.
    pub(super) fn bootstraps(&mut self, process: usize, member: usize) {
        self.draw_tokens(member);
        match self.joining(member) {
            Err(reason) => {
                self.members[member].standing = Standing::Absent;
                self.exit(process, reason);
            }
            Ok(transfers) => {
                self.one_moves(member, Cause::Act);
                self.joins(process, member, Standing::Joining, Seen::Joining);
                self.begin(Kind::Join, member, transfers, None, Cause::Act);
            }
        }
    }

    /// A node without data takes the tokens of a dead one, and streams later.
    pub(super) fn replaces(&mut self, process: usize, member: usize, target: usize) {
        self.members[member].tokens = self.members[target].tokens.clone();
        match self.replacing(member, target) {
            Err(reason) => {
                self.members[member].standing = Standing::Absent;
                self.exit(process, reason);
            }
            Ok(transfers) => {
                self.one_moves(member, Cause::Act);
                let hides = self.behaviour.replacement_hides;
                let seen = if hides { Seen::Hibernate } else { Seen::Joining };
                self.joins(process, member, Standing::Replacing, seen);
                self.begin(Kind::Replace(target), member, transfers, None, Cause::Act);
            }
        }
    }

    fn joins(&mut self, process: usize, member: usize, standing: Standing, seen: Seen) {
        self.members[member].standing = standing;
        self.processes[process].phase = Phase::Joining;
        self.volumes[self.processes[process].start.volume.0].bootstrap = Bootstrap::InProgress;
        self.says(member, seen, true);
    }

    fn becomes_normal(&mut self, process: usize, member: usize) {
        self.members[member].standing = Standing::Normal;
        self.volumes[self.processes[process].start.volume.0].bootstrap = Bootstrap::Completed;
        self.says(member, Seen::Normal, true);
        self.serves_now(process);
    }

    /// A node asks to leave. The error is what Cassandra answers.
    pub(super) fn leaves(&mut self, process: usize, member: usize, force: bool, job: usize) -> Result<(), String> {
        let standing = self.members[member].standing;
        if self.operations.iter().any(|it| it.member == member && it.kind == Kind::Leave && !it.is_stuck()) {
            return Err("Node is still decommissioning. Check nodetool netstats.".to_owned());
        }
        if !standing.owns_tokens() {
            return Err("local node is not a member of the token ring yet".to_owned());
        }
        if self.processes[process].phase != Phase::Serving {
            return Err("Node in DRAINED state; wait for status to become normal or restart".to_owned());
        }
        if standing == Standing::Normal {
            self.may_leave(member, force)?;
        }
        let cause = self.processes[process].jobs[job].cause;
        self.one_moves(member, cause);
        self.operations.retain(|it| it.member != member || it.kind != Kind::Leave);
        if self.behaviour.leaves_anew {
            self.volumes[self.processes[process].start.volume.0].transferred.clear();
        }
        let transfers = self.leaving(member);
        self.members[member].standing = Standing::Leaving;
        self.says(member, Seen::Leaving, true);
        self.begin(Kind::Leave, member, transfers, Some(job), cause);
        Ok(())
    }

    /// `StorageService.decommission`: what it asks of a node in NORMAL mode, by the schema that the node knows.
    fn may_leave(&self, member: usize, force: bool) -> Result<(), String> {
        let is_normal = |id: &usize| *id != member && self.members[*id].standing == Standing::Normal;
        let others: Vec<usize> = (0..self.members.len()).filter(is_normal).collect();
        if others.is_empty() {
            return Err("no other normal nodes in the ring; decommission would be pointless".to_owned());
        }
        if self.is_pending_to(member) {
            return Err("data is currently moving to this node; unable to leave the ring".to_owned());
        }
        let known = self.known_schema(member, self.now);
        let own = self.members[member].place.datacenter;
        let in_own = others.iter().filter(|id| self.members[**id].place.datacenter == own).count() + 1;
        for (number, keyspace) in self.keyspaces.iter().enumerate().filter(|_| !force) {
            for (datacenter, factor) in self.factors_known(number, known).into_iter().flatten() {
                let nodes = if *datacenter == EVERYWHERE { others.len() + 1 } else { in_own };
                if (*datacenter == EVERYWHERE || *datacenter == own) && nodes <= *factor {
                    return Err(format!(
                        "Not enough live nodes to maintain replication factor in keyspace {} (RF = {factor}, N = {nodes}). \
                         Perform a forceful decommission to ignore.",
                        keyspace.name
                    ));
                }
            }
        }
        Ok(())
    }

    /// An operation has moved all its data.
    pub(super) fn completes(&mut self, operation: &Operation) {
        self.judge();
        let member = operation.member;
        let process = self.members[member].process;
        match (operation.kind, process) {
            (Kind::Join, Some(process)) => {
                self.becomes_normal(process, member);
                self.rearrange();
            }
            (Kind::Replace(target), Some(process)) => {
                self.is_gone(target);
                self.becomes_normal(process, member);
                self.rearrange();
            }
            (Kind::Leave, Some(process)) => self.has_left(process, member, operation),
            (Kind::Remove(target), _) => {
                self.is_gone(target);
                self.rearrange();
                self.changed(operation.cause);
            }
            (Kind::Rebuild, Some(process)) => {
                if let Some(job) = operation.job {
                    self.ends(process, job, JobStatus::Completed);
                }
            }
            (_, None) => {}
        }
        self.excuse(|key| operation.disturbed.contains(&key.keyspace), Excuse::Fault);
    }

    fn has_left(&mut self, process: usize, member: usize, operation: &Operation) {
        self.members[member].standing = Standing::Left;
        let volume = &mut self.volumes[self.processes[process].start.volume.0];
        volume.bootstrap = Bootstrap::Never;
        volume.transferred.clear();
        self.says(member, Seen::Left, true);
        self.hands_over_hints(member);
        self.rearrange();
        self.changed(operation.cause);
        if let Some(job) = operation.job {
            let epoch = self.processes[process].epoch;
            self.later(self.behaviour.left_delay, Event::Left { process, epoch, job });
        }
    }

    /// The job of a decommission ends.
    pub(super) fn has_ended(&mut self, process: usize, job: usize) {
        self.processes[process].phase = Phase::Decommissioned;
        self.processes[process].drained = Some(self.now);
        self.volumes[self.processes[process].start.volume.0].bootstrap = Bootstrap::Decommissioned;
        self.ends(process, job, JobStatus::Completed);
    }

    /// A dead node is forgotten by all.
    fn is_gone(&mut self, member: usize) {
        self.members[member].standing = Standing::Absent;
        self.client.hints.retain(|hint| hint.target != member);
        self.says(member, Seen::Gone, false);
    }

    /// A joining node that died is forgotten, unless it came back.
    pub(super) fn is_forgotten(&mut self, id: usize, starts: u32) {
        let member = &mut self.members[id];
        if member.starts == starts && member.process.is_none() && !member.standing.owns_tokens() {
            member.standing = Standing::Absent;
            self.says(id, Seen::Gone, false);
        }
    }

    /// `nodetool removenode` of a dead node, on another one: the others stream what it had.
    ///
    /// # Errors
    ///
    /// What Cassandra refuses, or unknown where it does not run.
    pub fn remove_node(&mut self, by: ProcessId, host_id: &str, cause: Cause) -> Answer<()> {
        let by = self.answering(by)?;
        let refused = |text: String| Err(Failure::Refused { status: 1, text });
        let found = self.members.iter().position(|it| it.host_id == host_id && it.standing.owns_tokens());
        let Some(target) = found else { return refused("Host ID not found.".to_owned()) };
        if self.members[target].process.is_some() {
            let address = &self.members[target].address;
            return refused(format!(
                "Node /{address} is alive and owns this ID. Use decommission command to remove it from the ring"
            ));
        }
        let is_removal = |it: &Operation| matches!(it.kind, Kind::Remove(_));
        if self.operations.iter().any(|it| is_removal(it) && it.member == by) {
            return refused("This node is already processing a removal. Wait for it to complete.".to_owned());
        }
        // Whoever was at it before is out of it.
        self.operations.retain(|it| it.kind != Kind::Remove(target));
        if self.members[target].standing == Standing::Normal {
            self.one_moves(by, cause);
        }
        let transfers = self.removing(by, target);
        self.says(target, Seen::Leaving, false);
        self.begin(Kind::Remove(target), by, transfers, None, cause);
        Ok(())
    }

    /// A person removes whatever has an address with `nodetool assassinate`: nothing is streamed. False where nobody has it.
    pub fn assassinate(&mut self, address: &str) -> bool {
        let found = self.members.iter().position(|it| it.address == address && it.standing != Standing::Absent);
        let Some(target) = found else { return false };
        self.judge();
        self.is_gone(target);
        self.rearrange();
        self.changed(Cause::Fault);
        true
    }

    /// P3 and P7: while one node joins, leaves, moves or replaces, no other does, and no cleanup runs. Only who comes second
    /// breaks it, and only if it could know.
    fn one_moves(&mut self, member: usize, cause: Cause) {
        if cause == Cause::Fault {
            return;
        }
        if let Some(other) = self.mover(member) {
            self.blame_nodes(Rule::P3, &[other, member], "move at once");
        }
        if let Some(cleaner) = (0..self.processes.len()).find(|process| self.cleans(ProcessId(*process))) {
            let name = self.processes[cleaner].start.name.clone();
            self.blame_nodes(Rule::P7, &[member], &format!("moves while {name} cleans up"));
        }
    }

    /// A node other than this one that joins, leaves, replaces or is removed, if others may know it.
    pub(super) fn mover(&self, member: usize) -> Option<usize> {
        let is_unheard = |id: usize| {
            let mut of = self.operations.iter().filter(|it| it.member == id);
            of.any(|it| it.is_unheard(self.now, self.behaviour.gossip.1))
        };
        let moves = |it: &Member| it.standing == Standing::Leaving || it.standing.moves() && it.process.is_some();
        let is_other = |id: &usize| *id != member && moves(&self.members[*id]) && !is_unheard(*id);
        let removed = self.operations.iter().find_map(|it| match it.kind {
            Kind::Remove(target) => Some(target),
            Kind::Join | Kind::Replace(_) | Kind::Leave | Kind::Rebuild => None,
        });
        (0..self.members.len()).find(is_other).or(removed)
    }
}
