//! E605: an invalid DNS domain of the Kubernetes cluster.

use cassc_ring::names;

use super::written::destination;
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::syntax::{SUBDOMAIN_LENGTH, is_subdomain};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E605",
    name: "domain",
    summary: "`kubernetes.domain` is not a valid DNS name",
    explain: "\
Nodes find each other by DNS names that end with this domain, such as `….svc.cluster.local`. If the names do not resolve, nodes
do not find their seeds and do not start.

Write the `clusterDomain` of the kubelets without a leading or trailing dot; the default is `cluster.local`. A fully qualified
name has at most 253 characters.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(domain) = subject.spec().kubernetes.domain.as_deref() else { return };
    let at = subject.value(Route::of("spec.kubernetes.domain"), "");
    if !is_subdomain(domain) {
        let message = match domain {
            "" => "`kubernetes.domain` is empty".to_owned(),
            _ => format!("`{}` is not a valid domain", domain.escape_debug()),
        };
        let complaint = RULE.complain(message, at).expected("a DNS name such as `cluster.local`");
        let repaired = domain.trim().trim_matches('.').to_lowercase();
        complaints.push(if is_subdomain(&repaired) {
            complaint.help(format!("write `domain: {repaired}`"))
        } else {
            complaint
        });
        return;
    }
    let longest = complete_names(subject, domain).into_iter().max_by_key(String::len).unwrap_or_default();
    if longest.len() > SUBDOMAIN_LENGTH {
        let message = format!("the fully qualified name of a pod would have {} characters", longest.len());
        complaints.push(RULE.complain(message, at).expected(format!("at most {SUBDOMAIN_LENGTH}")));
    }
}

/// The fully qualified name of the last pod of each rack.
fn complete_names(subject: &Subject<'_>, domain: &str) -> Vec<String> {
    let cluster = &subject.topology.metadata.name;
    let names = subject.racks.iter().map(|place| {
        let last = subject.nodes_of(place).saturating_sub(1);
        let datacenter = &place.datacenter.name;
        let pod = names::pod(&names::stateful_set(cluster, datacenter, &place.rack.name), last);
        let (_, namespace) = destination(subject, place.datacenter);
        names::in_service(&pod, &names::all_pods_service(cluster, datacenter), namespace, domain)
    });
    names.collect()
}
