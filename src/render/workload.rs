//! What a cluster runs, without the objects around it: the pod template of each rack and the desired ring. The plan
//! compares two of them, and the steps in the cluster are named after them.

use std::collections::BTreeMap;

use cassc_ring::names;
use k8s_openapi::api::core::v1::PodTemplateSpec;
use sha2::{Digest, Sha256};

use super::{Here, config_maps, pod};
use crate::cluster::{Cluster, Datacenter, Rack};

/// The pod templates of all racks, by the names of their StatefulSets.
pub fn pod_templates(cluster: &Cluster) -> BTreeMap<&str, PodTemplateSpec> {
    let of_datacenter = |datacenter| {
        let here = here(cluster, datacenter);
        let configurations = config_maps::configurations(here, datacenter);
        let template =
            move |rack: &'_ Rack| pod::template(here, datacenter, rack, config_maps::name_for(&configurations, rack));
        datacenter.racks.iter().map(move |rack| (rack.stateful_set.as_str(), template(rack)))
    };
    cluster.datacenters.iter().flat_map(of_datacenter).collect()
}

/// The generation of steps of a cluster that was resolved with its previous self: one more whenever the desired ring or
/// a pod template is another, so that 9 → 6 → 9 → 6 nodes are four generations and the fourth never meets the finished
/// Jobs of the second. Without a previous one it is the first.
pub fn next_generation(previous: Option<&Cluster>, cluster: &Cluster) -> u64 {
    let Some(previous) = previous else { return 1 };
    let same = previous == cluster
        || config_maps::ring_json(previous) == config_maps::ring_json(cluster)
            && pod_templates(previous) == pod_templates(cluster);
    previous.generation + u64::from(!same)
}

/// The name of a step's Job (`prepare`, `settle`): the first eight hexadecimal digits of SHA-256 over generation,
/// desired ring and pod templates. The retry token is part of the ring.
pub fn step_name(cluster: &Cluster, step: &str) -> String {
    let templates = serde_json::to_string(&pod_templates(cluster)).expect("a pod template is JSON");
    let mut digest = Sha256::new();
    for text in [cluster.generation.to_string(), config_maps::ring_json(cluster), templates] {
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text);
    }
    names::step(&cluster.name, step, &config_maps::eight_digits(digest))
}

fn here<'c>(cluster: &'c Cluster, datacenter: &'c Datacenter) -> Here<'c> {
    Here { cluster, kube_cluster: datacenter.kube_cluster.as_deref(), namespace: datacenter.namespace.as_deref() }
}
