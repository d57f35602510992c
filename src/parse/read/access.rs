//! How serde walks into maps, lists and choices of the tree, and into what stands in for them.

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, EnumAccess, IntoDeserializer, MapAccess, SeqAccess, VariantAccess, Visitor};

use super::super::read_error::ReadError;
use super::super::trail::Trail;
use super::super::tree::{Entry, Node};
use super::Reader;

pub(super) struct Entries<'r, 'a> {
    pub(super) reader: &'r Reader<'a>,
    pub(super) entries: &'a [Entry],
    pub(super) fields: &'static [&'static str],
    pub(super) value: Option<&'a Entry>,
}

impl<'de> MapAccess<'de> for Entries<'_, '_> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ReadError> {
        let Some((entry, rest)) = self.entries.split_first() else { return Ok(None) };
        self.entries = rest;
        self.value = Some(entry);
        let key: StrDeserializer<'_, ReadError> = entry.key.as_str().into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, ReadError> {
        let entry = self.value.take().expect("serde asks for a value only after its key");
        let trail = Trail::Key(&self.reader.trail, &entry.key);
        let reader = self.reader.child(&entry.value, trail, self.fields);
        let outcome = seed.deserialize(reader);
        reader.placed(outcome)
    }
}

pub(super) struct Items<'r, 'a> {
    pub(super) reader: &'r Reader<'a>,
    pub(super) items: &'a [Node],
    pub(super) next: usize,
}

impl<'de> SeqAccess<'de> for Items<'_, '_> {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, ReadError> {
        let Some(item) = self.items.get(self.next) else { return Ok(None) };
        let reader = self.reader.child(item, Trail::Index(&self.reader.trail, self.next), &[]);
        self.next += 1;
        let outcome = seed.deserialize(reader);
        reader.placed(outcome).map(Some)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.items.len() - self.next)
    }
}

pub(super) struct Variant<'r, 'a> {
    pub(super) reader: &'r Reader<'a>,
    pub(super) entry: &'a Entry,
}

impl<'de> EnumAccess<'de> for Variant<'_, '_> {
    type Error = ReadError;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), ReadError> {
        let name: StrDeserializer<'_, ReadError> = self.entry.key.as_str().into_deserializer();
        Ok((seed.deserialize(name)?, self))
    }
}

impl<'de> VariantAccess<'de> for Variant<'_, '_> {
    type Error = ReadError;

    fn unit_variant(self) -> Result<(), ReadError> {
        Err(self.reader.wrong("text"))
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, ReadError> {
        let trail = Trail::Key(&self.reader.trail, &self.entry.key);
        let reader = self.reader.child(&self.entry.value, trail, &[]);
        let outcome = seed.deserialize(reader);
        reader.placed(outcome)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, _: V) -> Result<V::Value, ReadError> {
        Err(self.reader.wrong("a map"))
    }

    fn struct_variant<V: Visitor<'de>>(self, _: &'static [&'static str], _: V) -> Result<V::Value, ReadError> {
        Err(self.reader.wrong("a map"))
    }
}

/// The fields of a map that a stand-in stands for.
pub(super) struct StandInFields<'r, 'a> {
    pub(super) reader: &'r Reader<'a>,
    pub(super) fields: &'static [&'static str],
    pub(super) next: usize,
}

impl<'de> MapAccess<'de> for StandInFields<'_, '_> {
    type Error = ReadError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ReadError> {
        let Some(field) = self.fields.get(self.next) else { return Ok(None) };
        self.next += 1;
        let key: StrDeserializer<'_, ReadError> = (*field).into_deserializer();
        seed.deserialize(key).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, ReadError> {
        seed.deserialize(*self.reader)
    }
}

/// The elements of a list that a stand-in stands for.
pub(super) struct StandInItems<'r, 'a> {
    pub(super) reader: &'r Reader<'a>,
    pub(super) left: usize,
}

impl<'de> SeqAccess<'de> for StandInItems<'_, '_> {
    type Error = ReadError;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, ReadError> {
        if self.left == 0 {
            return Ok(None);
        }
        self.left -= 1;
        seed.deserialize(*self.reader).map(Some)
    }
}
