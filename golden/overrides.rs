//! Overrides: what the examples of `docs/overrides.md` change in the rendered tree (`golden/overrides/examples.txt`), and random
//! patches.

mod oracles;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use cassc::deliver::arrange;
use cassc::diagnostic::Severity;
use cassc::{Compilation, topology::Dialect};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};
use similar::TextDiff;

use crate::compare::{assert_same, difference, repository};
use crate::random::{faults, runner, topologies};
use crate::readers::hostile_strings;
use crate::rendered::{DIALECTS, compiled, rendered};
use crate::strict_schema;

const SHOP: &str = "apiVersion: cassc/v1alpha1\nkind: CassandraTopology\nmetadata: {name: shop, namespace: cass}\nspec:\n  \
                    cassandra: {version: 4.1.9, environment: {TEAM: data}}\n  storage: {class: fast-ssd, size: 500Gi}\n  \
                    resources: {requests: {cpu: \"2\", memory: 8Gi}, limits: {memory: 8Gi}}\n  \
                    datacenters: [{name: dc1, nodes: 3, racks: [{name: r1, zone: a}, {name: r2, zone: b}, {name: r3, zone: c}]}]\n";

fn compilation(overrides: &str) -> Compilation {
    compiled("shop.yaml", format!("{SHOP}{overrides}").into_bytes(), Some(Dialect::Argocd))
}

/// The files of the only cluster.
fn files(compilation: &Compilation) -> BTreeMap<String, String> {
    assert_eq!(compilation.accepted.len(), 1, "{:#?}", compilation.complaints);
    let (_, cluster) = compilation.clusters().next().expect("it is accepted");
    arrange(&cluster).files.iter().map(|(path, text)| (path.to_owned(), text.to_owned())).collect()
}

/// The examples of the documentation, without the line `spec:`.
fn examples() -> Vec<String> {
    let page = fs::read_to_string(repository("docs/overrides.md")).expect("the page can be read");
    let blocks = page.split("```yaml\nspec:\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn the_examples_of_the_documentation_change_what_they_say() {
    let without = files(&compilation(""));
    let mut text = String::new();
    for (number, example) in (1..).zip(examples()) {
        let compilation = compilation(&example);
        let codes: Vec<&str> = compilation.complaints.iter().map(|complaint| complaint.code).collect();
        assert!(codes.iter().all(|code| *code == "W533"), "{:#?}", compilation.complaints);
        writeln!(text, "# Example {number}\n").expect("writing to a String cannot fail");
        for (path, now) in files(&compilation) {
            if now != without[&path] {
                let diff = TextDiff::from_lines(&without[&path], &now);
                writeln!(text, "{path}\n{}", diff.unified_diff().context_radius(2))
                    .expect("writing to a String cannot fail");
            }
        }
    }
    assert!(examples().len() > 2, "the documentation has examples");
    assert_same(&difference(&repository("golden/overrides/examples.txt"), &text).into_iter().collect::<Vec<_>>());
}

/// The StatefulSet and a service of the cluster without overrides.
fn originals() -> Vec<Value> {
    let rendered = rendered(&compilation(""));
    let first = |kind: &'static str| rendered[0].of_kind(kind).next().expect("it is rendered").clone();
    vec![first("StatefulSet"), first("Service")]
}

fn name() -> impl Strategy<Value = Value> {
    select(vec![
        "cassandra",
        "server-config-init",
        "server-system-logger",
        "TEAM",
        "POD_IP",
        "tmp",
        "server-data",
        "new",
        "x",
    ])
    .prop_map(Value::from)
}

fn scalar() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        select(vec![0, 1, 7, 9042, 1 << 40]).prop_map(|number: i64| Value::from(number)),
        name(),
        hostile_strings::pieces().prop_map(Value::from),
    ]
}

/// An element of a list with one of Kubernetes' merge keys, a directive now and then.
fn element(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    let key = select(vec!["name", "mountPath", "containerPort", "port", "ip", "topologyKey", "key", "$patch"]);
    let field =
        select(vec!["value", "image", "env", "volumeMounts", "emptyDir", "hostPort", "protocol", "command", "$patch"]);
    let directive = select(vec![Value::from("delete"), Value::from("replace")]);
    (key, name(), field, inner, prop::option::weighted(0.2, directive)).prop_map(
        |(key, name, field, value, directive)| {
            let mut element = Map::from_iter([(field.to_owned(), value)]);
            element.insert(key.to_owned(), name);
            element.extend(directive.map(|directive| ("$patch".to_owned(), directive)));
            Value::Object(element)
        },
    )
}

/// A value anywhere in a patch.
fn anything() -> impl Strategy<Value = Value> {
    let keys = select(vec![
        "spec",
        "template",
        "metadata",
        "labels",
        "annotations",
        "containers",
        "initContainers",
        "volumes",
        "env",
        "ports",
        "replicas",
        "selector",
        "minReadySeconds",
        "securityContext",
        "affinity",
        "tolerations",
        "hostPID",
        "data",
        "name",
        "volumeMounts",
        "serviceName",
        "app.kubernetes.io/name",
        "$patch",
        "$setElementOrder/containers",
        "",
    ]);
    scalar().prop_recursive(4, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(prop_oneof![element(inner.clone()), inner.clone()], 0..3).prop_map(Value::from),
            prop::collection::vec((keys.clone(), inner.clone()), 0..4)
                .prop_map(|entries| entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Value>()),
        ]
    })
}

/// A patch that goes where objects have something.
fn patch() -> impl Strategy<Value = Value> {
    let pod = select(vec!["containers", "initContainers", "volumes", "securityContext", "tolerations", "hostPID", "x"]);
    let list = || prop::collection::vec(element(anything()), 0..3).prop_map(Value::from);
    prop_oneof![
        anything(),
        anything().prop_map(|spec| json!({"spec": spec})),
        (pod, prop_oneof![list(), anything()])
            .prop_map(|(key, value)| json!({"spec": {"template": {"spec": {key: value}}}})),
        list().prop_map(
            |env| json!({"spec": {"template": {"spec": {"containers": [{"name": "cassandra", "env": env}]}}}})
        ),
        list().prop_map(|ports| json!({"spec": {"ports": ports}})),
        (any::<bool>(), scalar()).prop_map(|(labels, value)| {
            let key = if labels { "labels" } else { "annotations" };
            json!({"metadata": {key: {"example.com/a": value}}})
        }),
    ]
}

/// What must be the same whatever an override does.
fn identity(object: &Value) -> Value {
    let spec = &object["spec"];
    let pod = &spec["template"]["spec"];
    let container = |list: &str, name: &str| {
        let found = pod[list].as_array().and_then(|list| list.iter().find(|it| it["name"] == name)).cloned();
        found.unwrap_or_default()
    };
    let cassandra = container("containers", "cassandra");
    let data = cassandra["volumeMounts"].as_array().into_iter().flatten();
    let data: Vec<&Value> =
        data.filter(|it| it["mountPath"].as_str().is_some_and(|it| it.starts_with("/var/lib"))).collect();
    let own = |labels: &Value| -> Value {
        let labels = labels.as_object().into_iter().flatten();
        labels
            .filter(|(key, _)| key.starts_with("cassandra.datastax.com/"))
            .map(|(k, v)| (k.clone(), v.clone()))
            .collect()
    };
    json!({
        "kind": object["kind"], "name": object["metadata"]["name"], "namespace": object["metadata"]["namespace"],
        "labels": [own(&object["metadata"]["labels"]), own(&spec["template"]["metadata"]["labels"])],
        "delivery": object["metadata"]["annotations"]["argocd.argoproj.io/sync-options"],
        "replicas": spec["replicas"], "selector": spec["selector"], "serviceName": spec["serviceName"],
        "claims": spec["volumeClaimTemplates"], "policies": [spec["podManagementPolicy"], spec["updateStrategy"],
            spec["persistentVolumeClaimRetentionPolicy"], spec["ordinals"]],
        "gate": container("initContainers", "server-config-init"), "command": [cassandra["command"], cassandra["args"]],
        "image": cassandra["image"], "mounts": data, "data": object["data"], "endpoints": object["endpoints"],
        "maxUnavailable": spec["maxUnavailable"], "clusterIP": spec["clusterIP"],
    })
}

fn identities(compilation: &Compilation) -> Vec<Value> {
    rendered(compilation).iter().flat_map(|it| it.objects.iter().map(|(_, object)| identity(object))).collect()
}

#[test]
fn no_patch_panics_changes_an_identity_or_renders_what_kubernetes_refuses() {
    const KINDS: [&str; 6] =
        ["ConfigMap", "EndpointSlice", "PodDisruptionBudget", "Service", "ServiceAccount", "StatefulSet"];
    let before = identities(&compilation(""));
    let accepted = Cell::new(0);
    let kinds = prop_oneof![select(KINDS.to_vec()), Just("StatefulSet")];
    let outcome = runner(400).run(&(kinds, patch()), |(kind, patch)| {
        let overrides = json!([{"kind": kind, "all": true, "patch": patch}]);
        let compilation = compilation(&format!("  overrides: {overrides}\n"));
        if compilation.accepted.is_empty() {
            let is_reason = compilation.complaints.iter().any(|it| it.severity == Severity::Error);
            prop_assert!(is_reason, "refused without a reason: {overrides}");
            return Ok(());
        }
        accepted.set(accepted.get() + 1);
        prop_assert_eq!(&identities(&compilation), &before, "{}", overrides);
        let objects = rendered(&compilation).into_iter().flat_map(|it| it.objects);
        let faults: Vec<String> = objects.flat_map(|(_, object)| strict_schema::faults(&object)).collect();
        prop_assert!(faults.is_empty(), "{overrides}: {faults:#?}");
        Ok(())
    });
    assert!(outcome.is_ok(), "{}", outcome.expect_err("it is an error"));
    assert!(accepted.get() > 5, "only {} patches are accepted", accepted.get());
}

#[test]
fn random_topologies_with_overrides_pass_every_oracle() {
    let overrides = json!([
        {"kind": "Service", "all": true, "patch": {"spec": {"ipFamilyPolicy": "PreferDualStack"}}},
        {"kind": "ConfigMap", "all": true, "patch": {"metadata": {"annotations": {"example.com/kept": "yes"}}}},
        {"kind": "StatefulSet", "all": true, "patch": {"spec": {"minReadySeconds": 10, "template": {"spec": {
            "shareProcessNamespace": true, "containers": [{"name": "cassandra", "stdin": true}]}}}}},
    ]);
    let accepted = Cell::new(0);
    let strategy = (topologies::sensible(), select(DIALECTS.to_vec()));
    let outcome = runner(48).run(&strategy, |(mut topology, dialect)| {
        topology["spec"]["overrides"] = overrides.clone();
        let compilation = compiled("random.yaml", topology.to_string().into_bytes(), Some(dialect));
        let of_overrides = compilation.complaints.iter().filter(|complaint| complaint.code.starts_with("E53"));
        prop_assert_eq!(of_overrides.count(), 0, "{:#?}", compilation.complaints);
        accepted.set(accepted.get() + compilation.accepted.len());
        let faults: Vec<String> = rendered(&compilation).iter().flat_map(faults).collect();
        prop_assert!(faults.is_empty(), "{}\n{topology}", faults.join("\n"));
        Ok(())
    });
    assert!(outcome.is_ok(), "{}", outcome.expect_err("it is an error"));
    assert!(accepted.get() > 24, "only {} topologies are accepted", accepted.get());
}
