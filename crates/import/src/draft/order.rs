//! The order of the keys of a topology: as `cassc init` and the examples have them.

/// The keys of the map that stands in a key, in their order; others follow as they came. The elements of a list stand in
/// the key of the list.
const ORDER: &[(&str, &[&str])] = &[
    ("", &["apiVersion", "kind", "metadata", "spec"]),
    ("metadata", &["name", "namespace", "annotations", "labels"]),
    (
        "spec",
        &[
            "clusterName",
            "founding",
            "revision",
            "kubernetes",
            "cassandra",
            "replication",
            "resources",
            "storage",
            "datacenters",
            "additionalSeeds",
            "scheduling",
            "steps",
            "stopped",
            "auth",
            "tls",
            "managementApi",
            "repair",
            "backup",
            "monitoring",
            "network",
            "gate",
            "systemLogger",
            "pod",
            "services",
            "disruptionBudget",
            "rollout",
            "cleanup",
            "operations",
            "overrides",
            "accept",
            "delivery",
        ],
    ),
    ("cassandra", &["version", "image", "imagePullPolicy", "config", "jvm", "environment", "logging"]),
    ("jvm", &["heap", "initialHeap", "youngGeneration", "gc", "options"]),
    ("storage", &["class", "size", "expandTo", "accessMode", "whenNodesLeave", "additionalVolumes"]),
    ("additionalVolumes", &["name", "mountPath"]),
    ("resources", &["requests", "limits"]),
    (
        "datacenters",
        &[
            "name",
            "ringName",
            "kubeCluster",
            "namespace",
            "nodes",
            "racks",
            "nodeLabels",
            "cassandra",
            "resources",
            "storage",
            "scheduling",
        ],
    ),
    ("racks", &["name", "ringName", "zone", "nodes", "nodeLabels", "cassandra", "resources", "storage", "scheduling"]),
    ("containers", &["name", "image", "command", "args", "env", "ports", "resources", "volumeMounts"]),
    ("initContainers", &["name", "image", "command", "args", "env", "ports", "resources", "volumeMounts"]),
    ("tolerations", &["key", "operator", "value", "effect"]),
    ("accept", &["code", "reason"]),
    ("env", &["name", "value", "valueFrom"]),
    ("ports", &["name", "containerPort"]),
];

/// The place of a key in the map that stands in another key.
pub(super) fn place(map: &str, key: &str) -> usize {
    let keys = ORDER.iter().find(|(name, _)| *name == map).map_or(&[][..], |(_, keys)| keys);
    keys.iter().position(|name| *name == key).unwrap_or(keys.len())
}
