//! Complaints as text: [`human`] with the source under each, [`short`] one line each; [`located`] for programs, as
//! [`json`](json()), [`sarif`], [`github`] and [`gitlab`]; plans as text, Markdown and JSON ([`plan`]). Called by the
//! command line and by the goldens; nothing is printed here.

mod github;
mod gitlab;
mod human;
mod json;
mod located;
pub mod plan;
mod sarif;
mod short;
mod visible;

pub use github::github;
pub use gitlab::gitlab;
pub use human::{Colors, human};
pub use json::{Complaint, Complaints, FORMAT, Place, json, json_schema};
pub use located::located;
pub use sarif::sarif;
pub use short::short;
pub use visible::visible;

use cassc_wording::counted;

use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::parse::{Text, locate};

/// Sorts complaints by file, place and code, so that they read along the source.
pub fn sorted(texts: &[Text], mut complaints: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let position = |name: &str| texts.iter().position(|text| text.name == name);
    complaints.sort_by_cached_key(|complaint| {
        let place = complaint.labels.first().map(|label| locate(texts, &label.place));
        (place.map(|(text, span)| (position(&text.name), span.start)), complaint.code, complaint.message.clone())
    });
    complaints
}

/// One line: how many of each, `None` when there is nothing to say.
pub fn summary(complaints: &[Diagnostic]) -> Option<String> {
    let count = |severity| complaints.iter().filter(|complaint| complaint.severity == severity).count();
    let words = |number: usize, word: &str| (number > 0).then(|| counted(number, word));
    let parts = [words(count(Severity::Error), "error"), words(count(Severity::Warning), "warning")];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

/// Where a label points: `shop.yaml:12:7`.
pub fn place(texts: &[Text], label: &Label) -> String {
    let (text, span) = locate(texts, &label.place);
    let (line, column) = line_and_column(&text.text, span.start);
    format!("{}:{line}:{column}", text.name)
}

/// Line and column of a byte, both from 1; the column counts characters.
fn line_and_column(text: &str, byte: usize) -> (usize, usize) {
    let before = &text[..byte.min(text.len())];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (1 + before.matches('\n').count(), 1 + before[line_start..].chars().count())
}
