//! E301: `metadata.name` of a deployed cluster changed.

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E301",
    name: "cluster-renamed",
    summary: "`metadata.name` of a deployed cluster changed",
    explain: "\
All objects are named after the cluster, including the PVCs with the data. With a new name all objects are new: a second
ring is founded on empty volumes, and a delivery tool that prunes removes the first ring. Clients connect to a cluster
without data.

Write the deployed name. To rename a cluster, write a second topology with the new name as a further datacenter of the same
ring (`additionalSeeds`), rebuild it, move the clients, and decommission the old datacenter.",
};

pub(super) const FORCE: Force = Force::Never("with a new name all objects are new and all volumes are empty");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let (was, now) = (&transition.before.name, &transition.after.name);
    if was != now {
        let at = At::of(Scope::Cluster, "metadata.name", "name");
        let message = format!("`metadata.name` changed from `{was}` to `{now}`: all volumes would be new and empty");
        let complaint = transition.refuse(&RULE, message, at, "new name", format!("deployed: `{was}`"));
        let help = format!("write `name: {was}`; for a second cluster, write a second file");
        complaints.push(complaint.help(help));
    }
}
