//! A field of an object: where it stands and what it holds.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;

use super::{Document, Merge};
use crate::path::Path;
use crate::report::{Place, Refusal};

/// A field of an object, there or not.
#[derive(Clone, Debug)]
pub(crate) struct At<'d> {
    document: &'d Document,
    path: Path,
}

impl<'d> At<'d> {
    /// The object itself.
    pub(crate) fn root(document: &'d Document) -> Self {
        Self { document, path: Path::default() }
    }

    /// The field of a key in this one.
    pub(crate) fn key(&self, key: impl Into<String>) -> Self {
        Self { path: self.path.key(key), ..self.clone() }
    }

    /// The field at the end of several keys.
    pub(crate) fn keys(&self, keys: &[&str]) -> Self {
        keys.iter().fold(self.clone(), |at, key| at.key(*key))
    }

    /// An element of the list in this field.
    pub(crate) fn index(&self, index: usize) -> Self {
        Self { path: self.path.index(index), ..self.clone() }
    }

    /// The value of this field with that of another one of the same document over it, as a program merges them.
    pub(crate) fn overlaid(&self, program: Merge, upper: &Self) -> Document {
        self.document.overlaid_by(program, &self.path, &upper.path)
    }

    /// Where it stands, for the report.
    pub(crate) fn place(&self) -> Place {
        self.document.place(&self.path)
    }

    /// What it holds; `None` where it is absent or null.
    pub(crate) fn value(&self) -> Option<&'d Value> {
        use crate::path::Step::{Index, Key};
        let value = self.path.steps().iter().try_fold(&self.document.value, |value, step| match step {
            Key(key) => value.get(key),
            Index(index) => value.get(index),
        });
        value.filter(|value| !value.is_null())
    }

    /// The value as a type; the refusal names the field that has another type, with its line.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        let value = self.value().cloned().unwrap_or(Value::Null);
        serde_path_to_error::deserialize(value).map_err(|error| {
            let at = error.path().iter().fold(self.clone(), |at, segment| match segment {
                Segment::Seq { index } => at.index(*index),
                Segment::Map { key } => at.key(key),
                Segment::Enum { .. } | Segment::Unknown => at,
            });
            at.refused(error.into_inner().to_string(), "write the field as its operator documents it")
        })
    }

    /// A refusal of this field.
    pub(crate) fn refused(&self, message: impl Into<String>, help: impl Into<String>) -> Refusal {
        Refusal { at: self.place(), message: message.into(), help: help.into() }
    }
}
