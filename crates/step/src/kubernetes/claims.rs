//! Claims as they were found, and the pods that they belong to.

use std::collections::BTreeSet;

use cassc_ring::{names, quantity};
use cassc_settle::observed::Claim;
use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::PersistentVolumeClaim;

/// A claim of a StatefulSet's pod, whether that exists or not; `None` for any other. `fixed` are the UIDs of those that
/// may not grow.
pub(super) fn claim(found: &PersistentVolumeClaim, sets: &[StatefulSet], fixed: &BTreeSet<String>) -> Option<Claim> {
    let name = found.metadata.name.as_deref()?;
    let (template, pod) = sets.iter().find_map(|set| owner(name, set))?;
    let requests = found.spec.as_ref().and_then(|spec| spec.resources.as_ref()?.requests.as_ref());
    let capacity = found.status.as_ref().and_then(|status| status.capacity.as_ref());
    let storage = |quantities: Option<&std::collections::BTreeMap<String, _>>| {
        let quantity: Option<&k8s_openapi::apimachinery::pkg::api::resource::Quantity> = quantities?.get("storage");
        quantity::bytes(&quantity?.0)
    };
    let uid = found.metadata.uid.clone().unwrap_or_default();
    Some(Claim {
        is_fixed: fixed.contains(&uid),
        uid,
        pod,
        is_data: template == names::SERVER_DATA,
        requested: storage(requests).unwrap_or(0),
        capacity: storage(capacity).unwrap_or(0),
        is_deleting: found.metadata.deletion_timestamp.is_some(),
    })
}

/// The claim template and the pod of a claim of this StatefulSet, by its name: `<template>-<set>-<ordinal>`.
fn owner<'s>(claim: &str, set: &'s StatefulSet) -> Option<(&'s str, String)> {
    let of_set = set.metadata.name.as_deref()?;
    let templates = set.spec.as_ref()?.volume_claim_templates.iter().flatten();
    templates.filter_map(|template| template.metadata.name.as_deref()).find_map(|template| {
        let pod = claim.strip_prefix(template)?.strip_prefix('-')?;
        ordinal(pod, of_set).map(|_| (template, pod.to_owned()))
    })
}

/// The ordinal of a pod of a StatefulSet, by its name; `None` for a pod of another.
pub(super) fn ordinal(pod: &str, set: &str) -> Option<u32> {
    let number = pod.strip_prefix(set)?.strip_prefix('-')?;
    // `sts-007` and `sts-+7` are nobody's seventh pod.
    number.parse().ok().filter(|ordinal: &u32| ordinal.to_string() == number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn set(name: &str) -> StatefulSet {
        let template = |name: &str| json!({"metadata": {"name": name}});
        let set = json!({"metadata": {"name": name, "uid": "s"}, "spec": {
            "serviceName": "x", "selector": {}, "template": {},
            "volumeClaimTemplates": [template("server-data"), template("logs")],
        }});
        serde_json::from_value(set).expect("a StatefulSet")
    }

    fn found(name: &str) -> Option<Claim> {
        let claim = json!({"metadata": {"name": name, "uid": "u"},
            "spec": {"resources": {"requests": {"storage": "2Gi"}}}, "status": {"capacity": {"storage": "1Gi"}}});
        let sets = [set("shop-dc1-r1-sts"), set("shop-dc1-r1-sts-1")];
        let fixed = BTreeSet::from(["u".to_owned()]);
        super::claim(&serde_json::from_value(claim).expect("a claim"), &sets, &fixed)
    }

    #[test]
    fn a_claim_belongs_to_the_pod_that_its_name_says() {
        let data = found("server-data-shop-dc1-r1-sts-10").expect("a claim of the first");
        assert_eq!((data.pod.as_str(), data.is_data), ("shop-dc1-r1-sts-10", true));
        assert_eq!((data.requested, data.capacity, data.is_fixed), (2 << 30, 1 << 30, true));
        let of_second = found("logs-shop-dc1-r1-sts-1-0").expect("a claim of the second");
        assert_eq!((of_second.pod.as_str(), of_second.is_data), ("shop-dc1-r1-sts-1-0", false));
        for other in ["server-data-shop-dc1-r2-sts-0", "server-data-shop-dc1-r1-sts-01", "data-shop-dc1-r1-sts-0", "x"]
        {
            assert_eq!(found(other), None, "{other}");
        }
    }
}
