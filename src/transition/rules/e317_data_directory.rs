//! E317: a data directory of deployed nodes was moved or removed.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::directories::Location;
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E317",
    name: "data-directory-moved",
    summary: "a data directory of deployed nodes was moved or removed",
    explain: "\
Cassandra does not move files. A node that finds its data directory empty starts as a new node: it joins the ring without
data, with the address of the old node, and its reads return nothing. Mounting the volume at a different path has the same
effect.

Leave the directories where they are. You may add an entry to `data_file_directories`: Cassandra spreads new data over all
of them.",
};

pub(super) const FORCE: Force = Force::Never("the data would be left behind");

const KEYS: [&str; 2] = ["data_file_directories", "local_system_data_file_directory"];

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    for key in KEYS {
        for change in transition.changed_directories(key) {
            let kept: BTreeSet<&Location> = change.after.iter().collect();
            let Some(left) = change.before.iter().find(|location| !kept.contains(location)) else { continue };
            let (field, in_lock) = (format!("cassandra.config.{key}"), format!("config.{key}"));
            let at = change.at(&field, &in_lock);
            let message = format!("the data of {} in {left} would no longer be read", change.whose());
            let complaint = transition.refuse(&RULE, message, at, "not in this list", "deployed");
            complaints.push(complaint.help(format!("write the deployed `{key}`, and leave its volume where it is")));
        }
    }
}
