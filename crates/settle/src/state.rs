//! What is remembered in the ConfigMap `<cluster>-state`. The keys that the gate of a starting pod reads stand on their own
//! ([`cassc_ring::state::Key`]); everything else is one JSON document under `settle.json`. No key decides alone: the ring is asked
//! again before anything is done that cannot be undone.

use std::collections::{BTreeMap, BTreeSet};

use cassc_ring::state::{Key, SETTLE};
use serde::{Deserialize, Serialize};

use crate::cluster::{NodeJob, Time};
pub use crate::record::Failed;
use crate::record::Record;
use crate::repairs::Repairs;

/// What is remembered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Whether the ring was founded.
    pub founded: bool,
    /// The host id of each pod's node, by pod. Written when the node says NORMAL of itself, taken away when it has left.
    pub host_ids: BTreeMap<String, String>,
    /// Pods of an adopted cluster, without a marker in their volume. Never written here, but kept.
    pub bootstrapped: BTreeSet<String>,
    /// The address of the dead node that a pod replaces.
    pub replaces: BTreeMap<String, String>,
    /// The host id of the node that left the ring from a pod, until the pod's claims are gone.
    pub left: BTreeMap<String, String>,
    /// The rest.
    pub memory: Memory,
    /// Keys of the ConfigMap that nothing here knows. They are written back.
    pub foreign: BTreeMap<String, String>,
}

/// The document `settle.json`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Memory {
    /// Whether every node that was asked for has joined once: from then on a node that joins makes others need cleanup.
    pub initialized: bool,
    /// Each pod's node as it was last seen NORMAL.
    pub nodes: BTreeMap<String, Node>,
    /// The jobs under way, by pod; written before they are asked for.
    pub jobs: BTreeMap<String, Running>,
    /// Pods whose nodes need cleanup.
    pub needs_cleanup: BTreeSet<String>,
    /// Datacenters that were added to a ring with data, with the pods that still have to copy theirs.
    pub needs_rebuild: BTreeMap<String, BTreeSet<String>>,
    /// The version of the Secret that each role was last set from, by Secret.
    pub roles: BTreeMap<String, String>,
    /// Whether the role `cassandra` can neither log in nor is a superuser.
    pub default_role_locked: bool,
    /// How often a job of a pod failed or was lost since one succeeded, by pod.
    pub attempts: BTreeMap<String, u32>,
    /// Keyspaces whose replication was raised and that were not repaired since, with the pods that have to do it.
    pub needs_repair: BTreeMap<String, BTreeSet<String>>,
    /// Operations that began, by id. What is no longer in the topology stays, so that it does not run again.
    pub operations: BTreeMap<String, Record>,
    /// Why a step failed for good, by what it was done on, with the retry token of that time.
    pub failed: BTreeMap<String, Failed>,
    /// The conditions.
    pub conditions: BTreeMap<String, Condition>,
    /// Reaper; `None` where the program does not keep its schedules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reaper: Option<Repairs>,
    /// When a Cassandra node was last seen starting: `lastServerNodeStarted` of Cass Operator.
    pub last_server_node_started: Option<Time>,
}

/// A node as it was last seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Node {
    /// Its address.
    pub address: String,
    /// The release line whose format its tables have, such as `4.1`.
    pub tables: Option<String>,
    /// Since when everybody says that it left, although no job is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_since: Option<Time>,
}

/// A job that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Running {
    /// What.
    pub job: NodeJob,
    /// The host id of the node that runs it.
    pub host_id: String,
    /// The UID of its pod.
    pub pod_uid: String,
    /// The id of the job; `None` while it is not known whether the request arrived.
    pub id: Option<String>,
    /// When it was first asked for.
    pub since: Time,
    /// The operation that it is a part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// Why the node refused it for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// When the node was first seen LEFT without a job to ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub left_since: Option<Time>,
    /// Whether the node was seen LEAVING since.
    #[serde(default)]
    pub seen_leaving: bool,
    /// The last look at it while its id is not known. Looks that follow each other closely would have seen it begin.
    #[serde(default)]
    pub last_look: Time,
}

/// A condition, as Kubernetes has them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Condition {
    /// `True` or `False`.
    pub status: bool,
    /// CamelCase.
    pub reason: String,
    /// One sentence.
    pub message: String,
    /// When the status last changed.
    pub since: Time,
}

impl Running {
    /// A job that is about to be asked for.
    pub fn new(job: NodeJob, host_id: &str, pod_uid: &str, since: Time) -> Self {
        Self {
            job,
            host_id: host_id.to_owned(),
            pod_uid: pod_uid.to_owned(),
            id: None,
            since,
            operation: None,
            refused: None,
            left_since: None,
            seen_leaving: false,
            last_look: 0,
        }
    }
}

impl State {
    /// Reads the keys of the ConfigMap. The error says which key cannot be read.
    pub fn read(data: &BTreeMap<String, String>) -> Result<Self, String> {
        let mut state = Self::default();
        for (key, value) in data {
            state.read_key(key, value)?;
        }
        Ok(state)
    }

    fn read_key(&mut self, key: &str, value: &str) -> Result<(), String> {
        let text = value.trim().to_owned();
        match key.split_once('.') {
            None if key == Key::Founded.of("") => self.founded = text == "true",
            Some(("bootstrapped", pod)) => drop((text == "true").then(|| self.bootstrapped.insert(pod.to_owned()))),
            Some(("host-id", pod)) => drop(self.host_ids.insert(pod.to_owned(), text)),
            Some(("replace", pod)) => drop(self.replaces.insert(pod.to_owned(), text)),
            Some(("left", pod)) => drop(self.left.insert(pod.to_owned(), text)),
            _ if key == SETTLE => {
                self.memory = serde_json::from_str(value).map_err(|error| format!("{SETTLE}: {error}"))?;
            }
            _ => drop(self.foreign.insert(key.to_owned(), value.to_owned())),
        }
        Ok(())
    }

    /// The keys of the ConfigMap.
    pub fn data(&self) -> BTreeMap<String, String> {
        let mut data = self.foreign.clone();
        if self.founded {
            data.insert(Key::Founded.of(""), "true".to_owned());
        }
        data.extend(self.bootstrapped.iter().map(|pod| (Key::Bootstrapped.of(pod), "true".to_owned())));
        for (key, values) in [(Key::HostId, &self.host_ids), (Key::Replace, &self.replaces), (Key::Left, &self.left)] {
            data.extend(values.iter().map(|(pod, value)| (key.of(pod), value.clone())));
        }
        let memory = serde_json::to_string_pretty(&self.memory).expect("strings and numbers always serialize");
        data.insert(SETTLE.to_owned(), memory + "\n");
        data
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_and_nothing_is_lost() {
        let mut state = State { founded: true, ..State::default() };
        state.host_ids.insert("shop-dc1-r1-sts-0".into(), "h".into());
        state.left.insert("shop-dc1-r1-sts-1".into(), "g".into());
        state.replaces.insert("shop-dc1-r1-sts-2".into(), "10.0.0.7".into());
        state.bootstrapped.insert("shop-dc1-r1-sts-0".into());
        state.foreign.insert("note".into(), "by hand\n".into());
        state.memory.needs_cleanup.insert("shop-dc1-r1-sts-0".into());
        assert_eq!(State::read(&state.data()), Ok(state));
    }

    #[test]
    fn a_document_that_cannot_be_read_is_an_error() {
        let data = BTreeMap::from([(SETTLE.to_owned(), "{\"jobs\":7}".to_owned())]);
        assert!(State::read(&data).expect_err("it is refused").starts_with("settle.json: "));
    }
}
