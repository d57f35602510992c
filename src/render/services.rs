//! The services: seed, all pods, CQL, additional seeds with their EndpointSlices, and the port on every worker. Names,
//! selectors and ports are Cass Operator's (`pkg/reconciliation/construct_service.go`) but for what is said here.

use cassc_ring::names;
use k8s_openapi::api::core::v1::{Service, ServicePort, ServiceSpec};
use k8s_openapi::api::discovery::v1::{Endpoint, EndpointSlice};
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;

use super::{Here, Object, kit};
use crate::cluster::{Datacenter, ServiceOptions, StringMap};
use crate::stages::Stage;
use crate::topology::{CqlServiceType, TrafficPolicy};

/// Finds the first pod of each rack, ready or not: for Reaper and for other datacenters, never Cassandra's own seed list.
/// The operator labels seeds at run time; without one the ordinal that the StatefulSet controller labels has to do.
pub(super) fn seed_service(here: Here<'_>) -> Object {
    let name = names::seed_service(&here.cluster.name);
    let cluster = kit::cluster_selector(here.cluster);
    let mut selector = cluster.clone();
    selector.insert(kit::POD_INDEX_LABEL.to_owned(), "0".to_owned());
    let spec = ServiceSpec { selector: Some(selector), ..headless(Readiness::Any) };
    service(here, name, cluster, &of_seeds(here), spec)
}

/// Labels and annotations of the seed service: those of all datacenters that have it together.
fn of_seeds(here: Here<'_>) -> ServiceOptions {
    let mut options = here.cluster.services.seed.clone();
    let datacenters = here.cluster.datacenters_in(here.kube_cluster).into_iter();
    let together = datacenters.filter(|datacenter| datacenter.namespace.as_deref() == here.namespace);
    for own in together.filter_map(|datacenter| datacenter.services.as_ref()) {
        options.labels.extend(own.seed.labels.clone());
        options.annotations.extend(own.seed.annotations.clone());
    }
    options
}

/// All services of a datacenter.
pub(super) fn of_datacenter(here: Here<'_>, datacenter: &Datacenter) -> Vec<Object> {
    let mut objects = vec![all_pods(here, datacenter), cql(here, datacenter), additional_seeds(here, datacenter)];
    objects.extend(client(here, datacenter));
    objects.extend(node_port(here, datacenter));
    objects.extend(endpoint_slices(here, datacenter));
    objects
}

/// Governs the StatefulSets: every pod has a name in it, ready or not.
fn all_pods(here: Here<'_>, datacenter: &Datacenter) -> Object {
    let name = names::all_pods_service(&here.cluster.name, &datacenter.name);
    let selector = kit::datacenter_selector(here.cluster, datacenter);
    let mut labels = selector.clone();
    labels.insert(kit::PROMETHEUS_LABEL.to_owned(), "true".to_owned());
    let ports =
        ports(&[("native", datacenter.native_port), ("mgmt-api", 8080), ("prometheus", 9103), ("metrics", 9000)]);
    let spec = ServiceSpec { selector: Some(selector), ports: Some(ports), ..headless(Readiness::Any) };
    let own = datacenter.services.as_ref().map(|own| &own.all_pods);
    service(here, name, labels, own.unwrap_or(&here.cluster.services.all_pods), spec)
}

/// For CQL clients: ready pods only. The gate reads from it who is ready.
fn cql(here: Here<'_>, datacenter: &Datacenter) -> Object {
    let name = names::cql_service(&here.cluster.name, &datacenter.name);
    let selector = kit::datacenter_selector(here.cluster, datacenter);
    let ports = ports(&[
        ("native", datacenter.native_port),
        ("tls-native", 9142),
        ("mgmt-api", 8080),
        ("prometheus", 9103),
        ("metrics", 9000),
    ]);
    let spec = ServiceSpec { selector: Some(selector.clone()), ports: Some(ports), ..headless(Readiness::Ready) };
    let options = match &datacenter.cql_service {
        // Labels and annotations are meant for the service with the address: two with one name in DNS would fight for it.
        Some(own) if own.service_type.is_some() => ServiceOptions::default(),
        Some(own) => ServiceOptions { labels: own.labels.clone(), annotations: own.annotations.clone() },
        None => here.cluster.services.cql.clone(),
    };
    service(here, name, selector, &options, spec)
}

/// One address for all ready pods, inside the Kubernetes cluster or of a load balancer. It stands beside the headless one,
/// whose name must go on giving the addresses of pods: the gate compares them. Only ports of CQL are in it: whoever reaches
/// the Management API may do anything.
fn client(here: Here<'_>, datacenter: &Datacenter) -> Option<Object> {
    let own = datacenter.cql_service.as_ref()?;
    let service_type = own.service_type?;
    let name = names::client_service(&here.cluster.name, &datacenter.name);
    let selector = kit::datacenter_selector(here.cluster, datacenter);
    let native = ("native", datacenter.native_port);
    let encrypted = encrypted_port(datacenter).map(|port| ("tls-native", port));
    let ports = ports(&std::iter::once(native).chain(encrypted).collect::<Vec<_>>());
    let spec = ServiceSpec { selector: Some(selector.clone()), ports: Some(ports), ..ServiceSpec::default() };
    let policy = |policy| match policy {
        TrafficPolicy::Cluster => "Cluster".to_owned(),
        TrafficPolicy::Local => "Local".to_owned(),
    };
    let spec = match service_type {
        CqlServiceType::ClusterIp => ServiceSpec { type_: Some("ClusterIP".to_owned()), ..spec },
        CqlServiceType::LoadBalancer => ServiceSpec {
            type_: Some("LoadBalancer".to_owned()),
            load_balancer_class: own.load_balancer_class.clone(),
            load_balancer_source_ranges: kit::not_empty(own.load_balancer_source_ranges.clone()),
            external_traffic_policy: own.external_traffic_policy.map(policy),
            ..spec
        },
    };
    let options = ServiceOptions { labels: own.labels.clone(), annotations: own.annotations.clone() };
    Some(service(here, name, selector, &options, spec))
}

/// The port for encrypted clients, where Cassandra opens a second one for them.
pub(super) fn encrypted_port(datacenter: &Datacenter) -> Option<u16> {
    let mut ports = datacenter.racks.iter().filter_map(|rack| rack.config.get("native_transport_port_ssl"));
    let port = ports.find_map(|port| u16::try_from(port.as_u64()?).ok());
    port.filter(|port| *port != datacenter.native_port)
}

/// Has no selector: its addresses are the EndpointSlices beside it.
fn additional_seeds(here: Here<'_>, datacenter: &Datacenter) -> Object {
    let name = names::additional_seed_service(&here.cluster.name, &datacenter.name);
    let labels = kit::datacenter_selector(here.cluster, datacenter);
    let own = datacenter.services.as_ref().map(|own| &own.additional_seed);
    let options = own.unwrap_or(&here.cluster.services.additional_seed);
    service(here, name, labels, options, headless(Readiness::Any))
}

/// The CQL port on every worker that runs a pod: traffic stays on the worker, as drivers choose their node themselves.
/// The operator also lists an internode port here; a node announces its pod's address, so nothing could use it.
fn node_port(here: Here<'_>, datacenter: &Datacenter) -> Option<Object> {
    let number = datacenter.node_port?;
    let name = names::node_port_service(&here.cluster.name, &datacenter.name);
    let selector = kit::datacenter_selector(here.cluster, datacenter);
    let mut ports = ports(&[("native", number)]);
    ports[0].node_port = Some(i32::from(number));
    let spec = ServiceSpec {
        type_: Some("NodePort".to_owned()),
        external_traffic_policy: Some("Local".to_owned()),
        selector: Some(selector.clone()),
        ports: Some(ports),
        ..ServiceSpec::default()
    };
    let own = datacenter.services.as_ref().map(|own| &own.node_port);
    Some(service(here, name, selector, own.unwrap_or(&here.cluster.services.node_port), spec))
}

/// One slice per kind of address, as the API demands; only those with addresses.
fn endpoint_slices(here: Here<'_>, datacenter: &Datacenter) -> Vec<Object> {
    let service = names::additional_seed_service(&here.cluster.name, &datacenter.name);
    let seeds = here.cluster.seeds_elsewhere(here.kube_cluster);
    let kinds = [("ipv4", "IPv4", &seeds.ipv4), ("ipv6", "IPv6", &seeds.ipv6), ("fqdn", "FQDN", &seeds.names)];
    let slice = |(suffix, address_type, addresses): (&str, &str, &Vec<String>)| {
        let mut labels = kit::datacenter_selector(here.cluster, datacenter);
        labels.insert("kubernetes.io/service-name".to_owned(), service.clone());
        labels.insert("endpointslice.kubernetes.io/managed-by".to_owned(), "cassc".to_owned());
        let slice = EndpointSlice {
            metadata: kit::metadata(here, names::endpoint_slice(&here.cluster.name, &datacenter.name, suffix), labels),
            address_type: address_type.to_owned(),
            endpoints: vec![Endpoint { addresses: addresses.clone(), ..Endpoint::default() }],
            ports: None,
        };
        Object::pruned(Stage::Base, slice)
    };
    kinds.into_iter().filter(|(_, _, addresses)| !addresses.is_empty()).map(slice).collect()
}

/// Which pods a headless service names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Readiness {
    /// All of them.
    Any,
    /// The ready ones.
    Ready,
}

fn headless(readiness: Readiness) -> ServiceSpec {
    ServiceSpec {
        type_: Some("ClusterIP".to_owned()),
        cluster_ip: Some("None".to_owned()),
        publish_not_ready_addresses: (readiness == Readiness::Any).then_some(true),
        ..ServiceSpec::default()
    }
}

fn ports(ports: &[(&str, u16)]) -> Vec<ServicePort> {
    let port = |(name, number): &(&str, u16)| ServicePort {
        name: Some((*name).to_owned()),
        port: i32::from(*number),
        target_port: Some(IntOrString::Int(i32::from(*number))),
        protocol: Some("TCP".to_owned()),
        ..ServicePort::default()
    };
    ports.iter().map(port).collect()
}

fn service(here: Here<'_>, name: String, labels: StringMap, options: &ServiceOptions, spec: ServiceSpec) -> Object {
    let mut metadata = kit::metadata(here, name, labels);
    let own = metadata.labels.take().unwrap_or_default();
    metadata.labels = Some(options.labels.clone().into_iter().chain(own).collect());
    let annotations = metadata.annotations.take().unwrap_or_default().into_iter();
    metadata.annotations = kit::not_empty(annotations.chain(options.annotations.clone()).collect());
    let service = Service { metadata, spec: Some(spec), status: None };
    Object::pruned(Stage::Base, service)
}
