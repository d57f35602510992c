//! E336: a storage compatibility mode that is left out.

use cassc_ring::release::Minor;

use crate::cluster::Cluster;
use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::effective::Effective;
use crate::transition::storage_mode::StorageMode;
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E336",
    name: "storage-mode-skipped",
    summary: "`storage_compatibility_mode` takes two steps at once",
    explain: "\
Cassandra 5.0 is reached in three rolls (conf/cassandra.yaml of 5.0): first with `CASSANDRA_4`, so that nodes of both versions
understand each other and one can still go back; then with `UPGRADING`, which takes the new formats into use once all nodes
run 5.0; then with `NONE`. A roll that leaves one out has nodes side by side that do not stream to each other
(CASSANDRA-19126), and files that the others cannot read.

Take the modes one commit after the other, each when the roll of the one before is done. An upgrade from 4.x begins with
`CASSANDRA_4`, which is what holds when nothing is written. Only data that was born on 5.0 begins with `NONE`.",
};

pub(super) const FORCE: Force = Force::Never("one commit after the other does the same safely");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    // Older lines have no such key.
    let mode = |cluster: &Cluster, effective: &Effective| {
        (cluster.version.minor == Minor::V5_0).then(|| StorageMode::of(effective))
    };
    for change in transition.changed_config_of(mode) {
        let (from, help) = match (change.before, change.after) {
            (None, Some(StorageMode::Upgrading | StorageMode::None)) => (
                transition.before.version.to_string(),
                "upgrade with `CASSANDRA_4` (or without the key), then write `UPGRADING`, then `NONE`",
            ),
            (Some(StorageMode::Cassandra4), Some(StorageMode::None)) => {
                ("CASSANDRA_4".to_owned(), "write `UPGRADING` now, and `NONE` in a later commit")
            }
            _ => continue,
        };
        let now = change.after.map_or("", StorageMode::word);
        let field = "cassandra.config.storage_compatibility_mode";
        let at = change.at(field, "config.storage_compatibility_mode");
        let message = format!("{} cannot go from {from} to the storage mode {now} at once", change.whose());
        let complaint = transition.refuse(&RULE, message, at, "a later step", format!("was {from}"));
        complaints.push(complaint.help(help));
    }
}
