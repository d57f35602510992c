//! E625: two schedules of Reaper for the same tables.

use cassc_ring::reaper;

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::{MOST_SCHEDULES, Schedule, common_table};

pub(super) const RULE: Rule = Rule {
    code: "E625",
    name: "reaper-schedule-overlap",
    summary: "two schedules of Reaper are for the same tables",
    explain: "\
Reaper keeps one schedule for a table. For a second one it answers that all is well, or that there is a conflict, and makes none either
way; which of the two it has then depends on which came first. A schedule without `tables` is for all tables of its keyspace.

Write `tables` and `excludeTables` so that each table is in one schedule, or remove one of the two.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(reaper) = &subject.spec().repair.reaper else { return };
    // E622 refuses more.
    let schedules: Vec<reaper::Schedule> =
        reaper.schedules.iter().take(MOST_SCHEDULES).map(Schedule::as_written).collect();
    let at = |index: usize, words| {
        subject.value(Route::of("spec.repair.reaper.schedules").index(index).key("keyspace"), words)
    };
    for (index, schedule) in schedules.iter().enumerate() {
        let earlier = schedules[..index].iter().enumerate();
        let mut common = earlier.filter_map(|(other, it)| Some((other, common_table(it, schedule)?)));
        let Some((other, table)) = common.next() else { continue };
        let keyspace = schedule.keyspace.escape_debug();
        let message = match table {
            "*" => format!("two schedules are for tables of the keyspace `{keyspace}`"),
            table => format!("two schedules are for the table `{}` of `{keyspace}`", table.escape_debug()),
        };
        let complaint = RULE.complain(message, at(index, "second schedule")).label(at(other, "first schedule"));
        complaints.push(complaint.help("write each table in one of them, with `tables` and `excludeTables`"));
    }
}
