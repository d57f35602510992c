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

impl Document {
    /// The part at `upper` over the part at `lower`, as an object of its own whose fields still have their places.
    pub(crate) fn overlaid(&self, lower: &Path, upper: &Path) -> Self {
        let part = |path: &Path| value_at(&self.value, path).cloned().unwrap_or(Value::Null);
        let origin = Origin { object: self.value.clone(), parts: vec![upper.clone(), lower.clone()] };
        Self { value: merged(part(lower), part(upper), ""), origin: Some(Rc::new(origin)), ..self.clone() }
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
}
