//! E305: another `cluster_name` of a ring that exists.

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E305",
    name: "ring-name-changed",
    summary: "a deployed cluster has another `clusterName`",
    explain: "\
Cassandra keeps its `cluster_name` beside the data and does not start under another one (\"Saved cluster name … !=
configured name …\", `SystemKeyspace.checkHealth`). The name is also part of every selector, which the API server does
not let anybody change. Cass Operator's webhook refuses it too.

Write the name that it was: `spec.clusterName`, which defaults to `metadata.name`.",
};

pub(super) const FORCE: Force = Force::Never("Cassandra does not start on the data of another cluster");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let (was, now) = (&transition.before.ring_name, &transition.after.ring_name);
    let renamed = transition.before.name != transition.after.name;
    // Without `clusterName` the name follows `metadata.name`, and E301 has said it.
    if was == now || (renamed && transition.subject.spec().cluster_name.is_none()) {
        return;
    }
    let at = At::of(Scope::Cluster, "clusterName", "ringName");
    let message = format!("the ring `{was}` cannot be called `{now}`");
    let complaint = transition.refuse(&RULE, message, at, "Cassandra does not start under it", format!("was `{was}`"));
    complaints.push(complaint.help(format!("write `clusterName: {was}`")));
}
