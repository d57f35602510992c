//! E316: another partitioner.

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::effective::Effective;
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E316",
    name: "partitioner-changed",
    summary: "the partitioner of a deployed cluster is another one",
    explain: "\
The partitioner decides where every row lies. It is the same on all nodes, for ever: a node finds its own SSTables
written by another one and does not start.

Write the partitioner that it was, or leave it out if it never was written.",
};

pub(super) const FORCE: Force = Force::Never("no node finds its rows with another partitioner");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    for change in transition.changed_config(partitioner) {
        let (was, now) = (&change.before, &change.after);
        let at = change.at("cassandra.config.partitioner", "config.partitioner");
        let message = format!("the rows of {} were placed by `{was}`, not by `{now}`", change.whose());
        let complaint = transition.refuse(&RULE, message, at, "no node starts with it", format!("was `{was}`"));
        complaints.push(complaint.help(format!("write `partitioner: {was}`")));
    }
}

/// The name of the class; Cassandra's own may be written with or without their package (`FBUtilities.newPartitioner`).
fn partitioner(effective: &Effective) -> String {
    let written = effective.text("partitioner").unwrap_or_default();
    written.strip_prefix("org.apache.cassandra.dht.").unwrap_or(&written).to_owned()
}
