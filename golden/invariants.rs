//! What must hold of the objects of every cluster, whatever the topology: the promises that keep data, names and pods
//! where they are. Judged on the objects alone, without the code that made them.

use std::collections::BTreeSet;
use std::fs;

use cassc::cluster::Cluster;
use cassc::topology::Dialect;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::compare::repository;
use crate::hygiene::{containers, items, pod_spec};
use crate::rendered::{Rendered, all, assert_none, compiled, mutated};

const CLUSTER: &str = "cassandra.datastax.com/cluster";
const DATACENTER: &str = "cassandra.datastax.com/datacenter";
const RACK: &str = "cassandra.datastax.com/rack";

/// What the objects of one Kubernetes cluster break.
pub(crate) fn faults(rendered: &Rendered) -> Vec<String> {
    let mut faults = Vec::new();
    for (path, object) in &rendered.objects {
        let broken = match object["kind"].as_str() {
            Some("StatefulSet") => stateful_set(rendered, object),
            Some("ConfigMap") if object["immutable"] == true => configuration(rendered, object),
            Some("Secret") => vec!["a Secret is never rendered"],
            _ => Vec::new(),
        };
        let broken = broken.into_iter().chain(selector_of_service(object));
        faults.extend(broken.map(|what| format!("{}: {path}: {what}", rendered.title)));
        faults.extend(unknown_references(rendered, object).into_iter().map(|what| format!("{path}: {what}")));
    }
    faults
}

/// The messages of the statements that do not hold.
fn broken(statements: &[(bool, &'static str)]) -> Vec<&'static str> {
    statements.iter().filter(|(holds, _)| !holds).map(|(_, statement)| *statement).collect()
}

fn stateful_set(rendered: &Rendered, object: &Value) -> Vec<&'static str> {
    let (spec, template) = (&object["spec"], &object["spec"]["template"]);
    let labels = keys(&template["metadata"]["labels"]);
    let mut statements = vec![
        (has_identity(&spec["selector"]["matchLabels"]), "the selector is the three labels"),
        (spec["selector"]["matchExpressions"].is_null(), "the selector has no expressions"),
        (is_part(&spec["selector"]["matchLabels"], &template["metadata"]["labels"]), "pods carry their selector"),
        (is_part(&json!(rendered.cluster.labels), &template["metadata"]["labels"]), "pods carry the user's labels"),
        (labels.contains("app.kubernetes.io/managed-by"), "pods carry the recommended labels"),
        (spec["updateStrategy"] == json!({"type": "OnDelete"}), "nothing restarts by being applied"),
        (spec["podManagementPolicy"] == "Parallel", "a rack that lost power comes back at once"),
        (!object.to_string().contains("\"maxUnavailable\""), "no server knows maxUnavailable here"),
        (
            spec["persistentVolumeClaimRetentionPolicy"] == json!({"whenDeleted": "Retain", "whenScaled": "Retain"}),
            "claims are retained",
        ),
        (items(spec, "volumeClaimTemplates").any(|it| it["metadata"]["name"] == "server-data"), "data has a claim"),
        (is_governed(rendered, object), "the governing service names pods that are not ready"),
        (refers_to_configuration(rendered, object), "the pod refers to one rendered, immutable configuration"),
        (logger_asks_for_sigterm(&template["spec"]), "process 1 of the logger asks for SIGTERM, or it outlives it"),
        (anti_affinity(spec), "anti-affinity looks at this cluster's pods only"),
        (is_protected(rendered.cluster.dialect, object), "no delivery tool deletes it by itself"),
    ];
    statements.extend(items(spec, "volumeClaimTemplates").flat_map(|claim| claim_template(spec, claim)));
    broken(&statements)
}

fn logger_asks_for_sigterm(pod: &Value) -> bool {
    items(pod, "initContainers")
        .filter(|container| container["name"] == "server-system-logger")
        .all(|container| container["command"].to_string().contains("trap 'exit 0' TERM"))
}

fn claim_template(spec: &Value, claim: &Value) -> [(bool, &'static str); 4] {
    let metadata = &claim["metadata"];
    [
        (metadata["labels"] == spec["selector"]["matchLabels"], "claims carry the three labels and no other"),
        (keys(metadata) == ["labels", "name"].into(), "claims carry no annotation"),
        (claim["apiVersion"] == "v1" && claim["kind"] == "PersistentVolumeClaim", "claims say what they are"),
        (claim["spec"]["volumeMode"] == "Filesystem", "claims say what the server would default"),
    ]
}

fn keys(map: &Value) -> BTreeSet<&str> {
    map.as_object().into_iter().flat_map(Map::keys).map(String::as_str).collect()
}

fn has_identity(labels: &Value) -> bool {
    keys(labels) == [CLUSTER, DATACENTER, RACK].into()
}

fn is_part(part: &Value, whole: &Value) -> bool {
    part.as_object().is_some_and(|part| part.iter().all(|(key, value)| whole.get(key) == Some(value)))
}

/// Another object of the same namespace.
fn find<'r>(rendered: &'r Rendered, beside: &Value, kind: &'r str, name: &Value) -> Option<&'r Value> {
    let namespace = &beside["metadata"]["namespace"];
    let mut of_kind = rendered.of_kind(kind);
    of_kind.find(|it| it["metadata"]["name"] == *name && it["metadata"]["namespace"] == *namespace)
}

fn is_governed(rendered: &Rendered, object: &Value) -> bool {
    let service = find(rendered, object, "Service", &object["spec"]["serviceName"]);
    service.is_some_and(|service| {
        let spec = &service["spec"];
        spec["clusterIP"] == "None"
            && spec["publishNotReadyAddresses"] == true
            && is_part(&spec["selector"], &object["spec"]["template"]["metadata"]["labels"])
    })
}

fn refers_to_configuration(rendered: &Rendered, object: &Value) -> bool {
    let Some(pod) = pod_spec(object) else { return false };
    let names = items(pod, "volumes").map(|volume| &volume["configMap"]["name"]);
    let found = names.filter_map(|name| find(rendered, object, "ConfigMap", name));
    found.filter(|config_map| config_map["immutable"] == true).count() == 1
}

/// An immutable ConfigMap: its name tells its content, and an old pod finds it for as long as it lives.
fn configuration(rendered: &Rendered, object: &Value) -> Vec<&'static str> {
    let annotation = |key: &str| object["metadata"]["annotations"][key].as_str().unwrap_or_default();
    let name = object["metadata"]["name"].as_str().unwrap_or_default();
    let kept = match rendered.cluster.dialect {
        Dialect::Argocd => {
            annotation("argocd.argoproj.io/sync-options").split(',').any(|option| option == "Prune=false")
                && annotation("argocd.argoproj.io/compare-options") == "IgnoreExtraneous"
        }
        Dialect::Flux => annotation("kustomize.toolkit.fluxcd.io/prune") == "disabled",
        Dialect::Plain => true,
    };
    broken(&[
        (name.ends_with(&format!("-config-{}", content_hash(&object["data"]))), "the name is the content's hash"),
        (kept, "no delivery tool deletes configuration that an old pod may need"),
    ])
}

/// Eight hexadecimal digits over names and contents, each preceded by its length as eight bytes.
fn content_hash(data: &Value) -> String {
    let mut bytes = Vec::new();
    for (name, content) in data.as_object().into_iter().flatten() {
        for text in [name.as_str(), content.as_str().unwrap_or_default()] {
            bytes.extend_from_slice(&(text.len() as u64).to_be_bytes());
            bytes.extend_from_slice(text.as_bytes());
        }
    }
    let digest = Sha256::digest(&bytes);
    format!("{:08x}", u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]))
}

fn is_protected(dialect: Dialect, object: &Value) -> bool {
    let annotations = &object["metadata"]["annotations"];
    match dialect {
        Dialect::Argocd => annotations["argocd.argoproj.io/sync-options"] == "Prune=false,Delete=confirm",
        Dialect::Flux => annotations["kustomize.toolkit.fluxcd.io/prune"] == "disabled",
        Dialect::Plain => true,
    }
}

/// Every term of the anti-affinity selects exactly the pods of the cluster that the StatefulSet belongs to.
fn anti_affinity(spec: &Value) -> bool {
    let rules = &spec["template"]["spec"]["affinity"]["podAntiAffinity"];
    let required = items(rules, "requiredDuringSchedulingIgnoredDuringExecution");
    let preferred = items(rules, "preferredDuringSchedulingIgnoredDuringExecution").map(|it| &it["podAffinityTerm"]);
    let own = json!({"matchLabels": {CLUSTER: spec["selector"]["matchLabels"][CLUSTER]}});
    required.chain(preferred).all(|term| term["labelSelector"] == own)
}

/// Services and budgets select by the operator's labels and the ordinal, never by what a user wrote.
fn selector_of_service(object: &Value) -> Option<&'static str> {
    let selector = match object["kind"].as_str() {
        Some("Service") => &object["spec"]["selector"],
        Some("PodDisruptionBudget") => &object["spec"]["selector"]["matchLabels"],
        _ => return None,
    };
    if selector["app.kubernetes.io/name"] == "reaper" {
        let own = keys(selector) == ["app.kubernetes.io/instance", "app.kubernetes.io/name"].into();
        return (!own).then_some("the selector is that of Reaper's own pod");
    }
    let known = [CLUSTER, DATACENTER, RACK, "apps.kubernetes.io/pod-index"];
    let odd = keys(selector).iter().any(|key| !known.contains(key));
    (odd || (!selector.is_null() && selector.get(CLUSTER).is_none())).then_some("the selector is the operator's labels")
}

/// References to objects that are neither rendered nor known to be made by somebody else.
pub(crate) fn unknown_references(rendered: &Rendered, object: &Value) -> Vec<String> {
    let Some(pod) = pod_spec(object) else { return Vec::new() };
    let external = external(&rendered.cluster);
    let mut references = vec![("ServiceAccount", &pod["serviceAccountName"])];
    for volume in items(pod, "volumes") {
        references.push(("ConfigMap", &volume["configMap"]["name"]));
        references.push(("Secret", &volume["secret"]["secretName"]));
        references.push(("PersistentVolumeClaim", &volume["persistentVolumeClaim"]["claimName"]));
        for source in items(&volume["projected"], "sources") {
            references.push(("ConfigMap", &source["configMap"]["name"]));
            references.push(("Secret", &source["secret"]["name"]));
        }
    }
    references.extend(items(pod, "imagePullSecrets").map(|secret| ("Secret", &secret["name"])));
    for variable in containers(pod).flat_map(|container| items(container, "env")) {
        references.push(("ConfigMap", &variable["valueFrom"]["configMapKeyRef"]["name"]));
        references.push(("Secret", &variable["valueFrom"]["secretKeyRef"]["name"]));
    }
    let is_known = |(kind, name): &(&str, &Value)| {
        let external = name.as_str().is_some_and(|name| external.contains(&(*kind, name.to_owned())));
        name.is_null() || external || find(rendered, object, kind, name).is_some()
    };
    let unknown = references.iter().filter(|reference| !is_known(reference));
    unknown.map(|(kind, name)| format!("nobody makes the {kind} {name}")).collect()
}

/// What users make, by the topology's own words, and the state that is written in the cluster.
fn external(cluster: &Cluster) -> BTreeSet<(&'static str, String)> {
    let value = serde_json::to_value(cluster).expect("a cluster is JSON");
    let mut external = BTreeSet::from([("ConfigMap", format!("{}-state", cluster.name))]);
    let mut add = |kind, name: &Value| external.extend(name.as_str().map(|name| (kind, name.to_owned())));
    add("Secret", &value["managementApiSecret"]);
    add("Secret", &value["superuserSecret"]);
    let reaper = &value["steps"]["reaper"];
    for secret in ["uiSecret", "roleSecret", "keystoresSecret"] {
        add("Secret", &reaper[secret]);
    }
    add("Secret", &reaper.get("mode").map_or(Value::Null, |_| format!("{}-reaper-token", cluster.name).into()));
    for own in items(&value, "datacenters").chain([&value]) {
        add("ServiceAccount", &own["pod"]["serviceAccount"]);
        add("Secret", &own["managementApiSecret"]);
        items(&own["pod"], "imagePullSecrets").for_each(|name| add("Secret", name));
    }
    for value in value["environment"].as_object().into_iter().flat_map(|map| map.values()) {
        add("Secret", &value["secretKeyRef"]["name"]);
    }
    for volume in items(&value, "additionalVolumes") {
        add("ConfigMap", &volume["source"]["configMap"]);
        add("Secret", &volume["source"]["secret"]);
        for source in items(&volume["source"]["projected"], "sources") {
            add("ConfigMap", &source["configMap"]["name"]);
            add("Secret", &source["secret"]["name"]);
        }
    }
    external
}

#[test]
fn the_promises_hold_for_every_topology_in_every_dialect() {
    assert_none(&all().iter().flat_map(faults).collect::<Vec<_>>());
}

/// The cluster of everything, in the dialect of Argo CD, and where its first StatefulSet stands.
fn good() -> (Rendered, usize) {
    let mut rendered = all();
    rendered.retain(|it| it.title.contains("everything") && it.cluster.dialect == Dialect::Argocd);
    let good = rendered.swap_remove(0);
    let stateful_set = good.objects.iter().position(|(_, object)| object["kind"] == "StatefulSet");
    (good, stateful_set.expect("a rack is a StatefulSet"))
}

#[test]
fn every_broken_promise_of_a_stateful_set_is_found() {
    let team = json!({"team": "data"});
    let mutations = [
        ("/spec/selector/matchLabels/team", json!("data"), "the selector is"),
        ("/spec/selector/matchExpressions", json!([]), "no expressions"),
        ("/spec/selector/matchLabels", json!({CLUSTER: "other", DATACENTER: "x", RACK: "y"}), "carry their selector"),
        ("/spec/template/metadata/labels", json!({}), "the user's labels"),
        ("/spec/updateStrategy/type", json!("RollingUpdate"), "restarts"),
        ("/spec/updateStrategy/rollingUpdate", json!({"maxUnavailable": 2}), "maxUnavailable"),
        ("/spec/podManagementPolicy", json!("OrderedReady"), "lost power"),
        ("/spec/persistentVolumeClaimRetentionPolicy/whenScaled", json!("Delete"), "retained"),
        ("/spec/persistentVolumeClaimRetentionPolicy", Value::Null, "retained"),
        ("/spec/volumeClaimTemplates/0/metadata/name", json!("data"), "data has a claim"),
        ("/spec/volumeClaimTemplates/1/metadata/labels/team", json!("data"), "three labels and no other"),
        ("/spec/volumeClaimTemplates/1/metadata/annotations", team, "no annotation"),
        ("/spec/volumeClaimTemplates/0/kind", Value::Null, "say what they are"),
        ("/spec/volumeClaimTemplates/0/spec/volumeMode", Value::Null, "would default"),
        ("/spec/serviceName", json!("every-east-service"), "governing"),
        ("/spec/template/spec/serviceAccountName", json!("default"), "nobody makes the ServiceAccount"),
        ("/spec/template/spec/volumes/-", json!({"secret": {"secretName": "x"}}), "nobody makes the Secret"),
        ("/spec/template/spec/imagePullSecrets/0/name", json!("x"), "nobody makes the Secret"),
        ("/spec/template/spec/volumes", json!([]), "immutable configuration"),
        ("/spec/template/spec/initContainers/2/command", json!(["tail", "-F", "system.log"]), "asks for SIGTERM"),
        (
            "/spec/template/spec/affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/0/labelSelector",
            json!({"matchLabels": {"app.kubernetes.io/name": "cassandra"}}),
            "this cluster's pods only",
        ),
        ("/metadata/annotations", json!({}), "deletes it by itself"),
    ];
    let (good, index) = good();
    assert_none(&faults(&good));
    for (pointer, value, expected) in mutations {
        let mut rendered = good.clone();
        rendered.objects[index].1 = mutated(&rendered.objects[index].1, pointer, value);
        let found = faults(&rendered);
        assert!(found.iter().any(|fault| fault.contains(expected)), "{pointer}: {expected} is not among {found:#?}");
    }
}

#[test]
fn a_broken_promise_of_another_object_is_found() {
    let mutations = [
        ("ConfigMap", "/data", json!({"cassandra.yaml": "other"}), "the content's hash"),
        ("ConfigMap", "/metadata/annotations", json!({}), "an old pod may need"),
        ("ConfigMap", "/kind", json!("Secret"), "never rendered"),
        ("Service", "/spec/selector", json!({"team": "data"}), "operator's labels"),
        ("PodDisruptionBudget", "/spec/selector/matchLabels/team", json!("data"), "operator's labels"),
        ("Service", "/spec/publishNotReadyAddresses", json!(false), "not ready"),
    ];
    let (good, _) = good();
    for (kind, pointer, value, expected) in mutations {
        let mut rendered = good.clone();
        for (_, object) in &mut rendered.objects {
            if object["kind"] == kind && (kind != "ConfigMap" || object["immutable"] == true) {
                *object = mutated(object, pointer, value.clone());
            }
        }
        let found = faults(&rendered);
        assert!(found.iter().any(|fault| fault.contains(expected)), "{kind}{pointer}: {expected} not in {found:#?}");
    }
}

#[test]
fn a_topology_may_set_no_variable_that_cassc_sets() {
    let mut names = BTreeSet::new();
    for rendered in all() {
        let value = serde_json::to_value(&rendered.cluster).expect("a cluster is JSON");
        for pod in rendered.of_kind("StatefulSet").filter_map(pod_spec) {
            let own = containers(pod).filter(|container| container["name"] == "cassandra");
            let variables = own.flat_map(|container| items(container, "env")).filter_map(|it| it["name"].as_str());
            names.extend(variables.filter(|name| value["environment"].get(name).is_none()).map(str::to_owned));
        }
    }
    assert!(names.contains("POD_NAME"), "{names:?}");
    let example = fs::read_to_string(repository("examples/demo.yaml")).expect("the example is there");
    let is_refused = |name: &String| {
        let text = example.replace("  cassandra:\n", &format!("  cassandra:\n    environment: {{{name}: x}}\n"));
        compiled("demo.yaml", text.into_bytes(), None).complaints.iter().any(|complaint| complaint.code == "E424")
    };
    assert_eq!(names.iter().filter(|name| !is_refused(name)).collect::<Vec<_>>(), Vec::<&String>::new());
}
