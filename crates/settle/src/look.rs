//! What one look found, as values. A call that failed is a value too: nothing is concluded from what was not heard.

use std::collections::BTreeMap;

use crate::cluster::{Answer, JobStatus, Objects, Replication, Role, Time};
use crate::observed::Endpoint;
use crate::reaper::ReaperSeen;

/// What one look found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// When it began.
    pub now: Time,
    /// What Kubernetes knows.
    pub objects: Objects,
    /// What each pod with an address knows of the ring, by pod.
    pub views: BTreeMap<String, Answer<Vec<Endpoint>>>,
    /// The replication of the keyspaces, from one node; `None` where nobody was asked.
    pub keyspaces: Option<Answer<BTreeMap<String, Replication>>>,
    /// The roles, from one node; `None` where nobody was asked.
    pub roles: Option<Answer<Vec<Role>>>,
    /// The jobs under way, by pod.
    pub jobs: BTreeMap<String, Answer<JobStatus>>,
    /// What Reaper says; `None` where nobody asked it: it is looked at only when nothing else is to be done.
    pub reaper: Option<Answer<ReaperSeen>>,
}
