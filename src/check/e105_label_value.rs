//! E105: two names with the same label value, or a name with an empty one.

use std::collections::BTreeMap;

use cassc_ring::names::label_value;

use super::written::destination;
use crate::diagnostic::{Diagnostic, Label, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E105",
    name: "label-value",
    summary: "two clusters or racks would have the same label value, or an empty one",
    explain:
        "\
Services, PodDisruptionBudgets and StatefulSets select their pods by labels. The label values are Cassandra's names without
the characters that Kubernetes does not allow: `RAC 1` and `RAC1` both become `RAC1`. Two racks with the same value would
select each other's pods. Two clusters with the same value in one namespace would serve each other's clients, and a node
could use the seeds of the other cluster.

Write names that differ in letters or digits, in `clusterName` or `ringName`. Or use different namespaces for the clusters.",
};

pub(super) fn check(subjects: &[Subject<'_>], complaints: &mut Vec<Diagnostic>) {
    for subject in subjects {
        empty(subject, complaints);
        for index in 0..subject.spec().datacenters.len() {
            racks(subject, index, complaints);
        }
    }
    clusters(subjects, complaints);
}

fn cluster_name<'t>(subject: &Subject<'t>) -> (&'t str, Route) {
    match &subject.spec().cluster_name {
        Some(name) => (name, Route::of("spec.clusterName")),
        None => (&subject.topology.metadata.name, Route::of("metadata.name")),
    }
}

/// Only `ringName` and `clusterName`; E101 checks `name`.
fn empty(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let cluster = subject.spec().cluster_name.as_deref().map(|name| (name, Route::of("spec.clusterName")));
    let racks = subject.racks.iter().filter_map(|place| {
        let name = place.rack.ring_name.as_deref()?;
        Some((name, place.level().route().key("ringName")))
    });
    for (name, route) in cluster.into_iter().chain(racks) {
        if !name.trim().is_empty() && label_value(name).is_empty() {
            let message = format!("the label value of `{}` would be empty", name.escape_debug());
            let at = subject.value(route, "no usable character");
            let complaint = RULE.complain(message, at);
            complaints.push(complaint.expected("at least one letter from a to z or A to Z, or one digit"));
        }
    }
}

fn racks(subject: &Subject<'_>, datacenter: usize, complaints: &mut Vec<Diagnostic>) {
    let mut first: BTreeMap<String, (&str, Route)> = BTreeMap::new();
    for place in subject.racks_of(datacenter) {
        let route = place.level().route();
        let (name, route) = match &place.rack.ring_name {
            Some(ring_name) => (ring_name.as_str(), route.key("ringName")),
            None => (place.rack.name.as_str(), route.key("name")),
        };
        let value = label_value(name);
        if value.is_empty() {
            continue;
        }
        match first.get(&value) {
            Some((other, other_route)) if *other != name => {
                let message = format!("the racks `{other}` and `{name}` would have the same label value `{value}`");
                let at = subject.value(route, "same label value");
                let complaint = RULE.complain(message, at).label(subject.value(other_route.clone(), "first rack"));
                complaints.push(complaint.help("write a `ringName` that differs in letters or digits"));
            }
            Some(_) => {}
            None => {
                first.insert(value, (name, route));
            }
        }
    }
}

/// What to do about two clusters.
pub(super) const ANOTHER: &str = "write a different `clusterName`, or use a different namespace; datacenters of one ring belong \
                                  in one topology";

/// The places of clusters: Kubernetes cluster, namespace, value of the label.
type Claims<'t> = BTreeMap<(Option<&'t str>, Option<&'t str>, String), usize>;

fn clusters(subjects: &[Subject<'_>], complaints: &mut Vec<Diagnostic>) {
    let mut claims: Claims<'_> = BTreeMap::new();
    for (index, subject) in subjects.iter().enumerate() {
        let (name, route) = cluster_name(subject);
        let value = label_value(name);
        let mut told: Vec<usize> = Vec::new();
        for datacenter in &subject.spec().datacenters {
            let (kube_cluster, namespace) = destination(subject, datacenter);
            let first = *claims.entry((kube_cluster, namespace, value.clone())).or_insert(index);
            let other = &subjects[first];
            // Two clusters with the same `metadata.name` share all object names: E103.
            let same_objects = other.topology.metadata.name == subject.topology.metadata.name;
            if first == index || same_objects || value.is_empty() || told.contains(&first) {
                continue;
            }
            told.push(first);
            let message = format!("two clusters in one namespace would have the same label value `{value}`");
            let at = subject.value(route.clone(), "same label value");
            complaints.push(RULE.complain(message, at).label(of_cluster(other)).help(ANOTHER));
        }
    }
}

fn of_cluster(subject: &Subject<'_>) -> Label {
    let (_, route) = cluster_name(subject);
    subject.value(route, "first cluster")
}
