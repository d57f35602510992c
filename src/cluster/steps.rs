//! The program in the cluster.

use cassc_ring::desired::{Cleanup, Role};
use serde::{Deserialize, Serialize};

use super::StringMap;

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
}
