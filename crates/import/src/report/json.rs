//! The report for programs.

use super::Report;

/// The report as JSON, with a line break at its end.
pub fn json(report: &Report) -> String {
    let text = serde_json::to_string_pretty(report).expect("a report has only texts and numbers");
    text + "\n"
}
