//! E330: an older release line of Cassandra.

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E330",
    name: "older-release-line",
    summary: "a deployed cluster is to run an older release line of Cassandra",
    explain: "\
A release line reads the files of the one before it, never those of a later one: commit log, hints, SSTables and the tables
of the schema were written in its own format (NEWS.txt, \"General upgrading advice\"). The first node that goes back does not
start; its data is whole, but nothing older can read it. Cass Operator lets such an edit through.

Go forward: repair what made you want to go back. While a roll is on its way, `rollout: {stopped: true}` keeps the other pods
as they are. To go back for good, restore the snapshots from before the upgrade into a new cluster.",
};

pub(super) const FORCE: Force = Force::Never("an older line cannot read what a newer one wrote");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let (was, now) = (transition.before.version, transition.after.version);
    if now.minor < was.minor {
        let at = At::of(Scope::Cluster, "cassandra.version", "version");
        let message = format!("Cassandra {} cannot read what {} wrote", now.minor, was.minor);
        let complaint = transition.refuse(&RULE, message, at, "an older line", format!("was {was}"));
        complaints.push(complaint.help(format!("write `version: {was}`, or a newer one")));
    }
}
