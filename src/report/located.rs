//! Complaints as rules make them → complaints as programs read them: routes become lines, names of files become paths
//! from the working directory, and each gets a fingerprint that stays when lines move. Called by the command line.

use std::collections::BTreeMap;
use std::path::Path;

use cassc_wording::shortened;
use sha2::{Digest, Sha256};

use super::json::{Complaint, Complaints, Place};
use super::{MOST_REPORTED, count, heaviest};
use crate::catalogue::rule;
use crate::diagnostic::{self, Diagnostic, Label, Severity};
use crate::parse::source::STANDARD_INPUT;
use crate::parse::{Text, cluster_name, locate};
use crate::paths::shown;

/// The digits of a fingerprint: 128 bits, so that no two complaints of a fleet share one by chance.
const FINGERPRINT_DIGITS: usize = 32;

/// The complaints with files, lines and columns. `directory` is the working directory, absolute.
pub fn located(texts: &[Text], complaints: &[Diagnostic], directory: &Path) -> Complaints {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let reported = heaviest(complaints, MOST_REPORTED).into_iter().map(|complaint| {
        let basis = basis(texts, complaint, directory);
        let count = seen.entry(basis.clone()).or_default();
        *count += 1;
        let fingerprint = fingerprint(&basis, *count);
        of(texts, complaint, directory, fingerprint)
    });
    let reported = Complaints::new(reported.collect());
    let (errors, warnings) = (count(complaints, Severity::Error), count(complaints, Severity::Warning));
    Complaints { errors, warnings, omitted: complaints.len() - reported.complaints.len(), ..reported }
}

fn of(texts: &[Text], complaint: &Diagnostic, directory: &Path, fingerprint: String) -> Complaint {
    let (cluster, field) = match complaint.labels.first().map(|label| &label.place) {
        Some(diagnostic::Place::Value { document, route, .. }) => {
            (cluster_name(texts, *document), Some(route.to_string()).filter(|field| !field.is_empty()))
        }
        Some(diagnostic::Place::Bytes { .. }) | None => (None, None),
    };
    Complaint {
        code: complaint.code,
        name: rule(complaint.code).expect("every complaint has the code of a rule").name,
        severity: complaint.severity,
        message: complaint.message.clone(),
        expected: complaint.expected.clone(),
        help: complaint.help.clone(),
        cluster: cluster.map(|name| shortened(name.to_owned())),
        field,
        labels: complaint.labels.iter().map(|label| place(texts, label, directory)).collect(),
        fingerprint,
    }
}

fn place(texts: &[Text], label: &Label, directory: &Path) -> Place {
    let (text, span) = locate(texts, &label.place);
    let (line, column) = text.line_and_column(span.start);
    let (end_line, end_column) = text.line_and_column(span.end);
    let commit = text.committed.as_ref().map(|committed| committed.commit.clone());
    Place { file: file(text, directory), commit, line, column, end_line, end_column, text: label.text.clone() }
}

/// Of a file as it was in a commit the path that it had: platforms find no other, and the merge base is another commit
/// tomorrow.
fn file(text: &Text, directory: &Path) -> String {
    match &text.committed {
        Some(committed) => shown(&committed.path, directory),
        None => file_name(&text.name, directory),
    }
}

/// The name of a text as tools want it: see [`shown`].
fn file_name(name: &str, directory: &Path) -> String {
    if name == STANDARD_INPUT { name.to_owned() } else { shown(Path::new(name), directory) }
}

/// What makes a complaint the same one as in an earlier run: rule, file, cluster, field and message. Where the text is
/// no YAML: rule, file and the text of the line, for the message may hold the number of a line.
fn basis(texts: &[Text], complaint: &Diagnostic, directory: &Path) -> String {
    let Some(label) = complaint.labels.first() else { return format!("{}\n{}", complaint.code, complaint.message) };
    let (text, span) = locate(texts, &label.place);
    let file = file(text, directory);
    let place = match &label.place {
        diagnostic::Place::Value { document, route, .. } => {
            let cluster = cluster_name(texts, *document).unwrap_or_default();
            format!("{cluster}\n{route}\n{}", complaint.message)
        }
        // Nothing at the very beginning is the whole file.
        diagnostic::Place::Bytes { .. } if span == (0..0) => String::new(),
        diagnostic::Place::Bytes { .. } => text.text[text.line_around(span.start)].trim().to_owned(),
    };
    format!("{}\n{file}\n{place}", complaint.code)
}

/// `count` distinguishes diagnostics that are equal in everything that is stable when lines move.
fn fingerprint(basis: &str, count: usize) -> String {
    let numbered = if count == 1 { basis.to_owned() } else { format!("{basis}\n{count}") };
    let digest = format!("{:x}", Sha256::digest(numbered));
    digest[..FINGERPRINT_DIGITS].to_owned()
}
