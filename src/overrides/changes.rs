//! What is different between an object and the same one with its overrides, value by value.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::kubernetes::schema::{Schema, Way};

/// The last step of a way that stands for the order of a list.
pub(super) const ORDER: &str = "(order)";

/// A value that is different.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    /// The way to it.
    pub(super) way: Way,
    /// The way to what was removed with it, or its own.
    pub(super) told: Way,
}

/// Every value that is different. What is new or removed is told value by value too.
pub(super) fn changes(before: &Value, after: &Value, schema: Schema) -> Vec<Change> {
    let mut walk = Walk { way: Vec::new(), removed: None, found: Vec::new() };
    walk.compare(Some(before), Some(after), Some(schema));
    walk.found
}

struct Walk {
    way: Way,
    /// How many steps the outermost thing that is removed has.
    removed: Option<usize>,
    found: Vec<Change>,
}

impl Walk {
    fn compare(&mut self, before: Option<&Value>, after: Option<&Value>, schema: Option<Schema>) {
        if before == after {
            return;
        }
        let outermost = self.removed;
        if after.is_none() {
            self.removed.get_or_insert(self.way.len());
        }
        match (before, after) {
            (Some(Value::Object(_)) | None, Some(Value::Object(_)) | None) => {
                self.maps(before.and_then(Value::as_object), after.and_then(Value::as_object), schema);
            }
            (Some(Value::Array(_)) | None, Some(Value::Array(_)) | None)
                if schema.is_some_and(|schema| schema.keys().is_some()) =>
            {
                self.lists(before.and_then(Value::as_array), after.and_then(Value::as_array), schema);
            }
            _ => self.push(),
        }
        self.removed = outermost;
    }

    fn push(&mut self) {
        let told = self.way[..self.removed.unwrap_or(self.way.len())].to_vec();
        self.found.push(Change { way: self.way.clone(), told });
    }

    fn below(&mut self, step: &str, before: Option<&Value>, after: Option<&Value>, schema: Option<Schema>) {
        self.way.push(step.to_owned());
        self.compare(before, after, schema);
        self.way.pop();
    }

    fn maps(
        &mut self,
        before: Option<&Map<String, Value>>,
        after: Option<&Map<String, Value>>,
        schema: Option<Schema>,
    ) {
        let keys: BTreeSet<&String> = before.into_iter().chain(after).flat_map(Map::keys).collect();
        if keys.is_empty() {
            self.push();
        }
        for key in keys {
            let of = |map: Option<&'_ Map<String, Value>>| map.and_then(|map| map.get(key)).cloned();
            self.below(key, of(before).as_ref(), of(after).as_ref(), schema.and_then(|schema| schema.field(key)));
        }
    }

    fn lists(&mut self, before: Option<&Vec<Value>>, after: Option<&Vec<Value>>, schema: Option<Schema>) {
        let Some(schema) = schema else { return };
        let named = |list: Option<&Vec<Value>>| -> Vec<(String, Value)> {
            let items = list.into_iter().flatten().enumerate();
            items.map(|(index, item)| (schema.step(item, index), item.clone())).collect()
        };
        let (was, now) = (named(before), named(after));
        if was.is_empty() && now.is_empty() {
            self.push();
        }
        let find = |list: &[(String, Value)], step: &str| list.iter().find(|it| it.0 == step).map(|it| it.1.clone());
        for (step, item) in &was {
            self.below(step, Some(item), find(&now, step).as_ref(), schema.item());
        }
        for (step, item) in now.iter().filter(|(step, _)| find(&was, step).is_none()) {
            self.below(step, None, Some(item), schema.item());
        }
        let common = |list: &[(String, Value)], other: &[(String, Value)]| -> Vec<String> {
            list.iter().filter(|(step, _)| find(other, step).is_some()).map(|(step, _)| step.clone()).collect()
        };
        if common(&was, &now) != common(&now, &was) {
            self.way.push(ORDER.to_owned());
            self.push();
            self.way.pop();
        }
    }
}
