//! The cluster of a lock, and its datacenters.

use std::net::{Ipv4Addr, Ipv6Addr};

use cassc_cassandra::logger::is_logger;
use cassc_ring::limits::MOST_REPLICAS;
use cassc_ring::names;
use cassc_ring::ring_names;

use super::monitoring::monitoring;
use super::network::{namespaces, network};
use super::pod::{additional_volume, image, own_services, pod, services, system_logger};
use super::rack::{heap, rack};
use super::steps::steps;
use super::together::together;
use super::{
    Fault, LABEL, LABEL_VALUE, Valid, amounts, annotations, each, entries, field, is, key, label, labels, number,
    optional, readable_key, subdomain, text, texts_of,
};
use crate::cluster::generation::{newest, oldest};
use crate::cluster::{
    AdditionalSeeds, ArgocdSource, Cluster, CqlService, Datacenter, FluxSource, Gate, Overrides, Repository, Rollout,
};
use crate::kubernetes::endpoint;
use crate::kubernetes::syntax::{LABEL_LENGTH, is_data_key, is_label, is_label_key, is_label_value, is_shell_variable};
use crate::stages::{Stage, TOOL_FOLDERS};
use crate::topology::overrides::{LONGEST_PATCHES, MOST_OVERRIDES, length};
use crate::topology::repository::{has_credentials, is_address, is_revision, milliseconds, path_fault};
use crate::topology::{Acceptance, EnvironmentValue, FromSecret, SecretKey, is_token};

/// A generation counts the changes of a cluster.
const MOST_GENERATIONS: u64 = u32::MAX as u64;
/// The words of Kubernetes for when an image is pulled.
const PULL_POLICIES: [&str; 3] = ["Always", "IfNotPresent", "Never"];

/// Holds a cluster to what the rules hold a topology to.
pub(in crate::lock) fn cluster(cluster: &Cluster) -> Valid {
    names_of(cluster)?;
    runtime(cluster)?;
    delivered(cluster)?;
    let Cluster { datacenters, additional_volumes, .. } = cluster;
    each("datacenters", datacenters, |it| datacenter(&cluster.name, it))?;
    each("additionalVolumes", additional_volumes, additional_volume)?;
    field("steps", namespaces_of_steps(cluster))?;
    field("network", namespaces(cluster))?;
    together(cluster)
}

/// The account of the program in the cluster is named with its namespace.
fn namespaces_of_steps(cluster: &Cluster) -> Valid {
    let has_all = cluster.datacenters.iter().all(|datacenter| datacenter.namespace.is_some());
    if cluster.steps.is_none() || has_all {
        return Ok(());
    }
    Err(Fault::new("needs a namespace (expected one in each datacenter)"))
}

fn names_of(cluster: &Cluster) -> Valid {
    let Cluster { name, label: of_objects, ring_name, labels: own, annotations: notes, superuser_secret, .. } = cluster;
    let is_name = is_label(name) && !name.starts_with(|first: char| first.is_ascii_digit());
    field("name", is(name, is_name, "lower-case letters, digits and `-`, a letter first"))?;
    field("label", is(of_objects, !of_objects.is_empty() && is_label_value(of_objects), LABEL_VALUE))?;
    field("ringName", in_ring("clusterName", ring_name))?;
    field("labels", labels(own))?;
    field("annotations", annotations(notes))?;
    field("superuserSecret", subdomain(superuser_secret))?;
    optional("managementApiSecret", cluster.management_api_secret.as_ref(), |name| subdomain(name))
}

/// A name in Cassandra: `clusterName`, `datacenter` or `rack`.
pub(super) fn in_ring(what: &str, name: &str) -> Valid {
    text(name)?;
    is(name, ring_names::fault(what, name).is_none(), "a name that Cassandra's files can carry")
}

fn runtime(cluster: &Cluster) -> Valid {
    let Cluster { domain, image: of_pods, image_pull_policy, environment, logging, .. } = cluster;
    field("domain", subdomain(domain))?;
    field("image", image(of_pods))?;
    let policies = "Always, IfNotPresent or Never";
    field("imagePullPolicy", is(image_pull_policy, PULL_POLICIES.contains(&image_pull_policy.as_str()), policies))?;
    let variable = |name: &str| key(name, is_shell_variable(name), "the name of an environment variable");
    field("environment", entries(environment, variable, |_, value| environment_value(value)))?;
    field("logging", entries(logging, |name| key(name, is_logger(name), "the name of a logger"), |_, _| Ok(())))?;
    let replicas = cluster.system_replication;
    let expected = format!("1 to {MOST_REPLICAS}");
    field("systemReplication", number(replicas, (1..=MOST_REPLICAS).contains(&replicas), &expected))?;
    field("pod", pod(&cluster.pod))?;
    field("services", services(&cluster.services))?;
    optional("network", cluster.network.as_ref(), network)?;
    optional("steps", cluster.steps.as_ref(), steps)?;
    optional("monitoring", cluster.monitoring.as_ref(), monitoring)?;
    optional("systemLogger", cluster.system_logger.as_ref(), system_logger)?;
    let Gate { requests, limits } = &cluster.gate;
    field("gate", field("requests", amounts(requests)).and(field("limits", amounts(limits))))
}

fn environment_value(value: &EnvironmentValue) -> Valid {
    match value {
        EnvironmentValue::Text(value) => text(value),
        EnvironmentValue::FromSecret(FromSecret { secret_key_ref: SecretKey { name, key } }) => {
            field("name", subdomain(name))?;
            field("key", is(key, is_data_key(key), "a key of a Secret"))
        }
    }
}

fn delivered(cluster: &Cluster) -> Valid {
    let Cluster { additional_seeds, delivery, revision, generation, rollout, accept, .. } = cluster;
    field("additionalSeeds", seeds_elsewhere(additional_seeds))?;
    optional("delivery", delivery.as_ref(), repository)?;
    let known = (oldest()..=newest()).contains(revision);
    let expected = format!("{} to {}, the generations of defaults that this cassc knows", oldest(), newest());
    field("revision", number(*revision, known, &expected))?;
    let expected = format!("1 to {MOST_GENERATIONS}");
    field("generation", number(*generation, (1..=MOST_GENERATIONS).contains(generation), &expected))?;
    let Rollout { canary_pods, stopped: _, retry } = rollout;
    field("rollout", optional("canaryPods", canary_pods.as_ref(), |pods| number(*pods, *pods > 0, "1 or more")))?;
    field("rollout", optional("retry", retry.as_ref(), |token| self::token(token)))?;
    each("accept", accept, |Acceptance { code, reason }| field("code", text(code)).and(field("reason", text(reason))))?;
    field("overrides", self::overrides(&cluster.overrides))
}

/// Patches that can be written, and that are applied to every rack in bounded time. What they do is not judged: what gives an
/// object another name is not applied.
fn overrides(overrides: &Overrides) -> Valid {
    let (count, bytes) = overrides
        .iter()
        .fold((0, 0_usize), |(count, bytes), (_, patch)| (count + 1, bytes.saturating_add(length(patch))));
    if count > MOST_OVERRIDES || bytes > LONGEST_PATCHES {
        let expected = format!("at most {MOST_OVERRIDES} of {LONGEST_PATCHES} bytes together");
        return Err(Fault::new(format!("has {count} patches of {bytes} bytes (expected {expected})")));
    }
    overrides.iter().try_for_each(|(target, patch)| {
        readable_key(target)?;
        field(target, texts_of(patch))
    })
}

/// A token that asks for a restart, or for steps to run again.
pub(super) fn token(token: &str) -> Valid {
    text(token)?;
    is(token, is_token(token), "a short text on one line")
}

fn seeds_elsewhere(AdditionalSeeds { ipv4, ipv6, names }: &AdditionalSeeds) -> Valid {
    let count = ipv4.len() + ipv6.len() + names.len();
    if count > endpoint::MOST_ADDRESSES {
        return Err(Fault::new(format!("holds {count} addresses (expected at most {})", endpoint::MOST_ADDRESSES)));
    }
    let address = |seed: &str, fits: bool, expected| is(seed, fits && endpoint::fault(seed).is_none(), expected);
    each("ipv4", ipv4, |seed| address(seed, seed.parse::<Ipv4Addr>().is_ok(), "an IPv4 address of a node"))?;
    each("ipv6", ipv6, |seed| address(seed, seed.parse::<Ipv6Addr>().is_ok(), "an IPv6 address of a node"))?;
    each("names", names, |seed| address(seed, true, "the DNS name of a node"))
}

fn repository(repository: &Repository) -> Valid {
    match repository {
        Repository::Argocd(source) => field("argocd", argocd(source)),
        Repository::Flux(source) => field("flux", flux(source)),
    }
}

fn argocd(source: &ArgocdSource) -> Valid {
    let ArgocdSource { repo_url, path, target_revision, project, namespace, name } = source;
    let is_plain = text(repo_url).is_ok() && !repo_url.contains(|c: char| c.is_control() || c.is_whitespace());
    let is_url = is_plain && is_address(repo_url) && !has_credentials(repo_url);
    // What may be a secret is not shown.
    if !is_url {
        return field("repoURL", Err(Fault::new("is not the address of a repository, without credentials")));
    }
    field("path", folder(path))?;
    let revision = text(target_revision).is_ok() && is_revision(target_revision);
    field("targetRevision", is(target_revision, revision, "a branch, a tag or a commit"))?;
    field("project", subdomain(project))?;
    field("namespace", label(namespace))?;
    field("name", subdomain(name))
}

fn flux(source: &FluxSource) -> Valid {
    let FluxSource { source_kind: _, source_name, source_namespace, path, namespace, interval, service_account_name } =
        source;
    field("sourceName", subdomain(source_name))?;
    optional("sourceNamespace", source_namespace.as_ref(), |name| label(name))?;
    field("path", folder(path))?;
    field("namespace", label(namespace))?;
    field("interval", is(interval, milliseconds(interval).is_some(), "a duration, such as `10m`"))?;
    optional("serviceAccountName", service_account_name.as_ref(), |name| subdomain(name))
}

fn folder(path: &str) -> Valid {
    text(path)?;
    is(path, path_fault(path).is_none(), "a folder in the repository")
}

fn datacenter(cluster: &str, datacenter: &Datacenter) -> Valid {
    let Datacenter { name, ring_name, kube_cluster, namespace, native_port, node_port, racks, seeds, .. } = datacenter;
    let longest = names::additional_seed_service(cluster, name);
    let expected = format!("a name with which `{longest}` has at most {LABEL_LENGTH} characters");
    field("name", label(name).and(is(name, longest.len() <= LABEL_LENGTH, &expected)))?;
    field("ringName", in_ring("datacenter", ring_name))?;
    optional("kubeCluster", kube_cluster.as_ref(), |name| self::kube_cluster(name))?;
    optional("namespace", namespace.as_ref(), |name| label(name))?;
    let port = |port: &u16| number(*port, *port > 0, "1 to 65535");
    field("nativePort", port(native_port))?;
    optional("nodePort", node_port.as_ref(), port)?;
    optional("cqlService", datacenter.cql_service.as_ref(), cql_service)?;
    optional("pod", datacenter.pod.as_ref(), pod)?;
    optional("services", datacenter.services.as_ref(), own_services)?;
    field("reachableSeeds", seeds_elsewhere(&datacenter.reachable_seeds))?;
    let missing = datacenter.max_unavailable;
    let expected = format!("0 to {}", i32::MAX);
    field("maxUnavailable", number(missing, i32::try_from(missing).is_ok(), &expected))?;
    optional("managementApiHeap", datacenter.management_api_heap.as_ref(), |it| heap(*it))?;
    optional("managementApiSecret", datacenter.management_api_secret.as_ref(), |name| subdomain(name))?;
    optional("rebuildFrom", datacenter.rebuild_from.as_ref(), |name| in_ring("datacenter", name))?;
    each("racks", racks, |it| rack(cluster, name, it))?;
    let beginning = names::stateful_set(cluster, name, "");
    each("seeds", seeds, |seed| is(seed, is_pod(seed, beginning.trim_end_matches("-sts")), "a pod of the datacenter"))
}

/// Whether a text is a pod of some rack: `<cluster>-<datacenter>-<rack>-sts-<ordinal>`. The rack may be another branch's,
/// where Git merged two renders.
fn is_pod(text: &str, beginning: &str) -> bool {
    let rest = text.strip_prefix(beginning).and_then(|rest| rest.rsplit_once("-sts-"));
    rest.is_some_and(|(rack, ordinal)| {
        is_label(rack) && ordinal.parse::<u16>().is_ok_and(|it| it.to_string() == ordinal)
    })
}

/// The folder of its files stands beside those of every cluster.
fn kube_cluster(name: &str) -> Valid {
    let is_taken = Stage::ALL.iter().any(|stage| stage.folder() == name) || TOOL_FOLDERS.contains(&name);
    is(name, is_label(name) && !is_taken, LABEL)
}

fn cql_service(service: &CqlService) -> Valid {
    let CqlService { labels: own, annotations: notes, load_balancer_class, load_balancer_source_ranges, .. } = service;
    field("labels", labels(own))?;
    field("annotations", annotations(notes))?;
    optional("loadBalancerClass", load_balancer_class.as_ref(), |class| {
        is(class, is_label_key(class), "the class of a load balancer")
    })?;
    each("loadBalancerSourceRanges", load_balancer_source_ranges, |range| {
        is(range, endpoint::is_network(range), "a network, such as `10.0.0.0/8`")
    })
}
