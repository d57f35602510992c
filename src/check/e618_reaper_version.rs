//! E618: a version of Reaper that is unknown, broken, or does not fit the Cassandra with its tables.

use cassc_ring::release::Release;

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::{ReaperStorage, version_fault};

pub(super) const RULE: Rule = Rule {
    code: "E618",
    name: "reaper-version",
    summary: "the version of Reaper is invalid, broken, or does not fit the version of Cassandra",
    explain: "\
The version decides the image and the form of the settings. Reaper 4.2.2, 4.2.3 and 4.2.4 do not run a schedule again after a run that
ended well, until its record is purged after 30 days: nothing would be repaired in time (upstream issue 1683). The tables of Reaper 4
and later use an option that Cassandra has since 4.0, so with `storage: cassandra` a ring of 3.11 needs Reaper 3.8.

Remove `version` to use the default, or write three numbers, such as `5.0.1`.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(reaper) = &subject.spec().repair.reaper else { return };
    let Some(version) = &reaper.version else { return };
    let in_cassandra = reaper.storage == ReaperStorage::Cassandra;
    let release: Option<Release> = subject.spec().cassandra.version.parse().ok();
    let minor = release.map(|release| release.minor).filter(|_| in_cassandra);
    if let Some((what, help)) = version_fault(version, minor) {
        let at = subject.value(Route::of("spec.repair.reaper.version"), "");
        complaints.push(RULE.complain(what, at).help(help));
    }
}
