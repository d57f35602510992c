//! What the gate has to know of nodes that were members before cassc came: no marker stands in their volumes. Written to the
//! ConfigMap `<cluster>-state` before any pod may restart.

use std::collections::BTreeMap;

use cassc_import::report::Refusal;
use cassc_ring::names;
use cassc_ring::state::Key;
use k8s_openapi::api::core::v1::ConfigMap;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::Input;
use super::live::text;
use crate::render::CLUSTER_LABEL;

/// The pods of the cluster in the order of the racks, each with the host id of its node.
pub(super) fn host_ids<'a>(input: &Input<'a>) -> Vec<(String, &'a str)> {
    let mut found = Vec::new();
    for (datacenter, rack) in input.cluster.racks() {
        let Some(resource) = input.live.resources.get(datacenter.name.as_str()) else { continue };
        let statuses = resource.keys(&["status", "nodeStatuses"]);
        let pods = (0..rack.nodes).map(|ordinal| names::pod(&rack.stateful_set, ordinal));
        found.extend(pods.map(|pod| {
            let host_id = text(&statuses.key(pod.as_str()).key("hostID"));
            (pod, host_id)
        }));
    }
    found
}

/// The keys of the ConfigMap.
pub(super) fn state(input: &Input<'_>) -> BTreeMap<String, String> {
    let mut data = BTreeMap::from([(Key::Founded.of(""), "true".to_owned())]);
    for (pod, host_id) in host_ids(input) {
        data.insert(Key::Bootstrapped.of(&pod), "true".to_owned());
        data.insert(Key::HostId.of(&pod), host_id.to_owned());
    }
    data
}

/// The ConfigMap itself.
pub(super) fn config_map(input: &Input<'_>) -> ConfigMap {
    let labels = [(CLUSTER_LABEL.to_owned(), input.cluster.label.clone())].into();
    let metadata = ObjectMeta {
        name: Some(names::state(&input.cluster.name)),
        namespace: Some(input.live.namespace.to_owned()),
        labels: Some(labels),
        ..ObjectMeta::default()
    };
    ConfigMap { metadata, data: Some(state(input)), ..ConfigMap::default() }
}

/// Two pods with one host id, and a ConfigMap that says something else already.
pub(super) fn refusals(input: &Input<'_>) -> Vec<Refusal> {
    let mut refused = Vec::new();
    let mut seen: BTreeMap<&str, String> = BTreeMap::new();
    for (pod, host_id) in host_ids(input) {
        if let Some(other) = seen.insert(host_id, pod.clone()) {
            let message = format!("`{other}` and `{pod}` have the host id {host_id}");
            let help = "`nodetool status` has the host ids; wait until the operator has written them, then take the dump again";
            refused.push(input.live.anchor().keys(&["status", "nodeStatuses"]).refused(message, help));
        }
    }
    let name = names::state(&input.cluster.name);
    if let Some(live) = input.live.get("ConfigMap", &name) {
        for (key, value) in state(input) {
            let at = live.key("data").key(key);
            if at.value().is_some() && text(&at) != value {
                let help =
                    format!("another cluster was here before, or an earlier adoption: delete the ConfigMap `{name}`");
                refused.push(at.refused(format!("it should be `{value}`"), help));
            }
        }
    }
    refused
}
