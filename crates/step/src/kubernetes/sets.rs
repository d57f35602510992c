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

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn judged(spec: &Value, status: &Value) -> Set {
        let found = json!({
            "metadata": {"name": "s", "uid": "u", "resourceVersion": "7", "generation": 3,
                "annotations": {names::TEMPLATE_ANNOTATION: "digest"}},
            "spec": spec, "status": status,
        });
        set(&serde_json::from_value(found).expect("a StatefulSet"))
    }

    #[test]
    fn a_revision_counts_as_seen_when_the_controller_has_seen_the_generation() {
        let spec = json!({"replicas": 3, "updateStrategy": {"type": "OnDelete"}});
        let before = judged(&spec, &json!({"observedGeneration": 2, "updateRevision": "old"}));
        assert!(!before.is_observed && before.is_ours);
        let after = judged(&spec, &json!({"observedGeneration": 3, "updateRevision": "new"}));
        assert!(after.is_observed);
        assert_eq!((after.update_revision.as_str(), after.replicas, after.version.as_str()), ("new", 3, "7"));
        assert_eq!(after.template.as_deref(), Some("digest"));
        assert!(!judged(&spec, &json!({})).is_observed);
    }

    #[test]
    fn a_set_that_restarts_pods_or_deletes_claims_by_itself_is_not_ours() {
        let status = json!({});
        assert!(!judged(&json!({"updateStrategy": {"type": "RollingUpdate"}}), &status).is_ours);
        assert!(!judged(&json!({}), &status).is_ours);
        let policy = |scaled: &str| {
            json!({"updateStrategy": {"type": "OnDelete"},
            "persistentVolumeClaimRetentionPolicy": {"whenScaled": scaled, "whenDeleted": "Retain"}})
        };
        assert!(judged(&policy("Retain"), &status).is_ours && !judged(&policy("Delete"), &status).is_ours);
    }
}
