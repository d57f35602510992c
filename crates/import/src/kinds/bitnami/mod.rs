//! A file of Helm values for the Cassandra chart of Bitnami. Read in bitnami/charts (`bitnami/cassandra`, charts 9 to 12:
//! `values.yaml`, `templates/statefulset.yaml`, `templates/_helpers.tpl`) and bitnami/containers (`bitnami/cassandra`, images
//! 4.0 to 5.0: `libcassandra.sh`, `cassandra-env.sh`).
//!
//! The chart names its objects otherwise and keeps its data below `/bitnami/cassandra/data`, so its volumes cannot be adopted:
//! the topology is for a new ring, or for a new datacenter beside the old one.

mod access;
mod configuration;
mod fields;
mod moving;
mod pods;
mod ring;
mod sizes;
mod table;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::Kind;
use super::finish::finish;
use crate::documents::{At, Document};
use crate::draft::Draft;
use crate::options::Options;
use crate::report::Refusal;

/// The row of the table of kinds.
pub(super) const KIND: Kind = Kind { is: |document| root_of(document).is_some(), import };

/// The key under which a chart that contains this one has its values.
const SUBCHART: &str = "cassandra";
/// Keys of `cluster` in the chart's values. No other chart is known to have them.
const OF_CLUSTER: [&str; 8] =
    ["datacenter", "endpointSnitch", "enableUDF", "extraSeeds", "name", "numTokens", "rack", "seedCount"];

/// Where the values of the chart stand in a document: at its root, or below `cassandra` in those of a chart around it.
fn root_of(document: &Document) -> Option<Vec<&'static str>> {
    if !document.kind().is_empty() || !document.api_version().is_empty() {
        return None;
    }
    let value = document.value();
    if is_values(value) {
        return Some(Vec::new());
    }
    value.get(SUBCHART).filter(|values| is_values(values)).map(|_| vec![SUBCHART])
}

/// Whether values are of this chart: by the image, or by keys that it alone has.
fn is_values(values: &Value) -> bool {
    let text = |keys: [&str; 2]| values.get(keys[0]).and_then(|value| value.get(keys[1])).and_then(Value::as_str);
    let is_image = text(["image", "repository"]).is_some_and(|name| name.ends_with("/cassandra"));
    let has = |key: &str, of: &[&str]| {
        values.get(key).and_then(Value::as_object).is_some_and(|map| of.iter().any(|key| map.contains_key(*key)))
    };
    let is_database = has("dbUser", &["user", "password", "existingSecret", "forcePassword"]);
    is_image || has("cluster", &OF_CLUSTER) || is_database || has("jvm", &["maxHeapSize", "newHeapSize", "extraOpts"])
}

fn import(documents: &[&Document], options: &Options) -> Vec<Result<Draft, Refusal>> {
    documents.iter().map(|document| topology(document, options)).collect()
}

fn topology(document: &Document, options: &Options) -> Result<Draft, Refusal> {
    let root = At::root(document).keys(&root_of(document).unwrap_or_default());
    let values = Values { at: root.clone(), global: At::root(document).key("global") };
    let mut draft = Draft::new(&[root]);
    ring::write(&mut draft, &values)?;
    let minor = ring::release(&mut draft, &values)?;
    configuration::write(&mut draft, &values, minor)?;
    sizes::write(&mut draft, &values, options)?;
    pods::write(&mut draft, &values)?;
    access::write(&mut draft, &values)?;
    fields::write(&mut draft, &values)?;
    moving::write(&mut draft, &values)?;
    finish(&mut draft, &values.at, false, options);
    Ok(draft)
}

/// The values of the chart.
#[derive(Clone, Debug)]
struct Values<'d> {
    at: At<'d>,
    /// `global`, which stands at the root also where the chart is part of another one.
    global: At<'d>,
}

impl<'d> Values<'d> {
    fn keys(&self, keys: &[&str]) -> At<'d> {
        self.at.keys(keys)
    }

    /// A text that says something.
    fn text(&self, keys: &[&str]) -> Result<Option<String>, Refusal> {
        text(&self.keys(keys))
    }
}

/// A text; `None` where it is absent or empty, or where Helm computes it, which another module tells.
fn text(at: &At<'_>) -> Result<Option<String>, Refusal> {
    let value = match at.value() {
        Some(Value::Number(number)) => Some(number.to_string()),
        _ => optional::<String>(at)?,
    };
    Ok(value.filter(|text| !text.is_empty() && !text.contains("{{")))
}

/// Whether Helm computes a value (`{{ … }}`).
fn is_template(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains("{{"),
        Value::Array(values) => values.iter().any(is_template),
        Value::Object(map) => map.values().any(is_template),
        _ => false,
    }
}

/// A field as a type; `None` where it is absent.
fn optional<T: for<'de> Deserialize<'de>>(at: &At<'_>) -> Result<Option<T>, Refusal> {
    at.read::<Option<T>>()
}

/// The keys of a map.
fn map(at: &At<'_>) -> Result<Map<String, Value>, Refusal> {
    Ok(optional::<Map<String, Value>>(at)?.unwrap_or_default())
}
