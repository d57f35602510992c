//! E323: another directory for the commit log, the hints or the change data of nodes that run.

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E323",
    name: "log-directory-moved",
    summary: "the commit log, the hints or the change data of nodes that have data move to another directory",
    explain: "\
Cassandra does not move files. What stands in the old commit log and was not flushed is lost for this node; hints that were
kept for other nodes are never delivered; consumers of change data look in the wrong place. A node that was drained has an
empty commit log: pods are drained before they stop, but not when they crash or their worker does.

Leave the directories where they are. If you have to move them, run `nodetool drain` or `nodetool flush` on every node right
before, repair afterwards, and accept the code with that as the reason.",
};

pub(super) const FORCE: Force = Force::WithReason;

/// The keys, and what is left behind.
const KEYS: [(&str, &str); 3] = [
    ("commitlog_directory", "the commit log"),
    ("hints_directory", "the hints"),
    ("cdc_raw_directory", "the change data"),
];

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    for (key, what) in KEYS {
        for change in transition.changed_directories(key) {
            let (Some(was), Some(now)) = (change.before.first(), change.after.first()) else { continue };
            let (field, in_lock) = (format!("cassandra.config.{key}"), format!("config.{key}"));
            let at = change.at(&field, &in_lock);
            let message = format!("{what} of {} would be left behind in {was}", change.whose());
            let complaint = transition.refuse(&RULE, message, at, format!("now in {now}"), format!("was in {was}"));
            complaints
                .push(complaint.help("leave it where it is, or drain first and repair afterwards and accept E323"));
        }
    }
}
