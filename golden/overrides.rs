//! Overrides: what the examples of `docs/overrides.md` change in the rendered tree (`golden/overrides.txt`), strategic merges
//! beside those of `kubectl`, our validator beside `jsonschema`, and random patches.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::process::Command;

use cassc::deliver::arrange;
use cassc::diagnostic::Severity;
use cassc::kubernetes::release::OLDEST;
use cassc::kubernetes::schema::Schema;
use cassc::kubernetes::strategic_merge::merged;
use cassc::{Compilation, topology::Dialect};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};
use similar::TextDiff;

use crate::compare::{assert_same, difference, repository};
use crate::random::{faults, runner, topologies};
use crate::readers::hostile_strings;
use crate::real_tool::{is_here, output};
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
    assert_same(&difference(&repository("golden/overrides.txt"), &text).into_iter().collect::<Vec<_>>());
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
