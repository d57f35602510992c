//! One line per complaint, for editors and grep: `file:line:column: error[E101]: message`.

use super::{MOST_SHOWN, heaviest, left_out, visible};
use crate::diagnostic::{Diagnostic, Severity};
use crate::parse::{Text, locate};

/// The complaints, one line each, with a newline after each; of very many the first errors, and how many more there are.
pub fn short(texts: &[Text], complaints: &[Diagnostic]) -> String {
    let shown = heaviest(complaints, MOST_SHOWN);
    shown.iter().map(|complaint| line(texts, complaint)).chain(left_out(complaints, &shown)).collect()
}

fn line(texts: &[Text], complaint: &Diagnostic) -> String {
    let severity = match complaint.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let place = complaint.labels.first().map(|label| locate(texts, &label.place));
    let place = place.map_or_else(String::new, |(text, span)| {
        let (line, column) = text.line_and_column(span.start);
        format!("{}:{line}:{column}: ", visible(&text.name))
    });
    format!("{place}{severity}[{}]: {}\n", complaint.code, visible(&complaint.message))
}
