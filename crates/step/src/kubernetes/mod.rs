//! The API server. Every read is a quorum read (no `resourceVersion`), every write names what was judged, and each is sent
//! once: a request that is sent again by itself could do twice what was decided once.

mod acts;
mod claims;
mod commands;
mod connection;
mod events;
mod failure;
mod forward;
mod lease;
mod leftovers;
mod objects;
mod pods;
mod secrets;
mod sets;
mod state;
mod viewed;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;

use k8s_openapi::NamespaceResourceScope;
use kube::api::PostParams;
use kube::{Api, Client, Resource};
use serde::de::DeserializeOwned;

use cassc_ring::names;
use cassc_settle::cluster::{Answer, Document, Failure};
use k8s_openapi::api::core::v1::ConfigMap;

use failure::read;
use lease::Held;

pub(crate) use connection::{ConnectError, Target};
pub(crate) use forward::Forward;
pub(crate) use viewed::{Happened, Run, RunState};

/// The label of everything of a cluster, Cass Operator's.
const CLUSTER_LABEL: &str = "cassandra.datastax.com/cluster";

/// Who writes, in `managedFields` and in Events.
const WRITER: &str = "cassc-step";

/// A connection to the API server, and what of it belongs to the cluster.
pub(crate) struct Kubernetes {
    client: Client,
    /// Whether this process is a pod that calls with its own account, so that other pods can be reached directly.
    is_inside: bool,
    /// The namespace of state, Lease and desired ring.
    home: String,
    /// The cluster's name in Kubernetes.
    cluster: String,
    /// The name of this Kubernetes cluster in the topology; `None` where there is only one.
    kube_cluster: Option<String>,
    /// Who holds the Lease where this process does.
    holder: String,
    held: RefCell<Held>,
    seen: RefCell<Seen>,
}

/// Where the objects are that were found, for acts that name only object and UID.
#[derive(Debug, Default)]
struct Seen {
    /// The namespaces by UID.
    namespaces: BTreeMap<String, String>,
    /// The UIDs by kind and name.
    uids: BTreeMap<(&'static str, String), String>,
    /// The UIDs of claims that may not grow, as the API server said. Storage classes belong to the whole Kubernetes cluster, so the
    /// account has no right to read them.
    fixed: BTreeSet<String>,
}

impl Kubernetes {
    /// The objects of a kind in a namespace.
    fn api<K>(&self, namespace: &str) -> Api<K>
    where
        K: Resource<Scope = NamespaceResourceScope, DynamicType = ()> + Clone + Debug + DeserializeOwned,
    {
        Api::namespaced(self.client.clone(), namespace)
    }

    /// The namespace of an object that was found.
    fn namespace_of(&self, uid: &str) -> Answer<String> {
        self.seen.borrow().namespaces.get(uid).cloned().ok_or(Failure::NotFound)
    }

    /// Remembers where an object is.
    fn remember(&self, kind: &'static str, namespace: &str, name: &str, uid: &str) {
        let mut seen = self.seen.borrow_mut();
        seen.namespaces.insert(uid.to_owned(), namespace.to_owned());
        seen.uids.insert((kind, name.to_owned()), uid.to_owned());
    }

    /// The desired ring, as text.
    pub(crate) async fn desired(&self) -> Answer<Document> {
        let found = read(self.api::<ConfigMap>(&self.home).get(&names::desired_ring(&self.cluster))).await?;
        let mut data = found.data.unwrap_or_default();
        let mut take = |key: &str| data.remove(key).unwrap_or_default();
        Ok(Document { ring: take("ring.json"), generation: take("generation") })
    }
}

/// How objects are written.
fn written() -> PostParams {
    PostParams { dry_run: false, field_manager: Some(WRITER.to_owned()) }
}
