//! E301: a deployed cluster with another name in Kubernetes.

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E301",
    name: "cluster-renamed",
    summary: "a deployed cluster has another `metadata.name`",
    explain: "\
Every object is named after the cluster, the claims with the data too. Under another name all objects are new: a second
ring is founded on empty volumes, and a tool that prunes removes the first one. Clients find a cluster that answers and
has no data.

Write the name that it was. To give the cluster another name, write a topology of its own for it, as a further datacenter of
the same ring (`additionalSeeds`), rebuild it, move the clients, and let the old one leave.",
};

pub(super) const FORCE: Force = Force::Never("under another name everything is new and empty");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let (was, now) = (&transition.before.name, &transition.after.name);
    if was != now {
        let at = At::of(Scope::Cluster, "metadata.name", "name");
        let message = format!("the cluster `{was}` cannot become `{now}`");
        let complaint =
            transition.refuse(&RULE, message, at, "every object is a new one, the data volumes too", "deployed as");
        let help = format!("write `name: {was}`; for another cluster write another file");
        complaints.push(complaint.help(help));
    }
}
