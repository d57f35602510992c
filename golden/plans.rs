//! Plans as people and programs read them: each fleet of `plans/fleets.rs` in the three forms, and the promises that
//! hold for every text that a user may have written.

mod fleets;
mod markdown;

use std::collections::BTreeSet;

use cassc::report::Colors;
use cassc::report::plan::{FleetPlan, json, json_schema, markdown as as_markdown, text};
use serde_json::Value;

use crate::compare::{assert_same, difference, repository};

#[test]
fn every_fleet_reads_as_expected() {
    let mut differences = Vec::new();
    for (name, fleet) in fleets::all() {
        for (extension, written) in
            [("txt", text(&fleet, Colors::Plain)), ("md", as_markdown(&fleet)), ("json", json(&fleet))]
        {
            let expected = repository(&format!("golden/plans/{name}.{extension}"));
            differences.extend(difference(&expected, &written));
        }
    }
    assert_same(&differences);
}

#[test]
fn every_document_satisfies_the_schema() {
    let schema: Value = serde_json::from_str(&json_schema()).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    for (name, fleet) in fleets::all() {
        let document = document(&fleet);
        let faults: Vec<String> = validator.iter_errors(&document).map(|error| error.to_string()).collect();
        assert_eq!(faults, Vec::<String>::new(), "{name}");
    }
    for (pointer, wrong) in [("/format", 2), ("/plans/0/verdict", 0), ("/plans/0/steps/0/action", 0)] {
        let mut document = document(&fleets::every_action());
        *document.pointer_mut(pointer).expect("the document has the value") = wrong.into();
        assert!(!validator.is_valid(&document), "{pointer} may not be {wrong}");
    }
}

/// The words that the schema allows must all come up, or a variant was added that no golden shows.
#[test]
fn the_fleets_show_every_action_effect_verdict_stage_and_guard() {
    let mut shown = BTreeSet::new();
    fleets::all().iter().for_each(|(_, fleet)| strings(&document(fleet), &mut shown));
    let schema: Value = serde_json::from_str(&json_schema()).expect("the schema is JSON");
    let mut words = BTreeSet::new();
    constants(&schema, &mut words);
    assert!(words.len() > 35, "the schema names its words: {words:?}");
    assert_eq!(words.difference(&shown).collect::<Vec<_>>(), Vec::<&String>::new());
}

fn document(fleet: &FleetPlan) -> Value {
    serde_json::from_str(&json(fleet)).expect("a plan is JSON")
}

fn strings(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => drop(found.insert(text.clone())),
        Value::Array(list) => list.iter().for_each(|item| strings(item, found)),
        Value::Object(map) => map.values().for_each(|item| strings(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The strings under `const`, which is how schemars writes the words of an enum.
fn constants(schema: &Value, found: &mut BTreeSet<String>) {
    match schema {
        Value::Array(list) => list.iter().for_each(|item| constants(item, found)),
        Value::Object(map) => map.iter().for_each(|(key, item)| match (key.as_str(), item) {
            ("const", Value::String(word)) => drop(found.insert(word.clone())),
            _ => constants(item, found),
        }),
        _ => {}
    }
}
