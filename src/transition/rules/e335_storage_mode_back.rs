//! E335: `storage_compatibility_mode` was changed back.

use cassc_ring::release::Minor;

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::storage_mode::StorageMode;
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E335",
    name: "storage-mode-back",
    summary: "`storage_compatibility_mode` was changed back to an earlier mode",
    explain: "\
With `UPGRADING` and `NONE` Cassandra 5.0 writes its own formats: SSTables, commit log and hints that 4.x cannot read, and
expiration dates after 2038. `CASSANDRA_4` promises files that 4.x can read, but the newer files stay on disk. Nodes with
different modes do not stream to each other (CASSANDRA-19126). The default is `CASSANDRA_4`, so removing the key also
changes the mode back.

Keep the deployed mode. It can only move forward: `CASSANDRA_4`, `UPGRADING`, `NONE`.",
};

pub(super) const FORCE: Force = Force::Never("files in the newer formats stay on disk");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    if transition.before.version.minor != Minor::V5_0 || transition.after.version.minor != Minor::V5_0 {
        return;
    }
    for change in transition.changed_config(StorageMode::of).into_iter().filter(|it| it.after < it.before) {
        let (was, now) = (change.before.word(), change.after.word());
        let field = "cassandra.config.storage_compatibility_mode";
        let at = change.at(field, "config.storage_compatibility_mode");
        let whose = change.whose();
        let message = format!("`storage_compatibility_mode` of {whose} was changed back from {was} to {now}");
        let complaint = transition.refuse(&RULE, message, at, format!("now {now}"), format!("deployed: {was}"));
        complaints.push(complaint.help(format!("write `storage_compatibility_mode: {was}`")));
    }
}
