//! E125: an invalid Flux interval.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::repository::milliseconds;

pub(super) const RULE: Rule = Rule {
    code: "E125",
    name: "delivery-interval",
    summary: "`delivery.flux.interval` is invalid or shorter than a minute",
    explain: "\
`delivery.flux.interval` is the time between two reconciliations of Flux, written with units, such as `1h30m`. New commits do
not wait for it: the source has its own interval. Less than a minute only puts load on Flux and the API server.

Write a duration of at least one minute in `h`, `m` and `s`, or remove the field to use the default of 10 minutes.",
};

/// kustomize-controller's documentation of `spec.interval`.
const SHORTEST_MILLISECONDS: u64 = 60_000;

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(interval) = subject.spec().delivery.flux.as_ref().and_then(|block| block.interval.as_ref()) else {
        return;
    };
    let at = subject.value(Route::of("spec.delivery.flux.interval"), "");
    let message = match milliseconds(interval) {
        None => format!("`{interval}` is not a valid interval"),
        Some(duration) if duration < SHORTEST_MILLISECONDS => {
            format!("the interval `{interval}` is shorter than a minute")
        }
        Some(_) => return,
    };
    complaints.push(RULE.complain(message, at).expected("at least one minute, such as `10m` or `1h30m`"));
}
