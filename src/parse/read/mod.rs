//! The tree becomes typed values: a serde `Deserializer` over [`Node`]s whose every error has the route to the value
//! that it is about. Text is what was written, a number is a number only in plain decimal digits, and a field that
//! the type does not have is noted with its nearest known name instead of being ignored.

mod access;

use std::cell::RefCell;

use cassc_wording::nearest;
use serde::de::{self, DeserializeOwned, IntoDeserializer, Visitor};
use serde_json::Value;

use self::access::{Entries, Items, StandInFields, StandInItems, Variant};
use super::doubtful::StandIn;
use super::read_error::ReadError;
use super::scalar::{Meaning, meaning, whole_number};
use super::trail::Trail;
use super::tree::{Content, Entry, Node, Scalar};
use crate::topology::foreign_names::elsewhere;
use crate::topology::{SWITCH_OR_SETTINGS, TEXT_OR_SECRET};

/// Reads a value of type `T` from a tree. Unknown fields and disputed scalars are noted and reading goes on; the
/// first value of a wrong type ends it.
pub(super) fn read<T: DeserializeOwned>(root: &Node) -> (Result<T, ReadError>, Vec<ReadError>) {
    let notes = RefCell::new(Vec::new());
    let reader = Reader { node: root, trail: Trail::Root, siblings: &[], notes: &notes };
    let outcome = T::deserialize(reader);
    (outcome, notes.into_inner())
}

/// What a switch takes, in words.
const WORD: &str = "true or false";
/// What a switch takes that may have settings, in words.
const WORD_OR_SETTINGS: &str = "true, false or a map";

#[derive(Clone, Copy)]
struct Reader<'a> {
    node: &'a Node,
    trail: Trail<'a>,
    /// The fields of the enclosing struct: what an ignored value may have meant.
    siblings: &'static [&'static str],
    notes: &'a RefCell<Vec<ReadError>>,
}

impl<'a> Reader<'a> {
    fn child<'b>(&self, node: &'b Node, trail: Trail<'b>, siblings: &'static [&'static str]) -> Reader<'b>
    where
        'a: 'b,
    {
        Reader { node, trail, siblings, notes: self.notes }
    }

    /// Gives an error that was made without a place the place of this value.
    fn placed<T>(&self, outcome: Result<T, ReadError>) -> Result<T, ReadError> {
        outcome.map_err(|mut error| {
            error.route.get_or_insert_with(|| self.trail.route());
            error
        })
    }

    fn wrong(&self, expected: &str) -> ReadError {
        let found = found(self.node);
        let mut error = ReadError::new("E009", format!("expected {expected}, found {found}"));
        error.help = self.repair(expected);
        error.route = Some(self.trail.route());
        error
    }

    fn repair(&self, expected: &str) -> Option<String> {
        let Content::Scalar(Scalar { text, plain }) = &self.node.content else { return self.name(expected) };
        if !plain && text.contains('\n') && text.contains(':') && matches!(expected, "a map" | "a list") {
            return Some("remove the `|` or the quotes: cassc reads the fields themselves, not a text".to_owned());
        }
        if let Some((key, value)) = text.split_once(':').filter(|_| *plain && matches!(expected, "a map" | "a list")) {
            let is_key = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric());
            return is_key.then(|| format!("write a space after the colon: `{key}: {}`", value.trim()));
        }
        let wants_number = expected.starts_with("a whole number");
        let unquoted = if matches!(expected, WORD | WORD_OR_SETTINGS) {
            match text.to_ascii_lowercase().as_str() {
                "yes" | "on" | "y" | "true" => Some("true".to_owned()),
                "no" | "off" | "n" | "false" => Some("false".to_owned()),
                _ => None,
            }
        } else if wants_number && !plain {
            whole_number(text).map(|number| number.to_string())
        } else {
            None
        };
        match unquoted {
            Some(value) => Some(format!("write `{value}` without quotes")),
            None if wants_number && *plain && matches!(meaning(text), Meaning::Disputed(_)) => {
                Some("write a number in plain decimal digits".to_owned())
            }
            None => None,
        }
    }

    /// The name of a map that has nothing else, as Kubernetes writes references: here the name is enough.
    fn name(&self, expected: &str) -> Option<String> {
        let Content::Map(entries) = &self.node.content else { return None };
        let [Entry { key, value, .. }] = entries.as_slice() else { return None };
        let name = value.text().filter(|_| expected == "text" && key == "name")?;
        Some(format!("write the name only: `{name}`"))
    }

    fn scalar(&self) -> Option<&'a Scalar> {
        match &self.node.content {
            Content::Scalar(scalar) if !self.node.is_nothing() => Some(scalar),
            _ => None,
        }
    }

    fn stand_in(&self) -> Option<StandIn> {
        match self.node.content {
            Content::StandIn(stand_in) => Some(stand_in),
            _ => None,
        }
    }

    fn whole_number<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        if let Some(stand_in) = self.stand_in() {
            return self.placed(visitor.visit_u64(stand_in.number()));
        }
        let number = self.scalar().filter(|scalar| scalar.plain).and_then(|scalar| whole_number(&scalar.text));
        let number = number.ok_or_else(|| self.wrong("a whole number"))?;
        let outcome = match (u64::try_from(number), i64::try_from(number)) {
            (Ok(unsigned), _) => visitor.visit_u64(unsigned),
            (_, Ok(signed)) => visitor.visit_i64(signed),
            _ => Err(self.wrong("a whole number of at most 64 bits")),
        };
        self.placed(outcome)
    }

    /// `true` or `false`, where a map could stand too.
    fn word_or_settings<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let scalar = self.scalar().filter(|scalar| scalar.plain).map(|scalar| meaning(&scalar.text));
        match scalar {
            Some(Meaning::Clear(Value::Bool(value))) => self.placed(visitor.visit_bool(value)),
            _ => Err(self.wrong(WORD_OR_SETTINGS)),
        }
    }

    fn text<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        if let Some(stand_in) = self.stand_in() {
            return self.placed(visitor.visit_str(stand_in.text()));
        }
        let scalar = self.scalar().ok_or_else(|| self.wrong("text"))?;
        self.placed(visitor.visit_str(&scalar.text))
    }

    fn anything<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        match &self.node.content {
            Content::StandIn(stand_in) if stand_in.is_absent() => visitor.visit_unit(),
            Content::StandIn(stand_in) => self.placed(visitor.visit_str(stand_in.text())),
            Content::List(_) => de::Deserializer::deserialize_seq(self, visitor),
            Content::Map(_) => de::Deserializer::deserialize_map(self, visitor),
            Content::Scalar(Scalar { text, plain: false }) => self.placed(visitor.visit_str(text)),
            Content::Scalar(Scalar { text, plain: true }) => self.placed(self.plain(text, visitor)),
        }
    }

    fn plain<'de, V: Visitor<'de>>(self, text: &str, visitor: V) -> Result<V::Value, ReadError> {
        match meaning(text) {
            Meaning::Disputed(what) => {
                let message = format!("`{text}` is ambiguous: some YAML parsers read {what}, others do not");
                let mut error = ReadError::new("E011", message);
                error.route = Some(self.trail.route());
                error.help = Some(format!(
                    "write \"{text}\" if it is text; otherwise write `true`, `false` or plain decimal digits"
                ));
                self.notes.borrow_mut().push(error);
                visitor.visit_str(text)
            }
            Meaning::Clear(Value::Null) => visitor.visit_unit(),
            Meaning::Clear(Value::Bool(value)) => visitor.visit_bool(value),
            Meaning::Clear(Value::Number(number)) => match (number.as_u64(), number.as_i64(), number.as_f64()) {
                (Some(value), _, _) => visitor.visit_u64(value),
                (_, Some(value), _) => visitor.visit_i64(value),
                (_, _, Some(value)) => visitor.visit_f64(value),
                _ => visitor.visit_str(text),
            },
            Meaning::Clear(_) => visitor.visit_str(text),
        }
    }

    fn map<'de, V: Visitor<'de>>(self, fields: &'static [&'static str], visitor: V) -> Result<V::Value, ReadError> {
        if let Some(stand_in) = self.stand_in() {
            let fields = if fields.is_empty() { stand_in.keys() } else { fields };
            return self.placed(visitor.visit_map(StandInFields { reader: &self, fields, next: 0 }));
        }
        let entries = match &self.node.content {
            Content::Map(entries) => entries.as_slice(),
            _ if self.node.is_nothing() && fields.is_empty() => &[],
            _ => return Err(self.wrong("a map")),
        };
        self.placed(visitor.visit_map(Entries { reader: &self, entries, fields, value: None }))
    }

    fn unknown_field(&self) {
        let Trail::Key(_, field) = self.trail else { return };
        let mut error = ReadError::new("E008", format!("unknown field `{field}`"));
        error.route = Some(self.trail.route());
        let elsewhere = elsewhere(field, self.trail.parent());
        let nearest = nearest(field, self.siblings.iter().copied());
        let in_help = |known: &&str| elsewhere.as_ref().is_some_and(|help| help.contains(&format!("`{known}`")));
        let beginning = field.split(|c: char| !c.is_ascii_alphanumeric()).next();
        let begins = |known: &&str| beginning == Some(*known);
        let named = self.siblings.iter().copied().find(|known| in_help(known) || begins(known));
        error.meant = named.or(nearest);
        error.help = elsewhere.or_else(|| meant(field, self.siblings));
        if !self.siblings.is_empty() {
            error.expected = Some(format!("one of {}", listed(self.siblings)));
        }
        self.notes.borrow_mut().push(error);
    }
}

/// The field that an unknown one was probably meant to be: a slip, or a field without its colon.
fn meant(field: &str, siblings: &[&str]) -> Option<String> {
    if let Some(known) = nearest(field, siblings.iter().copied()) {
        return Some(format!("did you mean `{known}`?"));
    }
    let (word, _) = field.split_once(|c: char| !c.is_ascii_alphanumeric())?;
    siblings.contains(&word).then(|| format!("write `{word}: …`: a colon and a space follow the field"))
}

fn listed(words: &[&str]) -> String {
    let mut sorted: Vec<&str> = words.to_vec();
    sorted.sort_unstable();
    sorted.join(", ")
}

fn found(node: &Node) -> String {
    match &node.content {
        Content::List(_) => "a list".to_owned(),
        Content::Map(_) => "a map".to_owned(),
        Content::StandIn(_) => "nothing".to_owned(),
        Content::Scalar(_) if node.is_nothing() => "nothing".to_owned(),
        Content::Scalar(Scalar { text, .. }) if text.chars().count() > 40 => "a long text".to_owned(),
        Content::Scalar(Scalar { text, plain: true }) => format!("`{text}`"),
        Content::Scalar(Scalar { text, plain: false }) => format!("the quoted text {text:?}"),
    }
}

/// Methods of the same shape: every integer type is a whole number, every text type is text.
macro_rules! forward {
    ($target:ident: $($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
            self.$target(visitor)
        })*
    };
}

impl<'de> de::Deserializer<'de> for Reader<'_> {
    type Error = ReadError;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.anything(visitor)
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        if let Some(stand_in) = self.stand_in() {
            return self.placed(visitor.visit_bool(stand_in.truth()));
        }
        let scalar = self.scalar().filter(|scalar| scalar.plain).map(|scalar| meaning(&scalar.text));
        match scalar {
            Some(Meaning::Clear(Value::Bool(value))) => self.placed(visitor.visit_bool(value)),
            _ => Err(self.wrong(WORD)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let is_absent = self.stand_in().map_or_else(|| self.node.is_nothing(), StandIn::is_absent);
        if is_absent { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        match &self.node.content {
            Content::Map(_) if name == TEXT_OR_SECRET => self.map(&["secretKeyRef"], visitor),
            _ if name == TEXT_OR_SECRET => self.text(visitor),
            Content::Scalar(_) if name == SWITCH_OR_SETTINGS => self.word_or_settings(visitor),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        if let Some(stand_in) = self.stand_in() {
            return self.placed(visitor.visit_seq(StandInItems { reader: &self, left: stand_in.elements() }));
        }
        let items = match &self.node.content {
            Content::List(items) => items.as_slice(),
            _ if self.node.is_nothing() => &[],
            _ => return Err(self.wrong("a list")),
        };
        self.placed(visitor.visit_seq(Items { reader: &self, items, next: 0 }))
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.map(&[], visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        self.map(fields, visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        if let Some(variant) = self.stand_in().and_then(|stand_in| stand_in.one_of(variants)) {
            return self.placed(visitor.visit_enum(variant.into_deserializer()));
        }
        match &self.node.content {
            Content::Scalar(scalar) if variants.contains(&scalar.text.as_str()) => {
                self.placed(visitor.visit_enum(scalar.text.as_str().into_deserializer()))
            }
            Content::Map(entries) if entries.len() == 1 => {
                self.placed(visitor.visit_enum(Variant { reader: &self, entry: &entries[0] }))
            }
            _ => {
                let mut error = self.wrong(&format!("one of {}", variants.join(", ")));
                let near = self.node.text().and_then(|text| nearest(text, variants.iter().copied()));
                error.help = near.map(|known| format!("did you mean `{known}`?"));
                Err(error)
            }
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        if self.stand_in().is_none() {
            self.unknown_field();
        }
        visitor.visit_unit()
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        let is_nothing = self.node.is_nothing() || self.stand_in().is_some();
        if is_nothing { visitor.visit_unit() } else { Err(self.wrong("nothing")) }
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        if self.stand_in().is_some() {
            return self.whole_number(visitor);
        }
        let scalar = self.scalar().filter(|scalar| scalar.plain).map(|scalar| meaning(&scalar.text));
        match scalar {
            Some(Meaning::Clear(Value::Number(_))) => self.anything(visitor),
            _ => Err(self.wrong("a number")),
        }
    }

    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_f64(visitor)
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, ReadError> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, ReadError> {
        self.deserialize_seq(visitor)
    }

    forward!(whole_number: deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128);
    forward!(text: deserialize_char deserialize_str deserialize_string deserialize_bytes deserialize_byte_buf
        deserialize_identifier);
}
