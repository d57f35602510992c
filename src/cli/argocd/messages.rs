//! What the user reads in the Application: Argo CD shows the whole of standard error behind the command line, unshortened
//! and as plain text. So the main complaint comes first, and there is never much of it.

use super::super::message;
use crate::diagnostic::{Diagnostic, Severity};
use crate::parse::Text;
use crate::report::{short, visible};

/// How many complaints are told before the rest is counted.
pub(super) const MOST_COMPLAINTS: usize = 5;

/// The longest line, in characters. Texts of users may be repeated in it.
const LONGEST_LINE: usize = 1000;

/// The complaints, errors first, each on its line with what helps under it.
pub(super) fn complaints<'d>(texts: &[Text], complaints: impl IntoIterator<Item = &'d Diagnostic>) -> String {
    let mut sorted: Vec<&Diagnostic> = complaints.into_iter().collect();
    sorted.sort_by_key(|complaint| complaint.severity != Severity::Error);
    let told: String = sorted.iter().take(MOST_COMPLAINTS).map(|complaint| line(texts, complaint)).collect();
    match sorted.len().saturating_sub(MOST_COMPLAINTS) {
        0 => told,
        more => format!("{told}and {more} more; run `cassc validate` on the topology\n"),
    }
}

fn line(texts: &[Text], complaint: &Diagnostic) -> String {
    let mut told = short(texts, std::slice::from_ref(complaint));
    let expected = complaint.expected.iter().map(|expected| format!("  expected {expected}\n"));
    let help = complaint.help.iter().map(|help| format!("  help: {help}\n"));
    told.extend(expected.chain(help));
    told
}

/// Sentences, one line each, the rest counted.
pub(super) fn sentences(sentences: &[String]) -> String {
    let told: Vec<&str> = sentences.iter().take(MOST_COMPLAINTS).map(String::as_str).collect();
    match sentences.len().saturating_sub(MOST_COMPLAINTS) {
        0 => told.join("\n"),
        more => format!("{}\nand {more} more", told.join("\n")),
    }
}

/// Says a text on standard error: no line is long, and what would steer a terminal is written out.
pub(super) fn show(text: &str) {
    let plain: String = text.trim_end().lines().map(plain_line).collect();
    message(&plain);
}

fn plain_line(line: &str) -> String {
    let escaped = visible(line);
    match escaped.char_indices().nth(LONGEST_LINE) {
        Some((end, _)) => format!("{}…\n", &escaped[..end]),
        None => escaped + "\n",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_plain_and_short() {
        assert_eq!(plain_line("a `\u{1b}[31mb`"), "a `\\u{1b}[31mb`\n");
        let long = plain_line(&"ä".repeat(5000));
        assert_eq!((long.chars().count(), long.ends_with("…\n")), (LONGEST_LINE + 2, true));
        let many: Vec<String> = (0..7).map(|number| number.to_string()).collect();
        assert_eq!(sentences(&many), "0\n1\n2\n3\n4\nand 2 more");
        assert_eq!(sentences(&many[..2]), "0\n1");
    }
}
