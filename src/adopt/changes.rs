//! What is otherwise and no obstacle: what the first rolling restart changes in the pods, and what of services and budgets
//! changes at once.

use std::collections::{BTreeMap, BTreeSet};

use cassc_import::documents::At;
use serde::Serialize;
use serde_json::Value;

use super::Input;
use super::identity::{Built, built, plain};
use super::live::{items, text};
use super::pods::{configuration, map, pod_template};
use crate::transition::Effective;

/// Something that changes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Change {
    /// Whether it waits for the first rolling restart.
    pub at_restart: bool,
    /// Of what: pods, or a service.
    pub of: String,
    /// What.
    pub what: String,
}

/// What changes, those of the rolling restart last. What all racks have in common is told once.
pub(super) fn changes(input: &Input<'_>) -> Vec<Change> {
    let mut found: BTreeSet<Change> =
        input.of_kind("Service").flat_map(|it| service(input, &it.name, &it.value)).collect();
    for budget in input.of_kind("PodDisruptionBudget") {
        let at = input.live.get("PodDisruptionBudget", &budget.name).map(|it| it.keys(&["spec", "minAvailable"]));
        if let Some(at) = at.filter(|it| it.value().is_some()) {
            let now = budget.value.pointer("/spec/maxUnavailable").map_or_else(String::new, plain);
            let what = format!(
                "`minAvailable: {}` becomes `maxUnavailable: {now}`",
                plain(at.value().unwrap_or(&Value::Null))
            );
            found.insert(Change { at_restart: false, of: format!("PodDisruptionBudget {}", budget.name), what });
        }
    }
    let mut of_racks: BTreeMap<String, usize> = BTreeMap::new();
    let mut racks: Vec<(String, BTreeSet<String>)> = Vec::new();
    for (datacenter, rack) in input.cluster.racks() {
        let Some(set) = input.live.get("StatefulSet", &rack.stateful_set) else { continue };
        let Some(rendered) = input.rendered("StatefulSet", &rack.stateful_set) else { continue };
        let mut lines: BTreeSet<String> = pod_template(set, rendered).into_iter().collect();
        if let Some(Built { data: Some(data), .. }) = built(set) {
            lines.extend(configuration(&Effective::of(input.cluster, datacenter, rack), &data));
        }
        lines.iter().for_each(|line| *of_racks.entry(line.clone()).or_default() += 1);
        racks.push((format!("pods of {}", rack.stateful_set), lines));
    }
    let n_racks = racks.len();
    for (of, lines) in racks {
        found.extend(lines.into_iter().map(|what| {
            let of = if of_racks[&what] == n_racks { "all pods".to_owned() } else { of.clone() };
            Change { at_restart: true, of, what }
        }));
    }
    found.into_iter().collect()
}

/// What somebody has to look at before the first step.
pub(super) fn questions(input: &Input<'_>) -> Vec<String> {
    let mut questions = Vec::new();
    for (name, resource) in &input.live.resources {
        if let Some(tool) = delivered_by(resource) {
            questions.push(format!(
                "CassandraDatacenter `{name}` is delivered by {tool}. Take it out of there without deleting it (Argo CD: \
                 `Prune=false`, Flux: `kustomize.toolkit.fluxcd.io/prune: disabled`, Helm: `helm.sh/resource-policy: keep`), \
                 or it comes back, and the operator with it."
            ));
        }
        if !text(&resource.keys(&["spec", "configSecret"])).is_empty() {
            questions.push(format!(
                "The configuration of `{name}` is in a Secret, which is not read. Compare it with `cassandra.config` of the \
                 topology, `num_tokens` and directories above all: Cassandra does not start with another number of tokens."
            ));
        }
    }
    let rendered: BTreeSet<&str> = input.of_kind("Service").map(|it| it.name.as_str()).collect();
    let left = input.live.labelled("Service", input.cluster).into_iter().filter(|(name, _)| !rendered.contains(name));
    questions.extend(left.map(|(name, _)| {
        format!("Service `{name}` is of this cluster, and cassc does not render it. It stays; delete it when nobody uses it.")
    }));
    questions
}

fn delivered_by(resource: &At<'_>) -> Option<&'static str> {
    let metadata = resource.key("metadata");
    let has = |map: &str, key: &str| metadata.key(map).key(key).value().is_some();
    if has("annotations", "argocd.argoproj.io/tracking-id") {
        Some("Argo CD")
    } else if has("labels", "kustomize.toolkit.fluxcd.io/name") || has("labels", "helm.toolkit.fluxcd.io/name") {
        Some("Flux")
    } else if has("annotations", "meta.helm.sh/release-name") {
        Some("Helm")
    } else {
        None
    }
}

fn service(input: &Input<'_>, name: &str, rendered: &Value) -> Vec<Change> {
    let Some(live) = input.live.get("Service", name) else { return Vec::new() };
    let mut lines = Vec::new();
    let selector = live.keys(&["spec", "selector"]);
    let (was, now) = (selector.value(), rendered.pointer("/spec/selector"));
    if was != now {
        lines.push(format!("selects {} instead of {}", map(now), map(was)));
    }
    let ports = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect::<BTreeSet<String>>();
    let was = ports(items(&live.keys(&["spec", "ports"])).iter().map(|it| text(&it.key("name"))).collect());
    let now = rendered.pointer("/spec/ports").and_then(Value::as_array);
    let now = ports(now.into_iter().flatten().filter_map(|it| it.get("name")?.as_str()).collect());
    lines.extend(was.difference(&now).map(|port| format!("has no port `{port}` any more")));
    lines.extend(now.difference(&was).map(|port| format!("gets the port `{port}`")));
    lines.into_iter().map(|what| Change { at_restart: false, of: format!("Service {name}"), what }).collect()
}
