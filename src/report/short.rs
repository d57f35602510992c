//! One line per complaint, for editors and grep: `file:line:column: error[E101]: message`.

use super::{MOST_SHOWN, heaviest, left_out, place, visible};
use crate::diagnostic::Diagnostic;
use crate::parse::Text;

/// The complaints, one line each, with a newline after each; of very many the first errors, and how many more there are.
pub(crate) fn short(texts: &[Text], complaints: &[Diagnostic]) -> String {
    let shown = heaviest(complaints, MOST_SHOWN);
    shown.iter().map(|complaint| line(texts, complaint)).chain(left_out(complaints, &shown)).collect()
}

fn line(texts: &[Text], complaint: &Diagnostic) -> String {
    let place = complaint.labels.first().map(|label| format!("{}: ", place(texts, label))).unwrap_or_default();
    format!("{}{}[{}]: {}\n", visible(&place), complaint.severity, complaint.code, visible(&complaint.message))
}
