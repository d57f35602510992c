//! E619: fields about where Reaper keeps what it knows that do not go together.

use crate::diagnostic::{Diagnostic, Label, Route, Rule};
use crate::subject::Subject;
use crate::topology::{Reaper, ReaperStorage, is_keyspace, keyspace_expected};
use cassc_ring::reaper::ReaperMode;

pub(super) const RULE: Rule = Rule {
    code: "E619",
    name: "reaper-storage",
    summary: "the storage of Reaper cannot be as it is written",
    explain: "\
With `storage: cassandra` Reaper keeps schedules and the history of repairs in a keyspace of the ring, so that it needs no volume. The
keyspace holds nothing else: Reaper creates and changes its tables. With `storage: memory` it keeps them on a volume of its own, and
nothing in Cassandra. Sidecars share what they know through Cassandra: each with a memory of its own would repair everything.

Write `storage: memory` with `mode: deployment` and `volume`, or remove `volume`.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(reaper) = &subject.spec().repair.reaper else { return };
    match reaper.storage {
        ReaperStorage::Cassandra => in_cassandra(subject, reaper, complaints),
        ReaperStorage::Memory => in_memory(subject, reaper, complaints),
    }
}

fn at(subject: &Subject<'_>, field: &str, words: &str) -> Label {
    subject.value(Route::of("spec.repair.reaper").key(field), words)
}

fn in_cassandra(subject: &Subject<'_>, reaper: &Reaper, complaints: &mut Vec<Diagnostic>) {
    if reaper.volume.is_some() {
        let complaint = RULE.complain("`volume` has no effect with `storage: cassandra`", at(subject, "volume", ""));
        complaints.push(complaint.help("remove it, or write `storage: memory`"));
    }
    if let Some(keyspace) = reaper.keyspace.as_deref().filter(|it| !is_keyspace(it)) {
        let message = format!("`{}` cannot be the keyspace of Reaper", keyspace.escape_debug());
        complaints.push(RULE.complain(message, at(subject, "keyspace", "")).expected(keyspace_expected()));
    }
}

fn in_memory(subject: &Subject<'_>, reaper: &Reaper, complaints: &mut Vec<Diagnostic>) {
    if reaper.mode == ReaperMode::Sidecar {
        let complaint = RULE.complain("sidecars share what they know through Cassandra", at(subject, "storage", ""));
        complaints.push(complaint.help("write `mode: deployment`, or remove `storage`"));
    }
    if reaper.volume.is_none() {
        let complaint = RULE.complain("`storage: memory` needs a volume", at(subject, "storage", ""));
        complaints.push(complaint.help("write `volume: {size: 5Gi}`"));
    }
    if reaper.keyspace.is_some() {
        let complaint = RULE.complain("`keyspace` has no effect with `storage: memory`", at(subject, "keyspace", ""));
        complaints.push(complaint.help("remove it"));
    }
}
