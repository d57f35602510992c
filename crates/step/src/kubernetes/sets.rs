//! StatefulSets as they were found.

use cassc_ring::names;
use cassc_settle::observed::Set;
use k8s_openapi::api::apps::v1::StatefulSet;

/// What of a StatefulSet is judged.
pub(super) fn set(found: &StatefulSet) -> Set {
    let metadata = &found.metadata;
    let (spec, status) = (found.spec.as_ref(), found.status.as_ref());
    let observed = status.and_then(|status| status.observed_generation);
    Set {
        uid: metadata.uid.clone().unwrap_or_default(),
        version: metadata.resource_version.clone().unwrap_or_default(),
        is_observed: observed.is_some() && observed >= metadata.generation,
        // Kubernetes writes 1 where nobody writes a number.
        replicas: spec.and_then(|spec| spec.replicas).map_or(1, |replicas| u32::try_from(replicas).unwrap_or(0)),
        update_revision: status.and_then(|status| status.update_revision.clone()).unwrap_or_default(),
        template: metadata.annotations.as_ref().and_then(|all| all.get(names::TEMPLATE_ANNOTATION).cloned()),
        is_ours: is_ours(found),
        is_deleting: metadata.deletion_timestamp.is_some(),
    }
}

/// Whether nobody else restarts its pods, and no claim goes with its pod.
fn is_ours(found: &StatefulSet) -> bool {
    let Some(spec) = &found.spec else { return false };
    let strategy = spec.update_strategy.as_ref().and_then(|strategy| strategy.type_.as_deref());
    let policy = spec.persistent_volume_claim_retention_policy.as_ref();
    let when_scaled = policy.and_then(|policy| policy.when_scaled.as_deref()).unwrap_or("Retain");
    strategy == Some("OnDelete") && when_scaled == "Retain"
}
