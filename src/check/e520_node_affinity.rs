//! E520: a node affinity that the API server refuses, or that no worker can satisfy.

use std::collections::BTreeSet;

use cassc_wording::nearest;
use k8s_openapi::api::core::v1::{NodeAffinity, NodeSelectorRequirement, NodeSelectorTerm};

use super::e107_zone_conflict::ZONE_LABEL;
use super::gaps::called;
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::syntax::{is_label_key, is_label_value};
use crate::subject::Subject;
use crate::topology::merge::{Level, NestedRack};

pub(super) const RULE: Rule = Rule {
    code: "E520",
    name: "node-affinity",
    summary: "a node affinity is invalid, or no worker can match it",
    explain: "\
With an invalid node affinity the API server accepts the StatefulSet but refuses every pod. A worker must match the node
affinity, `zone` and `nodeLabels`. If they contradict each other, no pod can be scheduled.

`operator` is `In` or `NotIn` (with `values`), `Exists` or `DoesNotExist` (without them), `Gt` or `Lt` (with one whole number).
Terms are alternatives, and an empty term matches no worker. A preference has a weight of 1 to 100.",
};

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";
const OPERATORS: [&str; 6] = ["DoesNotExist", "Exists", "Gt", "In", "Lt", "NotIn"];

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (level, scheduling) in subject.schedulings() {
        let Some(affinity) = &scheduling.node_affinity else { continue };
        complaints.extend(judge(subject, affinity, &route(level)));
    }
    let mut seen = BTreeSet::new();
    for place in &subject.racks {
        let Some(required) = place.required_workers() else { continue };
        let labels = labels(place);
        let terms = &required.value.node_selector_terms;
        let excluded: Option<Vec<(&str, &str)>> = terms.iter().map(|term| excluded(term, &labels)).collect();
        let Some(&[(key, value), ..]) = excluded.as_deref() else { continue };
        if seen.insert((required.level, key, value)) {
            let rack = called(subject, place.level());
            let message = format!("no worker for {rack} with the label `{key}: {value}` can match the node affinity");
            let at = subject.value(route(required.level).key(REQUIRED), "contradiction");
            complaints
                .push(RULE.complain(message, at).help("remove this requirement, or change `zone` or `nodeLabels`"));
        }
    }
}

fn route(level: Level) -> Route {
    level.route().key("scheduling").key("nodeAffinity")
}

/// The labels that workers of a rack must carry.
fn labels<'t>(place: &NestedRack<'t>) -> Vec<(&'t str, &'t str)> {
    let of_datacenter = place.datacenter.node_labels.iter();
    let of_datacenter = of_datacenter.filter(|(key, _)| !place.rack.node_labels.contains_key(*key));
    let zone = place.rack.zone.iter().map(|zone| (ZONE_LABEL, zone.as_str()));
    let written = of_datacenter.chain(&place.rack.node_labels).map(|(key, value)| (key.as_str(), value.as_str()));
    let has_zone = place.rack.zone.is_some();
    written.filter(|(key, _)| !(has_zone && *key == ZONE_LABEL)).chain(zone).collect()
}

/// The label because of which no worker with these labels matches a term.
fn excluded<'t>(term: &NodeSelectorTerm, labels: &[(&'t str, &'t str)]) -> Option<(&'t str, &'t str)> {
    let excludes = |requirement: &NodeSelectorRequirement, (key, value): &(&str, &str)| {
        let values = requirement.values.as_deref().unwrap_or_default();
        let number = |text: &str| text.parse::<i64>().ok();
        let compared = values.first().and_then(|limit| Some(number(value)?.cmp(&number(limit)?)));
        requirement.key == *key
            && match requirement.operator.as_str() {
                "In" => values.iter().all(|allowed| allowed != value),
                "NotIn" => values.iter().any(|refused| refused == value),
                "DoesNotExist" => true,
                "Gt" => compared.is_some_and(std::cmp::Ordering::is_le),
                "Lt" => compared.is_some_and(std::cmp::Ordering::is_ge),
                _ => false,
            }
    };
    let requirements = || term.match_expressions.iter().flatten();
    labels.iter().find(|label| requirements().any(|requirement| excludes(requirement, label))).copied()
}

fn judge(subject: &Subject<'_>, affinity: &NodeAffinity, route: &Route) -> Vec<Diagnostic> {
    let mut complaints = Vec::new();
    if let Some(required) = &affinity.required_during_scheduling_ignored_during_execution {
        let route = route.key(REQUIRED).key("nodeSelectorTerms");
        if required.node_selector_terms.is_empty() {
            let at = subject.value(route.clone(), "");
            complaints
                .push(RULE.complain("the required node affinity has no term", at).help("add a term, or remove it"));
        }
        for (index, term) in required.node_selector_terms.iter().enumerate() {
            complaints.extend(term_faults(subject, term, &route.index(index)));
        }
    }
    let preferences = affinity.preferred_during_scheduling_ignored_during_execution.iter().flatten();
    for (index, preference) in preferences.enumerate() {
        let route = route.key(PREFERRED).index(index);
        if !(1..=100).contains(&preference.weight) {
            let at = subject.value(route.key("weight"), "");
            let message = format!("the weight of a preference is {}", preference.weight);
            complaints.push(RULE.complain(message, at).expected("1 to 100"));
        }
        complaints.extend(term_faults(subject, &preference.preference, &route.key("preference")));
    }
    complaints
}

fn term_faults(subject: &Subject<'_>, term: &NodeSelectorTerm, route: &Route) -> Vec<Diagnostic> {
    let expressions = term.match_expressions.iter().flatten().enumerate();
    let fields = term.match_fields.iter().flatten().enumerate();
    if expressions.clone().chain(fields.clone()).next().is_none() {
        let at = subject.value(route.clone(), "");
        return vec![RULE.complain("an empty term matches no worker", at).help("add `matchExpressions`, or remove it")];
    }
    let expressions =
        expressions.flat_map(|(index, it)| expression_faults(subject, it, &route.key("matchExpressions").index(index)));
    let fields = fields.filter_map(|(index, it)| field_fault(subject, it, &route.key("matchFields").index(index)));
    expressions.chain(fields).collect()
}

/// After `ValidateNodeSelectorRequirement` in Kubernetes' `pkg/apis/core/validation`.
fn expression_faults(subject: &Subject<'_>, written: &NodeSelectorRequirement, route: &Route) -> Vec<Diagnostic> {
    let mut complaints = Vec::new();
    let values = written.values.as_deref().unwrap_or_default();
    let operator = written.operator.as_str();
    if !is_label_key(&written.key) {
        let message = format!("`{}` is not a valid label key", written.key.escape_debug());
        complaints.push(RULE.complain(message, subject.value(route.key("key"), "")));
    }
    let at_values = |words: &str| subject.value(route.key("values"), words);
    match operator {
        "In" | "NotIn" if values.is_empty() => {
            let message = format!("`{operator}` needs `values`");
            complaints.push(RULE.complain(message, at_values("")).expected("`values: [fast]`"));
        }
        "Exists" | "DoesNotExist" if !values.is_empty() => {
            let message = format!("`{operator}` must not have `values`");
            complaints.push(RULE.complain(message, at_values("")).help("remove `values`, or write `In` or `NotIn`"));
        }
        "Gt" | "Lt" if !matches!(values, [one] if one.parse::<i64>().is_ok()) => {
            let message = format!("`{operator}` needs one whole number");
            complaints.push(RULE.complain(message, at_values("")).expected("`values: [\"4\"]`"));
        }
        _ if !OPERATORS.contains(&operator) => complaints.push(unknown_operator(subject, operator, route)),
        _ => {}
    }
    for (index, value) in values.iter().enumerate().filter(|(_, value)| !is_label_value(value)) {
        let message = format!("`{}` is not a valid label value", value.escape_debug());
        complaints.push(RULE.complain(message, subject.value(route.key("values").index(index), "")));
    }
    complaints
}

fn unknown_operator(subject: &Subject<'_>, operator: &str, route: &Route) -> Diagnostic {
    let message = format!("`{}` is not a valid operator", operator.escape_debug());
    let complaint = RULE.complain(message, subject.value(route.key("operator"), ""));
    let complaint = complaint.expected(format!("one of {}", OPERATORS.join(", ")));
    match nearest(operator, OPERATORS) {
        Some(near) => complaint.help(format!("did you mean `{near}`?")),
        None => complaint,
    }
}

/// The only field of a node that the scheduler supports is its name.
fn field_fault(subject: &Subject<'_>, written: &NodeSelectorRequirement, route: &Route) -> Option<Diagnostic> {
    let one_value = written.values.as_ref().is_some_and(|values| values.len() == 1);
    let known = written.key == "metadata.name" && matches!(written.operator.as_str(), "In" | "NotIn") && one_value;
    let complain = || {
        RULE.complain("`matchFields` supports only `metadata.name` with one value", subject.value(route.clone(), ""))
    };
    (!known).then(|| complain().expected("`{key: metadata.name, operator: In, values: [worker-1]}`"))
}
