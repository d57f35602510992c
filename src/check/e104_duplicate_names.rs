//! E104: two datacenters, or two racks of a datacenter, with the same name.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E104",
    name: "duplicate-names",
    summary: "two datacenters, or two racks of a datacenter, have the same name",
    explain: "\
The names in Kubernetes (`name`) and in Cassandra (`ringName`) must be unique: of datacenters in the cluster, of racks in
their datacenter. Two racks with the same name would be one StatefulSet, and one of the racks would be lost. Two datacenters
with the same `ringName` would be one datacenter for Cassandra and for the placement of replicas.

Give each datacenter and each rack a unique `name`, and a unique `ringName` if you set one.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let datacenters = &subject.spec().datacenters;
    let routes = (0..datacenters.len()).map(|index| Route::of("spec.datacenters").index(index));
    let names = datacenters.iter().map(|it| (it.name.as_str(), it.ring_name.as_deref())).zip(routes);
    unique(subject, "datacenter", names, complaints);
    for (index, datacenter) in datacenters.iter().enumerate() {
        let routes = subject.racks_of(index).map(|place| place.level().route());
        let names = datacenter.racks.iter().map(|it| (it.name.as_str(), it.ring_name.as_deref())).zip(routes);
        unique(subject, "rack", names, complaints);
    }
}

fn unique<'n>(
    subject: &Subject<'_>,
    what: &str,
    names: impl Iterator<Item = ((&'n str, Option<&'n str>), Route)>,
    complaints: &mut Vec<Diagnostic>,
) {
    let mut by_name: BTreeMap<&str, Route> = BTreeMap::new();
    let mut by_ring_name: BTreeMap<&str, Route> = BTreeMap::new();
    for ((name, ring_name), route) in names {
        let ring_route = route.key(if ring_name.is_some() { "ringName" } else { "name" });
        let first = by_name.insert(name, route.key("name"));
        let first_in_ring = by_ring_name.insert(ring_name.unwrap_or(name), ring_route.clone());
        if let Some(first) = first {
            let message = format!("two {what}s have the name `{name}`");
            let at = subject.value(route.key("name"), "used twice");
            let complaint = RULE.complain(message, at).label(subject.value(first, "first use"));
            complaints.push(complaint.help("rename one of the two"));
        } else if let Some(first) = first_in_ring {
            let message = format!("two {what}s have the name `{}` in Cassandra", ring_name.unwrap_or(name));
            let at = subject.value(ring_route, "used twice");
            let complaint = RULE.complain(message, at).label(subject.value(first, "first use"));
            complaints.push(complaint.help("write a different `ringName` for one of the two"));
        }
    }
}
