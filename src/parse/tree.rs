//! The tree of a document: every value has its place in the text. [`super::builder`] makes it.

use std::ops::Range;

use super::doubtful::StandIn;

/// A value of the document and the bytes that it stands in.
#[derive(Clone, Debug)]
pub(super) struct Node {
    /// Bytes of the source.
    pub(super) span: Range<usize>,
    /// What it is.
    pub(super) content: Content,
}

/// What a node holds.
#[derive(Clone, Debug)]
pub(super) enum Content {
    /// Text, number, boolean or nothing: decided by who reads it.
    Scalar(Scalar),
    /// A list.
    List(Vec<Node>),
    /// A map, in the order of the text, keys unique.
    Map(Vec<Entry>),
    /// A value that was complained about, or that is missing: something of the type that its reader asks for, so that it can
    /// go on with the rest ([`super::doubtful`]). There are several, by number.
    StandIn(StandIn),
}

/// A scalar as it was written.
#[derive(Clone, Debug)]
pub(super) struct Scalar {
    /// The text, escapes and folding undone.
    pub(super) text: String,
    /// Whether it stood without quotes, so that it may be a number, a boolean or nothing.
    pub(super) plain: bool,
}

/// One key of a map with its value.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// The key.
    pub(super) key: String,
    /// Bytes of the key.
    pub(super) key_span: Range<usize>,
    /// The value.
    pub(super) value: Node,
}

/// Why a text is no tree: the code of the complaint, where, and in which words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TreeError {
    /// `E002`, `E003`, `E004` or `E005`.
    pub(super) code: &'static str,
    /// The bytes to underline.
    pub(super) span: Range<usize>,
    /// What is wrong.
    pub(super) message: String,
    /// A second place that belongs to it, with its label.
    pub(super) other: Option<(Range<usize>, &'static str)>,
    /// The repair.
    pub(super) help: Option<String>,
}

impl Node {
    /// The value of a key, if this is a map that has it.
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        self.entry(key).map(|entry| &entry.value)
    }

    /// The entry of a key, if this is a map that has it.
    pub(super) fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.content {
            Content::Map(entries) => entries.iter().find(|entry| entry.key == key),
            Content::Scalar(_) | Content::List(_) | Content::StandIn(_) => None,
        }
    }

    /// The text of a scalar.
    pub(super) fn text(&self) -> Option<&str> {
        match &self.content {
            Content::Scalar(scalar) => Some(&scalar.text),
            Content::List(_) | Content::Map(_) | Content::StandIn(_) => None,
        }
    }

    /// Whether the value is absent: an empty plain scalar, `~` or `null` (YAML 1.2 core schema).
    pub(super) fn is_nothing(&self) -> bool {
        matches!(&self.content, Content::Scalar(Scalar { text, plain: true })
            if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }
}
