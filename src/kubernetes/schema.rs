//! What an object of Kubernetes may hold, by minor: the strict schemas under `schemas/kubernetes`, which are made from the
//! published `OpenAPI` of Kubernetes. The same schemas tell how a list is merged (`x-kubernetes-patch-merge-key`). Called by
//! [`super::strategic_merge`] and for what overrides make of an object.
//!
//! The validator is written here because the schemas use nine keywords, and because it names elements of lists by their
//! key, which the places of complaints need. `jsonschema` of the tests would add 57 packages to the 88 of the program; the
//! tests compare the two.

use std::sync::OnceLock;

use cassc_wording::nearest;
use serde_json::{Map, Value};

use super::release::{KubernetesMinor, OLDEST};

/// The schemas from the oldest to the newest supported minor.
const TEXTS: [&str; 6] = [
    include_str!("../../schemas/kubernetes/1.32.json"),
    include_str!("../../schemas/kubernetes/1.33.json"),
    include_str!("../../schemas/kubernetes/1.34.json"),
    include_str!("../../schemas/kubernetes/1.35.json"),
    include_str!("../../schemas/kubernetes/1.36.json"),
    include_str!("../../schemas/kubernetes/1.37.json"),
];

/// Read when they are first asked for: most topologies have no overrides.
static READ: [OnceLock<Value>; TEXTS.len()] = [const { OnceLock::new() }; TEXTS.len()];

/// So many faults of one object are collected.
const MOST_FAULTS: usize = 50;

/// The way to a value of an object: keys, and elements of lists as `[name]` where Kubernetes tells them apart by a key, else
/// as `[3]`.
pub(crate) type Way = Vec<String>;

/// A way as users read it: `spec.template.spec.containers[cassandra].image`.
pub(crate) fn shown(way: &[String]) -> String {
    let mut text = String::new();
    for step in way {
        if !text.is_empty() && !step.starts_with(['[', '(']) {
            text.push('.');
        }
        text.push_str(step);
    }
    text
}

/// What is wrong with an object, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The way to the value, or to the place where one is missing.
    pub way: Way,
    /// What is wrong, as the end of a sentence that begins with the way.
    pub what: String,
    /// What to write instead, where that is known.
    pub help: Option<String>,
}

/// The schema of an object or of a part of one.
#[derive(Clone, Copy, Debug)]
pub struct Schema {
    definitions: &'static Map<String, Value>,
    node: &'static Value,
}

/// What tells the elements of a list apart.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    /// The key by which `kubectl` merges elements.
    pub merge: &'static str,
    /// The keys that are unique only together with it.
    pub others: Vec<&'static str>,
}

impl Keys {
    /// The value of one of the keys. A protocol is TCP by default (`SetDefaults_Service` and `SetDefaults_Container`).
    pub(crate) fn value<'v>(item: &'v Value, key: &str) -> Option<std::borrow::Cow<'v, Value>> {
        let written = item.get(key).map(std::borrow::Cow::Borrowed);
        written.or_else(|| (key == "protocol").then(|| std::borrow::Cow::Owned(Value::from("TCP"))))
    }

    /// The element as a step of a way.
    fn step(&self, item: &Value) -> Option<String> {
        let first = text(item.get(self.merge)?);
        let others = self.others.iter().filter_map(|key| Self::value(item, key).map(|value| text(&value)));
        Some(format!("[{}]", std::iter::once(first).chain(others).collect::<Vec<_>>().join(", ")))
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

impl Schema {
    /// The schema of a kind; `None` for one that is never rendered.
    pub fn of_kind(minor: KubernetesMinor, api_version: &str, kind: &str) -> Option<Self> {
        let definitions = definitions(minor);
        let (group, version) = api_version.split_once('/').unwrap_or(("core", api_version));
        let group = group.split('.').next().unwrap_or(group);
        let node = definitions.get(&format!("io.k8s.api.{group}.{version}.{kind}"))?;
        Some(Self { definitions, node })
    }

    /// The schema behind a reference.
    fn resolved(self) -> Self {
        let reference = self.node.get("$ref").and_then(Value::as_str).and_then(|it| it.strip_prefix("#/$defs/"));
        let node = reference.and_then(|name| self.definitions.get(name));
        node.map_or(self, |node| Self { node, ..self })
    }

    /// The schema of a field of a map.
    pub(crate) fn field(self, key: &str) -> Option<Self> {
        let node = self.resolved().node;
        let any = || node.get("additionalProperties").filter(|it| it.is_object());
        let node = node.get("properties").and_then(|it| it.get(key)).or_else(any)?;
        Some(Self { node, ..self })
    }

    /// The schema of the elements of a list.
    pub(crate) fn item(self) -> Option<Self> {
        let node = self.resolved().node.get("items")?;
        Some(Self { node, ..self })
    }

    /// What tells the elements of a list apart; `None` for a list that is replaced as a whole.
    pub(crate) fn keys(self) -> Option<Keys> {
        let node = self.resolved().node;
        let merge = node.get("x-kubernetes-patch-merge-key")?.as_str()?;
        let all = node.get("x-kubernetes-list-map-keys").and_then(Value::as_array);
        let others = all.into_iter().flatten().filter_map(Value::as_str).filter(|key| *key != merge).collect();
        Some(Keys { merge, others })
    }

    /// An element of a list as a step of a way.
    pub(crate) fn step(self, item: &Value, index: usize) -> String {
        self.keys().and_then(|keys| keys.step(item)).unwrap_or_else(|| format!("[{index}]"))
    }

    /// A way whose elements of lists are counted, with the names of those that have one.
    pub(crate) fn named(self, object: &Value, way: &[String]) -> Way {
        let (mut value, mut schema) = (Some(object), Some(self));
        let mut step = |step: &String| match value {
            Some(Value::Array(items)) => {
                let counted = |(index, item): &(usize, &Value)| {
                    let name = schema.map(|schema| schema.step(item, *index));
                    *step == format!("[{index}]") || name.as_ref() == Some(step)
                };
                let found = items.iter().enumerate().find(counted);
                let name = found.and_then(|(index, item)| Some(schema?.step(item, index)));
                (value, schema) = (found.map(|(_, item)| item), schema.and_then(Self::item));
                name.unwrap_or_else(|| step.clone())
            }
            _ => {
                (value, schema) = (value.and_then(|it| it.get(step)), schema.and_then(|it| it.field(step)));
                step.clone()
            }
        };
        way.iter().map(&mut step).collect()
    }

    /// What is wrong with an object of this kind. A value that is there without being one (`null`) is wrong everywhere.
    pub fn faults(self, object: &Value) -> Vec<Fault> {
        let mut faults = Vec::new();
        self.judge(object, &mut Vec::new(), &mut faults);
        faults
    }

    fn judge(self, value: &Value, way: &mut Way, faults: &mut Vec<Fault>) {
        if faults.len() >= MOST_FAULTS {
            return;
        }
        let schema = self.resolved();
        if let Some(what) = schema.scalar_fault(value) {
            faults.push(Fault { way: way.clone(), what, help: None });
            return;
        }
        match value {
            Value::Object(map) => schema.judge_map(map, way, faults),
            Value::Array(items) => {
                let Some(item_schema) = schema.item() else { return };
                for (index, item) in items.iter().enumerate() {
                    way.push(schema.step(item, index));
                    item_schema.judge(item, way, faults);
                    way.pop();
                }
            }
            _ => {}
        }
    }

    fn judge_map(self, map: &Map<String, Value>, way: &mut Way, faults: &mut Vec<Fault>) {
        let required = self.node.get("required").and_then(Value::as_array);
        let missing = required.into_iter().flatten().filter_map(Value::as_str).filter(|key| !map.contains_key(*key));
        faults.extend(missing.map(|key| {
            let way = way.iter().cloned().chain([key.to_owned()]).collect();
            Fault { way, what: "is missing".to_owned(), help: None }
        }));
        let is_closed = self.node.get("additionalProperties") == Some(&Value::Bool(false));
        for (key, value) in map {
            way.push(key.clone());
            match self.field(key) {
                Some(field) => field.judge(value, way, faults),
                None if is_closed => faults.push(self.unknown(key, way)),
                None => {}
            }
            way.pop();
        }
    }

    fn unknown(self, key: &str, way: &Way) -> Fault {
        let known = self.node.get("properties").and_then(Value::as_object);
        let near = nearest(key, known.into_iter().flatten().map(|(known, _)| known.as_str()));
        let help = near.map(|known| format!("did you mean `{known}`?"));
        Fault { way: way.clone(), what: "is no field of Kubernetes".to_owned(), help }
    }

    /// What is wrong with the type of a value, or with a value of no parts.
    fn scalar_fault(self, value: &Value) -> Option<String> {
        let alternatives = self.node.get("oneOf").and_then(Value::as_array);
        let types: Vec<&str> = match alternatives {
            Some(alternatives) => alternatives.iter().flat_map(types).collect(),
            None => types(self.node),
        };
        if value.is_null() || !types.is_empty() && !types.iter().any(|it| is_of(value, it)) {
            return Some(format!("is {} (expected {})", found(value), expected(&types)));
        }
        let words = self.node.get("enum").and_then(Value::as_array);
        if let Some(words) = words.filter(|words| !words.contains(value)) {
            let words: Vec<String> = words.iter().map(text).collect();
            return Some(format!("is {} (expected {})", found(value), words.join(" or ")));
        }
        let is_small = self.node.get("format").is_some_and(|format| format == "int32");
        let fits = !is_small || value.as_i64().is_some_and(|number| i32::try_from(number).is_ok());
        (!fits).then(|| format!("is {value} (expected {} to {})", i32::MIN, i32::MAX))
    }
}

fn definitions(minor: KubernetesMinor) -> &'static Map<String, Value> {
    let position = (minor.number() - OLDEST.number()) as usize;
    let read = || serde_json::from_str(TEXTS[position]).expect("the schema is JSON, which a test reads");
    READ[position].get_or_init(read)["$defs"].as_object().expect("the schema has definitions")
}

/// The types of a schema without `null`, which is no value here.
fn types(node: &Value) -> Vec<&str> {
    let types = match node.get("type") {
        Some(Value::String(one)) => vec![one.as_str()],
        Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    types.into_iter().filter(|it| *it != "null").collect()
}

fn is_of(value: &Value, kind: &str) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64(),
        "number" => value.is_number(),
        _ => false,
    }
}

fn expected(types: &[&str]) -> String {
    let word = |kind: &&str| match *kind {
        "object" => "a map",
        "array" => "a list",
        "string" => "text",
        "boolean" => "true or false",
        "integer" => "a whole number",
        "number" => "a number",
        _ => "something else",
    };
    if types.is_empty() { "a value".to_owned() } else { types.iter().map(word).collect::<Vec<_>>().join(" or ") }
}

fn found(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        Value::Object(_) => "a map".to_owned(),
        Value::Array(_) => "a list".to_owned(),
        Value::String(text) if text.chars().count() > 40 => "a long text".to_owned(),
        Value::String(text) => format!("the text {text:?}"),
        other => format!("`{other}`"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::kubernetes::release::NEWEST;

    #[test]
    fn every_supported_minor_has_its_schema() {
        assert_eq!((NEWEST.number() - OLDEST.number()) as usize + 1, TEXTS.len());
        for (minor, text) in (OLDEST.number()..).zip(TEXTS) {
            let minor: KubernetesMinor = format!("1.{minor}").parse().expect("it is supported");
            assert_eq!(definitions(minor).len(), text.matches("io.k8s").count() - text.matches("$defs/io.k8s").count());
            assert!(Schema::of_kind(minor, "discovery.k8s.io/v1", "EndpointSlice").is_some());
            assert!(Schema::of_kind(minor, "apps/v1", "ReplicaSet").is_none());
        }
    }

    #[test]
    fn elements_are_named_by_their_keys() {
        let pod = Schema::of_kind(OLDEST, "apps/v1", "StatefulSet").and_then(|it| it.field("spec"));
        let pod = pod.and_then(|it| it.field("template")?.field("spec")).expect("a StatefulSet has pods");
        let containers = pod.field("containers").expect("a pod has containers");
        assert_eq!(containers.step(&json!({"name": "cassandra"}), 0), "[cassandra]");
        let ports = containers.item().and_then(|it| it.field("ports")).expect("a container has ports");
        assert_eq!(ports.step(&json!({"containerPort": 9042}), 1), "[9042, TCP]");
        assert!(pod.field("tolerations").expect("a pod has tolerations").keys().is_none());
    }

    #[test]
    fn faults_have_their_way_and_a_reason() {
        let schema = Schema::of_kind(OLDEST, "v1", "Service").expect("services are rendered");
        let faults = schema.faults(&json!({"spec": {"typ": "ClusterIP", "clusterIP": 1, "selector": {"a": null},
            "ports": [{"name": "cql", "port": "9042"}, {"name": "a"}, {"port": 4_294_967_296_u64}]}}));
        let told: Vec<String> = faults.iter().map(|fault| format!("{} {}", shown(&fault.way), fault.what)).collect();
        assert_eq!(
            told,
            [
                "spec.clusterIP is `1` (expected text)",
                "spec.ports[9042, TCP].port is the text \"9042\" (expected a whole number)",
                "spec.ports[1].port is missing",
                "spec.ports[4294967296, TCP].port is 4294967296 (expected -2147483648 to 2147483647)",
                "spec.selector.a is nothing (expected text)",
                "spec.typ is no field of Kubernetes",
            ]
        );
        assert_eq!(faults.last().and_then(|fault| fault.help.as_deref()), Some("did you mean `type`?"));
    }
}
