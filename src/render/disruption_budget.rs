//! The disruption budget of a datacenter: one pod at a time, unless the user sets another number. It counts across racks, so that a drain cannot take the
//! second replica of a row; it stands from the start (Cass Operator adds it after the first full readiness), and it is
//! `maxUnavailable`, which growth does not change (the operator's `minAvailable` must follow the size).

use cassc_ring::names;
use k8s_openapi::api::policy::v1::{PodDisruptionBudget, PodDisruptionBudgetSpec};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::{Here, Object, kit};
use crate::cluster::Datacenter;
use crate::stages::Stage;

/// The budget. Without `steps` a pod that is not ready may always be evicted: it serves no requests, and a broken generation
/// could otherwise never be replaced while two pods are broken. With `steps` the program deletes broken pods itself, and a
/// drain may evict a pod that is not ready only while all others are healthy: its node may be up and slow, or be joining.
pub(super) fn disruption_budget(here: Here<'_>, datacenter: &Datacenter) -> Object {
    let selector = kit::datacenter_selector(here.cluster, datacenter);
    let policy = if here.cluster.steps.is_some() { "IfHealthyBudget" } else { "AlwaysAllow" };
    let budget = PodDisruptionBudget {
        metadata: kit::metadata(here, names::disruption_budget(&datacenter.name), selector.clone()),
        spec: Some(PodDisruptionBudgetSpec {
            max_unavailable: Some(IntOrString::Int(
                i32::try_from(datacenter.max_unavailable).expect("E524 refused larger numbers"),
            )),
            selector: Some(kit::matching(selector)),
            unhealthy_pod_eviction_policy: Some(policy.to_owned()),
            ..PodDisruptionBudgetSpec::default()
        }),
        status: None,
    };
    Object::pruned(Stage::Base, budget)
}
