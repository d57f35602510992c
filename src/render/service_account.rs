//! The service account of the pods: it has no rights, and its token is not mounted. Cassandra talks to no API server.

use cassc_ring::names;
use k8s_openapi::api::core::v1::ServiceAccount;

use super::{Here, Object, kit};
use crate::stages::Stage;

/// The account that is made, unless the user named one.
pub(super) fn service_account(here: Here<'_>) -> Option<Object> {
    if here.cluster.pod.service_account.is_some() {
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
