//! E313: several datacenters were removed in one change.

use cassc_ring::facts::{Removed, removed_datacenters};
use cassc_wording::quoted;

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E313",
    name: "several-datacenters-removed",
    summary: "several datacenters were removed in one change",
    explain: "\
Several datacenters are rarely removed on purpose: the list may be cut off, or a merge went wrong. CassKop allows one at a
time too.

Remove one datacenter per commit. If all of them have `nodes: 0` and the removal is intended, accept E313 with that as the
reason. A datacenter with nodes is refused by E312.",
};

pub(super) const FORCE: Force = Force::WithReason;

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let removed = removed_datacenters(&transition.rings.0, &transition.rings.1);
    if removed.len() > 1 {
        let name = |gone: &Removed| transition.before.datacenters[gone.position].name.as_str();
        let names: Vec<&str> = removed.iter().map(name).collect();
        let message = format!("the datacenters {} were removed in one change", quoted(&names));
        let at = transition.label_after(At::of(Scope::Cluster, "datacenters", "datacenters"), "not in this list");
        let was =
            names.iter().filter_map(|name| transition.label_before(At::name(Scope::Datacenter(name)), "deployed here"));
        complaints.push(RULE.complain(message, at).labels(was).help("remove one datacenter per commit"));
    }
}
