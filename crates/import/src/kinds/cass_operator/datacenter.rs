//! One datacenter: every field of its resource.

use serde_json::Value;

use super::config::{self, Reading};
use super::types::{ManagementApiAuth, Spec, User};
use super::{cluster, network, operator, racks, services, storage};
use crate::builders::Builder;
use crate::documents::At;
use crate::draft::{Draft, Node, datacenter as path_of, spec};
use crate::options::Options;
use crate::path::Path;
use crate::pods::{affinity, lose_unknown, metadata, resources, template};
use crate::report::Refusal;

/// The annotation that chooses the newer builder.
const NEW_BUILDER: &str = "cassandra.datastax.com/use-new-config-builder";

/// Writes a datacenter into the topology, as the one of that index.
pub(super) fn datacenter(draft: &mut Draft, root: &At<'_>, index: usize, options: &Options) -> Result<(), Refusal> {
    let (at, to) = (root.key("spec"), path_of(index));
    let spec: Spec = at.read()?;
    cluster::server_type(draft, &at.key("serverType"), &spec.server_type)?;
    cluster::cluster_name(draft, &at.key("clusterName"), &spec.cluster_name)?;
    let ring = (&at.key("datacenterName"), spec.datacenter_name.as_deref().filter(|name| !name.is_empty()));
    cluster::datacenter_name(draft, &root.keys(&["metadata", "name"]), ring, &to)?;
    cluster::namespace(draft, &root.keys(&["metadata", "namespace"]), &to);
    let image = (&at.key("serverImage"), spec.server_image.as_deref());
    let release = cluster::version(draft, &at.key("serverVersion"), &spec.server_version, image)?;
    annotations(draft, &root.keys(&["metadata", "annotations"]));

    let is_new = root.keys(&["metadata", "annotations"]).key(NEW_BUILDER).value().is_some_and(|value| value == "true");
    let builder = if is_new { Builder::K8ssandraClient } else { Builder::of(release.minor) };
    let reading = Reading { minor: release.minor, builder, datacenter: &to };
    size(draft, &at, &spec, &to);
    racks::racks(draft, &at.key("racks"), &to)?;
    storage::storage(draft, &at.key("storageConfig"), &to)?;
    configuration(draft, &at, &spec, reading)?;
    access(draft, &at, &spec, &to);
    pods(draft, &at, &spec, &to)?;
    needs(draft, &at, &spec, &to, options);
    network::networking(draft, &at.key("networking"), &to)?;
    services::services(draft, &at.key("additionalServiceConfig"), &to, ["additionalLabels", "additionalAnnotations"]);
    operator::operator(draft, &at, &spec, &to);
    lose_unknown(draft, &at, &spec.others);
    Ok(())
}

/// Annotations of the resource are for the operator.
fn annotations(draft: &mut Draft, at: &At<'_>) {
    for key in at.value().and_then(Value::as_object).into_iter().flat_map(serde_json::Map::keys) {
        let at = at.key(key);
        match key.strip_prefix("cassandra.datastax.com/") {
            Some("disable-pdb-creation") => draft.lose(
                &at,
                "leaves the datacenter without a PodDisruptionBudget",
                "look at `disruptionBudget.maxUnavailable`",
            ),
            Some("delete-pvc") => draft.meet(&at, "cassc deletes no claims of a datacenter that goes"),
            Some("use-new-config-builder") => draft.meet(&at, "decides which defaults the configuration has"),
            Some("skip-user-creation") => draft.meet(&at, "roles are made once, in the founding datacenter"),
            _ => {}
        }
    }
}

/// How many nodes, and whether they run.
fn size(draft: &mut Draft, at: &At<'_>, spec: &Spec, to: &Path) {
    match spec.size {
        Some(size) => draft.carry(&at.key("size"), &to.key("nodes"), size),
        None => draft.decide(Some(&at.key("size")), &to.key("nodes"), "the number of nodes"),
    }
    if spec.stopped {
        draft.agree(&at.key("stopped"), &self::spec(&["stopped"]), true);
    }
}

/// cassandra.yaml, the JVM, and who may log in.
fn configuration(draft: &mut Draft, at: &At<'_>, spec: &Spec, reading: Reading<'_>) -> Result<(), Refusal> {
    let Some(secret) = spec.config_secret.as_ref().filter(|name| !name.is_empty()) else {
        let config = at.key("config");
        // The operator takes JSON as well as a text with JSON in it.
        if spec.config.as_ref().is_some_and(Value::is_string) {
            return Err(config.refused("the configuration is a text", "write it as YAML, key by key"));
        }
        config::files(draft, &config, reading)?;
        let silent = ("AllowAll", "the operator's default, where the resource is silent; cassc's is Password");
        config::authentication(draft, &config.key("cassandra-yaml"), silent);
        return Ok(());
    };
    let what =
        format!("copy the keys of cassandra.yaml out of the Secret `{secret}`, num_tokens and authenticator first");
    let to = reading.datacenter.key("cassandra").key("config").key("num_tokens");
    draft.decide(Some(&at.key("configSecret")), &to, &what);
    let authenticator = self::spec(&["auth", "authenticator"]);
    if draft.get(&authenticator).is_none() {
        draft.decide(None, &authenticator, &format!("Password or AllowAll: as the Secret `{secret}` has it"));
    }
    Ok(())
}

/// Secrets: of the superuser, of users, of the Management API.
fn access(draft: &mut Draft, at: &At<'_>, spec: &Spec, to: &Path) {
    if let Some(name) = spec.superuser_secret_name.as_ref().filter(|name| !name.is_empty()) {
        draft.agree(&at.key("superuserSecretName"), &self::spec(&["auth", "superuser", "secretName"]), name);
    }
    for (index, user) in spec.users.iter().enumerate() {
        role(draft, &at.key("users").index(index), user);
    }
    if let Some(ManagementApiAuth { insecure, manual, others }) = &spec.management_api_auth {
        management_api(draft, &at.key("managementApiAuth"), insecure.is_some(), manual.as_ref(), to);
        lose_unknown(draft, &at.key("managementApiAuth"), others);
    }
}

/// A user with a Secret; datacenters of one cluster name the same ones.
fn role(draft: &mut Draft, at: &At<'_>, user: &User) {
    let roles = spec(&["auth", "roles"]);
    let number = draft.get(&roles).map_or(0, Node::len);
    let is_there = |index: usize| {
        draft.get(&roles.index(index).key("secretName")).and_then(Node::text) == Some(user.secret_name.as_str())
    };
    if (0..number).any(is_there) {
        return;
    }
    let role = roles.index(number);
    let what = format!("the name of the role: `username` in the Secret `{}`", user.secret_name);
    draft.decide(Some(at), &role.key("name"), &what);
    draft.carry(&at.key("secretName"), &role.key("secretName"), user.secret_name.as_str());
    draft.carry(&at.key("superuser"), &role.key("superuser"), user.superuser);
    lose_unknown(draft, at, &user.others);
}

/// `managementApiAuth`: the pods and the steps use the server's certificate as their own.
pub(in crate::kinds) fn management_api(
    draft: &mut Draft,
    at: &At<'_>,
    is_insecure: bool,
    manual: Option<&Value>,
    to: &Path,
) {
    if is_insecure {
        draft.meet(&at.key("insecure"), "without TLS, as by default");
    }
    let at = at.key("manual");
    for (key, value) in manual.and_then(Value::as_object).into_iter().flatten() {
        match key.as_str() {
            "serverSecretName" => {
                draft.carry(&at.key(key), &to.key("managementApi").key("tls").key("serverSecret"), value);
            }
            "clientSecretName" => draft.meet(&at.key(key), "clients of cassc use the Secret of the server"),
            _ => draft.meet(&at.key(key), "cassc reads no Secret before the pods do"),
        }
    }
}

/// What the pods are like.
fn pods(draft: &mut Draft, at: &At<'_>, spec: &Spec, to: &Path) -> Result<(), Refusal> {
    let pod = to.key("pod");
    if spec.pod_template_spec.is_some() {
        template::template(draft, &at.key("podTemplateSpec"), to)?;
    }
    let account = [("serviceAccountName", &spec.service_account_name), ("serviceAccount", &spec.service_account)];
    for (key, name) in account.into_iter().filter_map(|(key, name)| Some((key, name.as_ref()?))).take(1) {
        draft.carry(&at.key(key), &pod.key("serviceAccount"), name);
    }
    affinity::list(draft, &at.key("tolerations"), &to.key("scheduling").key("tolerations"));
    affinity::inherited_labels(draft, &at.key("nodeAffinityLabels"), to);
    affinity::node_labels(draft, &at.key("nodeSelector"), to, false);
    metadata::metadata(draft, &at.key("additionalLabels"), &Path::of(&["metadata", "labels"]));
    metadata::metadata(draft, &at.key("additionalAnnotations"), &Path::of(&["metadata", "annotations"]));
    logger(draft, at, spec);
    resources::agreed(draft, &at.key("configBuilderResources"), &self::spec(&["gate", "resources"]));
    Ok(())
}

/// The system logger.
fn logger(draft: &mut Draft, at: &At<'_>, spec: &Spec) {
    let to = self::spec(&["systemLogger"]);
    if spec.disable_system_logger_sidecar {
        draft.agree(&at.key("disableSystemLoggerSidecar"), &to.key("enabled"), false);
    }
    if spec.system_logger_image.as_ref().is_some_and(|image| !image.is_empty()) {
        draft.lose(
            &at.key("systemLoggerImage"),
            "prints the log by a program of this image",
            "leave it out: cassc prints the log with Cassandra's own image; or write `systemLogger.image`, if it has a shell",
        );
    }
    resources::agreed(draft, &at.key("systemLoggerResources"), &to.key("resources"));
}

/// Requests and limits of Cassandra.
fn needs(draft: &mut Draft, at: &At<'_>, spec: &Spec, to: &Path, options: &Options) {
    let (at_resources, to_resources) = (at.key("resources"), to.key("resources"));
    if spec.resources.is_some() {
        resources::resources(draft, &at_resources, &to_resources);
    }
    resources::memory(draft, &at_resources, &to_resources, options);
    if spec.allow_multiple_nodes_per_worker {
        let shared = to.key("scheduling").key("severalNodesPerWorker");
        draft.carry(&at.key("allowMultipleNodesPerWorker"), &shared, true);
        resources::cpu_of_shared_workers(draft, &at_resources, &to_resources);
    }
}
