//! What must be the same before and after: the names that pods are found by, and what a node that has data does not start
//! without (its cluster, datacenter, rack and number of tokens, its version, the owner of its files).

use cassc_import::documents::At;
use cassc_import::report::Refusal;
use serde_json::Value;

use super::Input;
use super::live::{items, named, text};
use crate::cluster::{Datacenter, Rack};
use crate::transition::Effective;

/// Everything that is otherwise.
pub(super) fn refusals(input: &Input<'_>) -> Vec<Refusal> {
    let mut refused = Vec::new();
    for (datacenter, rack) in input.cluster.racks() {
        let Some(set) = input.live.get("StatefulSet", &rack.stateful_set) else { continue };
        let Some(rendered) = input.rendered("StatefulSet", &rack.stateful_set) else { continue };
        refused.extend(service_name(set, rendered));
        refused.extend(selector(set, rendered));
        refused.extend(user(set, rendered));
        refused.extend(of_ring(input, datacenter, rack, set));
    }
    for datacenter in &input.cluster.datacenters {
        let Some(resource) = input.live.resources.get(datacenter.name.as_str()) else { continue };
        refused.extend(version(input, resource));
        refused.extend(superuser(input, resource));
    }
    refused
}

/// Pods have their names in DNS under this service, and a pod cannot get another one without a restart.
fn service_name(set: &At<'_>, rendered: &Value) -> Option<Refusal> {
    let at = set.keys(&["spec", "serviceName"]);
    let wanted = rendered.pointer("/spec/serviceName").and_then(Value::as_str).unwrap_or_default();
    (text(&at) != wanted).then(|| {
        let message = format!("the governing service is `{}`, and cassc renders `{wanted}`", text(&at));
        let help = "before the adoption, let the operator make the StatefulSet anew (`kubectl delete statefulset NAME \
                    --cascade=orphan`: it makes it with the service of now) and restart its pods";
        at.refused(message, help)
    })
}

/// The new StatefulSet adopts the pods that its selector finds.
fn selector(set: &At<'_>, rendered: &Value) -> Vec<Refusal> {
    let labels = set.keys(&["spec", "template", "metadata", "labels"]);
    let wanted = rendered.pointer("/spec/selector/matchLabels").and_then(Value::as_object);
    let different = |(key, value): (&String, &Value)| {
        let at = labels.key(key.as_str());
        (Some(text(&at)) != value.as_str()).then(|| {
            let message = format!("the pods have `{key}: {}`, and cassc selects {value}", text(&at));
            at.refused(message, "compare names of cluster, datacenter and rack with the topology")
        })
    };
    wanted.into_iter().flatten().filter_map(different).collect()
}

/// Files belong to the user that wrote them; `fsGroup` hands them over to a group.
fn user(set: &At<'_>, rendered: &Value) -> Vec<Refusal> {
    let context = set.keys(&["spec", "template", "spec", "securityContext"]);
    let wanted = rendered.pointer("/spec/template/spec/securityContext");
    let different = |field: &&'static str| {
        let at = context.key(*field);
        let (was, now) = (at.value()?, wanted.and_then(|it| it.get(*field))?);
        (was != now).then(|| {
            let help = "write `pod.securityContext` with the ids that the pods have";
            at.refused(format!("pods have `{field}: {was}`, and cassc renders {now}"), help)
        })
    };
    ["runAsUser", "runAsGroup", "fsGroup"].iter().filter_map(different).collect()
}

/// What the node's configuration is built from.
#[derive(Debug)]
pub(super) struct Built<'d> {
    /// Where it stands.
    pub at: At<'d>,
    /// The document of `CONFIG_FILE_DATA`; `None` where a Secret has it.
    pub data: Option<Value>,
}

/// The configuration of a StatefulSet's pods.
pub(super) fn built<'d>(set: &At<'d>) -> Option<Built<'d>> {
    let container = named(&set.keys(&["spec", "template", "spec", "initContainers"]), "server-config-init")?;
    let at = named(&container.key("env"), "CONFIG_FILE_DATA")?.key("value");
    let data = at.value().and_then(Value::as_str).and_then(|it| serde_json::from_str(it).ok());
    Some(Built { at, data })
}

fn of_ring(input: &Input<'_>, datacenter: &Datacenter, rack: &Rack, set: &At<'_>) -> Vec<Refusal> {
    let mut refused = Vec::new();
    let help = "Cassandra does not start on its data with another name: write `clusterName`, or `ringName` of datacenter or rack";
    let mut compare = |at: &At<'_>, what: &str, was: &str, now: &str| {
        if was != now {
            refused.push(
                at.refused(format!("the {what} is called `{was}` in Cassandra, and `{now}` in the topology"), help),
            );
        }
    };
    let pod = set.keys(&["spec", "template", "spec"]);
    let container = named(&pod.key("initContainers"), "server-config-init");
    let rack_name = container.and_then(|it| named(&it.key("env"), "RACK_NAME")).map(|it| it.key("value"));
    if let Some(at) = rack_name.filter(|it| it.value().is_some()) {
        compare(&at, "rack", text(&at), &rack.ring_name);
    }
    let Some(Built { at, data: Some(data) }) = built(set) else { return refused };
    for (what, pointer, now) in [
        ("cluster", "/cluster-info/name", &input.cluster.ring_name),
        ("datacenter", "/datacenter-info/name", &datacenter.ring_name),
    ] {
        if let Some(was) = data.pointer(pointer).and_then(Value::as_str) {
            compare(&at, what, was, now);
        }
    }
    refused.extend(tokens(input, (datacenter, rack), set, &at, &data));
    refused.extend(kept(input, (datacenter, rack), &at, &data));
    refused.extend(doors(input, (datacenter, rack), &at, &data));
    refused
}

/// Without the key, the builder for 3.11 and 4.0 writes none, and Cassandra takes 1 (seen with 3.11.19 and 4.0.19). The
/// builder for later versions begins with the file of the image, which says 16.
fn tokens(
    input: &Input<'_>,
    (datacenter, rack): (&Datacenter, &Rack),
    set: &At<'_>,
    at: &At<'_>,
    data: &Value,
) -> Option<Refusal> {
    let begins_with_image =
        named(&set.keys(&["spec", "template", "spec", "initContainers"]), "server-config-init-base");
    let default = if begins_with_image.is_some() { "16" } else { "1" };
    let was = data.pointer("/cassandra-yaml/num_tokens").map_or_else(|| default.to_owned(), plain);
    let now = Effective::of(input.cluster, datacenter, rack).text("num_tokens").unwrap_or_else(|| "1".to_owned());
    (was != now).then(|| {
        let message = format!("its nodes have {was} tokens (`num_tokens`), and the topology gives them {now}");
        at.refused(message, format!("write `num_tokens: {was}` into `cassandra.config`"))
    })
}

/// Where data stands that a node looks for, and where other nodes look for it.
fn kept(input: &Input<'_>, (datacenter, rack): (&Datacenter, &Rack), at: &At<'_>, data: &Value) -> Vec<Refusal> {
    const KEYS: [&str; 7] = [
        "partitioner",
        "data_file_directories",
        "commitlog_directory",
        "hints_directory",
        "cdc_raw_directory",
        "storage_port",
        "ssl_storage_port",
    ];
    let effective = Effective::of(input.cluster, datacenter, rack);
    let different = |key: &&'static str| {
        let was = data.pointer("/cassandra-yaml")?.get(*key)?;
        let now = effective.get(key);
        let is_class = *key == "partitioner";
        let is_same = |now: &Value| plain(now) == plain(was) || is_class && class(&plain(now)) == class(&plain(was));
        let is_same = now.is_some_and(is_same);
        (!is_same).then(|| {
            let now = now.map_or_else(|| "nothing".to_owned(), plain);
            let message = format!("`{key}` is {} for its nodes, and {now} in the topology", plain(was));
            at.refused(message, format!("write `{key}` into `cassandra.config` as it is"))
        })
    };
    KEYS.iter().filter_map(different).collect()
}

/// Who is let in by pods with one template would be locked out by those with the other: clients without a password, nodes
/// without encryption. Where the resource is silent, everybody is let in.
fn doors(input: &Input<'_>, (datacenter, rack): (&Datacenter, &Rack), at: &At<'_>, data: &Value) -> Vec<Refusal> {
    let effective = Effective::of(input.cluster, datacenter, rack);
    let different = |(key, silent, help): (&str, &str, &str)| {
        let pointer = format!("/cassandra-yaml/{}", key.replace('.', "/"));
        let was = data.pointer(&pointer).map_or_else(|| silent.to_owned(), plain);
        let now = effective.text(key).unwrap_or_else(|| silent.to_owned());
        (class(&was) != class(&now)).then(|| {
            at.refused(format!("`{key}` is {} for its nodes, and {} in the topology", class(&was), class(&now)), help)
        })
    };
    let rows = [
        (
            "authenticator",
            "AllowAllAuthenticator",
            "write `auth.authenticator` as it is; turning passwords on is a change of its own (E340)",
        ),
        (
            "server_encryption_options.internode_encryption",
            "none",
            "write it as it is; turning it on takes several commits (E342)",
        ),
    ];
    rows.into_iter().filter_map(different).collect()
}

/// The name of a class without its package.
fn class(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// A value on one line.
pub(super) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Adoption is no upgrade.
fn version(input: &Input<'_>, resource: &At<'_>) -> Option<Refusal> {
    let at = resource.keys(&["spec", "serverVersion"]);
    let now = input.cluster.version.to_string();
    (text(&at) != now).then(|| {
        let message = format!("its nodes run {}, and the topology says {now}", text(&at));
        at.refused(message, "write the version that runs; upgrade after the first rolling restart")
    })
}

/// Clients log in with what stands in it.
fn superuser(input: &Input<'_>, resource: &At<'_>) -> Option<Refusal> {
    let at = resource.keys(&["spec", "superuserSecretName"]);
    let written = text(&at);
    let was = if written.is_empty() { format!("{}-superuser", input.cluster.name) } else { written.to_owned() };
    (was != input.cluster.superuser_secret).then(|| {
        let message =
            format!("its superuser is in the Secret `{was}`, and in the topology `{}`", input.cluster.superuser_secret);
        at.refused(message, format!("write `auth: {{superuser: {{secretName: {was}}}}}`"))
    })
}

/// The names of the containers in a pod template, init containers too.
pub(super) fn containers<'d>(set: &At<'d>, list: &str) -> Vec<At<'d>> {
    items(&set.keys(&["spec", "template", "spec"]).key(list))
}
