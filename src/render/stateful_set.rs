//! The StatefulSet of a rack.

use cassc_ring::names;
use k8s_openapi::api::apps::v1::{
    StatefulSet, StatefulSetPersistentVolumeClaimRetentionPolicy, StatefulSetSpec, StatefulSetUpdateStrategy,
};

use super::{Here, Object, Retirement, kit, pod, volumes};
use crate::cluster::{Datacenter, Rack};
use crate::stages::Stage;

/// The StatefulSet, with the generation of configuration that its pods use.
///
/// - `Parallel`: a rack that lost power comes back at once; the order of first starts is the gate's.
/// - `OnDelete`: who applies a manifest restarts nothing; restarts are the roll's.
/// - Claims are retained on deletion and on scaling: they hold the data.
/// - Where the program in the cluster runs, `replicas` is what the StatefulSet is born with: the delivery tool leaves that of
///   a live one alone.
/// - `maxUnavailable` is never set: API servers drop it silently (observed with 1.33 and 1.36).
pub(super) fn stateful_set(here: Here<'_>, datacenter: &Datacenter, rack: &Rack, configuration: &str) -> Object {
    let cluster = here.cluster;
    let selector = kit::rack_selector(cluster, datacenter, rack);
    let retain = || Some("Retain".to_owned());
    let is_stopped = cluster.steps.as_ref().is_some_and(|steps| steps.stopped);
    let nodes = if is_stopped { 0 } else { rack.nodes };
    let spec = StatefulSetSpec {
        service_name: Some(names::all_pods_service(&cluster.name, &datacenter.name)),
        replicas: Some(i32::try_from(nodes).expect("E117 refused racks of more nodes than Kubernetes counts")),
        min_ready_seconds: Some(5),
        pod_management_policy: Some("Parallel".to_owned()),
        revision_history_limit: Some(10),
        selector: kit::matching(selector.clone()),
        update_strategy: Some(StatefulSetUpdateStrategy { type_: Some("OnDelete".to_owned()), rolling_update: None }),
        persistent_volume_claim_retention_policy: Some(StatefulSetPersistentVolumeClaimRetentionPolicy {
            when_deleted: retain(),
            when_scaled: retain(),
        }),
        template: pod::template(here, datacenter, rack, configuration),
        volume_claim_templates: Some(volumes::claim_templates(cluster, datacenter, rack)),
        ..StatefulSetSpec::default()
    };
    let metadata = kit::metadata(here, rack.stateful_set.clone(), selector);
    let stateful_set = StatefulSet { metadata, spec: Some(spec), status: None };
    Object { stage: Stage::Cluster, retirement: Retirement::ByHand, resource: stateful_set.into() }
}
