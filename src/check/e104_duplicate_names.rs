//! E104: two datacenters, or two racks of a datacenter, of the same name.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E104",
    name: "duplicate-names",
    summary: "two datacenters, or two racks of a datacenter, share a name",
    explain: "\
Kubernetes names and Cassandra's names (`ringName`) must each be unique: datacenters in the cluster, racks in their
datacenter. Two racks of one name would be one StatefulSet, and one of them would silently be lost; two datacenters of
one `ringName` would be one datacenter to Cassandra, with replicas placed as if it were.

Give each its own `name`, and its own `ringName` where you set one.",
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
            let message = format!("two {what}s are called `{name}`");
            let at = subject.value(route.key("name"), "and here");
            complaints.push(RULE.complain(message, at).label(subject.value(first, "here")));
        } else if let Some(first) = first_in_ring {
            let message = format!("two {what}s are called `{}` in Cassandra", ring_name.unwrap_or(name));
            let at = subject.value(ring_route, "and here");
            complaints.push(RULE.complain(message, at).label(subject.value(first, "here")));
        }
    }
}
