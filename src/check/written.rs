//! All labels, annotations and extra containers of a topology with their places. Called by several rules.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Container;

use crate::diagnostic::Route;
use crate::subject::{PodAt, Subject};
use crate::topology::merge::Level;
use crate::topology::{CqlService, Datacenter, Peer, Pod, ServiceOptions, Services};

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
    /// One kind of service, or what is rendered for Prometheus and Grafana.
    Service,
}

/// All maps of labels.
pub(super) fn labels<'t>(subject: &Subject<'t>) -> Vec<WrittenMap<'t>> {
    let of_services = services(subject).into_iter().map(|it| (it.route, it.labels));
    let of_pods = subject.written_pods().map(|(level, pod)| (level, &pod.labels));
    let of_services = of_services.chain(of_monitoring(subject));
    maps("labels", &subject.topology.metadata.labels, of_pods, of_services)
}

/// All maps of annotations.
pub(super) fn annotations<'t>(subject: &Subject<'t>) -> Vec<WrittenMap<'t>> {
    let of_services = services(subject).into_iter().map(|it| (it.route, it.annotations));
    let of_pods = subject.written_pods().map(|(level, pod)| (level, &pod.annotations));
    let dashboards = subject.spec().monitoring.dashboards.settings();
    let of_dashboards = dashboards.map(|it| (Route::of("spec.monitoring.dashboards"), &it.annotations));
    let of_services = of_services.chain(of_dashboards);
    maps("annotations", &subject.topology.metadata.annotations, of_pods, of_services)
}

fn maps<'t>(
    field: &str,
    objects: &'t BTreeMap<String, String>,
    pods: impl Iterator<Item = (Level, &'t BTreeMap<String, String>)>,
    services: impl Iterator<Item = (Route, &'t BTreeMap<String, String>)>,
) -> Vec<WrittenMap<'t>> {
    let objects = (Route::of("metadata"), Carrier::Object, objects);
    let pods = pods.map(|(level, entries)| (level.route().key("pod"), Carrier::Pod, entries));
    let services = services.map(|(route, entries)| (route, Carrier::Service, entries));
    let all = std::iter::once(objects).chain(pods).chain(services);
    all.map(|(route, carrier, entries)| WrittenMap { route: route.key(field), carrier, entries }).collect()
}

/// The labels of what is rendered for Prometheus and Grafana.
fn of_monitoring<'t>(subject: &Subject<'t>) -> Vec<(Route, &'t BTreeMap<String, String>)> {
    let monitoring = &subject.spec().monitoring;
    let written = [
        ("serviceMonitor", monitoring.service_monitor.settings().map(|it| &it.labels)),
        ("rules", monitoring.rules.settings().map(|it| &it.labels)),
        ("dashboards", monitoring.dashboards.settings().and_then(|it| it.labels.as_ref())),
    ];
    let place = |field: &str| Route::of("spec.monitoring").key(field);
    written.into_iter().filter_map(|(field, labels)| Some((place(field), labels?))).collect()
}

/// What is written for a service.
struct WrittenService<'t> {
    route: Route,
    labels: &'t BTreeMap<String, String>,
    annotations: &'t BTreeMap<String, String>,
}

fn services<'t>(subject: &Subject<'t>) -> Vec<WrittenService<'t>> {
    let datacenters = subject.spec().datacenters.iter().enumerate();
    let datacenters = datacenters.map(|(index, datacenter)| (Level::Datacenter(index), &datacenter.services));
    let all = std::iter::once((Level::Cluster, &subject.spec().services)).chain(datacenters);
    let others = all.flat_map(|(level, services)| others(services).map(move |(key, options)| (level, key, options)));
    let others = others.map(|(level, key, ServiceOptions { labels, annotations })| WrittenService {
        route: level.route().key("services").key(key),
        labels,
        annotations,
    });
    let cql = cql_services(subject).into_iter();
    let cql = cql.map(|(route, CqlService { labels, annotations, .. })| WrittenService { route, labels, annotations });
    cql.chain(others).collect()
}

/// The services but that for CQL clients, by their fields.
pub(super) fn others(services: &Services) -> [(&'static str, &ServiceOptions); 4] {
    [
        ("allPods", &services.all_pods),
        ("seed", &services.seed),
        ("additionalSeed", &services.additional_seed),
        ("nodePort", &services.node_port),
    ]
}

/// Every place where the service for CQL clients is written: the cluster, then the datacenters.
pub(super) fn cql_services<'t>(subject: &Subject<'t>) -> Vec<(Route, &'t CqlService)> {
    let cluster = (Level::Cluster, &subject.spec().services.cql);
    let datacenters = subject.spec().datacenters.iter().enumerate();
    let datacenters = datacenters.map(|(index, datacenter)| (Level::Datacenter(index), &datacenter.services.cql));
    let all = std::iter::once(cluster).chain(datacenters);
    all.map(|(level, cql)| (level.route().key("services").key("cql"), cql)).collect()
}

/// Every list of peers in `network`.
pub(super) fn peers<'t>(subject: &Subject<'t>) -> [(Route, &'t [Peer]); 4] {
    let network = &subject.spec().network;
    let lists = [
        ("clients", &network.clients),
        ("monitoring", &network.monitoring),
        ("reaper", &network.reaper),
        ("dns.servers", &network.dns.servers),
    ];
    lists.map(|(field, list)| (Route::of("spec.network").join(&Route::of(field)), list.as_slice()))
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

/// All extra containers as they are written, init containers of a level last.
pub(super) fn containers<'t>(subject: &Subject<'t>) -> Vec<WrittenContainer<'t>> {
    let levels = subject.written_pods();
    levels.flat_map(|(level, pod)| listed(pod, |key| level.route().key("pod").key(key))).collect()
}

/// The extra containers that are in one pod.
pub(super) fn containers_of<'p>(at: &'p PodAt<'_>) -> Vec<WrittenContainer<'p>> {
    listed(&at.pod, |key| at.route(key))
}

fn listed(pod: &Pod, route: impl Fn(&str) -> Route) -> Vec<WrittenContainer<'_>> {
    let lists = [("containers", &pod.containers), ("initContainers", &pod.init_containers)];
    let written = lists.into_iter().flat_map(|(key, list)| {
        let route = route(key);
        list.iter().flatten().enumerate().map(move |(index, container)| {
            let always = container.restart_policy.as_deref() == Some("Always");
            let role = match (key, always) {
                ("containers", _) => Role::Beside,
                (_, true) => Role::Sidecar,
                (_, false) => Role::Before,
            };
            WrittenContainer { route: route.index(index), container, role }
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
