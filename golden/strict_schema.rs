//! Every object against the strict schemas of every supported minor (`schemas/kubernetes`), which know every field and
//! its type. What they let through is [`crate::hygiene`]'s.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use cassc::kubernetes::release::{KubernetesMinor, NEWEST, OLDEST};
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::compare::repository;
use crate::rendered::{Rendered, all, assert_none, mutated};

/// A validator for each kind that the schemas hold, by minor and kind.
static VALIDATORS: LazyLock<BTreeMap<(String, String), Validator>> = LazyLock::new(|| {
    let of_minor = |minor: String| {
        let text = std::fs::read(repository(&format!("schemas/kubernetes/{minor}.json"))).expect("the schema is there");
        let definitions: Value = serde_json::from_slice(&text).expect("the schema is JSON");
        let names = definitions["$defs"].as_object().expect("the schema holds definitions").keys().cloned();
        let kinds: Vec<String> = names.filter(|name| is_object(&definitions, name)).collect();
        kinds.into_iter().map(move |name| ((minor.clone(), kind_of(&name)), validator(&definitions, &name)))
    };
    minors().flat_map(of_minor).collect()
});

/// Every supported minor.
fn minors() -> impl Iterator<Item = String> {
    (OLDEST.number()..=NEWEST.number()).map(|number| format!("1.{number}"))
}

/// What has a kind of its own; a claim is here as part of a StatefulSet only, but may as well be asked for.
fn is_object(definitions: &Value, name: &str) -> bool {
    definitions["$defs"][name]["properties"].get("kind").is_some()
}

fn kind_of(definition: &str) -> String {
    definition.rsplit('.').next().expect("split yields at least one part").to_owned()
}

fn validator(definitions: &Value, name: &str) -> Validator {
    let schema = json!({"$schema": definitions["$schema"], "$defs": definitions["$defs"],
        "$ref": format!("#/$defs/{name}"), "required": ["apiVersion", "kind", "metadata"]});
    jsonschema::validator_for(&schema).expect("the committed schema is one")
}

/// What the schemas of all minors say against an object.
pub(crate) fn faults(object: &Value) -> Vec<String> {
    minors().flat_map(|minor| faults_in(&minor, object)).collect()
}

/// What the schema of a minor says against an object.
pub(crate) fn faults_of(minor: KubernetesMinor, object: &Value) -> Vec<String> {
    faults_in(&minor.to_string(), object)
}

fn faults_in(minor: &str, object: &Value) -> Vec<String> {
    let kind = object["kind"].as_str().unwrap_or("object without kind");
    match VALIDATORS.get(&(minor.to_owned(), kind.to_owned())) {
        Some(validator) => validator
            .iter_errors(object)
            .map(|error| format!("{kind} in {minor}, {}: {error}", error.instance_path()))
            .collect(),
        None => vec![format!("no schema of {minor} knows a {kind}")],
    }
}

/// Whether the kind of an object comes with somebody else's program.
pub(crate) fn is_custom(object: &Value) -> bool {
    object["apiVersion"] == "monitoring.coreos.com/v1"
}

fn faults_of_all(rendered: &Rendered) -> Vec<String> {
    let of_object = |path: &str, object: &Value| -> Vec<String> {
        faults(object).into_iter().map(|fault| format!("{}: {path}: {fault}", rendered.title)).collect()
    };
    // Kinds that Kubernetes does not have are judged by the schemas of whoever has them (`monitoring`).
    let own = rendered.objects.iter().filter(|(_, object)| !is_custom(object));
    own.flat_map(|(path, object)| of_object(path, object)).collect()
}

#[test]
fn every_object_has_only_fields_that_kubernetes_knows() {
    assert_none(&all().iter().flat_map(faults_of_all).collect::<Vec<_>>());
}

/// One good object and one thing wrong with it: pointer and value.
const MUTATIONS: &[(&str, &str)] = &[
    ("/spec/templat", "{}"),
    ("/spec/template/spec/containers/0/imagePullPolcy", "\"Always\""),
    ("/spec/volumeClaimTemplates/0/spec/size", "\"1Gi\""),
    ("/spec/replicas", "\"3\""),
    ("/spec/replicas", "3.5"),
    ("/spec/serviceName", "7"),
    ("/spec/template/metadata/labels/number", "1"),
    ("/spec/template/metadata/labels/yes", "true"),
    ("/spec/template/spec/containers", "{}"),
    ("/spec/template/spec/containers/0/command", "\"/bin/sh\""),
    ("/spec/template/spec/containers/0/env/0/value", "true"),
    ("/spec/template/spec/containers/0/ports/0/containerPort", "\"9042\""),
    ("/spec/template/spec/containers/0/livenessProbe/httpGet/port", "true"),
    ("/spec/template/spec/containers/0/securityContext/runAsNonRoot", "\"true\""),
    ("/spec/template/spec/volumes/0/emptyDir/sizeLimit", "[]"),
    ("/spec/template/spec/affinity/podAntiAffinity/requiredDuringScheduling", "[]"),
    ("/spec/selector", "[]"),
    ("/apiVersion", "\"apps/v1beta1\""),
    ("/kind", "\"Deployment\""),
    ("/metadata", "[]"),
    ("/metadata/label", "{}"),
];

/// A StatefulSet with a probe over HTTP; the first container is Cassandra.
pub(crate) fn good_stateful_set() -> Value {
    let rendered = all();
    let of_multi_rack = rendered.iter().find(|it| it.title.contains("multi-rack")).expect("multi-rack is an example");
    of_multi_rack.of_kind("StatefulSet").next().expect("a rack is a StatefulSet").clone()
}

#[test]
fn the_schemas_refuse_every_mutation_of_a_good_stateful_set() {
    let good = good_stateful_set();
    assert_eq!(faults(&good), Vec::<String>::new());
    for (pointer, value) in MUTATIONS {
        let bad = mutated(&good, pointer, serde_json::from_str(value).expect("the mutation is JSON"));
        assert_ne!(faults(&bad), Vec::<String>::new(), "{pointer} = {value} is not found");
    }
}

#[test]
fn a_missing_field_that_kubernetes_requires_is_refused() {
    for (parent, key) in [("", "kind"), ("", "metadata"), ("/spec", "selector"), ("/spec", "template")] {
        let mut bad = good_stateful_set();
        let parent = bad.pointer_mut(parent).and_then(Value::as_object_mut).expect("the parent is there");
        assert!(parent.remove(key).is_some(), "{key} was there");
        assert_ne!(faults(&bad), Vec::<String>::new(), "the loss of {key} is not found");
    }
}
