//! E101: a name that is not a DNS label.

use cassc_ring::ring_names::fault as ring_name_fault;
use serde_json::Value;

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::syntax::{LABEL_LENGTH, label_fault, nearest_label};
use crate::subject::Subject;
use crate::topology::merge::Level;

pub(super) const RULE: Rule = Rule {
    code: "E101",
    name: "name-not-a-label",
    summary: "a name is not a valid DNS label",
    explain: "\
The names of cluster, datacenters and racks become part of the names of objects and pods. Kubernetes requires DNS labels:
lower-case letters, digits and `-`, without `-` at the start or the end. Operators change a name until it is valid; then
`Rack.1` and `rack1` become one StatefulSet, and one of the racks is lost. cassc never changes a name.

Write a valid name. If Cassandra's name differs, write it in `clusterName` for the cluster, or in `ringName` for a
datacenter or a rack. The name of a cluster starts with a letter, because names of services do.",
};

/// The field for Cassandra's own name of the same thing.
#[derive(Clone, Copy)]
enum OwnName {
    /// Cassandra has no name for it.
    None,
    /// This field, which the topology does not use yet.
    Free(&'static str),
    /// The topology uses the field already.
    Written,
}

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let metadata = &subject.topology.metadata;
    let own = |field, written: bool| if written { OwnName::Written } else { OwnName::Free(field) };
    let cluster_name = own("clusterName", subject.spec().cluster_name.is_some());
    let mut judge = |what: &str, name: &str, route: Route, own_name: OwnName| {
        let length_matters = matches!(own_name, OwnName::None);
        let fault = fault(what, name, length_matters);
        complaints.extend(fault.map(|fault| complaint(subject, what, name, &fault, &route, own_name)));
    };
    judge("cluster", &metadata.name, Route::of("metadata.name"), cluster_name);
    if let Some(namespace) = &metadata.namespace {
        judge("namespace", namespace, Route::of("metadata.namespace"), OwnName::None);
    }
    for (index, datacenter) in subject.spec().datacenters.iter().enumerate() {
        let route = Level::Datacenter(index).route();
        judge("datacenter", &datacenter.name, route.key("name"), own("ringName", datacenter.ring_name.is_some()));
        if let Some(namespace) = &datacenter.namespace {
            judge("namespace", namespace, route.key("namespace"), OwnName::None);
        }
        if let Some(kube_cluster) = &datacenter.kube_cluster {
            judge("Kubernetes cluster", kube_cluster, route.key("kubeCluster"), OwnName::None);
        }
    }
    for place in &subject.racks {
        let own_name = own("ringName", place.rack.ring_name.is_some());
        judge("rack", &place.rack.name, place.level().route().key("name"), own_name);
    }
}

/// E102 checks the length of names that become part of object names.
fn fault(what: &str, name: &str, length_matters: bool) -> Option<String> {
    let too_long = || {
        let longer = length_matters && name.len() > LABEL_LENGTH;
        longer.then(|| format!("{} characters, {LABEL_LENGTH} are allowed", name.len()))
    };
    let first = || {
        let digit = what == "cluster" && name.starts_with(|c: char| c.is_ascii_digit());
        digit.then(|| "starts with a digit".to_owned())
    };
    label_fault(name).or_else(first).or_else(too_long)
}

fn complaint(
    subject: &Subject<'_>,
    what: &str,
    name: &str,
    fault: &str,
    route: &Route,
    own_name: OwnName,
) -> Diagnostic {
    let message = match name {
        "" => format!("the name of a {what} is empty"),
        _ => format!("`{}` is not a valid name of a {what}", name.escape_debug()),
    };
    let words = if name.is_empty() { "" } else { fault };
    let complaint = RULE.complain(message, subject.value(route.clone(), words)).expected(form(what));
    let nearest = nearest_label(name).map(|nearest| if what == "cluster" { lettered(&nearest) } else { nearest });
    let field = route.last_key().unwrap_or("name");
    match (nearest, own_name) {
        _ if label_fault(name).is_none() && name.len() > LABEL_LENGTH => complaint,
        (Some(nearest), OwnName::Free(own))
            if ring_name_fault(if own == "clusterName" { own } else { what }, name).is_none() =>
        {
            let as_written = Value::from(name);
            complaint.help(format!("write `{field}: {nearest}`, and `{own}: {as_written}` for Cassandra's own name"))
        }
        (Some(nearest), _) => complaint.help(format!("write `{field}: {nearest}`")),
        (None, _) => complaint,
    }
}

fn form(what: &str) -> &'static str {
    match what {
        "cluster" => "lower-case letters, digits and `-`, starting with a letter",
        _ => "at most 63 lower-case letters, digits and `-`, without `-` at the start or the end",
    }
}

fn lettered(label: &str) -> String {
    if label.starts_with(|c: char| c.is_ascii_digit()) { format!("c{label}") } else { label.to_owned() }
}
