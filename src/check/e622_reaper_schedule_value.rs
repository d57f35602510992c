//! E622: values of a schedule of Reaper that it cannot work with.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::{MOST_SCHEDULES, bad_values_of_schedule};

pub(super) const RULE: Rule = Rule {
    code: "E622",
    name: "reaper-schedule-value",
    summary: "a schedule of Reaper has a value that cannot be right",
    explain: "\
Reaper takes some values that make no sense, such as an intensity of 0 or 0 days, and then repairs nothing or without end; others it
refuses only when the ring is up. Keyspaces and tables have up to 48 letters, digits and `_`, as `DESCRIBE` shows them, without quotes.
`system` and `system_schema` belong to each node alone. `firstRun` is a moment in UTC to the second.

Write a value in the range that the note names.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(reaper) = &subject.spec().repair.reaper else { return };
    let all = Route::of("spec.repair.reaper.schedules");
    if reaper.schedules.len() > MOST_SCHEDULES {
        let message = format!("Reaper would have {} schedules", reaper.schedules.len());
        let complaint = RULE.complain(message, subject.key(all.clone(), ""));
        complaints.push(complaint.expected(format!("at most {MOST_SCHEDULES}")));
    }
    for (index, schedule) in reaper.schedules.iter().enumerate() {
        let route = all.index(index);
        for bad in bad_values_of_schedule(&schedule.as_written()) {
            let field = route.key(bad.field);
            let at = subject.value(bad.index.map_or(field.clone(), |index| field.index(index)), "");
            complaints.push(RULE.complain(bad.what, at).expected(bad.expected));
        }
    }
}
