//! E336: `storage_compatibility_mode` skips a step.

use cassc_ring::release::Minor;

use crate::cluster::Cluster;
use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::effective::Effective;
use crate::transition::storage_mode::StorageMode;
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E336",
    name: "storage-mode-skipped",
    summary: "`storage_compatibility_mode` skips a step",
    explain: "\
An upgrade to Cassandra 5.0 takes three rolling restarts (conf/cassandra.yaml of 5.0):
1. `CASSANDRA_4`: nodes of both versions understand each other, and a downgrade is still possible.
2. `UPGRADING`: nodes use the new formats once all of them run 5.0.
3. `NONE`.
If a step is skipped, nodes run side by side that do not stream to each other (CASSANDRA-19126), with files that the other
nodes cannot read.

Use one commit per step, each when the previous rolling restart is complete. An upgrade from 4.x starts with `CASSANDRA_4`,
the default. Only a cluster that was created with 5.0 starts with `NONE`.",
};

pub(super) const FORCE: Force = Force::Never("one commit per step does the same safely");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    // Older lines have no such key.
    let mode = |cluster: &Cluster, effective: &Effective| {
        (cluster.version.minor == Minor::V5_0).then(|| StorageMode::of(effective))
    };
    for change in transition.changed_config_of(mode) {
        let (from, help) = match (change.before, change.after) {
            (None, Some(StorageMode::Upgrading | StorageMode::None)) => (
                transition.before.version.to_string(),
                "write `storage_compatibility_mode: CASSANDRA_4` for the upgrade, and the next mode in a later commit",
            ),
            (Some(StorageMode::Cassandra4), Some(StorageMode::None)) => (
                "CASSANDRA_4".to_owned(),
                "write `storage_compatibility_mode: UPGRADING`, and `NONE` in a later commit",
            ),
            _ => continue,
        };
        let now = change.after.map_or("", StorageMode::word);
        let field = "cassandra.config.storage_compatibility_mode";
        let at = change.at(field, "config.storage_compatibility_mode");
        let whose = change.whose();
        let message = format!("`storage_compatibility_mode` of {whose} skips a step: from {from} to {now}");
        let complaint = transition.refuse(&RULE, message, at, "skips a step", format!("deployed: {from}"));
        complaints.push(complaint.help(help));
    }
}
