//! A complaint about a value that could not be read, made by serde's visitors and by [`super::read`], placed by the reader.

use std::fmt;

use cassc_wording::nearest;
use serde::de;

use crate::diagnostic::Route;

/// A complaint about a value, before it has a place in a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ReadError {
    /// `E008` unknown field, `E009` wrong type, `E010` missing field, `E011` disputed scalar.
    pub(super) code: &'static str,
    /// The value, or for a missing field the map that lacks it. `None` only until the reader has placed it.
    pub(super) route: Option<Route>,
    /// What is wrong.
    pub(super) message: String,
    /// What was expected.
    pub(super) expected: Option<String>,
    /// The repair.
    pub(super) help: Option<String>,
    /// The field that is missing, for `E010`.
    pub(super) missing: Option<&'static str>,
    /// The known field that an unknown one was probably meant to be, for `E008`.
    pub(super) meant: Option<&'static str>,
}

impl ReadError {
    pub(super) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, route: None, message: message.into(), expected: None, help: None, missing: None, meant: None }
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ReadError {}

impl de::Error for ReadError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new("E009", message.to_string())
    }

    fn missing_field(field: &'static str) -> Self {
        let mut error = Self::new("E010", format!("the required field `{field}` is missing"));
        error.help = Some(format!("add `{field}: …`"));
        error.missing = Some(field);
        error
    }

    fn invalid_value(found: de::Unexpected<'_>, expected: &dyn de::Expected) -> Self {
        let mut error = Self::new("E009", format!("the {found} is out of range"));
        let range = expected.to_string();
        error.expected = Some(match range.strip_prefix('u').and_then(|bits| bits.parse::<u32>().ok()) {
            Some(bits) => format!("a whole number from 0 to {}", u64::MAX >> (64 - bits.clamp(1, 64))),
            None => range,
        });
        error
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        let mut error = Self::new("E009", format!("unknown value `{variant}`"));
        error.expected = Some(format!("one of {}", expected.join(", ")));
        error.help = nearest(variant, expected.iter().copied()).map(|known| format!("did you mean `{known}`?"));
        error
    }
}
