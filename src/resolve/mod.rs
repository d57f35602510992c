//! [`Checked`] topology → [`Cluster`]. Cannot fail: rules refused what could be wrong, or there would be no `Checked`,
//! and each `expect` here names the rule that makes it true. What a cluster keeps of its previous self (seeds, the
//! generation of defaults, restart tokens) comes from the previous one, where there is one.

mod jvm;
mod management;
mod monitoring;
mod network;
mod pod;
mod reaper;
mod services;
mod steps;

use std::net::IpAddr;

use cassc_cassandra::image::default_image;
use cassc_ring::names;
use cassc_ring::order::datacenter_order;
use cassc_ring::racks::split;
use cassc_ring::release::Release;
use cassc_ring::seeds::keep_seeds;
use k8s_openapi::api::core::v1::NodeAffinity;

use self::jvm::jvm;
use self::management::{common_secret, management_heap, own_secret};
use self::monitoring::monitoring;
use self::network::network;
use self::pod::{additional_volume, gate, own_pod, pod, system_logger};
use self::services::{cql_service, own_services, services};
use self::steps::{rebuild_from, steps};
use crate::check::Checked;
use crate::cluster::{
    AdditionalSeeds, Cluster, Datacenter, Rack, Repository, RestartTokens, Rollout, Scheduling, StringMap,
    TopologySpread, VolumeClaim, generation,
};
use crate::kubernetes::quantity::Quantity;
use crate::kubernetes::release::{KubernetesMinor, OLDEST};
use crate::topology::merge::{Merged, NestedRack, racks};
use crate::topology::{self, AccessMode, CassandraTopology, ImagePullPolicy, Spec};

/// Cassandra's port for CQL clients.
const NATIVE_PORT: u16 = 9042;

/// The prefixes of annotations that speak about the topology file and not about the objects.
const FILE_ANNOTATIONS: [&str; 7] = [
    "config.kubernetes.io/",
    "internal.config.kubernetes.io/",
    "kubectl.kubernetes.io/",
    "config.k8s.io/",
    "argocd.argoproj.io/",
    "kustomize.toolkit.fluxcd.io/",
    "helm.toolkit.fluxcd.io/",
];

/// Fills every default and builds every name. `previous` is the same cluster as recorded in its lock. The number of the
/// generation of steps is carried over as it is: [`crate::render::next_generation`] raises it.
pub fn resolve(checked: &Checked, previous: Option<&Cluster>) -> Cluster {
    let topology = &checked.topology;
    let (metadata, spec) = (&topology.metadata, &topology.spec);
    let name = metadata.name.clone();
    let ring_name = spec.cluster_name.clone().unwrap_or_else(|| name.clone());
    let version = release(spec);
    let image = image(spec, version);
    let datacenters = datacenters(topology, version, previous);
    let revision = spec.revision.unwrap_or_else(|| previous.map_or_else(generation::newest, |it| it.revision));
    Cluster {
        label: names::label_value(&ring_name),
        labels: metadata.labels.clone(),
        annotations: passed_on(&metadata.annotations),
        founding: spec.founding,
        kubernetes: kubernetes(spec),
        domain: spec.kubernetes.domain.clone().unwrap_or_else(|| "cluster.local".to_owned()),
        version,
        custom_image: spec.cassandra.image.is_some(),
        image_pull_policy: pull_policy(spec.cassandra.image_pull_policy),
        environment: spec.cassandra.environment.clone(),
        logging: spec.cassandra.logging.clone(),
        system_replication: system_replication(spec, &datacenters),
        authenticator: spec.auth.authenticator,
        superuser_secret: spec.auth.superuser.secret_name.clone().unwrap_or_else(|| names::superuser_secret(&name)),
        pod: pod(&spec.pod),
        additional_volumes: spec.storage.additional_volumes.iter().map(additional_volume).collect(),
        services: services(&spec.services),
        network: network(&spec.network),
        system_logger: system_logger(&spec.system_logger, &image),
        gate: gate(&spec.gate),
        management_api_secret: common_secret(spec).cloned(),
        additional_seeds: additional_seeds(&spec.additional_seeds),
        dialect: spec.delivery.dialect,
        delivery: Repository::of(&spec.delivery, &name),
        ignores_replicas: spec.delivery.ignores_replicas,
        revision,
        generation: previous.map_or(1, |previous| previous.generation),
        rollout: Rollout {
            canary_pods: spec.rollout.canary.map(|canary| canary.pods),
            stopped: spec.rollout.stopped,
            retry: spec.rollout.retry.clone(),
        },
        steps: steps(spec, &name, revision),
        monitoring: monitoring(&spec.monitoring),
        accept: spec.accept.clone(),
        overrides: spec.overrides.iter().collect(),
        datacenters,
        image,
        ring_name,
        name,
    }
}

fn release(spec: &Spec) -> Release {
    spec.cassandra.version.parse().expect("E401 refused what is no release")
}

fn kubernetes(spec: &Spec) -> KubernetesMinor {
    let version = spec.kubernetes.version.as_deref();
    version.map_or(OLDEST, |version| version.parse().expect("E601 refused unsupported minors"))
}

fn image(spec: &Spec, version: Release) -> String {
    let image = spec.cassandra.image.clone();
    image.unwrap_or_else(|| default_image(version).expect("E401 refused releases without an image"))
}

fn pull_policy(policy: Option<ImagePullPolicy>) -> String {
    let word = match policy {
        Some(ImagePullPolicy::Always) => "Always",
        Some(ImagePullPolicy::Never) => "Never",
        Some(ImagePullPolicy::IfNotPresent) | None => "IfNotPresent",
    };
    word.to_owned()
}

fn access_mode(mode: Option<AccessMode>) -> String {
    let word = match mode {
        Some(AccessMode::ReadWriteOncePod) => "ReadWriteOncePod",
        Some(AccessMode::ReadWriteMany) => "ReadWriteMany",
        Some(AccessMode::ReadWriteOnce) | None => "ReadWriteOnce",
    };
    word.to_owned()
}

fn passed_on(annotations: &StringMap) -> StringMap {
    let about_the_file = |key: &str| FILE_ANNOTATIONS.iter().any(|prefix| key.starts_with(prefix));
    let kept = annotations.iter().filter(|(key, _)| !about_the_file(key));
    kept.map(|(key, value)| (key.clone(), value.clone())).collect()
}

/// The default keeps a majority where there are three nodes, and is never more than a datacenter has.
fn system_replication(spec: &Spec, datacenters: &[Datacenter]) -> u32 {
    let smallest = datacenters.iter().map(Datacenter::nodes).filter(|nodes| *nodes > 0).min().unwrap_or(1);
    spec.replication.system.unwrap_or(smallest.min(3))
}

fn datacenters(topology: &CassandraTopology, version: Release, previous: Option<&Cluster>) -> Vec<Datacenter> {
    let all_racks = racks(topology);
    let datacenter = |(index, datacenter): (usize, &topology::Datacenter)| {
        let places = all_racks.iter().filter(|place| place.datacenter_index == index);
        let nodes = nodes_of_racks(datacenter);
        let before = previous.and_then(|previous| previous.datacenter(&datacenter.name));
        let tokens = |place: &NestedRack<'_>| restart_tokens(place, before.and_then(|it| it.rack(&place.rack.name)));
        let rack =
            |(place, nodes)| Rack { restart: tokens(place), ..rack(&topology.metadata.name, place, nodes, version) };
        let racks: Vec<Rack> = places.zip(nodes).map(rack).collect();
        Datacenter {
            name: datacenter.name.clone(),
            ring_name: datacenter.ring_name.clone().unwrap_or_else(|| datacenter.name.clone()),
            kube_cluster: datacenter.kube_cluster.clone(),
            namespace: datacenter.namespace.clone().or_else(|| topology.metadata.namespace.clone()),
            native_port: datacenter.node_port.as_ref().map_or(NATIVE_PORT, |port| port.native),
            node_port: datacenter.node_port.as_ref().map(|port| port.native),
            cql_service: cql_service(&topology.spec.services.cql, &datacenter.services.cql),
            pod: own_pod(&topology.spec.pod, &datacenter.pod),
            services: own_services(&topology.spec.services, &datacenter.services),
            reachable_seeds: additional_seeds(&datacenter.reachable_seeds),
            max_unavailable: max_unavailable(&topology.spec, datacenter),
            management_api_heap: management_heap(&topology.spec, datacenter),
            management_api_secret: own_secret(&topology.spec, datacenter),
            seeds: seed_pods(&racks, before.map_or(&[], |before| &before.seeds)),
            rebuild_from: rebuild_from(&topology.spec, datacenter),
            racks,
        }
    };
    topology.spec.datacenters.iter().enumerate().map(datacenter).collect()
}

fn max_unavailable(spec: &Spec, datacenter: &topology::Datacenter) -> u32 {
    datacenter.disruption_budget.max_unavailable.or(spec.disruption_budget.max_unavailable).unwrap_or(1)
}

fn nodes_of_racks(datacenter: &topology::Datacenter) -> Vec<u32> {
    let written: Option<Vec<u32>> = datacenter.racks.iter().map(|rack| rack.nodes).collect();
    written.unwrap_or_else(|| {
        let nodes = datacenter.nodes.expect("E110 refused datacenters without a count");
        split(nodes, u32::try_from(datacenter.racks.len()).expect("a text of 8 MiB holds fewer racks"))
    })
}

/// The first pods in start order; those that were seeds before and still exist stay seeds.
fn seed_pods(racks: &[Rack], before: &[String]) -> Vec<String> {
    let nodes: Vec<u32> = racks.iter().map(|rack| rack.nodes).collect();
    let in_order = datacenter_order(&nodes);
    let in_order = in_order.into_iter().map(|pod| names::pod(&racks[pod.rack].stateful_set, pod.ordinal));
    keep_seeds(before, &in_order.collect::<Vec<_>>())
}

/// What a rack was last restarted by, level by level: a token that is no longer written stays, so that removing one
/// restarts nothing.
fn restart_tokens(place: &NestedRack<'_>, before: Option<&Rack>) -> RestartTokens {
    let before = before.map(|before| before.restart.clone()).unwrap_or_default();
    RestartTokens {
        cluster: place.spec.rollout.restart.clone().or(before.cluster),
        datacenter: place.datacenter.restart.clone().or(before.datacenter),
        rack: place.rack.restart.clone().or(before.rack),
    }
}

fn rack(cluster: &str, place: &NestedRack<'_>, nodes: u32, version: Release) -> Rack {
    let rack = place.rack;
    let ring_name = rack.ring_name.clone().unwrap_or_else(|| rack.name.clone());
    let limits = canonical(place.limits().into_iter());
    let requests = canonical(place.requests().into_iter());
    Rack {
        name: rack.name.clone(),
        label: names::label_value(&ring_name),
        stateful_set: names::stateful_set(cluster, &place.datacenter.name, &rack.name),
        nodes,
        node_labels: node_labels(place),
        config: place.config().into_iter().map(|(key, merged)| (key.to_owned(), merged.value)).collect(),
        jvm: jvm(place, version),
        storage: VolumeClaim {
            class: place.storage_class().map(|merged| merged.value.to_owned()),
            size: quantity(place.storage_size().expect("E206 refused racks without a size").value),
            access_mode: access_mode(place.access_mode().map(|merged| merged.value)),
        },
        expand_to: place.expand_to().map(|merged| quantity(merged.value)),
        when_nodes_leave: place.when_nodes_leave().map(|merged| merged.value).unwrap_or_default(),
        scheduling: scheduling(place),
        restart: RestartTokens::default(),
        ring_name,
        requests,
        limits,
    }
}

fn node_labels(place: &NestedRack<'_>) -> StringMap {
    let mut labels = place.datacenter.node_labels.clone();
    labels.extend(place.rack.node_labels.clone());
    if let Some(zone) = &place.rack.zone {
        labels.insert("topology.kubernetes.io/zone".to_owned(), zone.clone());
    }
    labels
}

fn scheduling(place: &NestedRack<'_>) -> Scheduling {
    let several = place.several_nodes_per_worker().is_some_and(|merged| merged.value);
    let written = place.anti_affinity().map(|merged| merged.value);
    let spread = |spread: &topology::TopologySpread| TopologySpread {
        topology_key: spread.topology_key.clone(),
        max_skew: spread.max_skew.unwrap_or(1),
        when_unsatisfiable: spread.when_unsatisfiable.unwrap_or_default(),
    };
    Scheduling {
        anti_affinity: if several { written } else { Some(written.unwrap_or_default()) },
        tolerations: place.tolerations().map(|merged| merged.value.to_vec()).unwrap_or_default(),
        node_affinity: node_affinity(place),
        scheduler_name: place.scheduler_name().map(|merged| merged.value.to_owned()),
        priority_class: place.priority_class().map(|merged| merged.value.to_owned()),
        topology_spread: place.topology_spread().map(|it| it.value.iter().map(spread).collect()).unwrap_or_default(),
    }
}

fn node_affinity(place: &NestedRack<'_>) -> Option<NodeAffinity> {
    let affinity = NodeAffinity {
        required_during_scheduling_ignored_during_execution: place.required_workers().map(|it| it.value.clone()),
        preferred_during_scheduling_ignored_during_execution: place.preferred_workers().map(|it| it.value.to_vec()),
    };
    (affinity != NodeAffinity::default()).then_some(affinity)
}

fn canonical<'t>(written: impl Iterator<Item = (&'t str, Merged<&'t str>)>) -> StringMap {
    written.map(|(resource, merged)| (resource.to_owned(), quantity(merged.value))).collect()
}

fn quantity(written: &str) -> String {
    amount(written).canonical()
}

fn additional_seeds(written: &[String]) -> AdditionalSeeds {
    let mut seeds = AdditionalSeeds::default();
    for seed in written {
        match seed.parse::<IpAddr>() {
            Ok(IpAddr::V4(_)) => seeds.ipv4.push(seed.clone()),
            Ok(IpAddr::V6(_)) => seeds.ipv6.push(seed.clone()),
            Err(_) => seeds.names.push(seed.clone()),
        }
    }
    seeds
}

fn amount(written: &str) -> Quantity {
    written.parse().expect("E201 refused what is no quantity")
}
