//! W527: a load balancer in front of a cluster that lets everybody in.

use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;
use crate::topology::merge::Level;
use crate::topology::{Authenticator, CqlServiceType};

pub(super) const RULE: Rule = Rule {
    code: "W527",
    name: "open-load-balancer",
    summary: "a load balancer exposes a cluster without authentication",
    explain: "\
Many load balancers are public. With `auth.authenticator: AllowAll` all clients that reach the load balancer can read and
delete all data.

Write `auth.authenticator: Password`, or limit the networks with `loadBalancerSourceRanges`. Accept the warning if an annotation
makes the load balancer internal.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let spec = subject.spec();
    if spec.auth.authenticator != Authenticator::AllowAll {
        return;
    }
    let of_cluster = &spec.services.cql;
    let mut told_of_cluster = false;
    for (index, datacenter) in spec.datacenters.iter().enumerate() {
        let own = &datacenter.services.cql;
        let ranges = own.load_balancer_source_ranges.as_ref().or(of_cluster.load_balancer_source_ranges.as_ref());
        let is_balanced = own.r#type.or(of_cluster.r#type) == Some(CqlServiceType::LoadBalancer);
        if !is_balanced || ranges.is_some_and(|ranges| !ranges.is_empty()) {
            continue;
        }
        let level = if own.r#type.is_some() { Level::Datacenter(index) } else { Level::Cluster };
        if level == Level::Cluster && std::mem::replace(&mut told_of_cluster, true) {
            continue;
        }
        let at = subject.value(level.route().key("services").key("cql").key("type"), "all networks");
        let message = "the load balancer exposes CQL without authentication: `auth.authenticator` is `AllowAll`";
        complaints
            .push(RULE.complain(message, at).help("add `loadBalancerSourceRanges: [10.0.0.0/8]` with your networks"));
    }
}
