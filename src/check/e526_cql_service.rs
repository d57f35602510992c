//! E526: a service for CQL clients that the API server refuses, or that asks for what its type cannot do.

use super::written::cql_services;
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::endpoint::is_network;
use crate::kubernetes::syntax::is_label_key;
use crate::subject::Subject;
use crate::topology::{CqlService, CqlServiceType};

pub(super) const RULE: Rule = Rule {
    code: "E526",
    name: "cql-service",
    summary: "a field of the Service for CQL clients is invalid",
    explain: "\
`loadBalancerClass`, `loadBalancerSourceRanges` and `externalTrafficPolicy` belong to a Service of type `LoadBalancer`. The API
server refuses a class with a different type, and ranges that are not in CIDR notation.

Write `type: LoadBalancer` with these fields. A class is written like a label key, such as `example.com/internal`; a range
such as `10.0.0.0/8` or `2001:db8::/32`.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let of_cluster = subject.spec().services.cql.r#type;
    let services = cql_services(subject);
    let is_balanced = |cql: &CqlService| cql.r#type.or(of_cluster) == Some(CqlServiceType::LoadBalancer);
    for (index, (route, cql)) in services.iter().enumerate() {
        // What stands at the cluster may be meant for a datacenter.
        let balanced = is_balanced(cql) || index == 0 && services.iter().any(|(_, cql)| is_balanced(cql));
        complaints.extend(without_balancer(subject, cql, route).filter(|_| !balanced));
        if let Some(class) = cql.load_balancer_class.as_deref().filter(|class| !is_label_key(class)) {
            let message = format!("`{}` is not a valid load balancer class", class.escape_debug());
            let at = subject.value(route.key("loadBalancerClass"), "");
            complaints.push(RULE.complain(message, at).expected("a name such as `example.com/internal`"));
        }
        for (index, range) in cql.load_balancer_source_ranges.iter().flatten().enumerate() {
            if !is_network(range) {
                let at = subject.value(route.key("loadBalancerSourceRanges").index(index), "");
                let message = format!("`{}` is not a valid CIDR range", range.escape_debug());
                complaints
                    .push(RULE.complain(message, at).expected("an address and a prefix length, such as `10.0.0.0/8`"));
            }
        }
    }
}

fn without_balancer(subject: &Subject<'_>, cql: &CqlService, route: &Route) -> Option<Diagnostic> {
    let fields = [
        ("loadBalancerClass", cql.load_balancer_class.is_some()),
        ("loadBalancerSourceRanges", cql.load_balancer_source_ranges.is_some()),
        ("externalTrafficPolicy", cql.external_traffic_policy.is_some()),
    ];
    let (key, _) = fields.into_iter().find(|(_, written)| *written)?;
    let at = subject.key(route.key(key), "no load balancer");
    let complaint = RULE.complain(format!("`{key}` has no effect without `type: LoadBalancer`"), at);
    Some(complaint.help("add `type: LoadBalancer`, or remove it"))
}
