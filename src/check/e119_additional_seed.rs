//! E119: an additional seed that is not a valid address, or belongs to the same topology.

use std::collections::BTreeMap;
use std::net::IpAddr;

use cassc_ring::names;

use super::written::destination;
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::endpoint::{MOST_ADDRESSES, fault};
use crate::subject::Subject;
use crate::topology::Datacenter;
use crate::topology::merge::Level;

pub(super) const RULE: Rule = Rule {
    code: "E119",
    name: "additional-seed",
    summary: "an additional seed is invalid, a duplicate, or a node of the same topology",
    explain: "\
`additionalSeeds` are nodes outside this topology. They are added to the seed list of every node. Cassandra does not start
with an invalid address, and a node that is its own seed joins the ring without streaming its data. cassc chooses the seeds
of the topology's own nodes itself and avoids that.

`reachableSeeds` of a datacenter are its own nodes, as other Kubernetes clusters reach them: they are additional seeds of the
datacenters there, and of no other. Without another Kubernetes cluster nobody would read them.

Write IP addresses or DNS names of nodes in the other datacenters, without a port.",
};

/// The default of `kubernetes.domain`.
const DEFAULT_DOMAIN: &str = "cluster.local";

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    complaints.extend(too_many(subject));
    complaints.extend(unread(subject));
    let mut first: BTreeMap<String, Route> = BTreeMap::new();
    for (route, seed) in written(subject) {
        if let Some(service) = own(subject, seed) {
            let message = format!("the additional seed `{seed}` belongs to this topology");
            let at = subject.value(route, format!("service `{service}`"));
            let help = "remove it; cassc chooses the seeds of the topology's own nodes";
            complaints.push(RULE.complain(message, at).help(help));
        } else if let Some(fault) = fault(seed) {
            let message = match seed.as_str() {
                "" => "an additional seed is empty".to_owned(),
                _ => format!("`{}` is not a valid address of a node", seed.escape_debug()),
            };
            let complaint = RULE.complain(message, subject.value(route, fault));
            complaints.push(complaint.expected("an IP address or a DNS name in lower case, without a port"));
        } else if let Some(other) = first.get(&canonical(seed)) {
            let complaint =
                RULE.complain(format!("duplicate additional seed `{seed}`"), subject.value(route, "duplicate"));
            complaints.push(complaint.label(subject.value(other.clone(), "first here")).help("remove one of the two"));
        } else {
            first.insert(canonical(seed), route);
        }
    }
}

/// All seeds with their places: those of the cluster, then those of each datacenter.
fn written<'t>(subject: &Subject<'t>) -> impl Iterator<Item = (Route, &'t String)> + use<'t> {
    let of_list =
        |route: Route, list: &'t [String]| list.iter().enumerate().map(move |(index, seed)| (route.index(index), seed));
    let spec = subject.spec();
    let datacenters = spec.datacenters.iter().enumerate();
    let own = datacenters.flat_map(move |(index, it)| of_list(reachable(index), &it.reachable_seeds));
    of_list(Route::of("spec.additionalSeeds"), &spec.additional_seeds).chain(own)
}

fn reachable(datacenter: usize) -> Route {
    Level::Datacenter(datacenter).route().key("reachableSeeds")
}

/// One Kubernetes cluster has them all but its own; that of the datacenter without any has the most.
fn too_many(subject: &Subject<'_>) -> Option<Diagnostic> {
    let spec = subject.spec();
    let of_cluster = spec.additional_seeds.len();
    let count = of_cluster + spec.datacenters.iter().map(|it| it.reachable_seeds.len()).sum::<usize>();
    let (route, what) = match of_cluster {
        0 => (reachable(spec.datacenters.iter().position(|it| !it.reachable_seeds.is_empty())?), "`reachableSeeds`"),
        _ => (Route::of("spec.additionalSeeds"), "`additionalSeeds`"),
    };
    (count > MOST_ADDRESSES).then(|| {
        let complaint = RULE.complain(format!("{what} has {count} entries"), subject.key(route, "too many"));
        complaint.expected(format!("at most {MOST_ADDRESSES}")).help("keep three nodes per datacenter")
    })
}

/// Seeds for other Kubernetes clusters where there are none.
fn unread(subject: &Subject<'_>) -> Vec<Diagnostic> {
    let datacenters = &subject.spec().datacenters;
    let is_alone = |own: &Datacenter| datacenters.iter().all(|other| other.kube_cluster == own.kube_cluster);
    let alone = datacenters.iter().enumerate().filter(|(_, it)| !it.reachable_seeds.is_empty() && is_alone(it));
    let complaint = |(index, _)| {
        let message = "`reachableSeeds` are for other Kubernetes clusters, and this topology has none";
        let complaint = RULE.complain(message, subject.key(reachable(index), "not read"));
        complaint.help("remove it, or write `kubeCluster` in the datacenters; nodes outside of this topology are `spec.additionalSeeds`")
    };
    alone.map(complaint).collect()
}

/// Two spellings of an IPv6 address are one address.
fn canonical(seed: &str) -> String {
    seed.parse::<IpAddr>().map_or_else(|_| seed.to_owned(), |address| address.to_string())
}

/// The Service of this topology that a seed names. With several Kubernetes clusters the name may belong to a different one,
/// so nothing is reported.
fn own(subject: &Subject<'_>, seed: &str) -> Option<String> {
    let cluster = &subject.topology.metadata.name;
    let datacenters = &subject.spec().datacenters;
    let kube_cluster = &datacenters.first()?.kube_cluster;
    if datacenters.iter().any(|datacenter| datacenter.kube_cluster != *kube_cluster) {
        return None;
    }
    let domain = subject.spec().kubernetes.domain.as_deref().unwrap_or(DEFAULT_DOMAIN);
    datacenters.iter().find_map(|datacenter| {
        let (_, namespace) = destination(subject, datacenter);
        let of_cluster = names::of_cluster(cluster).into_iter();
        let always = of_cluster.chain(names::of_datacenter(cluster, &datacenter.name));
        let maybe = [names::of_clients, names::of_node_port].map(|of| of(cluster, &datacenter.name));
        let mut services = always.chain(maybe.into_iter().flatten()).filter(|(kind, _)| *kind == "Service");
        let own = services.find(|(_, service)| is_of_service(seed, service, namespace, domain));
        own.map(|(_, service)| service)
    })
}

/// Whether a DNS name, short or fully qualified, is that of a service or of a pod of it.
fn is_of_service(name: &str, service: &str, namespace: Option<&str>, domain: &str) -> bool {
    let below = name.split_once('.').map(|(_, rest)| rest);
    let full = namespace.map(|namespace| format!("{service}.{namespace}.svc.{domain}"));
    let is = |candidate: &str| {
        candidate == service
            || full.as_deref().is_some_and(|full| {
                let starts_there = candidate.starts_with(&format!("{service}."));
                starts_there
                    && full.strip_prefix(candidate).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
            })
    };
    is(name) || below.is_some_and(is)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_fully_qualified_names_of_a_service_are_recognized() {
        let of = |name| is_of_service(name, "a-seed-service", Some("cass"), "cluster.local");
        assert!(of("a-seed-service") && of("a-seed-service.cass") && of("a-seed-service.cass.svc"));
        assert!(of("a-seed-service.cass.svc.cluster.local") && of("pod-0.a-seed-service.cass.svc"));
        assert!(!of("a-seed-service.other") && !of("b-a-seed-service") && !of("a-seed-service.cas"));
        assert!(!of("a-seed-service.cass.svc.other.domain") && !of("x.y.a-seed-service"));
        assert!(!is_of_service("a-seed-service.cass", "a-seed-service", None, "cluster.local"));
    }
}
