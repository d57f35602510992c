//! The service account of the pods: it has no rights, and its token is not mounted. Cassandra talks to no API server.

use cassc_ring::names;
use k8s_openapi::api::core::v1::ServiceAccount;

use super::{Here, Object, kit};
use crate::stages::Stage;

/// The account that is made, unless the user named one for every datacenter that has pods here.
pub(super) fn service_account(here: Here<'_>) -> Option<Object> {
    let datacenters = here.cluster.datacenters_in(here.kube_cluster).into_iter();
    let mut here_too = datacenters.filter(|datacenter| datacenter.namespace.as_deref() == here.namespace);
    if here_too.all(|datacenter| here.cluster.pod_of(datacenter).service_account.is_some()) {
        return None;
    }
    let name = names::service_account(&here.cluster.name);
    let account = ServiceAccount {
        metadata: kit::metadata(here, name, kit::cluster_selector(here.cluster)),
        automount_service_account_token: Some(false),
        ..ServiceAccount::default()
    };
    Some(Object::pruned(Stage::Base, account))
}
