//! E353: a small new datacenter that lowers the replication of the others without a word.

use cassc_wording::nodes;

use super::e350_nodes_below_replication::below_replication;
use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E353",
    name: "replication-follows",
    summary: "a small new datacenter would lower the replication of the system keyspaces everywhere",
    explain: "\
Where `replication.system` is not written, it is 3, or the number of nodes of the smallest datacenter if that is less. A new
datacenter of one node would take `system_auth` from three replicas to one in all datacenters: with one node down some users
could not log in anywhere.

Write `replication.system` as you want it. If it is the lower number, that says it; if not, the new datacenter needs as many
nodes.",
};

pub(super) const FORCE: Force = Force::Never("writing the number says the same");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let (was, now) = (transition.before.system_replication, transition.after.system_replication);
    let written = transition.subject.spec().replication.system.is_some();
    if written || now >= was || !below_replication(transition).is_empty() {
        return;
    }
    let with_nodes = transition.after.datacenters.iter().filter(|datacenter| datacenter.nodes() > 0);
    let Some(smallest) = with_nodes.min_by_key(|datacenter| datacenter.nodes()) else { return };
    // Where the smaller number was written, only what was written is gone.
    let at = At::of(Scope::Cluster, "replication.system", "systemReplication");
    let message = format!("the system keyspaces would fall from {was} replicas to {now}");
    let scope = Scope::Datacenter(&smallest.name);
    let label = format!("`{}` has {}, and the default follows the smallest", smallest.name, nodes(smallest.nodes()));
    let complaint = RULE.complain(message, transition.now(At::of(scope, "nodes", "nodes"), label));
    let was_at = transition.was(at, format!("{was} replicas deployed"));
    let help =
        format!("write `replication: {{system: {now}}}` if it is meant, or give `{}` {was} nodes", smallest.name);
    complaints.push(complaint.labels(was_at).help(help));
}
