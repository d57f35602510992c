//! YAML that cassc brings along, and YAML that it wrote itself, as plain values. Called by `render`, which lays computed
//! keys over embedded files, and by tests.

use serde_json::{Map, Value};

use super::builder::documents;
use super::limits::Limits;
use super::scalar::{Meaning, meaning};
use super::tree::{Content, Node};

/// The value of a text that holds one document of clear YAML; an unclear one is our mistake, and a test finds it.
pub(crate) fn value(text: &str) -> Value {
    let (roots, errors) = documents(text, Limits::NONE);
    assert!(errors.is_empty(), "embedded YAML is well-formed: {errors:?}");
    value_of(roots.first().expect("embedded YAML holds a document"))
}

fn value_of(node: &Node) -> Value {
    match &node.content {
        Content::Scalar(scalar) if !scalar.plain => Value::String(scalar.text.clone()),
        Content::Scalar(scalar) => match meaning(&scalar.text) {
            Meaning::Clear(value) => value,
            Meaning::Disputed(what) => unreachable!("embedded YAML leaves `{}` open: it may be {what}", scalar.text),
        },
        Content::List(items) => items.iter().map(value_of).collect(),
        Content::Map(entries) => {
            let entries = entries.iter().map(|entry| (entry.key.clone(), value_of(&entry.value)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
        Content::StandIn(_) => unreachable!("nothing was complained about"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn scalars_get_the_type_that_every_reader_sees() {
        let text = "a: 16\nb: \"16\"\nc: 10s\nd: [true, ~, {e: 1.5}]\n";
        assert_eq!(value(text), json!({"a": 16, "b": "16", "c": "10s", "d": [true, null, {"e": 1.5}]}));
    }
}
