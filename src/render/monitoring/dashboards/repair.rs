//! The dashboard of repairs, by Reaper.

use super::super::scope::Scope;
use super::grafana::{Choice, Dashboard, Row, lines, number, row};

/// How the names of Reaper's metrics begin.
const PREFIX: &str = "io_cassandrareaper_service_";
const CHOSEN: [(&str, &str); 2] = [("endpoint", "admin"), ("keyspace", "~$keyspace")];
/// More milliseconds than any repair is old: Reaper says of a schedule that never ended a run how long 1970 is ago.
const NEVER: &str = "1e12";

/// `None` where Reaper does not run.
pub(super) fn dashboard(scope: Scope<'_>) -> Option<Dashboard> {
    scope.cluster.reaper()?;
    let series = metric(scope, "RepairScheduleService_millisSinceLastRepairForSchedule", &[]);
    let choices = vec![Choice { name: "keyspace", series }];
    Some(Dashboard { name: "repair", choices, rows: vec![schedules(scope), runs(scope)] })
}

fn metric(scope: Scope<'_>, name: &str, more: &[(&str, &str)]) -> String {
    format!("{PREFIX}{name}{}", scope.own(more))
}

/// Every Reaper of a ring tells the age of a repair; the one that has just done it tells the right one.
fn schedules(scope: Scope<'_>) -> Row {
    let age = metric(scope, "RepairScheduleService_millisSinceLastRepairForSchedule", &CHOSEN);
    let age = format!("min by (keyspace,scheduleid) ({age})");
    let up = format!("count(up{} == 1) or vector(0)", scope.own(&[("endpoint", "admin")]));
    row(
        "Schedules",
        vec![
            number("Reapers that are up", "none", up),
            number("Schedules that never ended a run", "none", format!("count({age} > {NEVER}) or vector(0)")),
            lines("Since the last repair", "ms", vec![(format!("{age} < {NEVER}"), "{{keyspace}}")]),
        ],
    )
}

fn runs(scope: Scope<'_>) -> Row {
    let of = |name: &str| format!("max by (keyspace,repairid) ({})", metric(scope, name, &CHOSEN));
    let postponed = metric(scope, "SegmentRunner_postpone", &CHOSEN);
    row(
        "Runs",
        vec![
            lines("Progress", "percentunit", vec![(of("RepairRunner_repairProgress"), "{{keyspace}}")]),
            lines(
                "Segments that are done",
                "none",
                vec![
                    (of("RepairRunner_segmentsDone"), "{{keyspace}} done"),
                    (of("RepairRunner_segmentsTotal"), "{{keyspace}} in all"),
                ],
            ),
            lines(
                "Segments that are put off",
                "cps",
                vec![(format!("sum by (keyspace) (rate({postponed}[15m]))"), "{{keyspace}}")],
            )
            .says("Because a node of theirs is busy or down."),
        ],
    )
}
