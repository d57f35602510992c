//! Mapping keys: a key that serde hands over comes in, a string goes out, or an error where a key cannot be a string.
//! `block` calls this once per key.

use serde::ser::{Impossible, Serialize, Serializer};

use super::Error;
use super::scalar::{write_key, write_quoted};

/// Where one key is written; its colon is written by the caller.
pub(super) struct Key<'a> {
    /// The text so far; the cursor stands where the key begins.
    pub(super) out: &'a mut String,
}

/// Serializer methods that write a key which YAML would otherwise read as a number or boolean: always in quotes, because
/// In JSON all keys are strings.
macro_rules! quoted_keys {
    ($($method:ident: $type:ty),*) => {$(
        fn $method(self, value: $type) -> Result<(), Error> { write_quoted(self.out, &value.to_string()); Ok(()) }
    )*};
}

/// Serializer methods for what cannot be a key.
macro_rules! no_keys {
    ($($method:ident($($argument:ty),*) -> $result:ty, $found:literal;)*) => {$(
        fn $method(self, $(_: $argument),*) -> Result<$result, Error> { Err(Error::KeyNotText { found: $found }) }
    )*};
}

type Never = Impossible<(), Error>;
type Name = &'static str;

impl Serializer for Key<'_> {
    type Ok = ();
    type Error = Error;
    type SerializeSeq = Never;
    type SerializeTuple = Never;
    type SerializeTupleStruct = Never;
    type SerializeTupleVariant = Never;
    type SerializeMap = Never;
    type SerializeStruct = Never;
    type SerializeStructVariant = Never;

    quoted_keys!(serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64, serialize_bool: bool);
    quoted_keys!(serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64);
    no_keys! {
        serialize_f32(f32) -> (), "a float";
        serialize_f64(f64) -> (), "a float";
        serialize_bytes(&[u8]) -> (), "raw bytes";
        serialize_none() -> (), "nothing";
        serialize_unit() -> (), "nothing";
        serialize_unit_struct(Name) -> (), "nothing";
        serialize_seq(Option<usize>) -> Never, "a list";
        serialize_tuple(usize) -> Never, "a list";
        serialize_tuple_struct(Name, usize) -> Never, "a list";
        serialize_tuple_variant(Name, u32, Name, usize) -> Never, "a list";
        serialize_map(Option<usize>) -> Never, "a mapping";
        serialize_struct(Name, usize) -> Never, "a mapping";
        serialize_struct_variant(Name, u32, Name, usize) -> Never, "a mapping";
    }

    fn serialize_str(self, key: &str) -> Result<(), Error> {
        write_key(self.out, key)
    }
    fn serialize_char(self, key: char) -> Result<(), Error> {
        self.serialize_str(key.encode_utf8(&mut [0; 4]))
    }
    fn serialize_unit_variant(self, _: Name, _: u32, variant: Name) -> Result<(), Error> {
        self.serialize_str(variant)
    }
    fn serialize_some<T: Serialize + ?Sized>(self, key: &T) -> Result<(), Error> {
        key.serialize(self)
    }
    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: Name, key: &T) -> Result<(), Error> {
        key.serialize(self)
    }
    fn serialize_newtype_variant<T: Serialize + ?Sized>(self, _: Name, _: u32, _: Name, _: &T) -> Result<(), Error> {
        Err(Error::KeyNotText { found: "a mapping" })
    }
}
