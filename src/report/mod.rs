//! Complaints as text: [`human`] with the source under each, [`short`] one line each; [`located`] for programs, as
//! [`json`](json()), [`sarif`], [`github`] and [`gitlab`]; plans as text, Markdown and JSON ([`plan`]); differences
//! of files ([`unified()`]). Called by the command line and by the goldens; nothing is printed here.

mod alike;
mod excerpt;
mod github;
mod gitlab;
mod human;
mod json;
mod located;
pub mod plan;
mod sarif;
mod short;
mod unified;
mod visible;

pub use github::github;
pub use gitlab::gitlab;
pub use human::{Colors, human};
pub use json::{Complaint, Complaints, FORMAT, Place, json, json_schema};
pub use located::located;
pub use sarif::sarif;
pub(crate) use short::short;
pub(crate) use unified::unified;
pub(crate) use visible::{json_text, visible, visible_lines};

use std::collections::BTreeMap;

use cassc_wording::counted;

use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::parse::{Text, locate};

/// The maximum number of diagnostics in output for people: the rest is counted.
pub(crate) const MOST_SHOWN: usize = 100;

/// The maximum number of diagnostics in output for programs. GitHub takes 25,000 results at most and shows 5,000 of them
/// (docs.github.com, "SARIF support for code scanning").
pub(crate) const MOST_REPORTED: usize = 5000;

/// The first complaints, errors before warnings, in the order that they stand in.
fn heaviest<'c>(complaints: impl IntoIterator<Item = &'c Diagnostic>, most: usize) -> Vec<&'c Diagnostic> {
    let mut by_weight: Vec<(usize, &Diagnostic)> = complaints.into_iter().enumerate().collect();
    by_weight.sort_by_key(|(position, complaint)| (complaint.severity, *position));
    by_weight.truncate(most);
    by_weight.sort_unstable_by_key(|(position, _)| *position);
    by_weight.into_iter().map(|(_, complaint)| complaint).collect()
}

/// A line about the complaints that are not shown.
fn left_out(complaints: &[Diagnostic], shown: &[&Diagnostic]) -> Option<String> {
    let more = |severity| count(complaints, severity) - count(shown.iter().copied(), severity);
    let more = numbers(more(Severity::Error), more(Severity::Warning), "more ")?;
    Some(format!("not shown: {more}. Repair the first ones, then run cassc again.\n"))
}

fn count<'c>(complaints: impl IntoIterator<Item = &'c Diagnostic>, severity: Severity) -> usize {
    complaints.into_iter().filter(|complaint| complaint.severity == severity).count()
}

/// `2 errors, 1 warning`; `None` for neither.
fn numbers(errors: usize, warnings: usize, which: &str) -> Option<String> {
    let numbers = [(errors, Severity::Error), (warnings, Severity::Warning)];
    let there = numbers.into_iter().filter(|(number, _)| *number > 0);
    let parts: Vec<String> = there.map(|(number, weight)| counted(number, &format!("{which}{weight}"))).collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Sorts complaints by file, place and code, so that they read along the source.
pub(crate) fn sorted(texts: &[Text], mut complaints: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut positions: BTreeMap<&str, usize> = BTreeMap::new();
    for (position, text) in texts.iter().enumerate() {
        positions.entry(&text.name).or_insert(position);
    }
    let position = |name: &str| positions.get(name);
    complaints.sort_by_cached_key(|complaint| {
        let place = complaint.labels.first().map(|label| locate(texts, &label.place));
        (place.map(|(text, span)| (position(&text.name), span.start)), complaint.code, complaint.message.clone())
    });
    complaints
}

/// One line: how many of each, `None` when there are none.
pub fn summary(complaints: &[Diagnostic]) -> Option<String> {
    numbers(count(complaints, Severity::Error), count(complaints, Severity::Warning), "")
}

/// Where a label points: `shop.yaml:12:7`.
pub fn place(texts: &[Text], label: &Label) -> String {
    let (text, span) = locate(texts, &label.place);
    let (line, column) = text.line_and_column(span.start);
    format!("{}:{line}:{column}", text.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Place;

    #[test]
    fn of_very_many_complaints_errors_are_shown_first_and_the_rest_is_counted() {
        let texts = [Text::other("a.yaml".to_owned(), None, String::new())];
        let place = || Label { place: Place::Bytes { text: 0, span: 0..0 }, text: String::new() };
        let complaint = |number: usize| {
            let (code, severity) =
                if number.is_multiple_of(2) { ("W113", Severity::Warning) } else { ("E002", Severity::Error) };
            Diagnostic::new(code, severity, format!("number {number}"), place())
        };
        let complaints: Vec<Diagnostic> = (0..2 * MOST_REPORTED).map(complaint).collect();
        let lines = short(&texts, &complaints);
        assert_eq!(lines.lines().count(), MOST_SHOWN + 1);
        assert_eq!(lines.lines().nth(1), Some("a.yaml:1:1: error[E002]: number 3"));
        let rest = "not shown: 4900 more errors, 5000 more warnings. Repair the first ones, then run cassc again.";
        assert_eq!(lines.lines().last(), Some(rest));
        assert!(human(&texts, &complaints, Colors::Plain).ends_with(&format!("\n{rest}\n")));
        let told = located(&texts, &complaints, std::path::Path::new("/"));
        assert_eq!((told.errors, told.warnings, told.omitted), (MOST_REPORTED, MOST_REPORTED, MOST_REPORTED));
        assert!(told.complaints.iter().all(|complaint| complaint.severity == Severity::Error));
        let few = located(&texts, &complaints[..3], std::path::Path::new("/"));
        assert_eq!((few.complaints.len(), few.omitted), (3, 0));
        assert_eq!(few.complaints[1].message, "number 1");
    }
}
