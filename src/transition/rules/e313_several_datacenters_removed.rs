//! E313: several datacenters removed at once.

use cassc_wording::quoted;

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E313",
    name: "several-datacenters-removed",
    summary: "more than one datacenter is gone at once",
    explain: "\
A list that lost its end, a merge that went wrong: several datacenters rarely vanish on purpose. CassKop takes one at a
time too.

Remove them one commit after the other. If all have `nodes: 0` and it is meant, accept the code and say so as the reason; a
datacenter with nodes is E312.",
};

pub(super) const FORCE: Force = Force::WithReason;

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let removed = transition.removed_datacenters();
    if removed.len() > 1 {
        let names: Vec<&str> = removed.iter().map(|datacenter| datacenter.name.as_str()).collect();
        let message = format!("the datacenters {} are gone at once", quoted(&names));
        let complaint = RULE
            .complain(message, transition.now(At::of(Scope::Cluster, "datacenters", "datacenters"), "one at a time"));
        let was = names.iter().filter_map(|name| transition.was(At::name(Scope::Datacenter(name)), "was here"));
        complaints.push(complaint.labels(was).help("remove them one commit after the other"));
    }
}
