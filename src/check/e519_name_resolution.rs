//! E519: pods that would not find each other by name, or names that the API server refuses.

use std::collections::BTreeMap;
use std::net::IpAddr;

use k8s_openapi::api::core::v1::{HostAlias, PodDNSConfig};

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::syntax::is_subdomain;
use crate::subject::{PodAt, Subject};
use crate::topology::DnsPolicy;

pub(super) const RULE: Rule = Rule {
    code: "E519",
    name: "name-resolution",
    summary: "the DNS settings of the pods do not work",
    explain:
        "\
Nodes find each other by the DNS names of their pods. The name servers of a worker do not resolve these names. They are used
with `dnsPolicy: Default`, and with `ClusterFirst` on the host network. An alias in `/etc/hosts` hides a DNS name. In these
cases the gate waits forever.

Remove `dnsPolicy`. To add name servers, write `dnsConfig`. With `dnsPolicy: None` these name servers must resolve the names of
the Kubernetes cluster. An alias needs a unique IP address and DNS names outside the cluster's domain.",
};

/// After `validatePodDNSConfig` in Kubernetes' `pkg/apis/core/validation`.
const MOST_NAMESERVERS: usize = 3;
const MOST_SEARCHES: usize = 32;
const LONGEST_SEARCHES: usize = 2048;

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for pod in subject.pods() {
        of_pod(subject, pod, complaints);
    }
}

fn of_pod(subject: &Subject<'_>, at: &PodAt<'_>, complaints: &mut Vec<Diagnostic>) {
    complaints.extend(policy_fault(subject, at));
    if let Some(config) = &at.pod.dns_config {
        complaints.extend(config_faults(subject, config, &at.route("dnsConfig")));
    }
    let mut seen: BTreeMap<&str, Route> = BTreeMap::new();
    for (index, alias) in at.pod.host_aliases.iter().flatten().enumerate() {
        let route = at.route("hostAliases").index(index);
        complaints.extend(alias_faults(subject, alias, &route));
        if let Some(other) = seen.insert(&alias.ip, route.key("ip")) {
            let message = format!("two aliases have the IP address `{}`", alias.ip.escape_debug());
            let complaint = RULE.complain(message, subject.value(route.key("ip"), "used twice"));
            complaints
                .push(complaint.label(subject.value(other, "first use")).help("write all `hostnames` in one entry"));
        }
    }
}

fn policy_fault(subject: &Subject<'_>, at: &PodAt<'_>) -> Option<Diagnostic> {
    let pod = &at.pod;
    let complain = |message: &str, words: &str| RULE.complain(message, subject.value(at.route("dnsPolicy"), words));
    let config = pod.dns_config.clone().unwrap_or_default();
    match pod.dns_policy? {
        DnsPolicy::Default => {
            let complaint =
                complain("the name servers of the workers do not resolve the names of the pods", "wrong name servers");
            Some(complaint.help("remove `dnsPolicy`; to add name servers or search domains, write `dnsConfig`"))
        }
        DnsPolicy::ClusterFirst if pod.host_network == Some(true) => {
            let message = "with `hostNetwork` the pods use the name servers of the worker";
            let complaint = complain(message, "wrong name servers");
            Some(complaint.help("remove it, or write `ClusterFirstWithHostNet`"))
        }
        DnsPolicy::None if config.nameservers.iter().flatten().next().is_none() => {
            let complaint = complain("the pods have no name server", "no name server");
            Some(complaint.help(
                "add `dnsConfig: {nameservers: […]}` with servers that resolve the names of the Kubernetes cluster",
            ))
        }
        DnsPolicy::None if config.searches.iter().flatten().next().is_none() && lacks_namespace(subject) => {
            let complaint = complain("the names of the pods need a search domain", "");
            Some(complaint.help("write `metadata.namespace`, or `searches` in `dnsConfig`"))
        }
        DnsPolicy::ClusterFirst | DnsPolicy::ClusterFirstWithHostNet | DnsPolicy::None => None,
    }
}

fn lacks_namespace(subject: &Subject<'_>) -> bool {
    let datacenters = &subject.spec().datacenters;
    subject.topology.metadata.namespace.is_none() && datacenters.iter().any(|it| it.namespace.is_none())
}

fn config_faults(subject: &Subject<'_>, config: &PodDNSConfig, route: &Route) -> Vec<Diagnostic> {
    let mut complaints = Vec::new();
    let mut too_many = |key: &str, count: usize, most: usize| {
        let message = format!("`{key}` has {count} entries");
        let complaint = RULE.complain(message, subject.value(route.key(key), ""));
        (count > most).then(|| complaints.push(complaint.expected(format!("at most {most}"))));
    };
    let count = |list: &Option<Vec<String>>| list.iter().flatten().count();
    too_many("nameservers", count(&config.nameservers), MOST_NAMESERVERS);
    too_many("searches", count(&config.searches), MOST_SEARCHES);
    for (index, server) in config.nameservers.iter().flatten().enumerate() {
        complaints.extend(address_fault(subject, server, route.key("nameservers").index(index)));
    }
    for (index, search) in config.searches.iter().flatten().enumerate() {
        let domain = search.strip_suffix('.').unwrap_or(search).replace('_', "-");
        if search != "." && !is_subdomain(&domain) {
            let at = subject.value(route.key("searches").index(index), "");
            let message = format!("`{}` is not a valid search domain", search.escape_debug());
            complaints.push(RULE.complain(message, at).expected("a DNS name such as `example.com`"));
        }
    }
    if config.searches.as_deref().unwrap_or_default().join(" ").len() > LONGEST_SEARCHES {
        let at = subject.value(route.key("searches"), "");
        let complaint = RULE.complain("the search domains are too long", at);
        complaints.push(complaint.expected(format!("at most {LONGEST_SEARCHES} characters in total")));
    }
    for (index, option) in config.options.iter().flatten().enumerate() {
        if option.name.as_deref().is_none_or(str::is_empty) {
            let at = subject.value(route.key("options").index(index), "");
            complaints.push(RULE.complain("a DNS option has no name", at).expected("`name: ndots`"));
        }
    }
    complaints
}

fn address_fault(subject: &Subject<'_>, written: &str, route: Route) -> Option<Diagnostic> {
    let complain = || {
        let message = format!("`{}` is not a valid IP address", written.escape_debug());
        RULE.complain(message, subject.value(route, ""))
    };
    written.parse::<IpAddr>().is_err().then(complain)
}

fn alias_faults(subject: &Subject<'_>, alias: &HostAlias, route: &Route) -> Vec<Diagnostic> {
    let mut complaints: Vec<Diagnostic> = address_fault(subject, &alias.ip, route.key("ip")).into_iter().collect();
    let names = alias.hostnames.as_deref().unwrap_or_default();
    if names.is_empty() {
        let at = subject.value(route.clone(), "");
        complaints.push(RULE.complain("an alias has no name", at).expected("`hostnames: [ldap.example.com]`"));
    }
    let domain = subject.spec().kubernetes.domain.as_deref().unwrap_or("cluster.local");
    for (index, name) in names.iter().enumerate() {
        let at = subject.value(route.key("hostnames").index(index), "");
        if !is_subdomain(name) {
            let message = format!("`{}` is not a valid DNS name", name.escape_debug());
            complaints.push(RULE.complain(message, at).expected("lower-case letters, digits, `-` and `.`"));
        } else if name == "localhost"
            || name.ends_with(&format!(".svc.{domain}"))
            || name.rsplit_once('.').is_some_and(|(_, last)| last == "svc")
        {
            let message = format!("the alias hides the existing name `{name}`");
            complaints.push(RULE.complain(message, at).help("use a different name, or remove the alias"));
        }
    }
    complaints
}
