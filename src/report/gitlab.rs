//! Complaints as a Code Quality report of GitLab (docs.gitlab.com, "Code Quality report format"): what a merge request
//! adds and cures is found by comparing fingerprints, so these do not move with the lines.

use serde::Serialize;

use super::json::{Complaint, Complaints};
use super::visible::json_text;
use crate::diagnostic::Severity;

#[derive(Serialize)]
struct Issue<'c> {
    description: String,
    check_name: &'c str,
    fingerprint: &'c str,
    severity: &'static str,
    location: Location<'c>,
}

#[derive(Serialize)]
struct Location<'c> {
    path: &'c str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
    end: usize,
}

/// The report: a list, possibly empty.
pub fn gitlab(complaints: &Complaints) -> String {
    let issues: Vec<Issue<'_>> = complaints.complaints.iter().filter_map(issue).collect();
    json_text(&issues)
}

fn issue(complaint: &Complaint) -> Option<Issue<'_>> {
    let place = complaint.labels.first()?;
    let sentences: Vec<String> = complaint.sentences().collect();
    Some(Issue {
        description: sentences.join("; "),
        check_name: complaint.code,
        fingerprint: &complaint.fingerprint,
        // Of info, minor, major, critical and blocker: an error stops every render, a warning none.
        severity: match complaint.severity {
            Severity::Error => "blocker",
            Severity::Warning => "minor",
        },
        location: Location { path: &place.file, lines: Lines { begin: place.line, end: place.end_line } },
    })
}
