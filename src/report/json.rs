//! Complaints for programs: one JSON document with a version, and its JSON Schema. The same values are what SARIF, GitHub
//! and GitLab are told. Fields that a later cassc adds are no new version; a changed meaning or a removed field is.

use schemars::JsonSchema;
use serde::Serialize;

use super::visible::json_text;
use crate::diagnostic::Severity;

/// The version of the document.
pub const FORMAT: u32 = 1;

/// Everything that a run complains about, as `--format json` writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Complaints {
    /// The version of this document: 1. Readers skip unknown fields.
    #[schemars(extend("const" = FORMAT))]
    pub format: u32,
    /// In the order of the files and of the places in them; at most 5000, errors before warnings.
    pub complaints: Vec<Complaint>,
    /// How many errors there are.
    pub errors: usize,
    /// How many warnings there are.
    pub warnings: usize,
    /// How many of these errors and warnings are not in `complaints`; absent when all are.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub omitted: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &usize) -> bool {
    *number == 0
}

/// One complaint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Complaint {
    /// The stable code, such as `E101`; for `cassc explain`.
    pub code: &'static str,
    /// The name of the rule, such as `name-not-a-label`.
    pub name: &'static str,
    /// Error or warning; under `--deny warnings` all are errors.
    pub severity: Severity,
    /// What is wrong, one line, names in backticks.
    pub message: String,
    /// What was expected instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// How to repair it, where that can be known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The name of the cluster that it is about; absent where the file cannot be read that far.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cluster: Option<String>,
    /// The way to the value, such as `spec.datacenters[0].nodes`; absent where the text is no YAML.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Where it is wrong; the first is the place that it is reported at.
    pub labels: Vec<Place>,
    /// The same for the same complaint when lines move: 32 hexadecimal digits, different for each complaint of a run.
    pub fingerprint: String,
}

/// A place in a file, and the message about it. Lines and columns count from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// The path of the file, from the working directory where it lies below it; `<stdin>` for standard input.
    pub file: String,
    /// The commit that the file was read from; absent where it is the file as it is now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The first line.
    pub line: usize,
    /// The first character.
    pub column: usize,
    /// The last line.
    pub end_line: usize,
    /// The character behind the last one.
    pub end_column: usize,
    /// A few words about this place; may be empty.
    pub text: String,
}

impl Complaints {
    /// The document of these complaints, when there are no others.
    pub fn new(complaints: Vec<Complaint>) -> Self {
        let count = |severity| complaints.iter().filter(|complaint| complaint.severity == severity).count();
        let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
        Self { format: FORMAT, complaints, errors, warnings, omitted: 0 }
    }
}

impl Complaint {
    /// The message, then what was expected and how to repair it, as far as that is known: a line or sentence each.
    pub(super) fn sentences(&self) -> impl Iterator<Item = String> {
        let expected = self.expected.iter().map(|expected| format!("expected {expected}"));
        std::iter::once(self.message.clone()).chain(expected).chain(self.help.clone())
    }
}

/// The document: pretty, keys in a fixed order, a newline at the end.
pub fn json(complaints: &Complaints) -> String {
    json_text(complaints)
}

/// The JSON Schema of the document, as it is committed under `schemas/` and printed by `cassc schema complaints`.
pub fn json_schema() -> String {
    let schema = schemars::schema_for!(Complaints);
    serde_json::to_string_pretty(&schema).expect("a schema is JSON") + "\n"
}
