//! Names that other tools give to fields of the language: Kubernetes, Cass Operator, K8ssandra, CassKop and the chart of
//! Bitnami, as they document them. A field of such a name is explained instead of being refused as unknown. A name of the
//! language's own that stands in a wrong place needs no row: it is found in the schema. Called by [`crate::parse`].

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde_json::Value;

use super::CassandraTopology;
use crate::diagnostic::{Route, Step};

/// What a field of another tool is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Here {
    /// A field by its path from the root; `[]` stands for every element of a list. What stands below `spec` there may
    /// stand below a datacenter or a rack as well, where these have the same field.
    Field(&'static str),
    /// No field: what to do instead.
    Instead(&'static str),
}

use Here::{Field, Instead};

const BY_HAND: &str = "cassc does not do this yet: docs/plan.md says how to do it by hand";
const CHOSEN: &str = "remove it: cassc decides this itself";
const BESIDE: &str = "cassc does not render this yet: deploy it beside the cluster";
const SIDECAR: &str = "cassc does not render this yet: write a container below `spec.pod.containers`";
const ENCRYPTION: &str = "cassc makes no certificates yet: mount the stores with `spec.storage.additionalVolumes` and write \
     `server_encryption_options` and `client_encryption_options` below `spec.cassandra.config`";
const ROLES: &str = "cassc makes no roles: use `CREATE ROLE` in cqlsh";
const SEEDS: &str = "remove it: cassc chooses the seeds; list nodes outside of this topology in `spec.additionalSeeds`";
const YOUNG: &str = "write `-Xmn` with the size below `spec.cassandra.jvm.options`";

/// The names, sorted.
const NAMES: &[(&str, Here)] = &[
    ("accessModes", Field("spec.storage.accessMode")),
    ("additionalAnnotations", Field("metadata.annotations")),
    ("additionalJvmOptions", Field("spec.cassandra.jvm.options")),
    ("additionalLabels", Field("metadata.labels")),
    ("additionalOptions", Field("spec.cassandra.jvm.options")),
    ("additionalServiceConfig", Field("spec.services")),
    ("affinity", Instead("write `spec.scheduling.nodeAffinity`; `spec.scheduling.antiAffinity` keeps the pods apart")),
    ("allowMultipleNodesPerWorker", Field("spec.scheduling.severalNodesPerWorker")),
    ("annotations", Field("metadata.annotations")),
    ("autoPilot", Instead(CHOSEN)),
    ("autoUpdateSeedList", Instead(SEEDS)),
    ("backRestSidecar", Instead(SIDECAR)),
    ("backup", Instead(SIDECAR)),
    ("bootstrapImage", Instead(CHOSEN)),
    ("canaryUpgrade", Field("spec.rollout.canary")),
    ("canaryUpgradeCount", Field("spec.rollout.canary.pods")),
    ("cassandraDataVolumeClaimSpec", Field("spec.storage")),
    ("cassandraImage", Field("spec.cassandra.image")),
    ("cassandraVersion", Field("spec.cassandra.version")),
    ("cassandraYaml", Field("spec.cassandra.config")),
    ("cdc", Instead("write `cdc_enabled: true` below `spec.cassandra.config`")),
    ("cleanup", Instead(BY_HAND)),
    ("clientEncryptionStores", Instead(ENCRYPTION)),
    ("commonAnnotations", Field("metadata.annotations")),
    ("commonLabels", Field("metadata.labels")),
    ("configBuilderImage", Instead("remove it: cassc writes the configuration itself")),
    ("configBuilderResources", Instead("remove it: cassc writes the configuration itself")),
    ("configMapName", Field("spec.cassandra.config")),
    ("configSecret", Field("spec.cassandra.config")),
    ("dataCapacity", Field("spec.storage.size")),
    ("dataStorageClass", Field("spec.storage.class")),
    ("datacenterName", Field("spec.datacenters[].ringName")),
    ("dbUser", Field("spec.auth.superuser")),
    ("dc", Field("spec.datacenters")),
    ("deletePVC", Instead("remove it: claims are always kept")),
    ("disableSystemLoggerSidecar", Field("spec.systemLogger.enabled")),
    ("dockerImageRunsAsCassandra", Instead("remove it: the container always runs as this user")),
    ("dseWorkloads", Instead("remove it: cassc runs Apache Cassandra only")),
    ("endpointSnitch", Instead(CHOSEN)),
    ("env", Field("spec.cassandra.environment")),
    ("existingConfiguration", Field("spec.cassandra.config")),
    ("externalDatacenters", Field("spec.additionalSeeds")),
    ("extraEnvVars", Field("spec.cassandra.environment")),
    ("extraVolumes", Field("spec.storage.additionalVolumes")),
    ("forceUpgradeRacks", Field("spec.datacenters[].racks[].restart")),
    ("fqlEnabled", Instead("write `full_query_logging_options` below `spec.cassandra.config`")),
    ("fullnameOverride", Field("metadata.name")),
    ("hardAntiAffinity", Field("spec.scheduling.antiAffinity")),
    ("heapInitialSize", Field("spec.cassandra.jvm.heap")),
    ("heapMaxSize", Field("spec.cassandra.jvm.heap")),
    ("heapNewGenSize", Instead(YOUNG)),
    ("heapSize", Field("spec.cassandra.jvm.heap")),
    ("image", Field("spec.cassandra.image")),
    ("imagePullSecret", Field("spec.pod.imagePullSecrets")),
    ("initialSystemReplication", Field("spec.replication.system")),
    ("jvmOptions", Field("spec.cassandra.jvm.options")),
    ("k8sContext", Field("spec.datacenters[].kubeCluster")),
    ("labels", Field("metadata.labels")),
    ("livenessProbe", Field("spec.pod.probes.liveness")),
    ("managementApiAuth", Field("spec.managementApi.tls")),
    ("maxHeapSize", Field("spec.cassandra.jvm.heap")),
    ("maxPodUnavailable", Field("spec.disruptionBudget")),
    ("medusa", Instead(SIDECAR)),
    ("metrics", Instead(BESIDE)),
    ("minReadySeconds", Instead(CHOSEN)),
    ("monitoring", Instead(BESIDE)),
    ("name", Field("metadata.name")),
    ("nameOverride", Field("metadata.name")),
    ("namespace", Field("metadata.namespace")),
    ("network", Instead(BESIDE)),
    ("networkPolicy", Instead(BESIDE)),
    ("networking", Instead("write `spec.datacenters[].nodePort` or `spec.pod.hostNetwork`")),
    ("newHeapSize", Instead(YOUNG)),
    ("nodeAffinityLabels", Field("spec.datacenters[].nodeLabels")),
    ("nodeCount", Field("spec.datacenters[].nodes")),
    ("nodeSelector", Field("spec.datacenters[].nodeLabels")),
    ("nodesPerRacks", Field("spec.datacenters[].nodes")),
    ("numTokens", Instead("write `num_tokens` below `spec.cassandra.config`")),
    ("operations", Instead(BY_HAND)),
    ("overrides", Instead("cassc has no patches of rendered objects yet: put a kustomization over the rendered files")),
    ("pdb", Field("spec.disruptionBudget")),
    ("persistence", Field("spec.storage")),
    ("podAnnotations", Field("spec.pod.annotations")),
    ("podAntiAffinity", Field("spec.scheduling.antiAffinity")),
    ("podAntiAffinityPreset", Field("spec.scheduling.antiAffinity")),
    ("podDisruptionBudget", Field("spec.disruptionBudget")),
    ("podLabels", Field("spec.pod.labels")),
    ("podManagementPolicy", Instead(CHOSEN)),
    ("podPriorityClassName", Field("spec.scheduling.priorityClass")),
    ("podSecurityContext", Field("spec.pod.securityContext")),
    ("podTemplateSpec", Field("spec.pod")),
    ("priorityClassName", Field("spec.scheduling.priorityClass")),
    ("rack", Field("spec.datacenters[].racks")),
    ("readOnlyRootFilesystem", Instead(CHOSEN)),
    ("readinessProbe", Field("spec.pod.probes.readiness")),
    ("reaper", Instead(BESIDE)),
    ("repair", Instead(BESIDE)),
    ("replaceNodes", Instead(BY_HAND)),
    ("replicaCount", Field("spec.datacenters[].nodes")),
    ("replicas", Field("spec.datacenters[].nodes")),
    ("resources", Field("spec.resources")),
    ("roles", Instead(ROLES)),
    ("rollingPartition", Field("spec.rollout.canary")),
    ("rollingRestart", Field("spec.rollout.restart")),
    ("rollingRestartRequested", Field("spec.rollout.restart")),
    ("seedCount", Instead(SEEDS)),
    ("seeds", Instead(SEEDS)),
    ("serverEncryptionStores", Instead(ENCRYPTION)),
    ("serverImage", Field("spec.cassandra.image")),
    ("serverType", Instead("remove it: cassc runs Apache Cassandra only")),
    ("serverVersion", Field("spec.cassandra.version")),
    ("service", Field("spec.services")),
    ("serviceAccountName", Field("spec.pod.serviceAccount")),
    ("serviceMonitor", Instead(BESIDE)),
    ("sidecarConfigs", Field("spec.pod.containers")),
    ("sidecars", Field("spec.pod.containers")),
    ("size", Field("spec.datacenters[].nodes")),
    ("softPodAntiAffinity", Field("spec.scheduling.antiAffinity")),
    ("stargate", Instead(BESIDE)),
    ("startupProbe", Field("spec.pod.probes.startup")),
    ("steps", Instead(BY_HAND)),
    ("stopped", Instead("cassc does not stop clusters yet: scale the StatefulSets to 0 by hand, claims are kept")),
    ("storageClass", Field("spec.storage.class")),
    ("storageClassName", Field("spec.storage.class")),
    ("storageConfig", Field("spec.storage")),
    ("storageConfigs", Field("spec.storage.additionalVolumes")),
    ("superuserSecretName", Field("spec.auth.superuser.secretName")),
    ("superuserSecretRef", Field("spec.auth.superuser.secretName")),
    ("systemLoggerImage", Field("spec.systemLogger.image")),
    ("systemLoggerResources", Field("spec.systemLogger.resources")),
    ("telemetry", Instead(BESIDE)),
    ("template", Field("spec.pod")),
    ("terminationGracePeriodSeconds", Field("spec.pod.terminationGraceSeconds")),
    ("tls", Instead(ENCRYPTION)),
    ("topology", Field("spec.datacenters")),
    ("topologySpreadConstraints", Field("spec.scheduling.topologySpread")),
    ("updateStrategy", Instead(CHOSEN)),
    ("users", Instead(ROLES)),
    ("vector", Instead(SIDECAR)),
    ("version", Field("spec.cassandra.version")),
    ("volumeClaimTemplates", Field("spec.storage")),
    ("volumeMounts", Field("spec.storage.additionalVolumes")),
    ("volumes", Field("spec.storage.additionalVolumes")),
];

/// What to write for a field that the language has not at this place.
pub fn instead_of(route: &Route) -> Option<String> {
    let name = route.last_key()?;
    // Below Kubernetes' own types and maps of the user's own, names mean something else.
    if !SCHEMA.objects.contains(&path(&route.parent()?)) {
        return None;
    }
    let row = NAMES.binary_search_by_key(&name, |(name, _)| name).ok().map(|position| NAMES[position].1);
    match row {
        Some(Instead(text)) => Some(text.to_owned()),
        Some(Field(field)) => Some(format!("write it as {}", at(field, route))),
        None => match SCHEMA.by_name.get(name)?.as_slice() {
            [only] => Some(format!("write it as {}", at(only, route))),
            _ => None,
        },
    }
}

/// A field in the words of a place: below the same datacenter or rack, if these have it.
fn at(field: &str, route: &Route) -> String {
    let levels = levels(route);
    let below = |level: &str| field.strip_prefix(level).and_then(|rest| rest.strip_prefix('.'));
    let own = below("spec.datacenters[].racks[]").or(below("spec.datacenters[]")).or(below("spec"));
    let fits = |level: &&Route| own.is_some_and(|own| SCHEMA.fields.contains(&format!("{}.{own}", path(level))));
    match (levels.iter().find(fits), own) {
        (Some(level), Some(own)) if field.starts_with("spec.") => format!("`{level}.{own}`"),
        _ => match field.rsplit_once("[].") {
            Some((list, own)) => format!("`{own}` in each element of `{list}`"),
            None => format!("`{field}`"),
        },
    }
}

/// The rack, the datacenter and the cluster that a place lies in, as far as it does.
fn levels(route: &Route) -> Vec<Route> {
    let steps = route.steps();
    let is_list = |steps: &[Step], name: &str| matches!(steps, [Step::Key(key), Step::Index(_), ..] if key == name);
    let in_datacenter = steps.len() > 2 && is_list(&steps[1..], "datacenters");
    let in_rack = in_datacenter && is_list(&steps[3..], "racks");
    let lengths = [(in_rack, 5), (in_datacenter, 3), (route_begins(steps, "spec"), 1)];
    let there = lengths.into_iter().filter(|(is_there, _)| *is_there);
    there.map(|(_, length)| Route::from(steps[..length].to_vec())).collect()
}

fn route_begins(steps: &[Step], key: &str) -> bool {
    matches!(steps.first(), Some(Step::Key(first)) if first == key)
}

/// A route with `[]` for every index, as the schema has it.
fn path(route: &Route) -> String {
    let mut path = String::new();
    for step in route.steps() {
        match step {
            Step::Index(_) => path.push_str("[]"),
            Step::Key(key) if path.is_empty() => path.push_str(key),
            Step::Key(key) => {
                path.push('.');
                path.push_str(key);
            }
        }
    }
    path
}

/// The fields of the language.
struct Schema {
    /// Every field by its path.
    fields: BTreeSet<String>,
    /// The paths of what has fields of its own.
    objects: BTreeSet<String>,
    /// The paths by their last name; of a field that cluster, datacenter and rack may have the outermost.
    by_name: BTreeMap<String, Vec<String>>,
}

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| {
    let schema = Value::from(schemars::schema_for!(CassandraTopology));
    let mut found = Schema { fields: BTreeSet::new(), objects: BTreeSet::new(), by_name: BTreeMap::new() };
    collect(&schema, &schema, "", &mut found);
    for field in &found.fields {
        let name = field.rsplit('.').next().unwrap_or_default().trim_end_matches("[]");
        let outer = field.replacen("spec.datacenters[].racks[].", "spec.datacenters[].", 1);
        let outermost = field.replacen("spec.datacenters[].racks[].", "spec.", 1).replacen("spec.datacenters[].", "spec.", 1);
        let is_inner = [outer, outermost].iter().any(|other| other != field && found.fields.contains(other));
        if !is_inner && !field.ends_with("[]") {
            found.by_name.entry(name.to_owned()).or_default().push(field.clone());
        }
    }
    found
});

/// Walks through a schema as schemars writes it: references, lists, and options of something.
fn collect(whole: &Value, schema: &Value, path: &str, found: &mut Schema) {
    if let Some(target) = schema["$ref"].as_str().and_then(|reference| whole.pointer(reference.trim_start_matches('#'))) {
        return collect(whole, target, path, found);
    }
    for option in schema["anyOf"].as_array().into_iter().flatten() {
        collect(whole, option, path, found);
    }
    if schema["items"].is_object() {
        collect(whole, &schema["items"], &format!("{path}[]"), found);
    }
    let Some(properties) = schema["properties"].as_object() else { return };
    found.objects.insert(path.to_owned());
    for (name, property) in properties {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        collect(whole, property, &path, found);
        found.fields.insert(path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(route: &Route) -> String {
        instead_of(route).expect("the name is known")
    }

    #[test]
    fn every_name_leads_to_a_field_that_exists() {
        assert!(NAMES.windows(2).all(|pair| pair[0].0 < pair[1].0), "the table is sorted");
        for (name, here) in NAMES {
            match here {
                Field(field) => assert!(SCHEMA.fields.contains(*field), "{name}: {field}"),
                Instead(text) => {
                    let fields = text.split('`').skip(1).step_by(2).filter(|word| word.starts_with("spec."));
                    fields.for_each(|field| assert!(SCHEMA.fields.contains(field), "{name}: {field}"));
                }
            }
            let known = SCHEMA.by_name.get(*name).map_or(0, Vec::len);
            assert_ne!(known, 1, "{name} needs no row: the schema has one field of that name");
        }
    }

    #[test]
    fn a_field_is_named_at_the_level_where_it_was_written() {
        let rack = Route::of("spec.datacenters").index(0).key("racks").index(1);
        assert_eq!(told(&Route::of("spec.tolerations")), "write it as `spec.scheduling.tolerations`");
        assert_eq!(told(&rack.key("tolerations")), "write it as `spec.datacenters[0].racks[1].scheduling.tolerations`");
        assert_eq!(told(&rack.key("nodeSelector")), "write it as `spec.datacenters[0].racks[1].nodeLabels`");
        assert_eq!(told(&Route::of("spec.nodeSelector")), "write it as `nodeLabels` in each element of `spec.datacenters`");
        assert_eq!(told(&rack.key("imagePullSecrets")), "write it as `spec.pod.imagePullSecrets`");
        assert_eq!(told(&Route::of("spec.size")), "write it as `nodes` in each element of `spec.datacenters`");
        assert_eq!(told(&Route::of("spec.zone")), "write it as `zone` in each element of `spec.datacenters[].racks`");
        assert_eq!(told(&Route::of("spec.hostNetwork")), "write it as `spec.pod.hostNetwork`");
        assert_eq!(instead_of(&Route::of("spec.wibble")), None);
        assert_eq!(instead_of(&Route::of("spec.pod.containers").index(0).key("replicas")), None);
        assert_eq!(instead_of(&Route::of("spec.cassandra.config.env")), None);
    }
}
