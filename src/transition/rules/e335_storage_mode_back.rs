//! E335: a storage compatibility mode that goes back.

use cassc_ring::release::Minor;

use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::storage_mode::StorageMode;
use crate::transition::{Force, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E335",
    name: "storage-mode-back",
    summary: "`storage_compatibility_mode` goes back to an older one",
    explain: "\
With `UPGRADING` and `NONE` Cassandra 5.0 writes its own formats: SSTables, commit log and hints that 4.x cannot read, and
dates of expiry after 2038. Back in `CASSANDRA_4` a node would promise what its files no longer keep, and nodes of the two
modes do not stream to each other (CASSANDRA-19126). Without a word in the topology the mode is `CASSANDRA_4`, so removing
the key goes back as well.

Leave the mode where it is. It only goes forward: `CASSANDRA_4`, `UPGRADING`, `NONE`.",
};

pub(super) const FORCE: Force = Force::Never("what was written in the newer formats stays");

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    if transition.before.version.minor != Minor::V5_0 || transition.after.version.minor != Minor::V5_0 {
        return;
    }
    for change in transition.changed_config(StorageMode::of).into_iter().filter(|it| it.after < it.before) {
        let (was, now) = (change.before.word(), change.after.word());
        let field = "cassandra.config.storage_compatibility_mode";
        let at = change.at(field, "config.storage_compatibility_mode");
        let message = format!("the storage mode of {} cannot go back from {was} to {now}", change.whose());
        let complaint = transition.refuse(&RULE, message, at, format!("{now} now"), format!("was {was}"));
        complaints.push(complaint.help(format!("write `storage_compatibility_mode: {was}`")));
    }
}
