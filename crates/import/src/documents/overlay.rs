//! One part of an object over another one, as an operator merges the settings of a datacenter over those of the cluster.

use std::rc::Rc;

use serde_json::{Map, Value};

use super::Document;
use crate::path::{Path, Step};

/// Where the values of an overlay stand.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    object: Value,
    /// The parts, the upper one first.
    parts: Vec<Path>,
}

impl Origin {
    /// The object that the parts belong to.
    pub(super) fn object(&self) -> &Value {
        &self.object
    }

    /// Where a value of the overlay stands in the object: in the first part that has it, or that has what it stands in.
    pub(super) fn of(&self, path: &Path) -> Path {
        let mut beginning = Some(path.clone());
        while let Some(at) = beginning {
            if let Some(part) = self.parts.iter().find(|part| value_at(&self.object, &part.join(&at)).is_some()) {
                return part.join(path);
            }
            beginning = at.parent();
        }
        path.clone()
    }
}

fn value_at<'v>(value: &'v Value, path: &Path) -> Option<&'v Value> {
    path.steps().iter().try_fold(value, |value, step| match step {
        Step::Key(key) => value.get(key),
        Step::Index(index) => value.get(index),
    })
}

/// Which program merges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Merge {
    /// K8ssandra Operator: what is named merges by name.
    Goalesce,
    /// `MultiCasskop`, by mergo with `WithOverride` (imdario/mergo, merge.go): maps merge key by key, what is empty in Go
    /// replaces nothing, and fields that Go keeps as bytes are replaced as a whole.
    Mergo,
    /// CassKop, by gabs with `MergeFn` (Jeffail/gabs, gabs.go): maps merge key by key, anything else is replaced.
    Gabs,
}

impl Document {
    /// The part at `upper` over the part at `lower`, as an object of its own whose fields still have their places.
    pub(crate) fn overlaid(&self, lower: &Path, upper: &Path) -> Self {
        self.overlaid_by(Merge::Goalesce, lower, upper)
    }

    /// The same, as another program merges.
    pub(crate) fn overlaid_by(&self, program: Merge, lower: &Path, upper: &Path) -> Self {
        let part = |path: &Path| value_at(&self.value, path).cloned().unwrap_or(Value::Null);
        let value = match program {
            Merge::Goalesce => merged(part(lower), part(upper), ""),
            Merge::Mergo => by_keys(part(lower), part(upper), true),
            Merge::Gabs => by_keys(part(lower), part(upper), false),
        };
        let (object, roots) = match &self.origin {
            Some(origin) => (origin.object.clone(), origin.parts.clone()),
            None => (self.value.clone(), vec![Path::default()]),
        };
        let parts = [upper, lower].iter().flat_map(|part| roots.iter().map(|root| root.join(part))).collect();
        Self { value, origin: Some(Rc::new(Origin { object, parts })), ..self.clone() }
    }
}

/// Fields that Go keeps as bytes (`json.RawMessage` in CassKop's api/v2).
const BYTES: [&str; 1] = ["config"];

/// Maps merge key by key; anything else replaces. `is_go` says whether an empty value replaces nothing.
fn by_keys(lower: Value, upper: Value, is_go: bool) -> Value {
    match (lower, upper) {
        (Value::Object(mut lower), Value::Object(upper)) => {
            for (key, value) in upper {
                let is_whole = is_go && BYTES.contains(&key.as_str());
                let over = match lower.remove(&key) {
                    Some(under) if !is_whole => by_keys(under, value, is_go),
                    Some(under) if value.is_null() => under,
                    _ => value,
                };
                lower.insert(key, over);
            }
            Value::Object(lower)
        }
        (lower, Value::Null) => lower,
        (lower, upper) if is_go && is_empty(&upper) && !lower.is_null() => lower,
        (_, upper) => upper,
    }
}

/// Whether Go takes a value for one that nobody has written.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(values) => values.is_empty(),
        Value::Object(map) => map.is_empty(),
    }
}

/// Maps merge key by key, lists of named objects by name; anything else replaces, unless it is empty
/// (k8ssandra/k8ssandra-operator 9e3d1b51, pkg/goalesce/utils.go).
fn merged(lower: Value, upper: Value, key: &str) -> Value {
    match (lower, upper) {
        // Only one source of a value can be set.
        (_, upper @ Value::Object(_)) if matches!(key, "volumeSource" | "valueFrom") => upper,
        (Value::Object(mut lower), Value::Object(upper)) => {
            for (key, value) in upper {
                let under = lower.remove(&key).unwrap_or(Value::Null);
                let over = merged(under, value, &key);
                lower.insert(key, over);
            }
            Value::Object(lower)
        }
        (Value::Array(lower), Value::Array(upper)) => list(lower, upper),
        (lower, Value::Null) => lower,
        (lower, Value::String(upper)) if upper.is_empty() && !lower.is_null() => lower,
        (_, upper) => upper,
    }
}

fn list(lower: Vec<Value>, upper: Vec<Value>) -> Value {
    if upper.is_empty() {
        return Value::Array(lower);
    }
    let id = ["name", "mountPath", "containerPort"]
        .into_iter()
        .find(|id| lower.iter().chain(&upper).all(|element| element.get(id).is_some()));
    let Some(id) = id.filter(|_| !lower.is_empty()) else { return Value::Array(upper) };
    let mut all = lower;
    for element in upper {
        match all.iter().position(|other| other.get(id) == element.get(id)) {
            Some(position) => {
                let under = std::mem::replace(&mut all[position], Value::Object(Map::new()));
                all[position] = merged(under, element, "");
            }
            None => all.push(element),
        }
    }
    Value::Array(all)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_upper_part_wins_and_lists_of_named_objects_merge() {
        let lower = json!({"a": 1, "racks": [{"name": "r1", "zone": "x"}], "list": [1, 2], "text": "kept"});
        let upper = json!({"a": 2, "racks": [{"name": "r1", "zone": "y"}, {"name": "r2"}], "list": [3], "text": ""});
        let expected =
            json!({"a": 2, "racks": [{"name": "r1", "zone": "y"}, {"name": "r2"}], "list": [3], "text": "kept"});
        assert_eq!(merged(lower, upper, ""), expected);
    }

    #[test]
    fn in_go_what_is_empty_replaces_nothing() {
        let lower =
            json!({"image": "a", "debug": true, "racks": [1, 2], "labels": {"a": "1"}, "config": {"a": 1, "b": 2}});
        let upper =
            json!({"image": "", "debug": false, "racks": [3], "labels": {"b": "2"}, "config": {"a": 3}, "new": 0});
        let in_go = json!({
            "image": "a", "debug": true, "racks": [3], "labels": {"a": "1", "b": "2"}, "config": {"a": 3}, "new": 0
        });
        assert_eq!(by_keys(lower.clone(), upper.clone(), true), in_go);
        let in_json = json!({
            "image": "", "debug": false, "racks": [3], "labels": {"a": "1", "b": "2"}, "config": {"a": 3, "b": 2}, "new": 0
        });
        assert_eq!(by_keys(lower, upper, false), in_json);
    }

    #[test]
    fn a_field_of_two_overlays_has_the_place_that_it_comes_from() {
        let text = "kind: K\nbase:\n  one: {a: 1}\n  two: {b: 1}\nover:\n  one: {c: 1}\n".to_owned();
        let (documents, _) = crate::documents::read(&[crate::documents::Text { name: "f.yaml".to_owned(), text }]);
        let merged = documents[0].overlaid_by(Merge::Mergo, &Path::of(&["base"]), &Path::of(&["over"]));
        let both = merged.overlaid_by(Merge::Gabs, &Path::of(&["one"]), &Path::of(&["two"]));
        let told = |key: &str| both.place(&Path::of(&[key]));
        for (key, field, line) in [("a", "base.one.a", 3), ("b", "base.two.b", 4), ("c", "over.one.c", 6)] {
            assert_eq!((told(key).field.as_str(), told(key).line), (field, Some(line)));
        }
    }
}
