//! The words of the topology for the fields of the resolved cluster. A table: what the resolved cluster calls it, what
//! users call it.

use super::leaves::{Leaf, Level};
use crate::cluster::Cluster;

/// Field of the resolved cluster (a prefix of its keys, joined with dots) and of the topology; what follows the prefix
/// follows the other one too. An empty word means that it is not reported: it follows from something else that is.
type Words = (&'static str, &'static str);

const OF_CLUSTER: &[Words] = &[
    ("accept", "accept"),
    ("additionalSeeds", "additionalSeeds"),
    ("additionalVolumes", "storage.additionalVolumes"),
    ("annotations", "metadata.annotations"),
    ("authenticator", "auth.authenticator"),
    ("customImage", "cassandra.image"),
    ("delivery", "delivery"),
    ("dialect", "delivery.dialect"),
    ("domain", "kubernetes.domain"),
    ("environment", "cassandra.environment"),
    ("founding", "founding"),
    ("gate.limits", "gate.resources.limits"),
    ("gate.requests", "gate.resources.requests"),
    ("gate", "gate.resources"),
    ("generation", ""),
    ("image", "cassandra.image"),
    ("imagePullPolicy", "cassandra.imagePullPolicy"),
    ("kubernetes", "kubernetes.version"),
    ("label", ""),
    ("labels", "metadata.labels"),
    ("logging", "cassandra.logging"),
    ("managementApiSecret", "managementApi.tls.serverSecret"),
    ("monitoring", "monitoring"),
    ("name", "metadata.name"),
    ("network.apiServer", "network.apiServer.cidrs"),
    ("network.apiServerPorts", "network.apiServer.ports"),
    ("network.dns", "network.dns.servers"),
    ("network.dnsPorts", "network.dns.ports"),
    ("network", "network"),
    ("overrides", "overrides"),
    ("pod", "pod"),
    ("revision", "revision"),
    ("ringName", "clusterName"),
    ("rollout.canaryPods", "rollout.canary.pods"),
    ("rollout", "rollout"),
    ("services", "services"),
    ("steps.cleanup", "cleanup"),
    ("steps.generatesSuperuser", "auth.superuser.generate"),
    ("steps.limits", "steps.resources.limits"),
    ("steps.operations", "operations"),
    ("steps.reaper.generatesUiSecret", "repair.reaper.auth.generate"),
    ("steps.reaper.heapMebibytes", "repair.reaper.heap"),
    ("steps.reaper.keystoresSecret", "repair.reaper.auth.keystoresSecret"),
    ("steps.reaper.limits", "repair.reaper.resources.limits"),
    ("steps.reaper.requests", "repair.reaper.resources.requests"),
    ("steps.reaper.roleSecret", "repair.reaper.auth.roleSecret"),
    ("steps.reaper.uiSecret", "repair.reaper.auth.uiSecret"),
    ("steps.reaper", "repair.reaper"),
    ("steps.requests", "steps.resources.requests"),
    ("steps.roles", "auth.roles"),
    ("steps.stopped", "stopped"),
    ("steps", "steps"),
    ("superuserSecret", "auth.superuser.secretName"),
    ("systemLogger.limits", "systemLogger.resources.limits"),
    ("systemLogger.requests", "systemLogger.resources.requests"),
    ("systemLogger", "systemLogger"),
    ("systemReplication", "replication.system"),
    ("version", "cassandra.version"),
];

const OF_DATACENTER: &[Words] = &[
    ("cqlService.serviceType", "services.cql.type"),
    ("cqlService", "services.cql"),
    ("kubeCluster", "kubeCluster"),
    ("managementApiHeap", "managementApi.heap"),
    ("managementApiSecret", "managementApi.tls.serverSecret"),
    ("maxUnavailable", "disruptionBudget.maxUnavailable"),
    ("name", "name"),
    ("namespace", "namespace"),
    ("nativePort", "nodePort.native"),
    ("nodePort", "nodePort.native"),
    ("pod", "pod"),
    ("rebuildFrom", "rebuildFrom"),
    ("reachableSeeds", "reachableSeeds"),
    ("ringName", "ringName"),
    ("seeds", "seeds"),
    ("services", "services"),
];

const OF_RACK: &[Words] = &[
    ("config", "cassandra.config"),
    ("expandTo", "storage.expandTo"),
    ("jvm.garbageCollector", "cassandra.jvm.gc"),
    ("jvm.heapMebibytes", "cassandra.jvm.heap"),
    ("jvm.heapReason", "cassandra.jvm.heap"),
    ("jvm.initialMebibytes", "cassandra.jvm.initialHeap"),
    ("jvm.options", "cassandra.jvm.options"),
    ("jvm.writtenYoungMebibytes", "cassandra.jvm.youngGeneration"),
    ("jvm.youngMebibytes", "cassandra.jvm.heap"),
    ("label", ""),
    ("limits", "resources.limits"),
    ("name", "name"),
    ("nodeLabels.topology.kubernetes.io/zone", "zone"),
    ("nodeLabels", "nodeLabels"),
    ("nodes", "nodes"),
    ("requests", "resources.requests"),
    ("restart.cluster", "rollout.restart"),
    ("restart.datacenter", "restart"),
    ("restart.rack", "restart"),
    ("ringName", "ringName"),
    ("scheduling", "scheduling"),
    ("statefulSet", ""),
    ("storage", "storage"),
    ("whenNodesLeave", "storage.whenNodesLeave"),
];

/// The field of the topology that a leaf belongs to; `None` for what follows from something else.
pub(super) fn field_of(leaf: &Leaf) -> Option<String> {
    // Keys are a user's below the words; elsewhere what follows is a field of the resolved cluster that users call the
    // same.
    words_of(leaf).map(|(word, rest)| format!("{word}{rest}"))
}

/// The same without keys of users: `metadata.labels` for every label.
pub(super) fn word_of(leaf: &Leaf) -> Option<String> {
    words_of(leaf).map(|(word, _)| word.to_owned())
}

/// The word of the table, and what follows it.
fn words_of(leaf: &Leaf) -> Option<(&'static str, String)> {
    let table = match leaf.at {
        Level::Cluster => OF_CLUSTER,
        Level::Datacenter(_) => OF_DATACENTER,
        Level::Rack(..) => OF_RACK,
    };
    let path = leaf.path.join(".");
    let below = |prefix: &str| {
        path.strip_prefix(prefix).filter(|rest| rest.is_empty() || rest.starts_with('.')).map(str::to_owned)
    };
    let found = table.iter().filter_map(|(resolved, word)| Some((resolved, word, below(resolved)?)));
    let (_, word, rest) = found.max_by_key(|(resolved, _, _)| resolved.len())?;
    (!word.is_empty()).then_some((*word, rest))
}

/// Whether a leaf is different only because the version is: the published image, the collector that a version has by
/// default and the young generation that the collector wants.
pub(super) fn derived_from_version(before: &Cluster, after: &Cluster, leaf: &Leaf) -> bool {
    if before.version == after.version {
        return false;
    }
    let path: Vec<&str> = leaf.path.iter().map(String::as_str).collect();
    let published = !before.custom_image && !after.custom_image;
    match (&leaf.at, path.as_slice()) {
        (Level::Cluster, ["image"]) => published,
        (Level::Cluster, ["systemLogger", "image"]) => {
            let image = |cluster: &Cluster| cluster.system_logger.as_ref().map(|it| it.image == cluster.image);
            published && image(before) == Some(true) && image(after) == Some(true)
        }
        (Level::Rack(..), ["jvm", "garbageCollector" | "youngMebibytes"]) => {
            before.version.minor != after.version.minor
        }
        _ => false,
    }
}

/// The field behind a heap that stays as it is while the comment above it changes: the memory that it has to fit into.
pub(super) fn derived_from_memory(before: &Cluster, after: &Cluster, leaf: &Leaf) -> Option<&'static str> {
    let Level::Rack(datacenter, rack) = &leaf.at else { return None };
    if leaf.path != ["jvm", "heapReason"] {
        return None;
    }
    let was = before.datacenter(datacenter)?.rack(rack)?;
    let now = after.datacenter(datacenter)?.rack(rack)?;
    let how = |reason: &str| reason.split(':').next().map(str::to_owned);
    let same_heap = was.jvm.heap_mebibytes == now.jvm.heap_mebibytes;
    if !same_heap || how(&was.jvm.heap_reason) != how(&now.jvm.heap_reason) {
        return None;
    }
    let limits = was.limits.get("memory") != now.limits.get("memory");
    Some(if limits { "resources.limits.memory" } else { "resources.requests.memory" })
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::*;

    fn known(table: &[Words], value: &Map<String, Value>, inner: &str) {
        for key in value.keys().filter(|key| *key != inner) {
            let named = table.iter().any(|(resolved, _)| resolved.split('.').next() == Some(key));
            assert!(named, "{key} has no word");
        }
    }

    #[test]
    fn every_field_of_the_resolved_cluster_has_a_word() {
        let value = json!(crate::cluster::fixtures::shop());
        let map = |value: &Value| value.as_object().expect("a map").clone();
        known(OF_CLUSTER, &map(&value), "datacenters");
        known(OF_DATACENTER, &map(&value["datacenters"][0]), "racks");
        known(OF_RACK, &map(&value["datacenters"][0]["racks"][0]), "");
    }

    #[test]
    fn the_longest_prefix_wins_and_user_keys_follow() {
        let word = |at: Level, path: &[&str]| {
            let path = path.iter().map(|key| (*key).to_owned()).collect();
            field_of(&Leaf { at, path, from: None, to: None })
        };
        let rack = || Level::Rack("dc1".to_owned(), "r1".to_owned());
        assert_eq!(word(rack(), &["config", "num_tokens"]).as_deref(), Some("cassandra.config.num_tokens"));
        assert_eq!(word(rack(), &["jvm", "heapReason"]).as_deref(), Some("cassandra.jvm.heap"));
        assert_eq!(word(rack(), &["nodeLabels", "topology.kubernetes.io/zone"]).as_deref(), Some("zone"));
        assert_eq!(word(rack(), &["nodeLabels", "disk"]).as_deref(), Some("nodeLabels.disk"));
        assert_eq!(word(Level::Cluster, &["rollout", "canaryPods"]).as_deref(), Some("rollout.canary.pods"));
        assert_eq!(word(Level::Cluster, &["generation"]), None);
    }
}
