//! Where a topology writes labels, annotations and containers: lists that several rules walk through.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Container;

use crate::diagnostic::Route;
use crate::subject::Subject;
use crate::topology::Datacenter;

/// A map of labels or annotations, and what it is written for.
pub(super) struct WrittenMap<'t> {
    /// Where it stands.
    pub(super) route: Route,
    /// What carries it.
    pub(super) carrier: Carrier,
    /// The map itself.
    pub(super) entries: &'t BTreeMap<String, String>,
}

/// What carries a label or an annotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carrier {
    /// Every object.
    Object,
    /// The pods.
    Pod,
    /// A service.
    Service,
}

/// Every map of labels.
pub(super) fn labels<'t>(subject: &Subject<'t>) -> Vec<WrittenMap<'t>> {
    let services = services(subject).into_iter().map(|(route, options)| (route, &options.labels));
    maps("labels", &subject.topology.metadata.labels, &subject.spec().pod.labels, services)
}

/// Every map of annotations.
pub(super) fn annotations<'t>(subject: &Subject<'t>) -> Vec<WrittenMap<'t>> {
    let services = services(subject).into_iter().map(|(route, options)| (route, &options.annotations));
    maps("annotations", &subject.topology.metadata.annotations, &subject.spec().pod.annotations, services)
}

fn maps<'t>(
    field: &str,
    objects: &'t BTreeMap<String, String>,
    pods: &'t BTreeMap<String, String>,
    services: impl Iterator<Item = (Route, &'t BTreeMap<String, String>)>,
) -> Vec<WrittenMap<'t>> {
    let objects = (Route::of("metadata"), Carrier::Object, objects);
    let pods = (Route::of("spec.pod"), Carrier::Pod, pods);
    let services = services.map(|(route, entries)| (route, Carrier::Service, entries));
    let all = [objects, pods].into_iter().chain(services);
    all.map(|(route, carrier, entries)| WrittenMap { route: route.key(field), carrier, entries }).collect()
}

fn services<'t>(subject: &Subject<'t>) -> [(Route, &'t crate::topology::ServiceOptions); 5] {
    let services = &subject.spec().services;
    let route = |key| Route::of("spec.services").key(key);
    [
        (route("cql"), &services.cql),
        (route("allPods"), &services.all_pods),
        (route("seed"), &services.seed),
        (route("additionalSeed"), &services.additional_seed),
        (route("nodePort"), &services.node_port),
    ]
}

/// A container that the user adds.
#[derive(Clone)]
pub(super) struct WrittenContainer<'t> {
    /// Where it stands.
    pub(super) route: Route,
    /// The container itself.
    pub(super) container: &'t Container,
    /// Whether it runs before or beside Cassandra.
    pub(super) role: Role,
}

/// When a container runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// An init container that ends before Cassandra starts.
    Before,
    /// An init container with `restartPolicy: Always`: it starts before Cassandra and stays.
    Sidecar,
    /// A container.
    Beside,
}

/// Every container that the user adds, init containers last.
pub(super) fn containers<'t>(subject: &Subject<'t>) -> Vec<WrittenContainer<'t>> {
    let pod = &subject.spec().pod;
    let lists = [("containers", &pod.containers), ("initContainers", &pod.init_containers)];
    let written = lists.into_iter().flat_map(|(key, list)| {
        list.iter().enumerate().map(move |(index, container)| {
            let always = container.restart_policy.as_deref() == Some("Always");
            let role = match (key, always) {
                ("containers", _) => Role::Beside,
                (_, true) => Role::Sidecar,
                (_, false) => Role::Before,
            };
            WrittenContainer { route: Route::of("spec.pod").key(key).index(index), container, role }
        })
    });
    written.collect()
}

/// How a container is called in a complaint: its name, or its place where it has none.
pub(super) fn called(written: &WrittenContainer<'_>) -> String {
    match written.container.name.as_str() {
        "" => "a container without a name".to_owned(),
        name => format!("the container `{name}`"),
    }
}

/// Where the objects of a datacenter go: Kubernetes cluster and namespace, each `None` where the topology names none.
pub(super) fn destination<'t>(subject: &Subject<'t>, datacenter: &'t Datacenter) -> (Option<&'t str>, Option<&'t str>) {
    let namespace = datacenter.namespace.as_deref().or(subject.topology.metadata.namespace.as_deref());
    (datacenter.kube_cluster.as_deref(), namespace)
}
