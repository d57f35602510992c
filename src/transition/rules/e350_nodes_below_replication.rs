//! E350: fewer nodes than there are replicas.

use cassc_wording::nodes;

use crate::cluster::Datacenter;
use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Pair, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E350",
    name: "nodes-below-replication",
    summary: "a datacenter would have fewer nodes than the deployed system keyspaces have replicas",
    explain: "\
A keyspace with three replicas on two nodes loses its quorum as soon as one of them restarts; of `system_auth` that means that
nobody can log in. What counts is the replication that is deployed. The default of `replication.system` follows the number of
nodes, so a topology that never wrote it would lower it in the very change that takes the node away, and the node would
leave first.

Lower the replication in a commit of its own, with the nodes still there, and look at the keyspaces of your own as well;
then take the nodes away. A datacenter that leaves altogether (`nodes: 0`) is another story: E352.",
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
        let message = format!("`{}` would have {now} for {replication} replicas of the system keyspaces", after.name);
        let complaint = transition.refuse(&RULE, message, at, format!("{now} in all"), format!("{was} in all"));
        let written = At::of(Scope::Cluster, "replication.system", "systemReplication");
        let deployed = transition.was(written, format!("{replication} replicas deployed"));
        let help = format!("write `replication: {{system: {left}}}` in a commit of its own, before the nodes leave");
        complaints.push(complaint.labels(deployed).help(help));
    }
}

/// The datacenters that fall below the deployed replication and do not leave altogether.
pub(super) fn below_replication<'t>(transition: &Transition<'t>) -> Vec<Pair<'t, Datacenter>> {
    let replication = transition.before.system_replication;
    let falls = |Pair { before, after }: &Pair<'t, Datacenter>| {
        (1..before.nodes()).contains(&after.nodes()) && after.nodes() < replication
    };
    transition.datacenters().into_iter().filter(falls).collect()
}
