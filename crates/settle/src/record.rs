//! What is remembered of an operation that began: so that it runs once, and goes on where it was.

use std::collections::BTreeMap;

use cassc_ring::operation::Operation;
use serde::{Deserialize, Serialize};

use crate::observed::Time;

/// An operation that began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// What it is ([`Operation::content`]). An operation of the same id with another content is refused.
    pub content: Operation,
    /// When it began.
    pub since: Time,
    /// When it ended: nothing of it is done any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Time>,
    /// The pods whose nodes are not done yet, in this order; those that failed are among them. For a node that no pod has, its host
    /// id stands here.
    #[serde(default)]
    pub todo: Vec<String>,
    /// How many nodes are done.
    #[serde(default)]
    pub done: usize,
    /// How many nodes were left out, because they are no members any more or because the operation was taken out of the topology.
    #[serde(default)]
    pub left_out: usize,
    /// The keyspaces that each node works through, one after the other; empty where one job does all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub keyspaces: Vec<String>,
    /// How many of them are done, of nodes that are in the middle of them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub keyspaces_done: BTreeMap<String, usize>,
    /// Why nodes failed, as in [`Record::todo`], with the operation's `retry` of that time.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub failed: BTreeMap<String, Failed>,
    /// The pods as the operation found them, by name: their UIDs. Of `restart`, `replaceNode` and `drain`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub pods: BTreeMap<String, String>,
    /// The claims of the lost node as `replaceNode` found them, by name: their UIDs. No others are deleted.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub claims: BTreeMap<String, String>,
    /// The host id of the node that is replaced or removed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_id: Option<String>,
    /// The address of the node that is replaced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Who was asked to remove the node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
}

/// A pod that was asked to remove a node from the ring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    /// The pod.
    pub pod: String,
    /// Its UID: another one knows nothing of it.
    pub uid: String,
    /// When.
    pub since: Time,
}

/// A step, or a node's part of an operation, that failed for good.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Failed {
    /// The node that it was done on; the record ends with it.
    pub host_id: String,
    /// CamelCase.
    pub reason: String,
    /// One sentence, with what to do.
    pub message: String,
    /// `rollout.retry` of that time, or the operation's `retry`: another token tries again.
    pub retry: Option<String>,
}

impl Record {
    /// An operation that begins with these pods.
    pub fn of(operation: &Operation, todo: Vec<String>) -> Self {
        Self {
            content: operation.content(),
            since: 0,
            ended: None,
            todo,
            done: 0,
            left_out: 0,
            keyspaces: Vec::new(),
            keyspaces_done: BTreeMap::new(),
            failed: BTreeMap::new(),
            pods: BTreeMap::new(),
            claims: BTreeMap::new(),
            host_id: None,
            address: None,
            asked: None,
        }
    }

    /// Whether something of it is still to be done.
    pub const fn is_open(&self) -> bool {
        self.ended.is_none()
    }

    /// The next pod that neither failed nor is left out by `is_free`.
    pub fn next(&self, is_free: impl Fn(&str) -> bool) -> Option<&String> {
        self.todo.iter().find(|pod| !self.failed.contains_key(*pod) && is_free(pod))
    }

    /// The keyspace that a pod works on next, where the operation goes by keyspaces.
    pub fn keyspace_of(&self, pod: &str) -> Option<&String> {
        self.keyspaces.get(self.keyspaces_done.get(pod).copied().unwrap_or_default())
    }

    /// A job of a pod succeeded: the next keyspace, or the pod is done.
    pub fn job_done(&mut self, pod: &str) {
        let done = self.keyspaces_done.entry(pod.to_owned()).or_default();
        *done += 1;
        if *done >= self.keyspaces.len() {
            self.pod_done(pod);
        }
    }

    /// A pod is done.
    pub fn pod_done(&mut self, pod: &str) {
        self.keyspaces_done.remove(pod);
        self.failed.remove(pod);
        self.done += self.take(pod);
    }

    /// A pod is left out.
    pub fn leave_out(&mut self, pod: &str) {
        self.keyspaces_done.remove(pod);
        self.failed.remove(pod);
        self.left_out += self.take(pod);
    }

    fn take(&mut self, pod: &str) -> usize {
        let before = self.todo.len();
        self.todo.retain(|it| it != pod);
        before - self.todo.len()
    }
}
