//! E102: an object name or a label value that is longer than Kubernetes allows.

use cassc_ring::names;

use crate::diagnostic::{Diagnostic, Label, Route, Rule};
use crate::kubernetes::syntax::{LABEL_LENGTH, STATEFUL_SET_LENGTH, label_fault};
use crate::subject::Subject;
use crate::topology::merge::{Level, NestedRack};

pub(super) const RULE: Rule = Rule {
    code: "E102",
    name: "name-too-long",
    summary: "an object name or a label value is too long",
    explain: "\
Names of services and pods, and label values, have at most 63 characters. Names of StatefulSets have at most 52: the
controller labels each pod with the name, a `-` and a hash of up to ten digits. If that label is too long, the API server
accepts the StatefulSet, but no pod is created.

Shorten the name of the cluster, the datacenter or the rack. Cassandra's own names (`clusterName`, `ringName`) are only used
in label values and may be longer.",
};

/// What precedes the cluster in the value of `app.kubernetes.io/instance`.
const INSTANCE_PREFIX: &str = "cassandra-";

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    complaints.extend(cluster_label(subject));
    if label_fault(&subject.topology.metadata.name).is_some() {
        return;
    }
    for (index, datacenter) in subject.spec().datacenters.iter().enumerate() {
        if label_fault(&datacenter.name).is_none() {
            complaints.extend(services(subject, index, &datacenter.name));
        }
    }
    for place in &subject.racks {
        if label_fault(&place.datacenter.name).is_none() {
            complaints.extend(rack(subject, place));
        }
    }
}

/// Without `clusterName` the label is made of `metadata.name`, whose length the names of services limit more.
fn cluster_label(subject: &Subject<'_>) -> Option<Diagnostic> {
    let cluster_name = subject.spec().cluster_name.as_deref()?;
    let value = format!("{INSTANCE_PREFIX}{}", names::label_value(cluster_name));
    let too_many = value.len().checked_sub(LABEL_LENGTH + 1)? + 1;
    let message =
        format!("the value of the label `app.kubernetes.io/instance` has {}", lengths(value.len(), LABEL_LENGTH));
    let at = subject.value(Route::of("spec.clusterName"), characters(cluster_name));
    Some(RULE.complain(message, at).help(shorten("`clusterName`", too_many)))
}

/// The additional-seed service is the longest of the services, and every datacenter has one.
fn services(subject: &Subject<'_>, index: usize, datacenter: &str) -> Option<Diagnostic> {
    let cluster = &subject.topology.metadata.name;
    let service = names::additional_seed_service(cluster, datacenter);
    let too_many = service.len().checked_sub(LABEL_LENGTH + 1)? + 1;
    let message = format!("the name of the service `{service}` has {}", lengths(service.len(), LABEL_LENGTH));
    let at = subject.value(Level::Datacenter(index).route().key("name"), characters(datacenter));
    let complaint = RULE.complain(message, at).label(of_cluster(subject));
    Some(complaint.help(shorten("the name of the cluster or of the datacenter", too_many)))
}

fn rack(subject: &Subject<'_>, place: &NestedRack<'_>) -> Option<Diagnostic> {
    let route = place.level().route();
    let stateful_set = names::stateful_set(&subject.topology.metadata.name, &place.datacenter.name, &place.rack.name);
    if label_fault(&place.rack.name).is_none() && stateful_set.len() > STATEFUL_SET_LENGTH {
        let lengths = lengths(stateful_set.len(), STATEFUL_SET_LENGTH);
        let message = format!("the name of the StatefulSet `{stateful_set}` has {lengths}");
        let datacenter = Level::Datacenter(place.datacenter_index).route().key("name");
        let complaint = RULE
            .complain(message, subject.value(route.key("name"), characters(&place.rack.name)))
            .label(subject.value(datacenter, characters(&place.datacenter.name)))
            .label(of_cluster(subject));
        let too_many = stateful_set.len() - STATEFUL_SET_LENGTH;
        return Some(complaint.help(shorten("the name of the cluster, the datacenter or the rack", too_many)));
    }
    let ring_name = place.rack.ring_name.as_deref()?;
    let value = names::label_value(ring_name);
    let too_many = value.len().checked_sub(LABEL_LENGTH + 1)? + 1;
    let message =
        format!("the value of the label `cassandra.datastax.com/rack` has {}", lengths(value.len(), LABEL_LENGTH));
    let at = subject.value(route.key("ringName"), characters(ring_name));
    Some(RULE.complain(message, at).help(shorten("`ringName`", too_many)))
}

fn of_cluster(subject: &Subject<'_>) -> Label {
    subject.value(Route::of("metadata.name"), characters(&subject.topology.metadata.name))
}

fn lengths(found: usize, allowed: usize) -> String {
    format!("{found} characters; {allowed} are allowed")
}

fn characters(text: &str) -> String {
    let count = text.chars().count();
    format!("{count} character{}", if count == 1 { "" } else { "s" })
}

fn shorten(what: &str, too_many: usize) -> String {
    let plural = if too_many == 1 { "" } else { "s" };
    format!("shorten {what} by {too_many} character{plural} or more")
}
