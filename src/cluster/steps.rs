//! The program in the cluster.

use cassc_ring::desired::{Cleanup, Role};
use cassc_ring::operation::Operation;
use serde::{Deserialize, Serialize};

use super::{Cluster, Reaper, StringMap};

/// The program in the cluster, and what it does beyond what the numbers of nodes say.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Steps {
    /// Its image.
    pub image: String,
    /// Its requests, canonical.
    pub requests: StringMap,
    /// Its limits, canonical.
    pub limits: StringMap,
    /// When it runs again by itself, in the form of cron.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<String>,
    /// What is done after growth.
    pub cleanup: Cleanup,
    /// Whether every node is stopped.
    pub stopped: bool,
    /// Whether the Secret of the superuser is made where it is missing.
    pub generates_superuser: bool,
    /// The roles beside the superuser.
    pub roles: Vec<Role>,
    /// What is done once, in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub operations: Vec<Operation>,
    /// Reaper, where it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reaper: Option<Reaper>,
}

impl Cluster {
    /// Whether every node is stopped: no pods, and all claims stay.
    pub(crate) fn is_stopped(&self) -> bool {
        self.steps.as_ref().is_some_and(|steps| steps.stopped)
    }

    /// Whether the program alone changes the replicas of live StatefulSets: it runs, and the delivery tool was told to
    /// leave them alone, by what cassc renders for it or by whoever wrote the topology.
    pub(crate) fn steps_change_replicas(&self) -> bool {
        self.steps.is_some() && (self.delivery.is_some() || self.ignores_replicas)
    }
}
