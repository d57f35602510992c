//! What all objects share: labels, selectors, metadata, ports, environment variables.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{EnvVar, EnvVarSource, ObjectFieldSelector, SecretKeySelector};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, ObjectMeta};

use super::Here;
use crate::cluster::{Cluster, Datacenter, Rack, StringMap};
use crate::topology::SecretKey;

/// The label keys of Cass Operator (`apis/cassandra/v1beta1/cassandradatacenter_types.go`).
pub(crate) const CLUSTER_LABEL: &str = "cassandra.datastax.com/cluster";
pub(crate) const DATACENTER_LABEL: &str = "cassandra.datastax.com/datacenter";
pub(super) const RACK_LABEL: &str = "cassandra.datastax.com/rack";
/// Who renders an object.
pub(crate) const MANAGED_BY_LABEL: &str = "app.kubernetes.io/managed-by";
/// cassc, and not Cass Operator.
pub(crate) const MANAGED_BY: &str = "cassc";
/// Marks the service that Prometheus scrapes.
pub(super) const PROMETHEUS_LABEL: &str = "cassandra.datastax.com/prom-metrics";
/// Set by the StatefulSet controller on every pod (Kubernetes 1.28 and later).
pub(super) const POD_INDEX_LABEL: &str = "apps.kubernetes.io/pod-index";
/// Set by the StatefulSet controller on every pod.
pub(super) const POD_NAME_LABEL: &str = "statefulset.kubernetes.io/pod-name";
/// The node label of a worker's own name.
pub(super) const HOSTNAME_LABEL: &str = "kubernetes.io/hostname";

/// Selects every pod of the cluster.
pub(super) fn cluster_selector(cluster: &Cluster) -> StringMap {
    strings([(CLUSTER_LABEL, &cluster.label)])
}

/// Selects every pod of a datacenter.
pub(super) fn datacenter_selector(cluster: &Cluster, datacenter: &Datacenter) -> StringMap {
    strings([(CLUSTER_LABEL, &cluster.label), (DATACENTER_LABEL, &datacenter.name)])
}

/// Selects every pod of a rack. Also the only labels of claim templates: both are immutable.
pub(super) fn rack_selector(cluster: &Cluster, datacenter: &Datacenter, rack: &Rack) -> StringMap {
    strings([(CLUSTER_LABEL, &cluster.label), (DATACENTER_LABEL, &datacenter.name), (RACK_LABEL, &rack.label)])
}

/// Selects pods of the cluster that are not Cassandra's, by what they are. None of the labels selects pods of Cassandra.
pub(super) fn selector_of_others(cluster: &Cluster, name: &str) -> StringMap {
    let instance = format!("cassandra-{}", cluster.label);
    strings([("app.kubernetes.io/name", name), ("app.kubernetes.io/instance", &instance)])
}

/// The labels of an object: the user's, those of its selector, and the recommended ones of Kubernetes with the
/// operator's values (`pkg/oplabels/labels.go`).
pub(super) fn labels(cluster: &Cluster, selector: StringMap) -> StringMap {
    let recommended = strings([
        ("app.kubernetes.io/name", "cassandra"),
        ("app.kubernetes.io/instance", &format!("cassandra-{}", cluster.label)),
        ("app.kubernetes.io/version", &cluster.version.to_string()),
        (MANAGED_BY_LABEL, MANAGED_BY),
        ("app.kubernetes.io/created-by", "cassc"),
    ]);
    cluster.labels.clone().into_iter().chain(recommended).chain(selector).collect()
}

/// Name, namespace, labels and the user's annotations.
pub(super) fn metadata(here: Here<'_>, name: String, selector: StringMap) -> ObjectMeta {
    ObjectMeta {
        name: Some(name),
        namespace: here.namespace.map(str::to_owned),
        labels: Some(labels(here.cluster, selector)),
        annotations: not_empty(here.cluster.annotations.clone()),
        ..ObjectMeta::default()
    }
}

/// A selector of labels that must all be there.
pub(super) fn matching(labels: StringMap) -> LabelSelector {
    LabelSelector { match_labels: Some(labels), match_expressions: None }
}

/// Quantities as Kubernetes' types want them; `None` for none, so that no empty map is written.
pub(super) fn quantities(quantities: &StringMap) -> Option<BTreeMap<String, Quantity>> {
    let quantity = |(resource, text): (&String, &String)| (resource.clone(), Quantity(text.clone()));
    not_empty(quantities.iter().map(quantity).collect())
}

/// An environment variable with a fixed value.
pub(super) fn variable(name: &str, value: impl Into<String>) -> EnvVar {
    EnvVar { name: name.to_owned(), value: Some(value.into()), value_from: None }
}

/// An environment variable with a key of a Secret.
pub(super) fn secret_key(name: &str, secret: &SecretKey) -> EnvVar {
    let selector = SecretKeySelector { name: secret.name.clone(), key: secret.key.clone(), optional: None };
    let source = EnvVarSource { secret_key_ref: Some(selector), ..EnvVarSource::default() };
    EnvVar { name: name.to_owned(), value: None, value_from: Some(source) }
}

/// An environment variable with a field of the pod.
pub(super) fn pod_field(name: &str, field: &str) -> EnvVar {
    let field = ObjectFieldSelector { api_version: Some("v1".to_owned()), field_path: field.to_owned() };
    let source = EnvVarSource { field_ref: Some(field), ..EnvVarSource::default() };
    EnvVar { name: name.to_owned(), value: None, value_from: Some(source) }
}

/// `None` for an empty collection, so that it is left out of the manifest.
pub(super) fn not_empty<C: IntoIterator + Default>(collection: C) -> Option<C>
where
    for<'c> &'c C: IntoIterator,
{
    let empty = (&collection).into_iter().next().is_none();
    (!empty).then_some(collection)
}

/// A map of strings.
pub(super) fn strings<const N: usize>(pairs: [(&str, &str); N]) -> StringMap {
    pairs.into_iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}
