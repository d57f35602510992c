//! One line per complaint, for editors and grep: `file:line:column: error[E101]: message`.

use super::line_and_column;
use crate::diagnostic::{Diagnostic, Severity};
use crate::parse::{Text, locate};

/// The complaints, one line each, with a newline after each.
pub fn short(texts: &[Text], complaints: &[Diagnostic]) -> String {
    complaints.iter().map(|complaint| line(texts, complaint)).collect()
}

fn line(texts: &[Text], complaint: &Diagnostic) -> String {
    let severity = match complaint.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let place = complaint.labels.first().map(|label| locate(texts, &label.place));
    let place = place.map_or_else(String::new, |(text, span)| {
        let (line, column) = line_and_column(&text.text, span.start);
        format!("{}:{line}:{column}: ", text.name)
    });
    format!("{place}{severity}[{}]: {}\n", complaint.code, complaint.message)
}
