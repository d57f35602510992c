//! The objects of the Prometheus Operator's kinds against its own schemas, the oldest supported and the newest
//! (`tests/monitoring/schemas.py`).

use std::collections::BTreeMap;
use std::fs;
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::{Value, json};

use super::rendered_of;
use crate::compare::repository;
use crate::rendered::{all, assert_none, mutated};
use crate::strict_schema::is_custom;

const VERSIONS: [&str; 2] = ["0.66.0", "0.93.1"];

/// A validator for each version and kind.
static VALIDATORS: LazyLock<BTreeMap<(&str, String), Validator>> = LazyLock::new(|| {
    let of_version = |version: &'static str| {
        let path = repository(&format!("golden/monitoring/crds/{version}.json"));
        let kinds: BTreeMap<String, Value> =
            serde_json::from_slice(&fs::read(path).expect("the schema is there")).expect("the schema is JSON");
        let validator = |schema: Value| jsonschema::validator_for(&schema).expect("the schema is a schema");
        kinds.into_iter().map(move |(kind, schema)| ((version, kind), validator(schema)))
    };
    VERSIONS.into_iter().flat_map(of_version).collect()
});

/// What any version says against an object of its kinds.
fn faults(object: &Value) -> Vec<String> {
    let kind = object["kind"].as_str().unwrap_or_default();
    let of_version = |version: &'static str| -> Vec<String> {
        let errors = VALIDATORS[&(version, kind.to_owned())].iter_errors(object);
        errors.map(|error| format!("{kind} in {version}, {}: {error}", error.instance_path())).collect()
    };
    VERSIONS.into_iter().flat_map(of_version).collect()
}

#[test]
fn every_object_is_one_for_the_oldest_and_the_newest_operator() {
    let mut seen = BTreeMap::new();
    let mut found = Vec::new();
    for rendered in all() {
        for (path, object) in rendered.objects.iter().filter(|(_, object)| is_custom(object)) {
            *seen.entry(object["kind"].to_string()).or_insert(0) += 1;
            found.extend(faults(object).into_iter().map(|fault| format!("{}: {path}: {fault}", rendered.title)));
        }
    }
    assert_none(&found);
    assert_eq!(seen.keys().collect::<Vec<_>>(), ["\"PodMonitor\"", "\"PrometheusRule\"", "\"ServiceMonitor\""]);
}

#[test]
fn the_schemas_find_what_is_wrong() {
    let rendered = &rendered_of(super::EVERYTHING)[0];
    let one = |kind: &str| rendered.of_kind(kind).next().expect("it is rendered").clone();
    let (rule, monitor, pods) = (one("PrometheusRule"), one("ServiceMonitor"), one("PodMonitor"));
    for (good, pointer, value) in [
        (&rule, "/spec/groups/0/rules/0/fro", json!("5m")),
        (&rule, "/spec/groups/0/rules/0/for", json!(5)),
        (&rule, "/spec/groups/0/rules/0/for", json!("5 minutes")),
        (&rule, "/spec/groups/0/rules/0/labels/number", json!(1)),
        (&rule, "/spec/group", json!([])),
        (&monitor, "/spec/endpoints/0/interval", json!("half")),
        (&monitor, "/spec/endpoints/0/metricRelabelings/0/action", json!("throwAway")),
        (&monitor, "/spec/endpoints/0/metricRelabelings/0/sourceLabel", json!(["a"])),
        (&monitor, "/spec/selector", json!([])),
        (&pods, "/spec/podMetricsEndpoints/0/path", json!(1)),
        (&pods, "/spec/endpoints", json!([])),
    ] {
        assert_eq!(faults(good), Vec::<String>::new());
        assert!(!faults(&mutated(good, pointer, value)).is_empty(), "{pointer} is not found");
    }
}
