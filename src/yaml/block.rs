//! Block structure: serde's calls come in, indented lines go out through `scalar`. `yaml::write` is the only caller.

use serde::ser::{self, Serialize};

use super::Error;
use super::key::Key;
use super::scalar::{STEP, write_float, write_spaces, write_value};

/// What has been written just before a value, on the same line.
#[derive(Clone, Copy)]
enum Position {
    /// Nothing: the value is the whole document.
    Document,
    /// A key and its colon.
    AfterKey,
    /// A dash and a space.
    AfterDash,
}

/// Where one value goes. All that is written through it ends with a line feed.
pub(super) struct Node<'a> {
    out: &'a mut String,
    place: Position,
    /// Column of the key or dash that stands before the value.
    indent: usize,
}

impl<'a> Node<'a> {
    /// The node of a whole document that starts at the end of `out`.
    pub(super) fn document(out: &'a mut String) -> Self {
        Self { out, place: Position::Document, indent: 0 }
    }

    /// Writes a value that takes no lines of its own; `write` appends it.
    fn scalar(self, write: impl FnOnce(&mut String, usize)) {
        if matches!(self.place, Position::AfterKey) {
            self.out.push(' ');
        }
        write(self.out, self.indent);
        self.out.push('\n');
    }

    fn plain(self, text: &str) {
        self.scalar(|out, _| out.push_str(text));
    }

    fn integer(self, value: impl std::fmt::Display) {
        use std::fmt::Write as _;
        self.scalar(|out, _| write!(out, "{value}").expect("writing to a String cannot fail"));
    }

    fn mapping(self) -> Collection<'a> {
        let indent = match self.place {
            Position::Document => self.indent,
            Position::AfterKey | Position::AfterDash => self.indent + STEP,
        };
        Collection { out: self.out, place: self.place, indent, is_empty: true, empty_form: "{}" }
    }

    fn list(self) -> Collection<'a> {
        let indent = match self.place {
            Position::Document | Position::AfterKey => self.indent,
            Position::AfterDash => self.indent + STEP,
        };
        Collection { out: self.out, place: self.place, indent, is_empty: true, empty_form: "[]" }
    }

    /// The content of an enum variant, which is written as a mapping of one entry: `Variant: content`.
    fn variant(self, name: &'static str) -> Result<Node<'a>, Error> {
        let mut mapping = self.mapping();
        mapping.key(name)?;
        Ok(Node { out: mapping.out, place: Position::AfterKey, indent: mapping.indent })
    }
}

/// A mapping or list that is being written.
pub(super) struct Collection<'a> {
    out: &'a mut String,
    place: Position,
    /// Column of its keys or dashes.
    indent: usize,
    is_empty: bool,
    /// What is written when no entry comes.
    empty_form: &'static str,
}

impl Collection<'_> {
    /// Moves to where the next key or dash stands.
    fn start_entry(&mut self) {
        let continues_the_line = self.is_empty && !matches!(self.place, Position::AfterKey);
        if self.is_empty && matches!(self.place, Position::AfterKey) {
            self.out.push('\n');
        }
        if !continues_the_line {
            write_spaces(self.out, self.indent);
        }
        self.is_empty = false;
    }

    fn key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.start_entry();
        key.serialize(Key { out: self.out })?;
        self.out.push(':');
        Ok(())
    }

    fn value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        value.serialize(Node { out: self.out, place: Position::AfterKey, indent: self.indent })
    }

    fn item<T: Serialize + ?Sized>(&mut self, item: &T) -> Result<(), Error> {
        self.start_entry();
        self.out.push_str("- ");
        item.serialize(Node { out: self.out, place: Position::AfterDash, indent: self.indent })
    }

    fn finish(self) {
        if self.is_empty {
            Node { out: self.out, place: self.place, indent: self.indent }.plain(self.empty_form);
        }
    }
}

/// Serializer methods that write an integer of each width as a plain scalar.
macro_rules! plain_integers {
    ($($method:ident: $type:ty),*) => {$(
        fn $method(self, value: $type) -> Result<(), Error> { self.integer(value); Ok(()) }
    )*};
}

impl<'a> ser::Serializer for Node<'a> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Collection<'a>;
    type SerializeTuple = Collection<'a>;
    type SerializeTupleStruct = Collection<'a>;
    type SerializeTupleVariant = Collection<'a>;
    type SerializeMap = Collection<'a>;
    type SerializeStruct = Collection<'a>;
    type SerializeStructVariant = Collection<'a>;

    plain_integers!(serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64);
    plain_integers!(serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64);

    fn serialize_bool(self, value: bool) -> Result<(), Error> {
        self.plain(if value { "true" } else { "false" });
        Ok(())
    }
    fn serialize_f32(self, value: f32) -> Result<(), Error> {
        if !value.is_finite() {
            return Err(Error::NotFinite(value.into()));
        }
        self.scalar(|out, _| write_float(out, &format!("{value:?}")));
        Ok(())
    }
    fn serialize_f64(self, value: f64) -> Result<(), Error> {
        if !value.is_finite() {
            return Err(Error::NotFinite(value));
        }
        self.scalar(|out, _| write_float(out, &format!("{value:?}")));
        Ok(())
    }
    fn serialize_char(self, value: char) -> Result<(), Error> {
        self.serialize_str(value.encode_utf8(&mut [0; 4]))
    }
    fn serialize_str(self, value: &str) -> Result<(), Error> {
        self.scalar(|out, indent| write_value(out, value, indent));
        Ok(())
    }
    fn serialize_bytes(self, _: &[u8]) -> Result<(), Error> {
        Err(Error::Bytes)
    }
    fn serialize_none(self) -> Result<(), Error> {
        self.serialize_unit()
    }
    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }
    fn serialize_unit(self) -> Result<(), Error> {
        self.plain("null");
        Ok(())
    }
    fn serialize_unit_struct(self, _: &'static str) -> Result<(), Error> {
        self.serialize_unit()
    }
    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<(), Error> {
        self.serialize_str(variant)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Error> {
        value.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Error> {
        value.serialize(self.variant(variant)?)
    }
    fn serialize_seq(self, _: Option<usize>) -> Result<Collection<'a>, Error> {
        Ok(self.list())
    }
    fn serialize_tuple(self, _: usize) -> Result<Collection<'a>, Error> {
        Ok(self.list())
    }
    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Collection<'a>, Error> {
        Ok(self.list())
    }
    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Collection<'a>, Error> {
        Ok(self.variant(variant)?.list())
    }
    fn serialize_map(self, _: Option<usize>) -> Result<Collection<'a>, Error> {
        Ok(self.mapping())
    }
    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Collection<'a>, Error> {
        Ok(self.mapping())
    }
    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Collection<'a>, Error> {
        Ok(self.variant(variant)?.mapping())
    }
}

/// Implements the serde traits of lists, whose only difference is the name of their method.
macro_rules! lists {
    ($($trait:ident: $method:ident),*) => {$(
        impl ser::$trait for Collection<'_> {
            type Ok = ();
            type Error = Error;
            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> { self.item(value) }
            fn end(self) -> Result<(), Error> { self.finish(); Ok(()) }
        }
    )*};
}
lists!(
    SerializeSeq: serialize_element,
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
    SerializeTupleVariant: serialize_field
);

/// Implements the serde traits of mappings whose keys are field names.
macro_rules! structs {
    ($($trait:ident),*) => {$(
        impl ser::$trait for Collection<'_> {
            type Ok = ();
            type Error = Error;
            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Error> {
                self.key(key)?;
                self.value(value)
            }
            fn end(self) -> Result<(), Error> { self.finish(); Ok(()) }
        }
    )*};
}
structs!(SerializeStruct, SerializeStructVariant);

impl ser::SerializeMap for Collection<'_> {
    type Ok = ();
    type Error = Error;
    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Error> {
        self.key(key)
    }
    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Error> {
        self.value(value)
    }
    fn end(self) -> Result<(), Error> {
        self.finish();
        Ok(())
    }
}
