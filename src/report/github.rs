//! Complaints as workflow commands of GitHub Actions, which it shows as annotations at the lines of a pull request
//! (docs.github.com, "Workflow commands for GitHub Actions"; escapes as in actions/toolkit, `core/src/command.ts`).

use super::json::{Complaint, Complaints, Place};
use super::visible::visible;
use crate::diagnostic::Severity;

/// One line each, errors first: GitHub shows only the first ten errors and the first ten warnings of a step.
pub fn github(complaints: &Complaints) -> String {
    let of = |severity| complaints.complaints.iter().filter(move |complaint| complaint.severity == severity);
    of(Severity::Error).chain(of(Severity::Warning)).map(line).collect()
}

fn line(complaint: &Complaint) -> String {
    let mut properties = complaint.labels.first().map(place).unwrap_or_default();
    properties.push(("title", format!("{} ({})", complaint.code, complaint.name)));
    let properties: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={}", property(value))).collect();
    let message: Vec<String> = complaint.sentences().collect();
    format!("::{} {}::{}\n", complaint.severity, properties.join(","), data(&message.join("\n")))
}

/// Columns are allowed on a single line only (docs.github.com, "REST API endpoints for check runs", `start_column`).
fn place(place: &Place) -> Vec<(&'static str, String)> {
    let mut properties = vec![("file", place.file.clone()), ("line", place.line.to_string())];
    if place.line == place.end_line {
        properties.push(("col", place.column.to_string()));
    }
    properties.push(("endLine", place.end_line.to_string()));
    if place.line == place.end_line {
        properties.push(("endColumn", place.end_column.to_string()));
    }
    properties
}

fn data(text: &str) -> String {
    visible(&text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A"))
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complaint(severity: Severity, end_line: usize) -> Complaint {
        let file = "a, b: 100%.yaml".to_owned();
        Complaint {
            code: "E110",
            name: "node-count",
            severity,
            message: "50% of `a:b,c`\r".to_owned(),
            expected: Some("more".to_owned()),
            help: Some("write more".to_owned()),
            cluster: None,
            field: None,
            labels: vec![Place {
                file,
                commit: None,
                line: 3,
                column: 5,
                end_line,
                end_column: 9,
                text: String::new(),
            }],
            fingerprint: String::new(),
        }
    }

    #[test]
    fn what_a_command_is_made_of_is_escaped() {
        let complaints = Complaints::new(vec![complaint(Severity::Error, 3)]);
        let expected = "::error file=a%2C b%3A 100%25.yaml,line=3,col=5,endLine=3,endColumn=9,title=E110 (node-count)::\
                        50%25 of `a:b,c`%0D%0Aexpected more%0Awrite more\n";
        assert_eq!(github(&complaints), expected);
    }

    #[test]
    fn what_a_terminal_would_obey_is_written_out() {
        assert_eq!(property("a\u{9b}2J,\u{202e}"), "a\\u{9b}2J%2C\\u{202e}");
    }

    #[test]
    fn several_lines_have_no_columns_and_errors_come_first() {
        let complaints = Complaints::new(vec![complaint(Severity::Warning, 3), complaint(Severity::Error, 4)]);
        let text = github(&complaints);
        assert!(text.starts_with("::error file=a%2C b%3A 100%25.yaml,line=3,endLine=4,title="), "{text}");
    }
}
