//! E353: a small new datacenter silently lowers the replication factor in all datacenters.

use cassc_ring::facts::lowers_replication;
use cassc_wording::nodes;

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E353",
    name: "replication-follows",
    summary: "a small new datacenter would lower the replication factor of the system keyspaces in all datacenters",
    explain: "\
The default of `replication.system` is 3, or the number of nodes of the smallest datacenter if that is lower. A new
datacenter with one node would reduce `system_auth` from three replicas to one in all datacenters. Then one node that is
down is enough to make logins fail.

Write the `replication.system` that you want. If you want the higher number, the new datacenter needs that many nodes.",
};

pub(super) const FORCE: Force = Force::Never("write the number in `replication.system` instead");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let (was, now) = (transition.before.system_replication, transition.after.system_replication);
    let written = transition.subject.spec().replication.system.is_some();
    let smallest = lowers_replication(&transition.rings.0, &transition.rings.1).filter(|_| !written);
    let Some(smallest) = smallest.map(|position| &transition.after.datacenters[position]) else { return };
    // The deployed number may have been written, and this change removes it.
    let at = At::of(Scope::Cluster, "replication.system", "systemReplication");
    let message = format!("the replication factor of the system keyspaces would drop from {was} to {now}");
    let scope = Scope::Datacenter(&smallest.name);
    let label = format!("smallest datacenter: {}", nodes(smallest.nodes()));
    let complaint = RULE.complain(message, transition.label_after(At::of(scope, "nodes", "nodes"), label));
    let was_at = transition.label_before(at, format!("deployed: {was} replicas"));
    let help = format!(
        "give `{}` {was} nodes, or write `replication: {{system: {now}}}` to accept the lower number",
        smallest.name
    );
    complaints.push(complaint.labels(was_at).help(help));
}
