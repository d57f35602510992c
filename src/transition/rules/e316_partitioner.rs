//! E316: the partitioner changed.

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::effective::Effective;
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E316",
    name: "partitioner-changed",
    summary: "the partitioner of a deployed cluster changed",
    explain: "\
The partitioner decides which nodes store a row. It is the same on all nodes and never changes: a node with SSTables of a
different partitioner does not start.

Write the deployed partitioner, or remove the key if it was never written.",
};

pub(super) const FORCE: Force = Force::Never("Cassandra does not start with a different partitioner");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    for change in transition.changed_config(partitioner) {
        let (was, now) = (&change.before, &change.after);
        let at = change.at("cassandra.config.partitioner", "config.partitioner");
        let whose = change.whose();
        let message = format!("the partitioner of {whose} changed from `{was}` to `{now}`: its nodes would not start");
        let complaint = transition.refuse(&RULE, message, at, format!("now `{now}`"), format!("deployed: `{was}`"));
        complaints.push(complaint.help(format!("write `partitioner: {was}`")));
    }
}

/// The name of the class; Cassandra's own may be written with or without their package (`FBUtilities.newPartitioner`).
fn partitioner(effective: &Effective) -> String {
    let written = effective.text("partitioner").unwrap_or_default();
    written.strip_prefix("org.apache.cassandra.dht.").unwrap_or(&written).to_owned()
}
