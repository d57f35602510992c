//! Two objects of one kind and name would replace each other. E103 compares the lists of `cassc_ring::names`; here they
//! are held against what is rendered.

use std::collections::BTreeSet;

use cassc::cluster::{AdditionalSeeds, Cluster, Reaper};
use cassc_ring::names::{self, Named, OtherPods};
use cassc_ring::reaper::ReaperMode;
use serde_json::Value;

use crate::rendered::{Rendered, all, assert_none};

/// The lists of a cluster.
fn listed(cluster: &Cluster) -> BTreeSet<Named> {
    let has_policies = cluster.network.is_some();
    let mut listed = names::of_cluster(&cluster.name);
    if has_policies {
        listed.extend(names::of_other_policies(&cluster.name, other_pods(cluster)));
    }
    if let Some(steps) = &cluster.steps {
        listed.extend(names::of_steps(&cluster.name, []));
        listed.extend(steps.schedule.iter().flat_map(|_| names::of_schedule(&cluster.name)));
        listed.extend(steps.reaper.iter().flat_map(|reaper| of_reaper(&cluster.name, reaper)));
    }
    listed.extend(of_monitoring(cluster));
    for datacenter in &cluster.datacenters {
        let others = cluster.datacenters.iter().filter(|other| other.kube_cluster != datacenter.kube_cluster);
        let mut seeds = others.map(|other| &other.reachable_seeds).chain([&cluster.additional_seeds]);
        let has_seeds_elsewhere = seeds.any(|seeds| *seeds != AdditionalSeeds::default());
        let (cluster, name) = (cluster.name.as_str(), datacenter.name.as_str());
        listed.extend(names::of_datacenter(cluster, name));
        if datacenter.node_port.is_some() {
            listed.extend(names::of_node_port(cluster, name));
        }
        if datacenter.cql_service.as_ref().is_some_and(|service| service.service_type.is_some()) {
            listed.extend(names::of_clients(cluster, name));
        }
        if has_policies {
            listed.extend(names::of_network_policy(cluster, name));
        }
        if has_seeds_elsewhere {
            listed.extend(names::of_additional_seeds(cluster, name));
        }
        listed.extend(datacenter.racks.iter().flat_map(|rack| names::of_rack(cluster, name, &rack.name, [])));
    }
    listed.into_iter().collect()
}

fn other_pods(cluster: &Cluster) -> OtherPods {
    let reaper = cluster.steps.as_ref().and_then(|steps| steps.reaper.as_ref());
    OtherPods {
        steps: cluster.steps.is_some(),
        reaper_deployment: reaper.is_some_and(|reaper| reaper.mode == ReaperMode::Deployment),
        reaper_tables: reaper.is_some_and(|reaper| reaper.keyspace.is_some()),
    }
}

fn of_monitoring(cluster: &Cluster) -> Vec<Named> {
    let Some(monitoring) = &cluster.monitoring else { return Vec::new() };
    let name = &cluster.name;
    let metrics = monitoring.service_monitor.iter().map(|_| names::of_metrics(name));
    let reaper = cluster.steps.as_ref().and_then(|steps| steps.reaper.as_ref());
    let of_reaper = monitoring.service_monitor.as_ref().and(reaper).map(|_| names::of_reaper_metrics(name));
    let alerts = monitoring.rules.iter().map(|_| names::of_alerts(name));
    let dashboards = monitoring.dashboards.iter().map(|_| names::of_dashboards(name));
    metrics.chain(of_reaper).chain(alerts).chain(dashboards).flatten().collect()
}

fn of_reaper(cluster: &str, reaper: &Reaper) -> Vec<Named> {
    let mut named = names::of_reaper(cluster);
    named.extend(reaper.keyspace.iter().flat_map(|_| names::of_reaper_tables(cluster)));
    named.extend(reaper.volume.iter().flat_map(|_| names::of_reaper_volume(cluster)));
    named.extend(
        (reaper.mode == ReaperMode::Deployment).then(|| names::of_reaper_deployment(cluster)).into_iter().flatten(),
    );
    named
}

/// Whether the name of an object is one of the lists; `*` stands for the last part of a name.
fn is_listed((kind, name): &Named, object: &Value) -> bool {
    let matches = |wanted: &str| match name.strip_suffix('*') {
        Some(beginning) => wanted.rsplit_once('-').is_some_and(|(it, _)| it == beginning.trim_end_matches('-')),
        None => wanted == name,
    };
    object["kind"] == *kind && object["metadata"]["name"].as_str().is_some_and(matches)
}

fn unlisted(rendered: &Rendered) -> Vec<String> {
    let listed = listed(&rendered.cluster);
    let unlisted = rendered.objects.iter().filter(|(_, object)| !listed.iter().any(|named| is_listed(named, object)));
    unlisted.map(|(path, _)| format!("{}: {path} has a name that E103 does not compare", rendered.title)).collect()
}

#[test]
fn every_object_has_a_name_that_is_compared() {
    let all = all();
    assert_none(&all.iter().flat_map(unlisted).collect::<Vec<_>>());
    let mut other = all.into_iter().next().expect("something is rendered");
    other.objects[0].1["metadata"]["name"] = "other".into();
    assert_eq!(unlisted(&other).len(), 1, "an object of another name is found");
}

/// A name that nothing has would be forbidden for nothing. The state and the Lease are written in the cluster, and a user may
/// bring a service account.
fn unused(rendered: &Rendered) -> Vec<String> {
    let (cluster, objects) = (&rendered.cluster, &rendered.objects);
    let elsewhere = [names::state(&cluster.name), names::service_account(&cluster.name)];
    let mut unused = listed(cluster);
    unused.retain(|named| {
        named.0 != "Lease"
            && !elsewhere.contains(&named.1)
            && !objects.iter().any(|(_, object)| is_listed(named, object))
    });
    unused.into_iter().map(|(kind, name)| format!("{}: no {kind} {name} is rendered", rendered.title)).collect()
}

#[test]
fn every_name_that_is_compared_is_rendered() {
    let mut all = all();
    all.retain(|rendered| rendered.cluster.kube_clusters().len() == 1);
    assert_none(&all.iter().flat_map(unused).collect::<Vec<_>>());
    let mut fewer = all.swap_remove(0);
    fewer.objects.retain(|(_, object)| object["kind"] != "PodDisruptionBudget");
    assert!(!unused(&fewer).is_empty(), "a name without an object is found");
}
