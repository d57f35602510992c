//! E332: an upgrade that leaves a major version out.

use cassc_ring::release::MINORS;

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E332",
    name: "major-version-skipped",
    summary: "an upgrade leaves a major version of Cassandra out",
    explain: "\
A release reads the files of the major version before it and speaks with its nodes; of those before that it does neither
(NEWS.txt of 4.0 and 5.0, \"Upgrading\"; each drops the formats of two majors ago). From 3.11 the way to 5.0 leads through 4.0
or 4.1. From 4.0 to 5.0 is one step. Cass Operator lets such an edit through.

Upgrade to the major version in between, run `nodetool upgradesstables` on every node, and upgrade again in a later
commit.",
};

pub(super) const FORCE: Force = Force::Never("a node cannot read what a major version before the last wrote");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let (was, now) = (transition.before.version, transition.after.version);
    if now.minor.major() <= was.minor.major() + 1 {
        return;
    }
    let at = At::of(Scope::Cluster, "cassandra.version", "version");
    let message = format!("Cassandra {} cannot read what {} wrote", now.minor, was.minor);
    let complaint = transition.refuse(&RULE, message, at, "two major versions later", format!("was {was}"));
    let between = MINORS.into_iter().rev().find(|minor| minor.major() == was.minor.major() + 1);
    complaints.extend(between.map(|between| {
        complaint
            .help(format!("upgrade to {between} and run `nodetool upgradesstables` first, then to {} later", now.minor))
    }));
}
