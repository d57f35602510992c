//! What the first rolling restart changes in a pod: its template beside the one that cassc renders, and the keys of
//! `cassandra.yaml` that the resource names.

use std::collections::{BTreeMap, BTreeSet};

use cassc_import::documents::At;
use serde_json::Value;

use super::identity::{containers, plain};
use super::live::{items, text};
use crate::transition::Effective;

/// What is otherwise in a pod template, one line each.
pub(super) fn pod_template(set: &At<'_>, rendered: &Value) -> Vec<String> {
    let mut lines = pod(set, rendered);
    for list in ["initContainers", "containers"] {
        let live = containers(set, list);
        let now = rendered.pointer(&format!("/spec/template/spec/{list}")).and_then(Value::as_array);
        let now: BTreeMap<&str, &Value> =
            now.into_iter().flatten().filter_map(|it| Some((it.get("name")?.as_str()?, it))).collect();
        for container in &live {
            let name = text(&container.key("name"));
            match now.get(name) {
                Some(now) => lines.extend(of_container(name, container, now)),
                None => lines.push(format!("container `{name}` goes from `{list}`")),
            }
        }
        let known: BTreeSet<&str> = live.iter().map(|it| text(&it.key("name"))).collect();
        let new = now.keys().filter(|name| !known.contains(*name));
        lines.extend(new.map(|name| format!("container `{name}` comes to `{list}`")));
    }
    lines
}

/// What is not in a container: which workers pods go to, what they mount, what they are called.
fn pod(set: &At<'_>, rendered: &Value) -> Vec<String> {
    const FIELDS: [&str; 9] = [
        "hostAliases",
        "hostNetwork",
        "imagePullSecrets",
        "nodeSelector",
        "priorityClassName",
        "runtimeClassName",
        "serviceAccountName",
        "terminationGracePeriodSeconds",
        "tolerations",
    ];
    const OF_OPERATOR: [&str; 7] = [
        "encryption-cred-storage",
        "etc-cassandra",
        "server-config",
        "server-config-base",
        "server-logs",
        "tmp",
        "vector-lib",
    ];
    let spec = set.keys(&["spec", "template", "spec"]);
    let now = rendered.pointer("/spec/template/spec").unwrap_or(&Value::Null);
    let told = |value: Option<&Value>| value.map_or_else(|| "nothing".to_owned(), |it| format!("`{it}`"));
    let field = |(name, was, now): (&str, Option<&Value>, Option<&Value>)| {
        (was != now).then(|| format!("`{name}`: {} becomes {}", told(was), told(now)))
    };
    let affinity = ["affinity", "nodeAffinity"];
    let nodes = ("affinity.nodeAffinity", spec.keys(&affinity).value(), now.pointer("/affinity/nodeAffinity"));
    let fields = FIELDS.map(|name| (name, spec.key(name).value(), now.get(name)));
    let mut lines: Vec<String> = fields.into_iter().chain([nodes]).filter_map(field).collect();
    let volumes = now.get("volumes").and_then(Value::as_array);
    let volumes: BTreeSet<&str> = volumes.into_iter().flatten().filter_map(|it| it.get("name")?.as_str()).collect();
    let live = items(&spec.key("volumes"));
    let live =
        live.iter().map(|it| text(&it.key("name"))).filter(|it| !OF_OPERATOR.contains(it) && !volumes.contains(it));
    lines.extend(live.map(|name| format!("volume `{name}` goes")));
    lines.extend(called(set, rendered));
    lines
}

/// Labels and annotations of pods that a user may look for.
fn called(set: &At<'_>, rendered: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    for (map, word) in [("labels", "label"), ("annotations", "annotation")] {
        let live = set.keys(&["spec", "template", "metadata", map]);
        let now = rendered.pointer(&format!("/spec/template/metadata/{map}"));
        let is_own =
            |key: &&String| !key.starts_with("app.kubernetes.io/") && !key.starts_with("cassandra.datastax.com/");
        let keys = live.value().and_then(Value::as_object).into_iter().flat_map(|it| it.keys());
        let gone = keys.filter(is_own).filter(|key| now.and_then(|it| it.get(key.as_str())).is_none());
        lines.extend(gone.map(|key| format!("{word} `{key}` goes")));
    }
    lines
}

fn of_container(name: &str, live: &At<'_>, now: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    let image = live.key("image");
    let new = now.get("image").and_then(Value::as_str).unwrap_or_default();
    if text(&image) != new {
        lines.push(format!("container `{name}`: image `{}` becomes `{new}`", text(&image)));
    }
    for kind in ["requests", "limits"] {
        let at = live.key("resources").key(kind);
        let (was, now) = (at.value(), now.get("resources").and_then(|it| it.get(kind)));
        if was != now {
            lines.push(format!("container `{name}`: {kind} {} become {}", map(was), map(now)));
        }
    }
    // The entry point, the files and the variables of cassc's own containers are told by the documentation.
    if name == "cassandra" {
        lines.extend(variables(live, now));
    }
    lines
}

/// Environment variables that a user wrote.
fn variables(live: &At<'_>, now: &Value) -> Vec<String> {
    const OF_OPERATOR: [&str; 8] = [
        "DS_LICENSE",
        "MGMT_API_DISABLE_MCAC",
        "MGMT_API_EXPLICIT_START",
        "MGMT_API_LISTEN_TCP_PORT",
        "MGMT_API_NO_KEEP_ALIVE",
        "NODE_NAME",
        "POD_NAME",
        "USE_MGMT_API",
    ];
    let values: BTreeMap<&str, &Value> = now
        .get("env")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(|it| Some((it.get("name")?.as_str()?, it)))
        .collect();
    let own = items(&live.key("env"));
    let own = own.iter().filter(|it| !OF_OPERATOR.contains(&text(&it.key("name"))));
    let different = own.filter(|it| values.get(text(&it.key("name"))).copied() != it.value());
    different.map(|it| format!("variable `{}` of Cassandra changes or goes", text(&it.key("name")))).collect()
}

/// Keys of `cassandra.yaml` that the resource names, and that the topology has otherwise.
pub(super) fn configuration(effective: &Effective, data: &Value) -> Vec<String> {
    let keys = data.get("cassandra-yaml").and_then(Value::as_object);
    let different = |(key, was): (&String, &Value)| {
        let now = effective.get(key);
        let is_same = now.is_some_and(|now| now == was || plain(now) == plain(was));
        (!is_same).then(|| {
            let now = now.map_or_else(|| "what Cassandra takes by default".to_owned(), plain);
            format!("`{key}` of cassandra.yaml: {} becomes {now}", plain(was))
        })
    };
    keys.into_iter().flatten().filter_map(different).collect()
}

/// The entries of a map in words.
pub(super) fn map(value: Option<&Value>) -> String {
    let entries = value.and_then(Value::as_object).into_iter().flatten();
    let words: Vec<String> = entries.map(|(key, value)| format!("`{key}: {}`", plain(value))).collect();
    if words.is_empty() { "nothing".to_owned() } else { words.join(", ") }
}
