//! The Management API of a datacenter: its heap and its Secret. Called by [`super::resolve`].

use crate::sizing;
use crate::topology::{Datacenter, Spec};

/// The heap in mebibytes, if one is written.
pub(super) fn management_heap(spec: &Spec, datacenter: &Datacenter) -> Option<u64> {
    let written = datacenter.management_api.heap.as_ref().or(spec.management_api.heap.as_ref());
    written.map(|text| sizing::heap_size(text).expect("E436 refused what is no size"))
}

/// The Secret of the cluster, or where only the datacenters have any, that of the first.
pub(super) fn common_secret(spec: &Spec) -> Option<&String> {
    let apis = std::iter::once(&spec.management_api).chain(spec.datacenters.iter().map(|it| &it.management_api));
    apis.filter_map(|api| api.tls.as_ref()).map(|tls| &tls.server_secret).next()
}

/// The Secret of a datacenter, if it is not that of the cluster.
pub(super) fn own_secret(spec: &Spec, datacenter: &Datacenter) -> Option<String> {
    let own = datacenter.management_api.tls.as_ref().map(|tls| &tls.server_secret);
    own.filter(|own| Some(*own) != common_secret(spec)).cloned()
}
