//! E119: an additional seed that is no address, or one of the topology's own nodes.

use std::collections::BTreeMap;
use std::net::IpAddr;

use cassc_ring::names;

use super::written::destination;
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::syntax::is_subdomain;
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E119",
    name: "additional-seed",
    summary: "an additional seed is no address, stands twice, or is one of the topology's own nodes",
    explain: "\
`additionalSeeds` are nodes that run elsewhere. They are written into the seed list of every node: an address that is
none stops Cassandra at its start, and a node that finds itself among the seeds joins the ring without its data. cassc
chooses the seeds among a topology's own nodes itself, and takes care of that.

Write IP addresses or DNS names of nodes of the other datacenters, without a port.",
};

/// The most addresses of an endpoint of an `EndpointSlice` (`maxAddresses` in Kubernetes'
/// `pkg/apis/discovery/validation`).
const MOST_SEEDS: usize = 100;
/// The domain of a Kubernetes cluster that names none.
const DEFAULT_DOMAIN: &str = "cluster.local";

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    if subject.spec().additional_seeds.len() > MOST_SEEDS {
        let message = format!("{} additional seeds are too many", subject.spec().additional_seeds.len());
        let at = subject.key(Route::of("spec.additionalSeeds"), "");
        complaints.push(RULE.complain(message, at).expected(format!("at most {MOST_SEEDS}; three per datacenter do")));
    }
    let mut first: BTreeMap<String, Route> = BTreeMap::new();
    for (index, seed) in subject.spec().additional_seeds.iter().enumerate() {
        let route = Route::of("spec.additionalSeeds").index(index);
        if let Some(service) = own(subject, seed) {
            let message = format!("the additional seed `{seed}` belongs to this very topology");
            let at = subject.value(route, format!("`{service}` is a service of this topology"));
            complaints.push(RULE.complain(message, at).help("remove it; the seeds among its own nodes are chosen"));
        } else if let Some(fault) = fault(seed) {
            let message = match seed.as_str() {
                "" => "an additional seed is empty".to_owned(),
                _ => format!("`{}` is not the address of a node", seed.escape_debug()),
            };
            let complaint = RULE.complain(message, subject.value(route, fault));
            complaints.push(complaint.expected("an IP address or a DNS name in lower case, without a port"));
        } else if let Some(other) = first.get(&canonical(seed)) {
            let complaint =
                RULE.complain(format!("the additional seed `{seed}` stands twice"), subject.value(route, ""));
            complaints
                .push(complaint.label(subject.value(other.clone(), "here already")).help("remove one of the two"));
        } else {
            first.insert(canonical(seed), route);
        }
    }
}

/// Two spellings of an IPv6 address are one address.
fn canonical(seed: &str) -> String {
    seed.parse::<IpAddr>().map_or_else(|_| seed.to_owned(), |address| address.to_string())
}

/// Addresses are held to what an `EndpointSlice` accepts (Kubernetes' `pkg/apis/discovery/validation`): names of two
/// parts at least, and addresses that do not mean the reader itself.
fn fault(seed: &str) -> Option<&'static str> {
    if let Ok(address) = seed.parse::<IpAddr>() {
        let link_local = match address {
            IpAddr::V4(address) => address.is_link_local(),
            IpAddr::V6(address) => address.is_unicast_link_local(),
        };
        return match address {
            _ if address.is_loopback() => Some("this is the loopback address of whoever reads it"),
            _ if address.is_unspecified() => Some("this address means none in particular"),
            _ if address.is_multicast() => Some("this is a multicast address"),
            _ if link_local => Some("this address is valid on one link only"),
            _ => None,
        };
    }
    let numeric = seed.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    match seed {
        "" => Some(""),
        "localhost" => Some("this is the loopback address of whoever reads it"),
        _ if seed.contains(':') => Some("a port, or an IPv6 address with an error"),
        _ if numeric => Some("an IPv4 address with an error"),
        _ if !is_subdomain(seed) => Some("not a DNS name"),
        _ if !seed.contains('.') => Some("a DNS name needs two parts at least here"),
        _ => None,
    }
}

/// The service of this topology that a seed names. Where several Kubernetes clusters are involved a name may be meant
/// for another one of them, and is left alone.
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
        let services = [
            names::seed_service(cluster),
            names::all_pods_service(cluster, &datacenter.name),
            names::cql_service(cluster, &datacenter.name),
            names::additional_seed_service(cluster, &datacenter.name),
            names::client_service(cluster, &datacenter.name),
            names::node_port_service(cluster, &datacenter.name),
        ];
        services.into_iter().find(|service| is_of_service(seed, service, namespace, domain))
    })
}

/// Whether a DNS name is that of a service, or of a pod below it, as far as it is written out.
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
    fn a_name_is_recognized_however_far_it_is_written_out() {
        let of = |name| is_of_service(name, "a-seed-service", Some("cass"), "cluster.local");
        assert!(of("a-seed-service") && of("a-seed-service.cass") && of("a-seed-service.cass.svc"));
        assert!(of("a-seed-service.cass.svc.cluster.local") && of("pod-0.a-seed-service.cass.svc"));
        assert!(!of("a-seed-service.other") && !of("b-a-seed-service") && !of("a-seed-service.cas"));
        assert!(!of("a-seed-service.cass.svc.other.domain") && !of("x.y.a-seed-service"));
        assert!(!is_of_service("a-seed-service.cass", "a-seed-service", None, "cluster.local"));
    }
}
