//! E305: `clusterName` of a deployed cluster changed.

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E305",
    name: "ring-name-changed",
    summary: "`clusterName` of a deployed cluster changed",
    explain: "\
Cassandra stores its `cluster_name` with the data and does not start with a different name (\"Saved cluster name … !=
configured name …\", `SystemKeyspace.checkHealth`). The name is also part of the selector of every StatefulSet, and
selectors are immutable. Cass Operator's webhook refuses this change too.

Write the deployed name in `spec.clusterName`, which defaults to `metadata.name`.",
};

pub(super) const FORCE: Force = Force::Never("Cassandra does not start on the data of another cluster");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let (was, now) = (&transition.before.ring_name, &transition.after.ring_name);
    let renamed = transition.before.name != transition.after.name;
    // Without `clusterName` the name follows `metadata.name`, which E301 refuses.
    if was == now || (renamed && transition.subject.spec().cluster_name.is_none()) {
        return;
    }
    let at = At::of(Scope::Cluster, "clusterName", "ringName");
    let message = format!("`clusterName` changed from `{was}` to `{now}`: Cassandra would not start");
    let complaint = transition.refuse(&RULE, message, at, format!("now `{now}`"), format!("deployed: `{was}`"));
    complaints.push(complaint.help(format!("write `clusterName: {was}`")));
}
