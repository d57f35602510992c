//! E105: two names that become one label's value, or none.

use std::collections::BTreeMap;

use cassc_ring::names::label_value;

use super::written::destination;
use crate::diagnostic::{Diagnostic, Label, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E105",
    name: "label-value",
    summary: "two clusters or racks would carry the same label, or an empty one",
    explain:
        "\
Services, disruption budgets and StatefulSets find their pods by labels, whose values are Cassandra's names without the
characters that Kubernetes does not allow there: `RAC 1` and `RAC1` are both `RAC1`. Two racks of one value would each
take the other's pods for its own; two clusters of one value in a namespace would answer each other's clients, and a
node of the one could find its seeds in the other.

Give each its own letters and digits, in `clusterName` or `ringName`; or put the clusters into namespaces of their own.",
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

/// Names that stand in `ringName` or `clusterName`; those that stand in `name` are judged by E101.
fn empty(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let cluster = subject.spec().cluster_name.as_deref().map(|name| (name, Route::of("spec.clusterName")));
    let racks = subject.racks.iter().filter_map(|place| {
        let name = place.rack.ring_name.as_deref()?;
        Some((name, place.level().route().key("ringName")))
    });
    for (name, route) in cluster.into_iter().chain(racks) {
        if !name.trim().is_empty() && label_value(name).is_empty() {
            let message = format!("nothing of `{}` can stand in a label", name.escape_debug());
            let at = subject.value(route, "no letter of a to z, no digit");
            complaints.push(RULE.complain(message, at).expected("a name with a letter of a to z or a digit"));
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
                let message = format!("the racks `{other}` and `{name}` would both carry the label `{value}`");
                let at = subject.value(route, "and this one");
                complaints.push(RULE.complain(message, at).label(subject.value(other_route.clone(), "this rack")));
            }
            Some(_) => {}
            None => {
                first.insert(value, (name, route));
            }
        }
    }
}

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
            // Two clusters of one `metadata.name` share every object: E103.
            let same_objects = other.topology.metadata.name == subject.topology.metadata.name;
            if first == index || same_objects || value.is_empty() || told.contains(&first) {
                continue;
            }
            told.push(first);
            let message = format!("two clusters of one namespace would both carry the label `{value}`");
            let at = subject.value(route.clone(), "and this one");
            let help = "give each its own name, or its own namespace; datacenters of one ring belong into one topology";
            complaints.push(RULE.complain(message, at).label(of_cluster(other)).help(help));
        }
    }
}

fn of_cluster(subject: &Subject<'_>) -> Label {
    let (_, route) = cluster_name(subject);
    subject.value(route, "this cluster")
}
