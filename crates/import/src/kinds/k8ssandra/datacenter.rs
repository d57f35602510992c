//! One datacenter: every field of it, with what it has of the cluster.

use serde_json::{Map, Value};

use super::cluster::lose_stargate;
use super::jvm;
use super::types::{Datacenter, OF_CLUSTER};
use crate::builders::Builder;
use crate::documents::{At, Document};
use crate::draft::{Draft, datacenter as path_of};
use crate::kinds::cass_operator::config::{Reading, cassandra_yaml};
use crate::kinds::cass_operator::{cluster, config, management_api, network, operator, racks, services, storage};
use crate::options::Options;
use crate::path::Path;
use crate::pods::{Others, affinity, lose_unknown, metadata, resources, template, text_of};
use crate::report::Refusal;

/// Writes a datacenter into the topology, as the one of that index. `document` is the datacenter over the cluster; `auth` says
/// whether the cluster asks for passwords.
pub(super) fn datacenter(
    draft: &mut Draft,
    document: &Document,
    index: usize,
    (auth, options): (Option<bool>, &Options),
) -> Result<(), Refusal> {
    let (at, to) = (At::root(document), path_of(index));
    let fields: Datacenter = at.read()?;
    let name = at.keys(&["metadata", "name"]);
    let ring = (&at.key("datacenterName"), fields.datacenter_name.as_deref().filter(|name| !name.is_empty()));
    cluster::datacenter_name(draft, &name, ring, &to)?;
    namespace(draft, &at.keys(&["metadata", "namespace"]), &to);
    let image = (&at.key("serverImage"), fields.server_image.as_deref());
    let release = cluster::version(draft, &at.key("serverVersion"), &fields.server_version, image)?;
    let reading = Reading { minor: release.minor, builder: Builder::of(release.minor), datacenter: &to };
    match fields.size {
        Some(size) => draft.carry(&at.key("size"), &to.key("nodes"), size),
        None => draft.decide(Some(&at.key("size")), &to.key("nodes"), "the number of nodes"),
    }
    racks::racks(draft, &at.key("racks"), &to)?;
    storage::storage(draft, &at.key("storageConfig"), &to)?;
    configuration(draft, &at.key("config"), &fields, reading)?;
    config::authentication(
        draft,
        &at.keys(&["config", "cassandraYaml"]),
        match auth {
            Some(false) => ("AllowAll", "no authentication"),
            Some(true) => ("Password", "authentication by passwords"),
            None => ("Password", "the operator's default, and cassc's"),
        },
    );
    pods(draft, &at, &fields, &to)?;
    needs(draft, &at, &fields, &to, options);
    network::networking(draft, &at.key("networking"), &to)?;
    meta(draft, &at.key("metadata"), &fields, &to);
    operator(draft, &at, &fields, &to);
    let unknown: Others = fields.others.into_iter().filter(|(key, _)| !OF_CLUSTER.contains(&key.as_str())).collect();
    lose_unknown(draft, &at, &unknown);
    Ok(())
}

/// The namespace of a datacenter, where it is not that of the cluster.
fn namespace(draft: &mut Draft, at: &At<'_>, to: &Path) {
    let Some(namespace) = at.value().and_then(Value::as_str).filter(|name| !name.is_empty()) else { return };
    match draft.namespace() {
        Some(first) if first == namespace => draft.meet(at, "the namespace of the cluster"),
        _ => draft.carry(at, &to.key("namespace"), namespace),
    }
}

/// `config`: cassandra.yaml, options of the JVM, and what K8ssandra Operator adds to both.
fn configuration(draft: &mut Draft, at: &At<'_>, fields: &Datacenter, reading: Reading<'_>) -> Result<(), Refusal> {
    let at_yaml = at.key("cassandraYaml");
    let yaml: Option<Map<String, Value>> = at_yaml.read()?;
    let yaml = yaml.unwrap_or_default();
    tokens(draft, &yaml, reading);
    cassandra_yaml(draft, &at_yaml, &yaml, reading);
    jvm::options(draft, &at.key("jvmOptions"), reading);
    for key in fields.config.as_ref().and_then(Value::as_object).into_iter().flat_map(Map::keys) {
        match key.as_str() {
            "cassandraYaml" | "jvmOptions" => {}
            "dseYaml" => {
                draft.lose(
                    &at.key(key),
                    "configures DataStax Enterprise",
                    "nothing: Apache Cassandra has no such file",
                );
            }
            _ => {
                draft.lose(
                    &at.key(key),
                    "cassc does not know this field",
                    "look it up in the operator's documentation",
                );
            }
        }
    }
    Ok(())
}

/// `AddNumTokens` and `AddStartRpc` (pkg/cassandra/config.go): 256 tokens in 3.x, else 16, and no Thrift. 16 is cassc's
/// default, but a reader should see that it is not the builder's.
fn tokens(draft: &mut Draft, yaml: &Map<String, Value>, reading: Reading<'_>) {
    if !yaml.contains_key("num_tokens") {
        let tokens: u32 = if reading.minor.major() == 3 { 256 } else { 16 };
        let to = reading.datacenter.key("cassandra").key("config").key("num_tokens");
        draft.fill(&to, tokens, "K8ssandra Operator writes it where the resource is silent");
    }
}

/// What the pods are like.
fn pods(draft: &mut Draft, at: &At<'_>, fields: &Datacenter, to: &Path) -> Result<(), Refusal> {
    if fields.containers.is_some() {
        template::containers(draft, &at.key("containers"), to)?;
    }
    if fields.init_containers.is_some() {
        template::init_containers(draft, &at.key("initContainers"), to);
    }
    if fields.extra_volumes.is_some() {
        extra_volumes(draft, at)?;
    }
    if fields.pod_security_context.is_some() {
        template::security_context(draft, &at.key("podSecurityContext"), &to.key("pod"));
    }
    if let Some(name) = fields.pod_priority_class_name.as_ref().filter(|name| !name.is_empty()) {
        draft.carry(&at.key("podPriorityClassName"), &to.key("scheduling").key("priorityClass"), name);
    }
    if let Some(name) = fields.service_account.as_ref().filter(|name| !name.is_empty()) {
        draft.carry(&at.key("serviceAccount"), &to.key("pod").key("serviceAccount"), name);
    }
    affinity::list(draft, &at.key("tolerations"), &to.key("scheduling").key("tolerations"));
    Ok(())
}

/// `extraVolumes`: with claims, and with other sources.
fn extra_volumes(draft: &mut Draft, at: &At<'_>) -> Result<(), Refusal> {
    let extra = at.key("extraVolumes");
    let claims: Option<Vec<storage::AdditionalVolume>> = extra.key("pvcs").read()?;
    for (index, volume) in claims.unwrap_or_default().into_iter().enumerate() {
        storage::additional(draft, &extra.key("pvcs").index(index), volume)?;
    }
    template::volumes(draft, &at.key("containers"), &extra.key("volumes"));
    Ok(())
}

/// Requests and limits, and the heap of the Management API.
fn needs(draft: &mut Draft, at: &At<'_>, fields: &Datacenter, to: &Path, options: &Options) {
    let (at_resources, to_resources) = (at.key("resources"), to.key("resources"));
    if fields.resources.is_some() {
        resources::resources(draft, &at_resources, &to_resources);
    }
    resources::memory(draft, &at_resources, &to_resources, options);
    if fields.soft_pod_anti_affinity == Some(true) {
        let shared = to.key("scheduling").key("severalNodesPerWorker");
        draft.carry(&at.key("softPodAntiAffinity"), &shared, true);
        resources::cpu_of_shared_workers(draft, &at_resources, &to_resources);
    }
    if let Some(heap) = fields.mgmt_api_heap.as_ref().and_then(text_of) {
        let why =
            "it takes effect now: the operator sets a variable that the image does not read, so it has 128Mi so far";
        let heap_to = to.key("managementApi").key("heap");
        match jvm::mebibytes(&heap) {
            Some(mebibytes) if mebibytes >= 64 => {
                draft.change(&at.key("mgmtAPIHeap"), &heap_to, format!("{mebibytes}Mi"), why);
            }
            _ => draft.lose(
                &at.key("mgmtAPIHeap"),
                "is too small for the Management API",
                "leave it out: 128Mi by default",
            ),
        }
    }
}

/// Labels and annotations of objects.
fn meta(draft: &mut Draft, at: &At<'_>, fields: &Datacenter, to: &Path) {
    for key in fields.metadata.as_ref().and_then(Value::as_object).into_iter().flat_map(Map::keys) {
        let field = at.key(key);
        match key.as_str() {
            "commonLabels" => metadata::metadata(draft, &field, &Path::of(&["metadata", "labels"])),
            "commonAnnotations" => metadata::metadata(draft, &field, &Path::of(&["metadata", "annotations"])),
            "labels" | "annotations" => draft.meet(&field, "for the resource of the datacenter itself"),
            "pods" => {
                metadata::metadata(draft, &field.key("labels"), &to.key("pod").key("labels"));
                metadata::metadata(draft, &field.key("annotations"), &to.key("pod").key("annotations"));
            }
            "services" => services::services(draft, &field, to, ["labels", "annotations"]),
            _ => {}
        }
    }
}

/// What tells the operators to do something.
fn operator(draft: &mut Draft, at: &At<'_>, fields: &Datacenter, to: &Path) {
    if fields.stargate.is_some() {
        lose_stargate(draft, &at.key("stargate"));
    }
    if let Some(auth) = &fields.management_api_auth {
        let is_insecure = auth.get("insecure").is_some();
        management_api(draft, &at.key("managementApiAuth"), is_insecure, auth.get("manual"), to);
    }
    if fields.per_node_config_map_ref.as_ref().is_some_and(|map| map.get("name").is_some()) {
        draft.lose(
            &at.key("perNodeConfigMapRef"),
            "gives single nodes a configuration of their own",
            "write what a rack has of its own into its `cassandra.config`; tokens stay with the data",
        );
    }
    operator::cdc(draft, at, fields.cdc.is_some());
    operator::dse_workloads(draft, at, fields.dse_workloads.is_some());
    if fields.jmx_init_container_image.is_some() {
        draft.meet(&at.key("jmxInitContainerImage"), "JMX stays on the loopback interface");
    }
    if fields.per_node_config_init_container_image.is_some() {
        draft.meet(&at.key("perNodeConfigInitContainerImage"), "cassc has no such init container");
    }
    operator::read_only_root(draft, at, fields.read_only_root_filesystem.is_some());
    telemetry(draft, &at.key("telemetry"), fields);
    rebuild(draft, &at.key("rebuild"), fields, to);
}

/// Metrics and logs.
fn telemetry(draft: &mut Draft, at: &At<'_>, fields: &Datacenter) {
    for (key, value) in fields.telemetry.as_ref().and_then(Value::as_object).into_iter().flatten() {
        let at = at.key(key);
        let is_off = value.get("enabled") == Some(&Value::Bool(false));
        match key.as_str() {
            _ if is_off || value.as_object().is_some_and(Map::is_empty) => draft.meet(&at, "turned off"),
            "prometheus" => draft.lose(
                &at,
                "makes objects by which Prometheus finds the pods",
                "let Prometheus scrape port 9000 of the pods, path /metrics",
            ),
            "mcac" => draft.lose(
                &at,
                "metrics of the older collector, port 9103",
                "use those of the Management API, port 9000, path /metrics",
            ),
            "vector" => draft.lose(
                &at,
                "a program in each pod that collects logs and metrics",
                "add it to `pod.containers`, or collect logs from the workers",
            ),
            _ => draft.lose(
                &at,
                "settings of the metrics",
                "mount a `metrics-collector.yaml` by `storage.additionalVolumes`",
            ),
        }
    }
}

/// Where a new datacenter copies its data from.
fn rebuild(draft: &mut Draft, at: &At<'_>, fields: &Datacenter, to: &Path) {
    for (key, value) in fields.rebuild.as_ref().and_then(Value::as_object).into_iter().flatten() {
        match key.as_str() {
            "sourceDc" => draft.carry(&at.key(key), &to.key("rebuildFrom"), value),
            _ => draft.lose(
                &at.key(key),
                "how many nodes copy at once",
                "nothing: cassc copies to one node per rack at a time",
            ),
        }
    }
}
