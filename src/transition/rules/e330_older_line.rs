//! E330: a downgrade to an older release line of Cassandra.

use cassc_ring::facts::{BadUpgrade, bad_upgrade};

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E330",
    name: "older-release-line",
    summary: "the Cassandra version of a deployed cluster was lowered to an older release line",
    explain: "\
A release line reads the files of the previous line, but not those of a later line: commit log, hints, SSTables and schema
tables have a new format (NEWS.txt, \"General upgrading advice\"). The first downgraded node does not start. Its data is
intact, but the older version cannot read it. Cass Operator accepts this change.

Keep the deployed version and fix the problem there. To pause a rolling restart, write `rollout: {stopped: true}`: the
remaining pods stay unchanged. To downgrade for good, restore the snapshots from before the upgrade into a new cluster.",
};

pub(super) const FORCE: Force = Force::Never("an older release line cannot read what a newer one wrote");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let (was, now) = (transition.before.version, transition.after.version);
    if bad_upgrade(was, now) == Some(BadUpgrade::OlderLine) {
        let at = At::of(Scope::Cluster, "cassandra.version", "version");
        let message = format!("downgrade: Cassandra {} cannot read what {} wrote", now.minor, was.minor);
        let complaint = transition.refuse(&RULE, message, at, "older release line", format!("deployed: {was}"));
        complaints.push(complaint.help(format!("write `version: {was}` or a newer version")));
    }
}
