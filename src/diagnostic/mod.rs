//! Diagnostics about a topology, as values. Rules and the reader make them,
//! [`crate::report`] prints them, the command line decides the exit code from them.

use std::fmt;
use std::ops::Range;

use cassc_wording::shortened;
use schemars::JsonSchema;
use serde::Serialize;

mod route;
mod rule;

pub use route::{Route, Step};
pub use rule::Rule;

/// After so many errors checking stops: the user repairs these and runs cassc again. Warnings do not count, for what has
/// nothing but warnings is rendered and must be looked at to its end.
pub(crate) const MOST_ERRORS: usize = 5000;

/// How much a complaint weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing is rendered.
    Error,
    /// Rendered all the same; an error under `--deny warnings`; accepted by naming code and reason under `spec.accept`.
    Warning,
}

/// The word that every text report has for it; in JSON it is the same.
impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// Which part of an entry a label underlines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The key, or the whole element of a list.
    Key,
    /// The value; for a block of several lines its key.
    Value,
}

/// A document among all that were read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DocumentId {
    /// The position of its text, from 0.
    pub text: usize,
    /// Its position in that text, from 0.
    pub number: usize,
}

/// A place in what was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A value, named by its route.
    Value {
        /// The document.
        document: DocumentId,
        /// The way to the value. Where the document does not go that far (a default), its nearest ancestor is meant.
        route: Route,
        /// What of it to underline.
        part: Part,
    },
    /// Bytes of a text that is no document.
    Bytes {
        /// The position of the text, from 0.
        text: usize,
        /// Its bytes.
        span: Range<usize>,
    },
}

/// A place and the message about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// Where.
    pub place: Place,
    /// A few words under the underlined text; may be empty.
    pub text: String,
}

/// One complaint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The stable code, such as `E101`; for `cassc explain`.
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// What is wrong, one line, names in backticks.
    pub message: String,
    /// Where it is wrong; the first is the place it is reported at.
    pub labels: Vec<Label>,
    /// What was expected instead.
    pub expected: Option<String>,
    /// How to repair it, where that can be known.
    pub help: Option<String>,
}

impl Label {
    fn shortened(self) -> Self {
        Self { text: shortened(self.text), ..self }
    }
}

impl Diagnostic {
    /// A complaint at a place, with a few words under it. Here and below names that are too long to be read are cut.
    pub fn new(code: &'static str, severity: Severity, message: impl Into<String>, at: Label) -> Self {
        Self {
            code,
            severity,
            message: shortened(message.into()),
            labels: vec![at.shortened()],
            expected: None,
            help: None,
        }
    }

    /// Whether one of its places is in a document.
    pub(crate) fn is_about(&self, document: DocumentId) -> bool {
        self.labels.iter().any(|label| matches!(label.place, Place::Value { document: of, .. } if of == document))
    }

    /// The same complaint with one more place.
    #[must_use]
    pub(crate) fn label(mut self, label: Label) -> Self {
        self.labels.push(label.shortened());
        self
    }

    /// The same complaint with more places.
    #[must_use]
    pub(crate) fn labels(mut self, labels: impl IntoIterator<Item = Label>) -> Self {
        self.labels.extend(labels.into_iter().map(Label::shortened));
        self
    }

    /// The same complaint, saying what was expected.
    #[must_use]
    pub(crate) fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(shortened(expected.into()));
        self
    }

    /// The same complaint, saying how to repair it.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(shortened(help.into()));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_severity_has_one_word() {
        for severity in [Severity::Error, Severity::Warning] {
            assert_eq!(serde_json::to_value(severity).expect("a word is JSON"), severity.to_string());
        }
    }
}
