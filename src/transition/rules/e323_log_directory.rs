//! E323: the directory of the commit log, the hints or the CDC log of deployed nodes changed.

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E323",
    name: "log-directory-moved",
    summary: "the directory of the commit log, the hints or the CDC log of deployed nodes changed",
    explain: "\
Cassandra does not move files. Mutations in the old commit log that are not flushed are lost on this node. Hints for other
nodes are never delivered. Consumers of the CDC log look in the wrong directory. A drained node has an empty commit log:
pods are drained before they stop, but not when they or their worker crash.

Leave the directories where they are. If you have to move them, run `nodetool drain` or `nodetool flush` on every node
shortly before, repair afterwards, and accept E323 with that as the reason.",
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
            let complaint = transition.refuse(&RULE, message, at, format!("now {now}"), format!("deployed: {was}"));
            let help = format!(
                "write the deployed `{key}`; if you drain all nodes first and repair afterwards, add `{{code: E323, \
                 reason: …}}` to `spec.accept`"
            );
            complaints.push(complaint.help(help));
        }
    }
}
