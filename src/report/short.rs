//! One line per complaint, for editors and grep: `file:line:column: error[E101]: message`.

use super::place;
use crate::diagnostic::Diagnostic;
use crate::parse::Text;

/// The complaints, one line each, with a newline after each.
pub fn short(texts: &[Text], complaints: &[Diagnostic]) -> String {
    complaints.iter().map(|complaint| line(texts, complaint)).collect()
}

fn line(texts: &[Text], complaint: &Diagnostic) -> String {
    let place = complaint.labels.first().map(|label| format!("{}: ", place(texts, label))).unwrap_or_default();
    format!("{place}{}[{}]: {}\n", complaint.severity, complaint.code, complaint.message)
}
