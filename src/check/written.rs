//! All labels, annotations and extra containers of a topology with their places. Called by several rules.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Container;

use crate::diagnostic::Route;
use crate::subject::Subject;
use crate::topology::Datacenter;

/// A map of labels or annotations.
pub(super) struct WrittenMap<'t> {
    /// The place of the map.
    pub(super) route: Route,
    /// The objects that get them.
    pub(super) carrier: Carrier,
    /// Keys and values.
    pub(super) entries: &'t BTreeMap<String, String>,
}

/// The objects that get a label or an annotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Carrier {
    /// All objects.
    Object,
    /// All pods.
    Pod,
    /// One kind of service.
    Service,
}

/// All maps of labels.
pub(super) fn labels<'t>(subject: &Subject<'t>) -> Vec<WrittenMap<'t>> {
    let services = services(subject).into_iter().map(|(route, options)| (route, &options.labels));
    maps("labels", &subject.topology.metadata.labels, &subject.spec().pod.labels, services)
}

/// All maps of annotations.
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

/// An extra container of the user.
#[derive(Clone)]
pub(super) struct WrittenContainer<'t> {
    /// Its place.
    pub(super) route: Route,
    /// As written.
    pub(super) container: &'t Container,
    /// Whether it runs before or next to Cassandra.
    pub(super) role: Role,
}

/// When a container runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// An init container that exits before Cassandra starts.
    Before,
    /// An init container with `restartPolicy: Always`: it starts before Cassandra and keeps running.
    Sidecar,
    /// A container.
    Beside,
}

/// All extra containers, init containers last.
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

/// The container in a message.
pub(super) fn called(written: &WrittenContainer<'_>) -> String {
    match written.container.name.as_str() {
        "" => "a container without a name".to_owned(),
        name => format!("the container `{name}`"),
    }
}

/// The Kubernetes cluster and the namespace of a datacenter's objects, each `None` if the topology does not name it.
pub(super) fn destination<'t>(subject: &Subject<'t>, datacenter: &'t Datacenter) -> (Option<&'t str>, Option<&'t str>) {
    let namespace = datacenter.namespace.as_deref().or(subject.topology.metadata.namespace.as_deref());
    (datacenter.kube_cluster.as_deref(), namespace)
}
