//! E350: fewer nodes than replicas.

use cassc_ring::facts::{below_replication, shrunk_rack};
use cassc_wording::nodes;

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
    let below: Vec<&str> =
        below_replication(&transition.rings.0, &transition.rings.1).into_iter().map(|pair| pair.name).collect();
    for (Pair { before, after }, ring) in transition.ring_pairs() {
        let shrunk = shrunk_rack(ring).map(|position| &after.racks[position]);
        let Some(rack) = shrunk.filter(|_| below.contains(&ring.name)) else { continue };
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
        let deployed = transition.label_before(written, format!("deployed: {replication} replicas"));
        let help = format!("write `replication: {{system: {left}}}` in a commit of its own, before the nodes leave");
        complaints.push(complaint.labels(deployed).help(help));
    }
}
