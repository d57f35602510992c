//! E350: fewer nodes than replicas.

use cassc_wording::nodes;

use crate::cluster::Datacenter;
use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Pair, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E350",
    name: "nodes-below-replication",
    summary: "a datacenter would have fewer nodes than the replication factor of its deployed system keyspaces",
    explain: "\
A keyspace with three replicas on two nodes loses its quorum as soon as one of them restarts. Without a quorum of
`system_auth` logins fail. The deployed replication factor counts: the default of `replication.system` follows the number of
nodes, so the same change that removes a node would lower it, and the node would leave first.

Lower the replication factor in a commit of its own, while all nodes are still there. Check your own keyspaces too. Then
remove the nodes. To remove all nodes of a datacenter (`nodes: 0`), see E352.",
};

pub(super) const FORCE: Force = Force::Never("two commits do the same safely");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let replication = transition.before.system_replication;
    for pair in below_replication(transition) {
        let Pair { before, after } = pair;
        let shrunk = after.racks.iter().find(|rack| before.rack(&rack.name).is_none_or(|it| rack.nodes < it.nodes));
        let Some(rack) = shrunk else { continue };
        let at = At::of(Scope::Rack(&after.name, &rack.name), "nodes", "nodes");
        let left = after.nodes();
        let (was, now) = (nodes(before.nodes()), nodes(left));
        let message = format!(
            "`{}` would have {now}, fewer than the replication factor {replication} of the system keyspaces",
            after.name
        );
        let complaint =
            transition.refuse(&RULE, message, at, format!("now {now} in total"), format!("deployed: {was} in total"));
        let written = At::of(Scope::Cluster, "replication.system", "systemReplication");
        let deployed = transition.was(written, format!("deployed: {replication} replicas"));
        let help = format!("write `replication: {{system: {left}}}` in a commit of its own, before the nodes leave");
        complaints.push(complaint.labels(deployed).help(help));
    }
}

/// The datacenters that keep some nodes, but fewer than the deployed replication factor.
pub(super) fn below_replication<'t>(transition: &Transition<'t>) -> Vec<Pair<'t, Datacenter>> {
    let replication = transition.before.system_replication;
    let falls = |Pair { before, after }: &Pair<'t, Datacenter>| {
        (1..before.nodes()).contains(&after.nodes()) && after.nodes() < replication
    };
    transition.datacenters().into_iter().filter(falls).collect()
}
