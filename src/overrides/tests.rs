//! What overrides may and may not do, on a cluster of three racks.

use serde_json::{Value, json};

use super::complaints;
use crate::check::fixtures::checked;

const SHOP: &str = "apiVersion: cassc/v1alpha1\nkind: CassandraTopology\nmetadata: {name: shop}\nspec:\n  \
                    cassandra: {version: 4.1.9}\n  resources: {requests: {cpu: 1}, limits: {memory: 8Gi}}\n  \
                    storage: {size: 10Gi, additionalVolumes: [{name: log, mountPath: /log, claim: {size: 1Gi}}]}\n  \
                    services: {cql: {type: LoadBalancer}}\n  additionalSeeds: [192.0.2.1]\n  founding: never\n  \
                    datacenters: [{name: dc1, nodes: 3, racks: [{name: a, zone: a}, {name: b, zone: b}]}]\n";

/// Code and place of each complaint about overrides.
fn told_of(overrides: &Value) -> Vec<String> {
    let checked = checked(&format!("{SHOP}  overrides: {overrides}\n"));
    let told = complaints(&checked).into_iter().map(|complaint| {
        let crate::diagnostic::Place::Value { route, .. } = &complaint.labels[0].place else {
            unreachable!("it has a route")
        };
        let place = route.to_string().replace("spec.overrides", "");
        format!("{} {place}: {}", complaint.code, complaint.message)
    });
    told.collect()
}

/// The same for one override of all objects of a kind, codes and places alone.
fn told(kind: &str, patch: &Value) -> Vec<String> {
    let told = told_of(&json!([{"kind": kind, "all": true, "patch": patch}]));
    told.iter()
        .map(|told| told.split(": ").next().unwrap_or_default().replace("[0].patch", "").replace(" .", " "))
        .collect()
}

fn pod(spec: &Value) -> Value {
    json!({"spec": {"template": {"spec": spec}}})
}

fn cassandra(container: Value) -> Value {
    let mut container = container;
    container["name"] = json!("cassandra");
    pod(&json!({"containers": [container]}))
}

#[test]
fn what_no_field_offers_is_accepted() {
    for (kind, patch) in [
        ("StatefulSet", json!({"spec": {"minReadySeconds": 30, "revisionHistoryLimit": 2}})),
        ("StatefulSet", json!({"metadata": {"labels": {"example.com/a": "b"}, "annotations": {"example.com/a": "b"}}})),
        ("StatefulSet", json!({"spec": {"template": {"metadata": {"annotations": {"example.com/a": "b"}}}}})),
        (
            "StatefulSet",
            pod(&json!({"shareProcessNamespace": true, "nodeSelector": {"a": "b"}, "tolerations": null,
            "topologySpreadConstraints": [{"topologyKey": "a", "maxSkew": 1, "whenUnsatisfiable": "ScheduleAnyway"}]})),
        ),
        ("StatefulSet", pod(&json!({"volumes": [{"name": "tmp", "emptyDir": {"sizeLimit": "1Gi"}}]}))),
        (
            "StatefulSet",
            cassandra(json!({"env": [{"name": "TEAM", "value": "x"}], "stdin": true,
            "lifecycle": {"postStart": {"exec": {"command": ["true"]}}}, "livenessProbe": {"periodSeconds": 20},
            "volumeMounts": [{"name": "tmp", "mountPath": "/scratch", "subPath": "x"}],
            "ports": [{"containerPort": 7072, "name": "agent"}]})),
        ),
        ("StatefulSet", cassandra(json!({"resources": {"claims": [{"name": "nic"}]}}))),
        ("Service", json!({"spec": {"ipFamilyPolicy": "PreferDualStack"}})),
        ("PodDisruptionBudget", json!({"spec": {"unhealthyPodEvictionPolicy": null}})),
        ("ServiceAccount", json!({"imagePullSecrets": [{"name": "registry"}]})),
        ("ConfigMap", json!({"metadata": {"annotations": {"example.com/a": "b"}}})),
        ("EndpointSlice", json!({"ports": [{"port": 7000}]})),
    ] {
        assert_eq!(told(kind, &patch), Vec::<String>::new(), "{kind} {patch}");
    }
}

/// What is patched (an object, the specification of a pod, the container of Cassandra), the patch, and the place in it.
const PROTECTED: &[(&str, &str, &str)] = &[
    ("StatefulSet", r#"{"metadata": {"name": "x"}}"#, "metadata.name"),
    ("StatefulSet", r#"{"metadata": {"namespace": "x"}}"#, "metadata.namespace"),
    ("StatefulSet", r#"{"metadata": {"finalizers": ["example.com/x"]}}"#, "metadata.finalizers"),
    (
        "StatefulSet",
        r#"{"metadata": {"labels": {"cassandra.datastax.com/rack": "x"}}}"#,
        r#"metadata.labels["cassandra.datastax.com/rack"]"#,
    ),
    ("StatefulSet", r#"{"metadata": {"labels": null}}"#, "metadata.labels"),
    (
        "StatefulSet",
        r#"{"metadata": {"annotations": {"argocd.argoproj.io/sync-options": "Prune=true"}}}"#,
        r#"metadata.annotations["argocd.argoproj.io/sync-options"]"#,
    ),
    ("StatefulSet", r#"{"status": {"replicas": 1}}"#, "status.replicas"),
    ("StatefulSet", r#"{"spec": {"replicas": 0}}"#, "spec.replicas"),
    ("StatefulSet", r#"{"spec": {"selector": {"matchLabels": {"a": "b"}}}}"#, "spec.selector.matchLabels.a"),
    ("StatefulSet", r#"{"spec": {"serviceName": null}}"#, "spec.serviceName"),
    ("StatefulSet", r#"{"spec": {"podManagementPolicy": "OrderedReady"}}"#, "spec.podManagementPolicy"),
    ("StatefulSet", r#"{"spec": {"ordinals": {"start": 1}}}"#, "spec.ordinals.start"),
    ("StatefulSet", r#"{"spec": {"updateStrategy": {"type": "RollingUpdate"}}}"#, "spec.updateStrategy.type"),
    (
        "StatefulSet",
        r#"{"spec": {"persistentVolumeClaimRetentionPolicy": {"whenDeleted": "Delete"}}}"#,
        "spec.persistentVolumeClaimRetentionPolicy.whenDeleted",
    ),
    ("StatefulSet", r#"{"spec": {"volumeClaimTemplates": []}}"#, "spec.volumeClaimTemplates"),
    (
        "StatefulSet",
        r#"{"spec": {"template": {"metadata": {"labels": {"$patch": "replace"}}}}}"#,
        "spec.template.metadata.labels",
    ),
    (
        "StatefulSet",
        r#"{"spec": {"template": {"metadata": {"annotations": {"cassc/restart-cluster": "x"}}}}}"#,
        "spec.template.metadata.annotations.cassc/restart-cluster",
    ),
    ("StatefulSet", r#"{"spec": {"template": null}}"#, "spec.template"),
    ("pod", r#"{"initContainers": [{"name": "server-config-init", "image": "x"}]}"#, "initContainers[0].image"),
    ("pod", r#"{"initContainers": [{"name": "server-config-init", "$patch": "delete"}]}"#, "initContainers[0]"),
    (
        "pod",
        r#"{"containers": [{"$patch": "replace"}, {"name": "x", "image": "x", "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}}}]}"#,
        "containers",
    ),
    ("pod", r#"{"securityContext": {"fsGroup": 1}}"#, "securityContext.fsGroup"),
    ("pod", r#"{"serviceAccountName": "x"}"#, "serviceAccountName"),
    ("pod", r#"{"terminationGracePeriodSeconds": 5}"#, "terminationGracePeriodSeconds"),
    ("pod", r#"{"affinity": null}"#, "affinity"),
    ("pod", r#"{"volumes": [{"name": "server-data", "emptyDir": {}}]}"#, "volumes[0]"),
    ("pod", r#"{"volumes": [{"name": "log", "emptyDir": {}}]}"#, "volumes[0]"),
    (
        "pod",
        r#"{"volumes": [{"name": "cassc-config", "configMap": {"optional": true}}]}"#,
        "volumes[0].configMap.optional",
    ),
    ("cassandra", r#"{"image": "cassandra:3"}"#, "image"),
    ("cassandra", r#"{"env": [{"name": "MGMT_API_EXPLICIT_START", "value": "true"}]}"#, "env[0]"),
    ("cassandra", r#"{"env": [{"name": "POD_IP", "$patch": "delete"}]}"#, "env[0]"),
    ("cassandra", r#"{"lifecycle": null}"#, "lifecycle"),
    ("cassandra", r#"{"readinessProbe": {"periodSeconds": 1}}"#, "readinessProbe.periodSeconds"),
    ("cassandra", r#"{"resources": {"limits": {"memory": "1Gi"}}}"#, "resources.limits.memory"),
    ("cassandra", r#"{"volumeMounts": [{"mountPath": "/var/lib/cassandra", "name": "tmp"}]}"#, "volumeMounts[0]"),
    ("cassandra", r#"{"volumeMounts": [{"mountPath": "/log", "subPath": "x"}]}"#, "volumeMounts[0]"),
    ("cassandra", r#"{"volumeMounts": [{"mountPath": "/var/lib/cassandra/data", "name": "tmp"}]}"#, "volumeMounts[0]"),
    ("cassandra", r#"{"volumeMounts": [{"mountPath": "/config", "name": "tmp"}]}"#, "volumeMounts[0]"),
    ("ConfigMap", r#"{"data": {"seeds": "x"}}"#, "data.seeds"),
    ("ConfigMap", r#"{"immutable": false}"#, "immutable"),
    ("Service", r#"{"spec": {"selector": {"a": "b"}}}"#, "spec.selector.a"),
    ("Service", r#"{"spec": {"type": "NodePort"}}"#, "spec.type"),
    ("Service", r#"{"spec": {"clusterIP": null}}"#, "spec.clusterIP"),
    ("Service", r#"{"spec": {"ipFamilies": ["IPv6"]}}"#, "spec.ipFamilies"),
    ("Service", r#"{"spec": {"publishNotReadyAddresses": true}}"#, "spec.publishNotReadyAddresses"),
    ("PodDisruptionBudget", r#"{"spec": {"selector": {"$patch": "replace"}}}"#, "spec.selector"),
    ("PodDisruptionBudget", r#"{"spec": {"maxUnavailable": 3}}"#, "spec.maxUnavailable"),
    ("EndpointSlice", r#"{"endpoints": []}"#, "endpoints"),
    ("ServiceAccount", r#"{"metadata": {"name": "x"}}"#, "metadata.name"),
];

#[test]
fn what_identifies_the_cluster_or_protects_its_data_is_refused_at_its_place() {
    for (of, patch, place) in PROTECTED {
        let patch: Value = serde_json::from_str(patch).expect("it is JSON");
        let (kind, patch, before) = match *of {
            "pod" => ("StatefulSet", pod(&patch), "spec.template.spec."),
            "cassandra" => ("StatefulSet", cassandra(patch), "spec.template.spec.containers[0]."),
            kind => (kind, patch, ""),
        };
        assert_eq!(told(kind, &patch), [format!("E531 {before}{place}")], "{kind} {patch}");
    }
}

#[test]
fn the_gate_stays_where_it_is() {
    let patch = pod(&json!({"initContainers": [{"name": "server-system-logger"}, {"name": "server-config-init"}]}));
    let list = "spec.template.spec.initContainers";
    assert_eq!(told("StatefulSet", &patch), [format!("E531 {list}"), format!("E531 {list}[1]")]);
}

#[test]
fn a_protected_value_is_refused_even_if_it_is_the_same_now() {
    assert_eq!(told("StatefulSet", &json!({"spec": {"replicas": 2, "minReadySeconds": 9}})), ["E531 spec.replicas"]);
    let pasted = json!({"apiVersion": "apps/v1", "kind": "StatefulSet", "spec": {"minReadySeconds": 9}});
    assert_eq!(told("StatefulSet", &pasted), Vec::<String>::new());
}

#[test]
fn the_result_is_held_to_the_schema_of_the_minor() {
    let path = "spec.template.spec";
    for (patch, expected) in [
        (json!({"spec": {"minReadySecond": 1}}), vec!["E532 spec.minReadySecond".to_owned()]),
        (json!({"spec": {"minReadySeconds": "1"}}), vec!["E532 spec.minReadySeconds".to_owned()]),
        (pod(&json!({"hostUsers": 1})), vec![format!("E532 {path}.hostUsers")]),
        (pod(&json!({"tolerations": [{"key": "a"}, {"keys": "a"}]})), vec![format!("E532 {path}.tolerations[1].keys")]),
        (
            pod(&json!({"containers": [{"name": "x", "securityContext": {"allowPrivilegeEscalation": false,
            "capabilities": {"drop": ["ALL"]}}}]})),
            vec![format!("E532 {path}.containers[0]")],
        ),
        (
            cassandra(json!({"volumeMounts": [{"name": "nowhere", "mountPath": "/x"}]})),
            vec![format!("E532 {path}.containers[0].volumeMounts[0].name")],
        ),
        (json!({"metadata": {"labels": {"a": "b c"}}}), vec!["E532 metadata.labels.a".to_owned()]),
        // Of 1.34 and later; the topology is for 1.32.
        (cassandra(json!({"restartPolicyRules": []})), vec![format!("E532 {path}.containers[0].restartPolicyRules")]),
    ] {
        assert_eq!(told("StatefulSet", &patch), expected, "{patch}");
    }
}

#[test]
fn leaving_the_restricted_standard_is_told_as_for_the_fields() {
    let path = "spec.template.spec";
    for (patch, place) in [
        (pod(&json!({"hostPID": true})), "hostPID"),
        (pod(&json!({"securityContext": {"runAsNonRoot": false}})), "securityContext.runAsNonRoot"),
        (pod(&json!({"volumes": [{"name": "x", "hostPath": {"path": "/"}}]})), "volumes[0]"),
        (cassandra(json!({"securityContext": {"privileged": true}})), "containers[0].securityContext.privileged"),
        (
            cassandra(json!({"securityContext": {"capabilities": {"add": ["IPC_LOCK"]}}})),
            "containers[0].securityContext.capabilities.add",
        ),
        (cassandra(json!({"ports": [{"containerPort": 9042, "hostPort": 9042}]})), "containers[0].ports[0].hostPort"),
    ] {
        assert_eq!(told("StatefulSet", &patch), [format!("W507 {path}.{place}")], "{patch}");
    }
    let told = told("StatefulSet", &pod(&json!({"containers": [{"name": "x", "image": "x:1"}]})));
    assert_eq!(told, [format!("W507 {path}.containers[0]")]);
}

#[test]
fn an_override_that_does_nothing_is_refused() {
    let told = |overrides: Value| told_of(&overrides);
    let nothing = json!([{"kind": "StatefulSet", "all": true, "patch": {"spec": {"minReadySeconds": 5}}}]);
    assert_eq!(
        told(nothing),
        ["E530 [0].patch: an override changes nothing: every object is rendered that way already"]
    );
    let unmet = json!([{"kind": "StatefulSet", "name": "shop-dc1-c-sts", "patch": {"spec": {"minReadySeconds": 1}}}]);
    assert_eq!(told(unmet), ["E530 [0].name: an override meets no object: there is no StatefulSet `shop-dc1-c-sts`"]);
    let one = json!({"kind": "StatefulSet", "name": "shop-dc1-a-sts", "patch": {"spec": {"minReadySeconds": 1}}});
    let all = json!({"kind": "StatefulSet", "all": true, "patch": {"spec": {"minReadySeconds": 1}}});
    let last = "E530 [0].patch: an override changes nothing: every object is rendered that way already";
    assert_eq!(told(json!([one, all])), [last], "the one of all objects is applied first");
    let directive = json!([{"kind": "StatefulSet", "all": true, "patch": {"spec": {"$retainKeys": ["a"]}}}]);
    let refused = "E530 [0].patch.spec.$retainKeys: the patch of an override does not apply: the directive `$retainKeys` is \
                   not supported";
    assert_eq!(told(directive), [refused]);
}
