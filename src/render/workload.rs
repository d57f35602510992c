//! What a cluster runs, without the objects around it: the pod template of each rack and the desired ring. The plan
//! compares two of them, and the steps in the cluster are named after them.

use std::collections::BTreeMap;

use cassc_ring::{Ring, names};
use k8s_openapi::api::core::v1::PodTemplateSpec;
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::overridden::overridden;
use super::{Here, Resource, config_maps, pod, stateful_set};
use crate::cluster::{Cluster, Datacenter, Rack};
use crate::lock::template_digest;

/// The pod template of a rack, as it stands in the StatefulSet.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum PodTemplate {
    /// As it is rendered.
    Made(Box<PodTemplateSpec>),
    /// As an override left it.
    Overridden(Box<Value>),
}

/// An override of something else leaves the pod template as it is.
impl PartialEq for PodTemplate {
    fn eq(&self, other: &Self) -> bool {
        let value = |template: &Self| serde_json::to_value(template).expect("a pod template is JSON");
        match (self, other) {
            (Self::Made(one), Self::Made(other)) => one == other,
            (Self::Overridden(one), Self::Overridden(other)) => one == other,
            _ => value(self) == value(other),
        }
    }
}

/// The pod templates of all racks, by the names of their StatefulSets.
pub fn pod_templates(cluster: &Cluster) -> BTreeMap<&str, PodTemplate> {
    let of_datacenter = |datacenter| {
        let here = here(cluster, datacenter);
        let configurations = config_maps::configurations(here, datacenter);
        let template = move |rack: &'_ Rack| {
            template(here, datacenter, rack, config_maps::name_for(&configurations, datacenter, rack))
        };
        datacenter.racks.iter().map(move |rack| (rack.stateful_set.as_str(), template(rack)))
    };
    cluster.datacenters.iter().flat_map(of_datacenter).collect()
}

fn template(here: Here<'_>, datacenter: &Datacenter, rack: &Rack, configuration: &str) -> PodTemplate {
    let made = || PodTemplate::Made(Box::new(pod::template(here, datacenter, rack, configuration)));
    if here.cluster.overrides.of("StatefulSet", &rack.stateful_set).next().is_none() {
        return made();
    }
    let rendered = stateful_set::stateful_set(here, datacenter, rack, configuration);
    let template = match overridden(here.cluster, rendered.resource) {
        Resource::Overridden(object) => object.pod_template().cloned(),
        _ => None,
    };
    template.map_or_else(made, |template| PodTemplate::Overridden(Box::new(template)))
}

/// The generation of steps of a cluster that was resolved with its previous self: one more whenever the desired ring or
/// a pod template is another, so that 9 → 6 → 9 → 6 nodes are four generations and the fourth never meets the finished
/// Jobs of the second. Without a previous one it is the first.
pub fn next_generation(previous: Option<&Cluster>, cluster: &Cluster) -> u64 {
    let Some(previous) = previous else { return 1 };
    let same =
        previous == cluster || previous.ring() == cluster.ring() && pod_templates(previous) == pod_templates(cluster);
    previous.generation + u64::from(!same)
}

/// The text of `ring.json`: the whole ring, how it is rolled, and where the program in the cluster runs the digests of the
/// pod templates. The generation stands beside it and not in it, because it counts the changes of this text.
pub(super) fn ring_json(cluster: &Cluster) -> String {
    let mut ring = cluster.ring();
    if ring.steps.is_some() {
        let templates = pod_templates(cluster);
        for rack in ring.datacenters.iter_mut().flat_map(|datacenter| &mut datacenter.racks) {
            rack.template = templates.get(rack.stateful_set.as_str()).map(template_digest);
        }
    }
    text_of(&ring)
}

fn text_of(ring: &Ring) -> String {
    serde_json::to_string_pretty(ring).expect("strings and numbers always serialize") + "\n"
}

/// The name of a step's Job (`settle`): the first eight hexadecimal digits of SHA-256 over generation, desired ring, pod
/// templates and what the Job itself is (`job`, its specification as JSON), which is immutable. The retry token is part of
/// the ring.
pub fn step_name(cluster: &Cluster, step: &str, job: &str) -> String {
    let templates = serde_json::to_string(&pod_templates(cluster)).expect("a pod template is JSON");
    let mut digest = Sha256::new();
    for text in [&cluster.generation.to_string(), &text_of(&cluster.ring()), &templates, job] {
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text);
    }
    names::step(&cluster.name, step, &config_maps::eight_digits(digest))
}

fn here<'c>(cluster: &'c Cluster, datacenter: &'c Datacenter) -> Here<'c> {
    Here { cluster, kube_cluster: datacenter.kube_cluster.as_deref(), namespace: datacenter.namespace.as_deref() }
}
