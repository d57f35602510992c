//! `docs/reference.md`: every field of a topology, from the JSON Schema, which has its texts from the doc comments of
//! `src/topology/`. `UPDATE_GOLDEN=1` writes it anew.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt::Write as _;

use cassc::topology::json_schema;
use serde_json::Value;

use crate::compare::{assert_same, difference, repository};

const DOCUMENT: &str = "docs/reference.md";

const PREFACE: &str = "\
# Fields of a topology

Generated from the JSON Schema (`cassc schema`); do not edit. A field is optional unless it says **required**. `[]` in a path
stands for each item of a list, `.*` for each value of a map. A datacenter inherits the fields of `spec` that it has too, and a
rack those of its datacenter. A commented example: `cassc init -`.
";

/// The path of the object that a section describes.
type Path = String;

/// The document: what every definition is, and the path of its section.
struct Reference {
    schema: Value,
    /// The path of the section of every definition that is an object.
    sections: BTreeMap<String, Path>,
    /// The other paths at which such a definition stands.
    others: BTreeMap<String, Vec<Path>>,
}

/// The definition that a schema refers to.
fn definition(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix("#/$defs/")
}

/// The alternatives of a schema but for `null`: an optional field is as its value.
fn alternatives(schema: &Value) -> Vec<&Value> {
    match schema["anyOf"].as_array() {
        Some(any) => any.iter().filter(|one| one["type"] != "null").collect(),
        None => vec![schema],
    }
}

/// The type, but for `null`.
fn json_type(schema: &Value) -> Option<&str> {
    let types = schema["type"].as_array();
    types.and_then(|types| types.iter().find(|one| *one != "null")).unwrap_or(&schema["type"]).as_str()
}

fn properties(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object["properties"].as_object().into_iter().flatten()
}

impl Reference {
    fn new() -> Self {
        let schema = serde_json::from_str(&json_schema()).expect("the schema is JSON");
        let mut reference = Self { schema, sections: BTreeMap::new(), others: BTreeMap::new() };
        reference.place();
        reference
    }

    /// Finds the paths of all objects, the nearest to the root first.
    fn place(&mut self) {
        let root = properties(&self.schema).map(|(name, field)| (name.clone(), field.clone()));
        let mut queue: VecDeque<(Path, Value)> = root.collect();
        while let Some((path, schema)) = queue.pop_front() {
            for schema in alternatives(&schema) {
                if let Some(name) = definition(schema) {
                    let known = self.definition(name).clone();
                    if properties(&known).next().is_none() {
                        queue.push_back((path.clone(), known));
                    } else if self.sections.contains_key(name) {
                        self.others.entry(name.to_owned()).or_default().push(path.clone());
                    } else {
                        self.sections.insert(name.to_owned(), path.clone());
                        queue.extend(properties(&known).map(|(name, field)| (format!("{path}.{name}"), field.clone())));
                    }
                }
                for (key, suffix) in [("items", "[]"), ("additionalProperties", ".*")] {
                    if schema[key].is_object() {
                        queue.push_back((format!("{path}{suffix}"), schema[key].clone()));
                    }
                }
            }
        }
    }

    fn definition(&self, name: &str) -> &Value {
        &self.schema["$defs"][name]
    }

    fn text(&self) -> String {
        let mut by_path: Vec<(&Path, &String)> = self.sections.iter().map(|(name, path)| (path, name)).collect();
        by_path.sort_by_key(|(path, _)| path.split('.').collect::<Vec<_>>());
        let mut text = PREFACE.to_owned();
        let contents: Vec<String> = by_path.iter().map(|(path, _)| format!("[`{path}`](#{})", anchor(path))).collect();
        write!(text, "\nObjects: {}.\n", contents.join(", ")).expect("a String takes all");
        text += &self.section("CassandraTopology", "", &self.schema, &[]);
        for (path, name) in by_path {
            let others = self.others.get(name).map_or(&[] as &[Path], Vec::as_slice);
            text += &self.section(path, path, self.definition(name), others);
        }
        text
    }

    fn section(&self, title: &str, path: &str, object: &Value, others: &[Path]) -> String {
        let mut text = format!("\n## {title}\n\n{}\n", prose(&object["description"]));
        if !others.is_empty() {
            let others: Vec<String> = others.iter().map(|path| format!("`{path}`")).collect();
            write!(text, "\nAlso at {}.\n", others.join(", ")).expect("a String takes all");
        }
        text.push('\n');
        let required: BTreeSet<&str> =
            object["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        for (name, field) in properties(object) {
            let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
            text += &self.field(&path, field, required.contains(name.as_str()));
        }
        text
    }

    fn field(&self, path: &str, field: &Value, is_required: bool) -> String {
        let (description, default) = parted(&prose(&field["description"]));
        let literal = Some(&field["default"]).filter(|it| it.is_string() || it.is_boolean() || it.is_number());
        let literal = literal.map(|it| format!("`{}`", it.as_str().map_or_else(|| it.to_string(), str::to_owned)));
        let mut facts = vec![self.type_of(field)];
        facts.extend(is_required.then(|| "**required**".to_owned()));
        facts.extend(default.or(literal).map(|default| format!("default: {default}")));
        // A field at the root has the name of its section, whose heading is its anchor.
        let own = if path.contains('.') { format!("<a id=\"{path}\"></a>") } else { String::new() };
        let mut text = format!("- {own}**`{path}`** ({})\n", facts.join("; "));
        for line in description.lines() {
            writeln!(text, "  {line}").expect("a String takes all");
        }
        for (value, meaning) in self.values(field) {
            writeln!(text, "  - `{value}`: {meaning}").expect("a String takes all");
        }
        text
    }

    /// The values that a field may have, with their meanings.
    fn values(&self, field: &Value) -> Vec<(String, String)> {
        let definitions = alternatives(field).into_iter().filter_map(definition).map(|name| self.definition(name));
        let one_of = definitions.filter_map(|known| known["oneOf"].as_array()).flatten();
        let value = |one: &Value| Some((one["const"].as_str()?.to_owned(), prose(&one["description"])));
        one_of.filter_map(value).collect()
    }

    fn type_of(&self, schema: &Value) -> String {
        let types: Vec<String> = alternatives(schema).into_iter().map(|one| self.type_of_one(one)).collect();
        types.join(" or ")
    }

    fn type_of_one(&self, schema: &Value) -> String {
        if let Some(name) = definition(schema) {
            return match self.sections.get(name) {
                Some(path) => format!("[object](#{})", anchor(path)),
                None => self.type_of(self.definition(name)),
            };
        }
        if let Some(values) = schema["enum"].as_array() {
            let values: Vec<String> =
                values.iter().filter_map(Value::as_str).map(|value| format!("`{value}`")).collect();
            return values.join(", ");
        }
        if let Some(value) = schema["const"].as_str() {
            return format!("`{value}`");
        }
        let limits = match (schema["minimum"].as_u64().filter(|it| *it > 0), schema["maximum"].as_u64()) {
            (Some(least), Some(most)) => format!(" from {least} to {most}"),
            (Some(least), None) => format!(" from {least}"),
            (None, Some(most)) => format!(" up to {most}"),
            (None, None) => String::new(),
        };
        match json_type(schema) {
            None => "one of the values below".to_owned(),
            Some("array") => format!("list: {}", self.type_of(&schema["items"])),
            Some("object") if schema["additionalProperties"].is_object() => {
                format!("map: {}", self.type_of(&schema["additionalProperties"]))
            }
            Some(other) => format!("{other}{limits}"),
        }
    }
}

/// A description in one line for each of its paragraphs.
fn prose(description: &Value) -> String {
    let text = description.as_str().unwrap_or_default();
    text.split("\n\n").map(|paragraph| paragraph.replace('\n', " ")).collect::<Vec<_>>().join("\n")
}

/// A description without the sentence that names the default, and the default.
fn parted(description: &str) -> (String, Option<String>) {
    for lead in ["Defaults to ", "Default: ", "Defaults: "] {
        let Some(start) = description.find(lead).filter(|start| *start == 0 || description[..*start].ends_with(". "))
        else {
            continue;
        };
        let rest = &description[start + lead.len()..];
        let end = rest.find(". ").unwrap_or(rest.len().saturating_sub(1));
        let others = format!("{}{}", &description[..start], rest.get(end + 2..).unwrap_or_default());
        return (others.trim_end().to_owned(), Some(rest[..end].to_owned()));
    }
    (description.to_owned(), None)
}

/// The anchor that GitHub makes of a heading: lower case, without punctuation.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase();
    kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
}

#[test]
fn the_reference_is_that_of_the_schema() {
    let text = Reference::new().text();
    let differences: Vec<String> = difference(&repository(DOCUMENT), &text).into_iter().collect();
    assert_same(&differences);
}

#[test]
fn every_field_is_in_the_reference_with_its_text_and_every_link_has_its_anchor() {
    let reference = Reference::new();
    let text = reference.text();
    let mut number = 0;
    for (name, path) in &reference.sections {
        for (field, schema) in properties(reference.definition(name)) {
            let item = text.split(&format!("**`{path}.{field}`** (")).nth(1);
            let item = item.unwrap_or_else(|| panic!("{path}.{field} is missing"));
            let described = schema["description"].as_str().is_some_and(|it| !it.is_empty());
            assert!(described, "{path}.{field} has no text");
            assert!(!item.starts_with(')'), "{path}.{field} has no type");
            number += 1;
        }
    }
    assert!(number > 150, "{number} fields");
    let objects = reference.schema["$defs"].as_object().expect("definitions").iter();
    let lost = objects.filter(|(name, it)| it["properties"].is_object() && !reference.sections.contains_key(*name));
    assert_eq!(lost.map(|(name, _)| name).collect::<Vec<_>>(), Vec::<&String>::new());
    let headings: Vec<String> = text.lines().filter_map(|line| line.strip_prefix("## ")).map(anchor).collect();
    assert_eq!(headings.iter().collect::<BTreeSet<_>>().len(), headings.len(), "anchors are unique");
    for link in text.split("](#").skip(1).filter_map(|rest| rest.split(')').next()) {
        assert!(headings.iter().any(|heading| heading == link), "#{link}");
    }
}

#[test]
fn the_sentence_with_the_default_is_found_alone() {
    let of = |text: &str| parted(text);
    assert_eq!(
        of("A. Defaults to `cluster.local`. It is B."),
        ("A. It is B.".to_owned(), Some("`cluster.local`".to_owned()))
    );
    assert_eq!(of("A. Default: all."), ("A.".to_owned(), Some("all".to_owned())));
    assert_eq!(of("Defaults to 1."), (String::new(), Some("1".to_owned())));
    assert_eq!(of("A, by default b."), ("A, by default b.".to_owned(), None));
}
