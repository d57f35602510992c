//! Texts become documents: YAML (JSON is YAML), several in a file, lists of `kubectl get -o yaml` taken apart. Every
//! field has its line.

mod at;
mod convert;
mod lines;
mod overlay;

use std::rc::Rc;

use serde::Deserialize as _;
use serde_json::Value;
use yaml_serde::Deserializer;

pub use self::at::At;
use self::convert::converted;
use self::lines::Lines;
pub(crate) use self::overlay::Merge;
use crate::path::Path;
use crate::report::{PassedOver, Place, Refusal};

/// A text and where it came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The name of its file, for messages.
    pub name: String,
    /// The text itself.
    pub text: String,
}

/// One object of a text.
#[derive(Clone, Debug)]
pub struct Document {
    source: String,
    /// The way to the object in its document: empty, or to an item of a `List`.
    base: Path,
    lines: Rc<Lines>,
    value: Value,
    /// Where the values of an overlay come from; `None` for an object as it stands in its text.
    origin: Option<Rc<overlay::Origin>>,
}

impl Document {
    /// `apiVersion`, empty where there is none.
    pub fn api_version(&self) -> &str {
        self.text_at(&["apiVersion"])
    }

    /// `kind`, empty where there is none.
    pub fn kind(&self) -> &str {
        self.text_at(&["kind"])
    }

    /// `metadata.name`, empty where there is none.
    pub fn name(&self) -> &str {
        self.text_at(&["metadata", "name"])
    }

    /// The whole object.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// Whether it is of that kind, in any version of that API group.
    pub fn is(&self, group: &str, kind: &str) -> bool {
        self.kind() == kind && self.api_version().split_once('/').is_some_and(|(of, _)| of == group)
    }

    /// What the report says of it where its kind is not read.
    pub(crate) fn passed_over(&self) -> PassedOver {
        PassedOver { file: self.source.clone(), kind: self.kind().to_owned(), name: self.name().to_owned() }
    }

    fn text_at(&self, keys: &[&str]) -> &str {
        let found = keys.iter().try_fold(&self.value, |value, key| value.get(key));
        found.and_then(Value::as_str).unwrap_or_default()
    }

    fn place(&self, path: &Path) -> Place {
        let path = self.origin.as_ref().map_or_else(|| path.clone(), |origin| origin.of(path));
        let line = self.lines.of(&self.base.join(&path));
        Place { file: self.source.clone(), line, resource: self.resource(), field: path.to_string() }
    }

    /// `CassandraDatacenter dc1`, for messages.
    fn resource(&self) -> String {
        let object = self.origin.as_ref().map_or(&self.value, |origin| origin.object());
        let text = |pointer| object.pointer(pointer).and_then(Value::as_str).unwrap_or_default();
        let words = [text("/kind"), text("/metadata/name")].into_iter().filter(|word| !word.is_empty());
        let named = words.collect::<Vec<_>>().join(" ");
        if named.is_empty() { "Helm values".to_owned() } else { named }
    }
}

/// The objects of the texts, in their order; what is no YAML is refused with its line.
pub fn read(texts: &[Text]) -> (Vec<Document>, Vec<Refusal>) {
    let (mut documents, mut refused) = (Vec::new(), Vec::new());
    for text in texts {
        let mut lines = lines::of_documents(&text.text).into_iter();
        for deserializer in Deserializer::from_str(&text.text) {
            let lines = Rc::new(lines.next().unwrap_or_default());
            match yaml_serde::Value::deserialize(deserializer) {
                Ok(value) => documents.extend(objects(&text.name, converted(value), &lines)),
                Err(error) => {
                    refused.push(no_yaml(&text.name, &error));
                    // A key that is there twice ends its document; anything else ends the text: the parser has lost its way.
                    if !error.to_string().contains("duplicate entry") {
                        break;
                    }
                }
            }
        }
    }
    (documents, refused)
}

/// An object, or the items of a list of objects; nothing for an empty document.
fn objects(source: &str, value: Value, lines: &Rc<Lines>) -> Vec<Document> {
    let document =
        |base, value| Document { source: source.to_owned(), base, lines: Rc::clone(lines), value, origin: None };
    let is_list = value.get("kind").and_then(Value::as_str).is_some_and(|kind| kind.ends_with("List"));
    match value {
        Value::Object(mut map) if is_list && map.get("items").is_some_and(Value::is_array) => {
            let items = map.remove("items").and_then(|items| serde_json::from_value::<Vec<Value>>(items).ok());
            let base = Path::of(&["items"]);
            let items = items.unwrap_or_default().into_iter().enumerate();
            items.map(|(index, item)| document(base.index(index), item)).collect()
        }
        Value::Object(map) => vec![document(Path::default(), Value::Object(map))],
        _ => Vec::new(),
    }
}

fn no_yaml(source: &str, error: &yaml_serde::Error) -> Refusal {
    let line = error.location().map(|location| location.line());
    Refusal {
        at: Place { file: source.to_owned(), line, resource: String::new(), field: String::new() },
        message: format!("this is no YAML, and nothing behind it was read: {error}"),
        help: "repair the file; a template of Helm must be rendered first (`helm template`)".to_owned(),
    }
}
