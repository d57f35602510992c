//! The admission policies that `cassc guard` prints: what the API server refuses, so that no hand and no wrong setting of a
//! delivery tool deletes nodes that are members of a ring. They are the same for all clusters, need no parameters, and are
//! applied once per Kubernetes cluster (1.30 or later) by whoever administers it; no cluster's own files have them.
//!
//! What an admission policy sees is one request with the object before and after it, and the object's namespace. So it
//! cannot ask whether a node is a member: who may change what is decided by the account, and a label or an annotation
//! lifts it. Dry runs are never refused (Argo CD and Flux make them before they apply anything), and nothing is refused in
//! a namespace that is being deleted.

use std::collections::BTreeMap;

use cassc_ring::names;
use k8s_openapi::api::admissionregistration::v1::{
    MatchCondition, MatchResources, NamedRuleWithOperations, ValidatingAdmissionPolicy,
    ValidatingAdmissionPolicyBinding, ValidatingAdmissionPolicyBindingSpec, ValidatingAdmissionPolicySpec, Validation,
    Variable,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, LabelSelectorRequirement, ObjectMeta};

use crate::render::{CLUSTER_LABEL, DATACENTER_LABEL, MANAGED_BY, MANAGED_BY_LABEL};
use crate::yaml;

/// The label of a namespace, and the annotation of a StatefulSet or a claim, with which nothing is refused.
pub const LIFT: &str = "cassc.io/guard";

/// The value that it must have.
pub const LIFTED: &str = "lifted";

/// The oldest Kubernetes that has such policies at `v1`.
/// Source: release notes of Kubernetes 1.30, KEP-3488.
pub const OLDEST_KUBERNETES: &str = "1.30";

/// What one policy refuses.
struct Guarded {
    /// The end of its name.
    name: &'static str,
    /// Group and resource.
    resource: (&'static str, &'static str),
    /// What is done to it.
    operations: &'static [&'static str],
    /// The labels that the object, or what it was, has.
    labels: Option<LabelSelector>,
    /// What else the request must be, beside no dry run.
    conditions: Vec<MatchCondition>,
    /// What is allowed.
    variables: Vec<Variable>,
    /// What must hold.
    validations: Vec<Validation>,
}

/// All policies and what binds them, as a stream of YAML documents.
pub fn stream() -> String {
    let mut text = String::new();
    for guarded in [stateful_sets(), scale(), claims()] {
        let name = format!("cassc-guard-{}", guarded.name);
        for document in [yaml::to_string(&policy(&name, guarded)), yaml::to_string(&binding(&name))] {
            text.push_str("---\n");
            text.push_str(&document.expect("nothing in a policy comes from a user"));
        }
    }
    text
}

/// Replicas of StatefulSets are not changed through the StatefulSet where the program in the cluster changes them, and
/// StatefulSets with nodes are not deleted, neither with their pods nor without: made anew, they would have the replicas of
/// the manifest.
fn stateful_sets() -> Guarded {
    let is_same = format!(
        "request.operation != 'UPDATE' || object.spec.replicas == oldObject.spec.replicas || {} || variables.isLifted",
        format_args!("!oldObject.metadata.?annotations['{}'].hasValue()", names::TEMPLATE_ANNOTATION),
    );
    let of_replicas = sentence(
        "'the replicas of ' + oldObject.metadata.name + '",
        "are changed by cassc-step alone: before they are lowered, the nodes have to leave the ring. Change `nodes` in the \
         topology, and let the delivery tool ignore /spec/replicas (docs/delivery.md of cassc)'",
    );
    let is_empty = "request.operation != 'DELETE' || oldObject.spec.replicas == 0 || variables.isLifted".to_owned();
    let of_deletion = sentence(
        "'the StatefulSet ' + oldObject.metadata.name + '",
        &format!(
            "has Cassandra nodes and is not deleted. Take its datacenter to 0 nodes in the topology first; to delete it all \
             the same: kubectl -n ' + request.namespace + ' annotate statefulset ' + oldObject.metadata.name + ' {LIFT}={LIFTED}'"
        ),
    );
    Guarded {
        name: "statefulsets",
        resource: ("apps", "statefulsets"),
        operations: &["UPDATE", "DELETE"],
        labels: Some(has(&[CLUSTER_LABEL], &[(MANAGED_BY_LABEL, MANAGED_BY)])),
        conditions: Vec::new(),
        variables: vec![variable("isLifted", is_lifted(Some("oldObject")))],
        validations: vec![forbidden(is_same, of_replicas), forbidden(is_empty, of_deletion)],
    }
}

/// Replicas of StatefulSets are changed through `scale` by the program in the cluster alone. A `Scale` has no labels but
/// those of the selector in its status.
fn scale() -> Guarded {
    let selector = "oldObject.?status.selector.orValue('')";
    let of_cassandra = format!("{selector}.contains('{CLUSTER_LABEL}=')");
    let is_of_cluster = format!(
        "variables.cluster != '' && {selector}.split(',').exists(label, label.startsWith('{DATACENTER_LABEL}=') && \
         oldObject.metadata.name.startsWith(variables.cluster + '-' + label.split('=')[1] + '-'))"
    );
    let is_allowed = "object.spec.?replicas.orValue(0) == oldObject.spec.?replicas.orValue(0) || variables.isStep || \
                      variables.isLifted";
    let message = sentence(
        "'the replicas of ' + oldObject.metadata.name + '",
        &format!(
            "are changed by cassc-step alone: before they are lowered, the nodes have to leave the ring. Change `nodes` in \
             the topology; to do it by hand all the same: kubectl label namespace ' + request.namespace + ' {LIFT}={LIFTED}, \
             and take the label away afterwards'"
        ),
    );
    Guarded {
        name: "scale",
        resource: ("apps", "statefulsets/scale"),
        operations: &["UPDATE"],
        labels: None,
        conditions: vec![condition("of-cassandra", of_cassandra)],
        variables: vec![
            variable("cluster", cluster_of_account()),
            variable("isStep", is_of_cluster),
            variable("isLifted", is_lifted(None)),
        ],
        validations: vec![forbidden(is_allowed.to_owned(), message)],
    }
}

/// Claims are deleted by the program in the cluster alone, which looks first whether their node has left the ring.
fn claims() -> Guarded {
    let is_of_cluster = format!(
        "variables.cluster != '' && oldObject.metadata.name.contains('-' + variables.cluster + '-' + {} + '-')",
        format_args!("oldObject.metadata.labels[?'{DATACENTER_LABEL}'].orValue('')"),
    );
    let message = sentence(
        "'the PVC ' + oldObject.metadata.name + '",
        &format!(
            "holds the data of a Cassandra node, and cassc-step alone deletes it, after the node has left the ring. If \
             `nodetool status` does not list the node any more: kubectl -n ' + request.namespace + ' annotate pvc ' + \
             oldObject.metadata.name + ' {LIFT}={LIFTED}, then delete it'"
        ),
    );
    Guarded {
        name: "claims",
        resource: ("", "persistentvolumeclaims"),
        operations: &["DELETE"],
        labels: Some(has(&[CLUSTER_LABEL], &[])),
        conditions: Vec::new(),
        variables: vec![
            variable("cluster", cluster_of_account()),
            variable("isStep", is_of_cluster),
            variable("isLifted", is_lifted(Some("oldObject"))),
        ],
        validations: vec![forbidden("variables.isStep || variables.isLifted".to_owned(), message)],
    }
}

/// The name of the cluster whose account of the program asks; empty for everybody else. The account lives in the first
/// namespace of a cluster and acts in the others too; what it may do in each is said by the roles there.
fn cluster_of_account() -> String {
    let user = "request.userInfo.username";
    let suffix = names::step_account("");
    format!(
        "{user}.startsWith('system:serviceaccount:') && {user}.endsWith('{suffix}') ? \
         {user}.substring({user}.lastIndexOf(':') + 1, size({user}) - {}) : ''",
        suffix.len()
    )
}

/// Whether nothing is refused here: the namespace is being deleted, or somebody lifted it for the namespace or the object.
fn is_lifted(object: Option<&str>) -> String {
    let of_namespace = "has(namespaceObject.metadata.deletionTimestamp)".to_owned();
    let by_label = format!("namespaceObject.metadata.?labels['{LIFT}'].orValue('') == '{LIFTED}'");
    let by_annotation =
        object.map(|object| format!("{object}.metadata.?annotations['{LIFT}'].orValue('') == '{LIFTED}'"));
    [of_namespace, by_label].into_iter().chain(by_annotation).collect::<Vec<_>>().join(" || ")
}

/// A message as an expression: a subject that ends inside of a string, and the rest of that string.
fn sentence(subject: &str, rest: &str) -> String {
    format!("{subject} {rest}")
}

fn has(present: &[&str], equal: &[(&str, &str)]) -> LabelSelector {
    let requirement = |(key, value): (&str, Option<&str>)| LabelSelectorRequirement {
        key: key.to_owned(),
        operator: if value.is_some() { "In" } else { "Exists" }.to_owned(),
        values: value.map(|value| vec![value.to_owned()]),
    };
    let present = present.iter().map(|key| (*key, None));
    let requirements = present.chain(equal.iter().map(|(key, value)| (*key, Some(*value)))).map(requirement);
    LabelSelector { match_expressions: Some(requirements.collect()), match_labels: None }
}

fn variable(name: &str, expression: String) -> Variable {
    Variable { name: name.to_owned(), expression }
}

fn condition(name: &str, expression: String) -> MatchCondition {
    MatchCondition { name: name.to_owned(), expression }
}

/// The default reason, `Invalid` (422), is what Flux takes for a change of an immutable field.
fn forbidden(expression: String, message: String) -> Validation {
    Validation {
        expression,
        message_expression: Some(message),
        reason: Some("Forbidden".to_owned()),
        ..Validation::default()
    }
}

fn metadata(name: &str) -> ObjectMeta {
    let labels = BTreeMap::from([("app.kubernetes.io/name".to_owned(), "cassc-guard".to_owned())]);
    ObjectMeta { name: Some(name.to_owned()), labels: Some(labels), ..ObjectMeta::default() }
}

/// Every field that the API server would fill in is written, so that a delivery tool sees no difference.
fn policy(name: &str, guarded: Guarded) -> ValidatingAdmissionPolicy {
    let strings = |texts: &[&str]| Some(texts.iter().map(|text| (*text).to_owned()).collect());
    let (group, resource) = guarded.resource;
    let rule = NamedRuleWithOperations {
        api_groups: strings(&[group]),
        api_versions: strings(&["v1"]),
        operations: strings(guarded.operations),
        resources: strings(&[resource]),
        scope: Some("Namespaced".to_owned()),
        resource_names: None,
    };
    let real = condition("not-a-dry-run", "!request.?dryRun.orValue(false)".to_owned());
    let spec = ValidatingAdmissionPolicySpec {
        failure_policy: Some("Fail".to_owned()),
        match_constraints: Some(MatchResources {
            match_policy: Some("Equivalent".to_owned()),
            namespace_selector: Some(LabelSelector::default()),
            object_selector: Some(guarded.labels.unwrap_or_default()),
            resource_rules: Some(vec![rule]),
            exclude_resource_rules: None,
        }),
        match_conditions: Some([real].into_iter().chain(guarded.conditions).collect()),
        variables: Some(guarded.variables),
        validations: Some(guarded.validations),
        ..ValidatingAdmissionPolicySpec::default()
    };
    ValidatingAdmissionPolicy { metadata: metadata(name), spec: Some(spec), status: None }
}

fn binding(name: &str) -> ValidatingAdmissionPolicyBinding {
    let spec = ValidatingAdmissionPolicyBindingSpec {
        policy_name: Some(name.to_owned()),
        validation_actions: Some(vec!["Deny".to_owned()]),
        ..ValidatingAdmissionPolicyBindingSpec::default()
    };
    ValidatingAdmissionPolicyBinding { metadata: metadata(name), spec: Some(spec) }
}
