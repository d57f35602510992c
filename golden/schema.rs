//! The schemas under `schemas/` are those of the types, no more and no less.

use std::collections::BTreeMap;

use cassc::{report, topology};
use rayon::prelude::*;
use serde_json::{Value, json};

use crate::compare::{assert_same, difference, repository};
use crate::random::topologies::sensible;
use crate::readers::hostile_strings;
use crate::rendered::{assert_none, compiled};

#[test]
fn the_committed_schemas_are_those_of_the_types() {
    let schemas = [
        ("schemas/topology.schema.json", topology::json_schema()),
        ("schemas/plan.schema.json", report::plan::json_schema()),
        ("schemas/complaints.schema.json", report::json_schema()),
    ];
    let differences = schemas.iter().filter_map(|(path, text)| difference(&repository(path), text));
    assert_same(&differences.collect::<Vec<_>>());
}

/// Types of Kubernetes whose fields the schema leaves to it.
const OPEN: [&str; 4] =
    ["/spec/pod/containers", "/spec/pod/initContainers", "/spec/pod/securityContext", "/spec/scheduling/nodeAffinity"];

/// The pointers of the scalars of a value, one of each shape: positions in lists count as one.
fn scalars(value: &Value, pointer: &str, found: &mut BTreeMap<String, String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            scalars(value, &format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1")), found);
        }),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(at, value)| scalars(value, &format!("{pointer}/{at}"), found));
        }
        _ => {
            let shape = pointer.split('/').filter(|part| part.parse::<usize>().is_err());
            found.entry(shape.collect::<Vec<_>>().join("/")).or_insert_with(|| pointer.to_owned());
        }
    }
}

/// Whether the schema and the reader disagree on a topology that both took before one of its scalars was changed.
fn disagreement(validator: &jsonschema::Validator, topology: &Value) -> Option<&'static str> {
    let compilation = compiled("shop.yaml", topology.to_string().into_bytes(), None);
    let is_misread = compilation.complaints.iter().any(|complaint| ["E007", "E008", "E009"].contains(&complaint.code));
    match (is_misread, validator.is_valid(topology)) {
        (true, true) => Some("the schema alone takes"),
        (false, false) => Some("the reader alone takes"),
        _ => None,
    }
}

#[test]
fn the_schema_and_the_reader_agree_on_scalars() {
    let schema = serde_json::from_str(&topology::json_schema()).expect("the schema is JSON");
    let validator = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let topologies = hostile_strings::random(sensible(), 60);
    let mut tried: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for (number, topology) in topologies.iter().enumerate() {
        assert_eq!(disagreement(&validator, topology), None, "{topology}");
        let mut found = BTreeMap::new();
        scalars(topology, "", &mut found);
        for (shape, pointer) in found.into_iter().filter(|(shape, _)| !OPEN.iter().any(|open| shape.starts_with(open)))
        {
            tried.entry(shape).or_insert((number, pointer));
        }
    }
    assert!(tried.len() > 60, "only {} kinds of scalars", tried.len());
    let others = [json!(5), json!(1.5), json!(true), json!("text"), json!("5")];
    let trials: Vec<_> = tried.values().flat_map(|place| others.iter().map(move |other| (place, other))).collect();
    let fault = |((number, pointer), other): (&(usize, String), &Value)| {
        let changed = with(&topologies[*number], pointer, other.clone());
        Some(format!("{} {pointer}: {other}", disagreement(&validator, &changed)?))
    };
    assert_none(&trials.into_par_iter().filter_map(fault).collect::<Vec<_>>());
}

fn with(topology: &Value, pointer: &str, value: Value) -> Value {
    let mut changed = topology.clone();
    *changed.pointer_mut(pointer).expect("it is there") = value;
    changed
}
