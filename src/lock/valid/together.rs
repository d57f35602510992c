//! What the parts of a lock have to be together: names that differ, nodes that are not too many. Two objects of one name
//! would be rendered to one file.

use std::collections::BTreeSet;

use cassc_ring::limits::MOST_NODES;
use cassc_ring::names::{self, Named};

use super::{Fault, Valid, each, field, shown};
use crate::cluster::{AdditionalVolume, Cluster, Datacenter, Rack};
use crate::diagnostic::Step;

/// Holds the parts of a cluster to each other.
pub(super) fn together(cluster: &Cluster) -> Valid {
    let datacenters = &cluster.datacenters;
    if datacenters.is_empty() {
        return field("datacenters", Err(Fault::new("is empty (expected one datacenter at least)")));
    }
    field("datacenters", counts(datacenters))?;
    distinct("datacenters", "datacenter", "name", datacenters.iter().map(|it| &it.name))?;
    distinct("datacenters", "datacenter", "ringName", datacenters.iter().map(|it| &it.ring_name))?;
    each("datacenters", datacenters, |Datacenter { racks, .. }| {
        distinct("racks", "rack", "name", racks.iter().map(|it| &it.name))?;
        distinct("racks", "rack", "ringName", racks.iter().map(|it| &it.ring_name))
    })?;
    let volumes = &cluster.additional_volumes;
    let name = |AdditionalVolume { name, .. }: &'_ AdditionalVolume| name.clone();
    let names: Vec<String> = volumes.iter().map(name).collect();
    distinct("additionalVolumes", "volume", "name", names.iter())?;
    field("datacenters", objects(cluster))
}

/// Racks count like nodes: a rack without nodes is rendered as well.
fn counts(datacenters: &[Datacenter]) -> Valid {
    let (mut nodes, mut racks) = (0_u64, 0_u64);
    for (index, datacenter) in datacenters.iter().enumerate() {
        if datacenter.racks.is_empty() {
            let fault = field("racks", Err(Fault::new("is empty (expected one rack at least)")));
            return fault.map_err(|fault| fault.within(Step::Index(index)));
        }
        for (position, rack) in datacenter.racks.iter().enumerate() {
            nodes += u64::from(rack.nodes);
            racks += 1;
            let fault = match rack {
                _ if racks > MOST_NODES => Fault::new(format!("is one rack too many (expected at most {MOST_NODES})")),
                Rack { nodes: own, .. } if nodes > MOST_NODES => {
                    let what = format!("is {own} (expected at most {MOST_NODES} nodes in the cluster)");
                    Fault::new(what).within(Step::Key("nodes".to_owned()))
                }
                _ => continue,
            };
            let fault = fault.within(Step::Index(position)).within(Step::Key("racks".to_owned()));
            return Err(fault.within(Step::Index(index)));
        }
    }
    Ok(())
}

/// No two elements of a list have the same text in a field.
fn distinct<'v>(list: &str, what: &str, key: &str, texts: impl Iterator<Item = &'v String>) -> Valid {
    let mut seen = BTreeSet::new();
    let again = texts.enumerate().find(|(_, text)| !seen.insert(*text));
    let Some((index, text)) = again else { return Ok(()) };
    let fault = Fault::new(format!("is {} (expected a name that no other {what} has)", shown(text)));
    Err(fault.within(Step::Key(key.to_owned())).within(Step::Index(index)).within(Step::Key(list.to_owned())))
}

/// Kubernetes cluster, namespace, kind and name of an object.
type Object<'c> = (Option<&'c str>, Option<&'c str>, &'static str, String);

/// No two datacenters have an object of the same name in one place, and none has one of the cluster's.
fn objects(cluster: &Cluster) -> Valid {
    let mut seen: BTreeSet<Object<'_>> = BTreeSet::new();
    for (index, datacenter) in cluster.datacenters.iter().enumerate() {
        let (kube_cluster, namespace) = (datacenter.kube_cluster.as_deref(), datacenter.namespace.as_deref());
        let here = |(kind, name)| (kube_cluster, namespace, kind, name);
        let again = of_datacenter(cluster, datacenter).into_iter().find(|object| {
            let is_of_cluster = of_cluster(cluster).contains(object);
            is_of_cluster || !seen.insert(here(object.clone()))
        });
        if let Some((kind, name)) = again {
            let what = format!("gives two objects one name: {kind} `{name}`");
            return Err(Fault::new(what).within(Step::Key("name".to_owned())).within(Step::Index(index)));
        }
    }
    Ok(())
}

fn of_cluster(cluster: &Cluster) -> Vec<Named> {
    let steps = cluster.steps.iter().flat_map(|_| names::of_steps(&cluster.name, []));
    let beside = cluster.objects_of_reaper().into_iter().chain(cluster.objects_of_network());
    let beside = beside.chain(cluster.objects_of_monitoring());
    names::of_cluster(&cluster.name).into_iter().chain(steps).chain(beside).collect()
}

/// What is rendered for a datacenter; the rest of its names end in a hash or begin with one of these.
fn of_datacenter(cluster: &Cluster, datacenter: &Datacenter) -> Vec<(&'static str, String)> {
    let policies = cluster.network.is_some();
    let (cluster, name) = (cluster.name.as_str(), datacenter.name.as_str());
    let always = [
        ("Service", names::cql_service(cluster, name)),
        ("Service", names::all_pods_service(cluster, name)),
        ("Service", names::additional_seed_service(cluster, name)),
        ("PodDisruptionBudget", names::disruption_budget(name)),
    ];
    let node_port = datacenter.node_port.map(|_| ("Service", names::node_port_service(cluster, name)));
    let clients = datacenter.cql_service.as_ref().and_then(|it| it.service_type);
    let clients = clients.map(|_| ("Service", names::client_service(cluster, name)));
    let stateful_sets = datacenter.racks.iter().map(|rack| ("StatefulSet", rack.stateful_set.clone()));
    let policy = policies.then(|| ("NetworkPolicy", names::network_policy(cluster, name)));
    always.into_iter().chain(node_port).chain(clients).chain(policy).chain(stateful_sets).collect()
}
