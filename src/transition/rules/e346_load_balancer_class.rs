//! E346: another class for a load balancer that exists.

use crate::cluster::{CqlService, Datacenter};
use crate::diagnostic::{Diagnostic, Rule};
use crate::topology::CqlServiceType;
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E346",
    name: "load-balancer-class-changed",
    summary: "the class of a load balancer that exists changed",
    explain: "\
The API server refuses another `loadBalancerClass` for a service that is a load balancer already. Who applies the change
fails at this service, at every attempt.

Write the class that it was. To change it, remove `services.cql.type` in one commit, which removes the service and its
address, and write it with the new class in the next.",
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
        let complaint = transition.refuse(&RULE, message, at, format!("now {}", shown(now)), "what it was");
        complaints.push(complaint.help("write the class that it was; `cassc explain E346` tells how to change it"));
    }
}

fn is_balanced(cql: &CqlService) -> bool {
    cql.service_type == Some(CqlServiceType::LoadBalancer)
}
