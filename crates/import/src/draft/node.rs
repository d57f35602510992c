//! A value with comments: what the text of a topology is made of.

use serde_json::{Number, Value};

use crate::path::{Path, Step};

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    /// Nothing.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Slot>),
    /// A map, in the order in which its keys came.
    Map(Vec<(String, Slot)>),
}

/// A value and the comment beside it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Slot {
    /// The value.
    pub(super) node: Node,
    /// The comment; empty for none.
    pub(super) comment: String,
}

impl Default for Node {
    fn default() -> Self {
        Self::Map(Vec::new())
    }
}

impl Node {
    /// Sets what stands at a path. Maps and lists on the way are made; an element behind the end of a list is appended.
    pub(super) fn set(&mut self, path: &Path, value: Self) {
        let slot = self.slot(path);
        slot.node = value;
    }

    /// Sets the comment of what stands at a path.
    pub(super) fn comment(&mut self, path: &Path, comment: &str) {
        self.slot(path).comment = comment.split_whitespace().collect::<Vec<_>>().join(" ");
    }

    /// What stands at a path.
    pub(super) fn get(&self, path: &Path) -> Option<&Self> {
        path.steps().iter().try_fold(self, |node, step| match (node, step) {
            (Self::Map(entries), Step::Key(key)) => {
                entries.iter().find(|(name, _)| name == key).map(|(_, slot)| &slot.node)
            }
            (Self::List(slots), Step::Index(index)) => slots.get(*index).map(|slot| &slot.node),
            _ => None,
        })
    }

    /// Whether both are the same value, whatever is said of them.
    pub(super) fn same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::List(ours), Self::List(theirs)) => {
                ours.len() == theirs.len() && ours.iter().zip(theirs).all(|(our, their)| our.node.same(&their.node))
            }
            (Self::Map(ours), Self::Map(theirs)) => {
                let alike = |(key, slot): &(String, Slot)| {
                    theirs.iter().any(|(other, their)| other == key && slot.node.same(&their.node))
                };
                ours.len() == theirs.len() && ours.iter().all(alike)
            }
            (ours, theirs) => ours == theirs,
        }
    }

    /// Takes a key out of the map at a path, with its comment.
    pub(super) fn take(&mut self, path: &Path, key: &str) -> Option<Slot> {
        let Self::Map(entries) = &mut self.slot(path).node else { return None };
        let position = entries.iter().position(|(name, _)| name == key)?;
        Some(entries.remove(position).1)
    }

    /// Puts a value with its comment at a path.
    pub(super) fn put(&mut self, path: &Path, slot: Slot) {
        *self.slot(path) = slot;
    }

    /// The keys of the map at a path.
    pub(super) fn keys(&self, path: &Path) -> Vec<String> {
        match self.get(path) {
            Some(Self::Map(entries)) => entries.iter().map(|(key, _)| key.clone()).collect(),
            _ => Vec::new(),
        }
    }

    /// The text of a text.
    pub(crate) fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    /// How many elements or keys it has; 0 for a scalar.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::List(slots) => slots.len(),
            Self::Map(entries) => entries.len(),
            _ => 0,
        }
    }

    fn slot(&mut self, path: &Path) -> &mut Slot {
        let (first, rest) = path.steps().split_first().expect("no topology is one value");
        rest.iter().fold(self.child(first), |slot, step| slot.node.child(step))
    }

    fn child(&mut self, step: &Step) -> &mut Slot {
        match step {
            Step::Key(key) => self.value_of(key),
            Step::Index(index) => self.element(*index),
        }
    }

    fn value_of(&mut self, key: &str) -> &mut Slot {
        if !matches!(self, Self::Map(_)) {
            *self = Self::Map(Vec::new());
        }
        let Self::Map(entries) = self else { unreachable!("it was just made one") };
        let found = entries.iter().position(|(name, _)| name == key);
        let position = found.unwrap_or_else(|| {
            entries.push((key.to_owned(), Slot::default()));
            entries.len() - 1
        });
        &mut entries[position].1
    }

    fn element(&mut self, index: usize) -> &mut Slot {
        if !matches!(self, Self::List(_)) {
            *self = Self::List(Vec::new());
        }
        let Self::List(slots) = self else { unreachable!("it was just made one") };
        let index = index.min(slots.len());
        if index == slots.len() {
            slots.push(Slot::default());
        }
        &mut slots[index]
    }
}

impl From<&Value> for Node {
    fn from(value: &Value) -> Self {
        let slot = |value: &Value| Slot { node: Self::from(value), comment: String::new() };
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => Self::Number(number.clone()),
            Value::String(text) => Self::Text(text.clone()),
            Value::Array(values) => Self::List(values.iter().map(slot).collect()),
            Value::Object(map) => Self::Map(map.iter().map(|(key, value)| (key.clone(), slot(value))).collect()),
        }
    }
}

impl From<Value> for Node {
    fn from(value: Value) -> Self {
        Self::from(&value)
    }
}

impl From<&str> for Node {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Node {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Node {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<bool> for Node {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Node {
    fn from(value: i64) -> Self {
        Self::Number(value.into())
    }
}

impl From<u32> for Node {
    fn from(value: u32) -> Self {
        Self::Number(value.into())
    }
}

impl<T: Into<Self>> From<Vec<T>> for Node {
    fn from(values: Vec<T>) -> Self {
        Self::List(values.into_iter().map(|value| Slot { node: value.into(), comment: String::new() }).collect())
    }
}

impl<T: Into<Self>> FromIterator<(String, T)> for Node {
    fn from_iter<I: IntoIterator<Item = (String, T)>>(entries: I) -> Self {
        let slot = |value: T| Slot { node: value.into(), comment: String::new() };
        Self::Map(entries.into_iter().map(|(key, value)| (key, slot(value))).collect())
    }
}
