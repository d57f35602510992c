//! E317: a directory of data that is no longer read.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::directories::Location;
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E317",
    name: "data-directory-moved",
    summary: "nodes that have data would look for it in another directory",
    explain: "\
Cassandra does not move files. A node that looks for its data elsewhere finds none and takes itself for a new one: it joins
as an empty node under the address of an old one, and answers reads with nothing. A mount that moves has the same effect.

Leave the directories where they are. One more entry in `data_file_directories` is fine; it takes its share of what is
written from then on.",
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
            let message = format!("the data of {} lies in {left}, and nobody would read it", change.whose());
            let complaint = transition.refuse(&RULE, message, at, "not among these", "what it was");
            complaints.push(complaint.help(format!("leave `{key}`, and the volume that it lies in, as they were")));
        }
    }
}
