//! E312: a deployed datacenter with nodes was removed or renamed.

use cassc_ring::facts::removed_datacenters;
use cassc_wording::nodes;

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E312",
    name: "datacenter-removed",
    summary: "a datacenter with nodes was removed or renamed",
    explain: "\
All pods of the datacenter would be deleted at once. Its nodes are not decommissioned and stay DN in the ring: writes at
EACH_QUORUM fail, and rows with replicas only in this datacenter are lost. CassKop refuses this change too. Renaming a
datacenter removes it and adds a new one.

First alter every keyspace so that the datacenter has no replicas, and move the clients. Then write `nodes: 0` for it and
decommission its nodes (E352). Remove it in a later commit. The PVCs stay until you delete them.",
};

pub(super) const FORCE: Force = Force::Never("its nodes must be decommissioned first");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    for gone in removed_datacenters(&transition.rings.0, &transition.rings.1) {
        let datacenter = &transition.before.datacenters[gone.position];
        if datacenter.nodes() == 0 {
            continue;
        }
        let name = &datacenter.name;
        let nodes = nodes(datacenter.nodes());
        let message = format!("the datacenter `{name}` was removed: its {nodes} would stay DN in the ring");
        let was = transition.label_before(At::name(Scope::Datacenter(name)), "deployed here");
        let (complaint, help) = match gone.instead.map(|position| &transition.after.datacenters[position]) {
            Some(instead) => {
                let at =
                    transition.label_after(At::name(Scope::Datacenter(&instead.name)), format!("`{name}` renamed?"));
                (RULE.complain(message, at), format!("write `name: {name}`; a deployed datacenter cannot be renamed"))
            }
            None => {
                let at =
                    transition.label_after(At::of(Scope::Cluster, "datacenters", "datacenters"), "not in this list");
                (
                    RULE.complain(message, at),
                    format!("add `{name}` again with `nodes: 0`, and remove it in a later commit"),
                )
            }
        };
        complaints.push(complaint.labels(was).help(help));
    }
}
