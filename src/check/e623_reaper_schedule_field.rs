//! E623: fields of a schedule of Reaper that do not go together.

use cassc_ring::release::Release;

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::misfits_of_schedule;

pub(super) const RULE: Rule = Rule {
    code: "E623",
    name: "reaper-schedule-field",
    summary: "fields of a schedule of Reaper do not go together",
    explain: "\
A schedule is for `tables`, or for all but `excludeTables`. An incremental repair marks data as repaired on all replicas at once, so it
runs with `parallelism: parallel`; `percentUnrepaired` counts what it has left. Segment by segment (`subrangeIncremental`) it runs since
Cassandra 4.0.

Remove one of the two fields, or write what the help line says.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(reaper) = &subject.spec().repair.reaper else { return };
    let release: Option<Release> = subject.spec().cassandra.version.parse().ok();
    for (index, schedule) in reaper.schedules.iter().enumerate() {
        let route = Route::of("spec.repair.reaper.schedules").index(index);
        if schedule.incremental && schedule.subrange_incremental {
            let at = subject.value(route.key("subrangeIncremental"), "");
            let complaint = RULE.complain("`incremental` and `subrangeIncremental` exclude each other", at);
            complaints.push(complaint.help("remove one of the two"));
        }
        for misfit in misfits_of_schedule(&schedule.as_written(), release.map(|release| release.minor)) {
            let at = subject.value(route.key(misfit.field), "");
            complaints.push(RULE.complain(misfit.what, at).help(misfit.help));
        }
    }
}
