//! E332: an upgrade that skips a major version.

use cassc_ring::facts::{BadUpgrade, bad_upgrade};

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E332",
    name: "major-version-skipped",
    summary: "an upgrade skips a major version of Cassandra",
    explain: "\
A release reads the files of the previous major version and communicates with its nodes. It supports no older major version
(NEWS.txt of 4.0 and 5.0, \"Upgrading\"; each drops the formats of two majors ago). Upgrade from 3.11 to 4.0 or 4.1, and then
to 5.0. From 4.0 to 5.0 is one step. Cass Operator accepts this change.

Upgrade to the major version in between, run `nodetool upgradesstables` on every node, and upgrade again in a later
commit.",
};

pub(super) const FORCE: Force = Force::Never("a node reads only files of the previous major version");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let (was, now) = (transition.before.version, transition.after.version);
    let Some(BadUpgrade::SkipsMajor { between }) = bad_upgrade(was, now) else { return };
    let at = At::of(Scope::Cluster, "cassandra.version", "version");
    let message =
        format!("the upgrade skips a major version: Cassandra {} cannot read what {} wrote", now.minor, was.minor);
    let complaint = transition.refuse(&RULE, message, at, "two majors newer", format!("deployed: {was}"));
    complaints.push(complaint.help(format!(
        "upgrade to {between} and run `nodetool upgradesstables` on every node; upgrade to {} in a later commit",
        now.minor
    )));
}
