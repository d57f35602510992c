//! E346: another class for a load balancer that exists.

use crate::cluster::{CqlService, Datacenter};
use crate::diagnostic::{Diagnostic, Rule};
use crate::topology::CqlServiceType;
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E346",
    name: "load-balancer-class-changed",
    summary: "`loadBalancerClass` of a deployed load balancer changed (it is immutable)",
    explain: "\
`loadBalancerClass` of a Service of type `LoadBalancer` is immutable. The API server refuses the Service at every apply.

Write the deployed class. To change it, remove `services.cql.type` in one commit, which deletes the Service and its address.
Add it with the new class in the next commit.",
};

pub(super) const FORCE: Force = Force::Never("the API server refuses the Service");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let class = |datacenter: &Datacenter| {
        let of = |cql: &CqlService| Some(cql.load_balancer_class.clone()).filter(|_| is_balanced(cql));
        datacenter.cql_service.as_ref().and_then(of)
    };
    for change in transition.changed_datacenters(class) {
        let (Some(was), Some(now)) = (&change.before, &change.after) else { continue };
        let shown = |class: &Option<String>| class.as_ref().map_or("no class".to_owned(), |class| format!("`{class}`"));
        let at = change.at("services.cql.loadBalancerClass", "cqlService.loadBalancerClass");
        let message = format!("the load balancer of {} has {}, which never changes", change.whose(), shown(was));
        let complaint = transition.refuse(&RULE, message, at, format!("now {}", shown(now)), "deployed");
        complaints.push(complaint.help("write the deployed class; to change it, see `cassc explain E346`"));
    }
}

fn is_balanced(cql: &CqlService) -> bool {
    cql.service_type == Some(CqlServiceType::LoadBalancer)
}
