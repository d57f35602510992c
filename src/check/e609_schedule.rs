//! E609: an invalid schedule.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::schedule_fault;

pub(super) const RULE: Rule = Rule {
    code: "E609",
    name: "schedule",
    summary: "`steps.schedule` is not a valid schedule",
    explain: "\
`steps.schedule` is the schedule of a CronJob: minute, hour, day of the month, month and day of the week, in UTC. The API server
refuses any other form. Each field is `*`, a number, a range such as `1-5`, or a list of them such as `1,15`, and may have a step
such as `*/15`; months and days of the week may be named, such as `jan` and `mon`. Sunday is 0.

Write five fields, such as `\"17 3 * * *\"` for 03:17 of every day. Choose a minute of your own for each cluster of a fleet.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(schedule) = subject.spec().steps.as_ref().and_then(|steps| steps.schedule.as_ref()) else { return };
    let Some(fault) = schedule_fault(schedule) else { return };
    let at = subject.value(Route::of("spec.steps.schedule"), fault);
    let complaint = RULE.complain(format!("`{}` is not a valid schedule", schedule.escape_debug()), at);
    complaints.push(complaint.expected("five fields, such as `17 3 * * *`"));
}
