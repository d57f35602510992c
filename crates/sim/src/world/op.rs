//! What happens in a history.

use std::rc::Rc;

use cassc_settle::cluster::Replication;

use crate::commit::Commit;
use crate::fault::Fault;
use crate::world::{Replicas, World};

/// Something that somebody does, or that goes wrong.
#[derive(Clone, Debug)]
pub enum Op {
    /// The delivery tool applies a commit, perhaps not all of its objects at first.
    Commit(Rc<Commit>, bool),
    /// The delivery tool treats replicas in another way from now on.
    Replicas(Replicas),
    /// A person creates a keyspace, or sets its replication.
    Replicate(String, Replication),
    /// A fault begins.
    Fault(Fault),
    /// From now on, choices from a list kill and pause instances, and let these things happen, at every suspension.
    Explore(Vec<Op>),
}

impl World {
    /// Lets something happen now.
    pub fn happen(&mut self, op: &Op) {
        match op {
            Op::Commit(commit, partly) => self.apply(Rc::clone(commit), *partly),
            Op::Replicas(mode) => self.set_replicas_mode(*mode),
            Op::Replicate(keyspace, replication) => {
                self.note(|| format!("{keyspace} is replicated {replication:?}"));
                let alone = replication.keys().any(|name| self.is_old_datacenter(keyspace, name));
                self.check.copies_by_hand |= alone;
                self.check.replicated = Some(self.now);
                self.check.replicates_unsafely |=
                    self.is_unsafe(keyspace, replication) || replication.keys().any(|name| self.is_still_joining(name));
                self.ring.replicate(keyspace, replication);
            }
            Op::Fault(fault) => self.inject(0, fault.clone()),
            Op::Explore(pending) => (self.explores, self.pending) = (true, pending.iter().cloned().collect()),
        }
    }
}
