//! Strategic merges beside those of `kubectl`, and our validator beside `jsonschema`.

use std::cell::Cell;
use std::fs;
use std::process::Command;

use cassc::kubernetes::release::OLDEST;
use cassc::kubernetes::schema::Schema;
use cassc::kubernetes::strategic_merge::merged;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use super::{anything, originals, patch, scalar};
use crate::random::runner;
use crate::real_tool::{is_here, output};
use crate::strict_schema;

/// A patch that `kubectl` and we take alike: no directive that we refuse, no element whose second key decides.
fn is_common(patch: &Value) -> bool {
    match patch {
        Value::Object(map) => map.iter().all(|(key, value)| {
            let is_directive = key == "$patch" || key.starts_with("$setElementOrder");
            !is_directive && key != "protocol" && key != "topologyKey" && is_common(value)
        }),
        Value::Array(items) => items.iter().all(|item| !item.is_null() && is_common(item)),
        _ => true,
    }
}

fn without_nulls_in_lists(value: &Value) -> bool {
    match value {
        Value::Object(map) => map.values().all(without_nulls_in_lists),
        Value::Array(items) => items.iter().all(|item| !item.to_string().contains("null")),
        _ => true,
    }
}

const LISTS: &[&str] = &[
    r#"{"spec":{"template":{"spec":{"containers":[{"name":"new","image":"x"},{"name":"cassandra","env":[{"name":"TEAM","value":"x"},{"name":"A","value":"b"}]}]}}}}"#,
    r#"{"spec":{"template":{"spec":{"containers":[{"name":"cassandra","$patch":"delete"},{"name":"new","image":"x"}]}}}}"#,
    r#"{"spec":{"template":{"spec":{"containers":[{"$patch":"replace"},{"name":"new","image":"x"}]}}}}"#,
    r#"{"spec":{"template":{"spec":{"initContainers":[{"name":"server-system-logger","tty":true},{"name":"new","image":"x"}]}}}}"#,
    r#"{"spec":{"template":{"spec":{"initContainers":[{"name":"server-system-logger","tty":true},{"name":"server-config-init","tty":true}]}}}}"#,
    r#"{"spec":{"template":{"spec":{"containers":[{"name":"cassandra","volumeMounts":[{"mountPath":"/tmp","readOnly":true},{"mountPath":"/x","name":"tmp"}]}]}}}}"#,
    r#"{"spec":{"template":{"spec":{"containers":[{"name":"cassandra","ports":[{"containerPort":7199,"name":"x"},{"containerPort":1}]}]}}}}"#,
    r#"{"spec":{"template":{"spec":{"containers":[{"name":"cassandra","env":[{"name":"POD_IP","$patch":"delete"}],"command":["x"],"readinessProbe":null}]}}}}"#,
    r#"{"spec":{"template":{"spec":{"tolerations":[{"key":"a","operator":"Exists"}],"hostAliases":[{"ip":"192.0.2.1","hostnames":["x"]}],"imagePullSecrets":[{"name":"x"}]}}}}"#,
    r#"{"spec":{"template":{"spec":{"securityContext":{"$patch":"replace","fsGroup":1},"nodeSelector":{"a":"b"},"affinity":null}}}}"#,
    r#"{"spec":{"template":{"spec":{"volumes":[{"name":"new","emptyDir":{}},{"name":"tmp","emptyDir":{"sizeLimit":"1Gi"}}]}}}}"#,
    r#"{"spec":{"template":{"spec":{"topologySpreadConstraints":[{"topologyKey":"zone","maxSkew":1,"whenUnsatisfiable":"DoNotSchedule"}]}},"minReadySeconds":null}}"#,
    r#"{"metadata":{"labels":{"a":"b","app.kubernetes.io/name":null},"annotations":{"x":"y"}}}"#,
    r#"{"spec":{"ports":[{"port":9042,"name":"cql"},{"port":1,"name":"one"}]}}"#,
    r#"{"spec":{"ports":[{"port":9042,"$patch":"delete"}],"selector":{"a":"b"},"ipFamilyPolicy":"PreferDualStack"}}"#,
];

#[test]
fn strategic_merges_are_those_of_kubectl() {
    if !is_here("kubectl", &["version", "--client"]) {
        return;
    }
    let compared = Cell::new(0);
    let compare = |original: &Value, patch: &Value| {
        let (api_version, kind) = (original["apiVersion"].as_str(), original["kind"].as_str());
        let schema = Schema::of_kind(OLDEST, api_version.unwrap_or_default(), kind.unwrap_or_default());
        let schema = schema.expect("the kind is rendered");
        let Some(patch) = patch.as_object() else { return Ok(()) };
        let Ok(ours) = merged(original, patch, schema) else { return Ok(()) };
        // kubectl decodes into types, so that only valid objects can be compared.
        if !schema.faults(&ours).is_empty() {
            return Ok(());
        }
        let file = tempfile::NamedTempFile::new().expect("a temporary file can be made");
        fs::write(file.path(), original.to_string()).expect("it can be written");
        let text = Value::Object(patch.clone()).to_string();
        let mut command = Command::new("kubectl");
        command.args(["patch", "--local", "--type=strategic", "-o", "json", "-p", &text, "-f"]).arg(file.path());
        let theirs: Value = serde_json::from_slice(&output(&mut command)).expect("kubectl prints JSON");
        compared.set(compared.get() + 1);
        prop_assert_eq!(&as_kubectl_prints(theirs), &as_kubectl_prints(ours), "{}", text);
        Ok(())
    };
    for original in originals() {
        for patch in LISTS {
            let patch: Value = serde_json::from_str(patch).expect("it is JSON");
            let is_of_service = patch["spec"]["ports"].is_array();
            if is_of_service == (original["kind"] == "Service") {
                compare(&original, &patch).expect("kubectl does the same");
            }
        }
    }
    assert!(compared.get() >= LISTS.len(), "only {} patches were compared", compared.get());
    let patches = patch().prop_filter("both take it", |patch| is_common(patch) && without_nulls_in_lists(patch));
    let originals = originals();
    let outcome =
        runner(150).run(&patches, |patch| originals.iter().try_for_each(|original| compare(original, &patch)));
    assert!(outcome.is_ok(), "{}", outcome.expect_err("it is an error"));
}

/// Without what kubectl's types add or leave out.
fn as_kubectl_prints(mut value: Value) -> Value {
    fn clean(value: &mut Value) {
        match value {
            Value::Object(map) => {
                map.remove("creationTimestamp");
                map.remove("status");
                map.values_mut().for_each(clean);
                map.retain(|_, value| {
                    !value.is_null()
                        && *value != json!({})
                        && *value != json!([])
                        && *value != json!("")
                        && *value != json!(0)
                        && *value != json!(false)
                });
            }
            Value::Array(items) => items.iter_mut().for_each(clean),
            _ => {}
        }
    }
    clean(&mut value);
    value
}

#[test]
fn our_validator_and_jsonschema_judge_alike() {
    let originals = originals();
    let wrong = Cell::new(0);
    let strategy = (select(originals), any::<prop::sample::Index>(), prop_oneof![scalar(), anything()]);
    let outcome = runner(400).run(&strategy, |(original, place, value)| {
        let places = places(&original);
        let mut changed = original.clone();
        let place: &String = place.get(&places);
        *changed.pointer_mut(place).expect("the place is there") = value;
        if has_null(&changed) {
            return Ok(());
        }
        let kind = changed["kind"].as_str().unwrap_or_default();
        let (api_version, kind) = (original["apiVersion"].as_str().unwrap_or_default(), kind);
        let Some(schema) = Schema::of_kind(OLDEST, api_version, kind) else { return Ok(()) };
        let (ours, theirs) = (schema.faults(&changed), strict_schema::faults_of(OLDEST, &changed));
        wrong.set(wrong.get() + usize::from(!ours.is_empty()));
        // jsonschema takes no offence at numbers beyond their format.
        let is_beyond = ours.iter().any(|fault| fault.what.contains("expected -2147483648 to"));
        prop_assert!(is_beyond || ours.is_empty() == theirs.is_empty(), "{ours:#?}\n{theirs:#?}\n{changed}");
        Ok(())
    });
    assert!(outcome.is_ok(), "{}", outcome.expect_err("it is an error"));
    assert!(wrong.get() > 50, "only {} values are wrong", wrong.get());
}

fn has_null(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Object(map) => map.values().any(has_null),
        Value::Array(items) => items.iter().any(has_null),
        _ => false,
    }
}

/// The pointers of all values below the root, but those that say what the object is.
fn places(value: &Value) -> Vec<String> {
    fn below(at: &str, value: &Value, found: &mut Vec<String>) {
        let mut visit = |key: &str, value: &Value| {
            let at = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
            below(&at, value, found);
            found.push(at);
        };
        match value {
            Value::Object(map) => map.iter().for_each(|(key, value)| visit(key, value)),
            Value::Array(items) => items.iter().enumerate().for_each(|(index, value)| visit(&index.to_string(), value)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    below("", value, &mut found);
    found.retain(|place| !["/kind", "/apiVersion", "/metadata"].contains(&place.as_str()));
    found
}
