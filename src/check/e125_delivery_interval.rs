//! E125: an interval that Flux would not take.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

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

/// A duration of whole numbers with units; Flux also takes fractions, which nobody needs above a minute.
fn milliseconds(text: &str) -> Option<u64> {
    let mut rest = text;
    let mut sum: u64 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let number: u64 = rest[..digits].parse().ok()?;
        rest = &rest[digits..];
        let unit = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        let factor = match &rest[..unit] {
            "ms" => 1,
            "s" => 1000,
            "m" => 60_000,
            "h" => 3_600_000,
            _ => return None,
        };
        sum = sum.checked_add(number.checked_mul(factor)?)?;
        rest = &rest[unit..];
    }
    (!text.is_empty()).then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_numbers_with_units() {
        assert_eq!(milliseconds("1h30m"), Some(5_400_000));
        assert_eq!(milliseconds("90s500ms"), Some(90_500));
        for text in ["", "10", "m", "10 m", "1.5h", "-1m", "10min", "99999999999999999999h"] {
            assert_eq!(milliseconds(text), None, "{text}");
        }
    }
}
