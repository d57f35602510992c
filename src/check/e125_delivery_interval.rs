//! E125: an interval that Flux would not take.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::repository::milliseconds;

pub(super) const RULE: Rule = Rule {
    code: "E125",
    name: "delivery-interval",
    summary: "an interval is none, or shorter than a minute",
    explain: "\
`delivery.flux.interval` is how often Flux compares the objects with what is rendered; it writes durations as numbers with
units, such as `1h30m`. New commits do not wait for it: the source has an interval of its own. With less than a minute
Flux does little else.

Write a duration of a minute or more in `h`, `m` and `s`, or leave it out for 10 minutes.",
};

/// kustomize-controller's documentation of `spec.interval`.
const SHORTEST_MILLISECONDS: u64 = 60_000;

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(interval) = subject.spec().delivery.flux.as_ref().and_then(|block| block.interval.as_ref()) else {
        return;
    };
    let at = subject.value(Route::of("spec.delivery.flux.interval"), "");
    let message = match milliseconds(interval) {
        None => format!("`{interval}` is not a duration"),
        Some(duration) if duration < SHORTEST_MILLISECONDS => format!("`{interval}` is less than a minute"),
        Some(_) => return,
    };
    complaints.push(RULE.complain(message, at).expected("a minute or more, such as `10m` or `1h30m`"));
}
