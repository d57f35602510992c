//! E103: two objects of one name in one namespace, or two services on one port of every worker.

use std::collections::{BTreeMap, BTreeSet};

use cassc_ring::names;

use super::written::destination;
use crate::diagnostic::{Diagnostic, Label, Route, Rule};
use crate::subject::Subject;
use crate::topology::merge::Level;
use crate::topology::{Datacenter, Services};

pub(super) const RULE: Rule = Rule {
    code: "E103",
    name: "name-collision",
    summary: "two objects would have the same name in one namespace",
    explain: "\
Names of objects are put together from those of cluster, datacenter and rack, so that a cluster that Cass Operator
runs can be taken over. Put together, `a-b` and `c` are the same as `a` and `b-c`, a datacenter `seed` has the name of
the seed service, and a disruption budget is named after the datacenter alone. Of two objects of one name the one that
is applied last replaces the other: a rack, or the protection of a datacenter, is gone. Node ports exist once per
Kubernetes cluster, whatever the namespace.

All topologies that are compiled together are compared, per Kubernetes cluster (`kubeCluster`) and namespace. Rename
one of the two, or give it a namespace of its own.",
};

/// What claims a name: a topology, or a datacenter of it, by their positions.
type Owner = (usize, Option<usize>);

/// A kind and a name, in a Kubernetes cluster and a namespace.
type Claim<'t> = (Option<&'t str>, Option<&'t str>, &'static str, String);

pub(super) fn check(subjects: &[Subject<'_>], complaints: &mut Vec<Diagnostic>) {
    let mut collisions: BTreeMap<(Owner, Owner), Vec<Claim<'_>>> = BTreeMap::new();
    let mut owners: BTreeMap<Claim<'_>, Owner> = BTreeMap::new();
    for (owner, claim) in subjects.iter().enumerate().flat_map(|(index, subject)| claims(index, subject)) {
        let first = *owners.entry(claim.clone()).or_insert(owner);
        if first != owner && !same_name_in_one_topology(subjects, first, owner) {
            collisions.entry((first, owner)).or_default().push(claim);
        }
    }
    let whole: BTreeSet<(usize, usize)> = collisions.keys().filter_map(whole_topologies).collect();
    for ((first, second), claims) in &collisions {
        // Two clusters of one name share everything; it is told once.
        if whole.contains(&(first.0, second.0)) && first.0 != second.0 && second.1.is_some() {
            continue;
        }
        complaints.extend(complaint(subjects, *first, *second, claims));
    }
    node_ports(subjects, complaints);
}

fn whole_topologies((first, second): &(Owner, Owner)) -> Option<(usize, usize)> {
    (first.1.is_none() && second.1.is_none()).then_some((first.0, second.0))
}

/// E104 tells of two datacenters of one name in a topology.
fn same_name_in_one_topology(subjects: &[Subject<'_>], first: Owner, second: Owner) -> bool {
    let name = |owner: Owner| Some(&subjects[owner.0].spec().datacenters.get(owner.1?)?.name);
    first.0 == second.0 && name(first).is_some() && name(first) == name(second)
}

/// Every name that a topology claims, with its owner; those of the cluster once per place.
fn claims<'t>(index: usize, subject: &Subject<'t>) -> Vec<(Owner, Claim<'t>)> {
    let cluster = subject.topology.metadata.name.as_str();
    let mut claims: Vec<(Owner, Claim<'t>)> = Vec::new();
    for (datacenter_index, datacenter) in subject.spec().datacenters.iter().enumerate() {
        let (kube_cluster, namespace) = destination(subject, datacenter);
        let here = |(kind, name)| (kube_cluster, namespace, kind, name);
        claims.extend(of_cluster(cluster).into_iter().map(|claim| ((index, None), here(claim))));
        let owner = (index, Some(datacenter_index));
        claims.extend(
            of_datacenter(cluster, datacenter, &subject.spec().services).into_iter().map(|claim| (owner, here(claim))),
        );
        for place in subject.racks_of(datacenter_index) {
            let stateful_set = names::stateful_set(cluster, &datacenter.name, &place.rack.name);
            let pod = names::pod(&stateful_set, 0);
            let volumes = &subject.spec().storage.additional_volumes;
            let templates = volumes.iter().filter(|volume| volume.claim.is_some()).map(|volume| volume.name.as_str());
            for template in templates.chain(["server-data"]) {
                claims.push((owner, here(("PersistentVolumeClaim", format!("{template}-{pod}")))));
            }
            claims.push((owner, here(("StatefulSet", stateful_set))));
        }
    }
    claims
}

fn of_cluster(cluster: &str) -> [(&'static str, String); 5] {
    [
        ("Service", names::seed_service(cluster)),
        ("ServiceAccount", names::service_account(cluster)),
        ("ConfigMap", names::start_order(cluster)),
        ("ConfigMap", names::desired_ring(cluster)),
        ("ConfigMap", names::state(cluster)),
    ]
}

fn of_datacenter(cluster: &str, datacenter: &Datacenter, services: &Services) -> Vec<(&'static str, String)> {
    let name = datacenter.name.as_str();
    let has_client = datacenter.services.cql.r#type.or(services.cql.r#type).is_some();
    let client = has_client.then(|| ("Service", names::client_service(cluster, name)));
    let node_port = datacenter.node_port.iter().map(|_| ("Service", names::node_port_service(cluster, name)));
    let always = [
        ("Service", names::cql_service(cluster, name)),
        ("Service", names::all_pods_service(cluster, name)),
        ("Service", names::additional_seed_service(cluster, name)),
        ("PodDisruptionBudget", names::disruption_budget(name)),
        ("ConfigMap", names::configuration(cluster, name, "*")),
    ];
    always.into_iter().chain(client).chain(node_port).collect()
}

fn complaint(subjects: &[Subject<'_>], first: Owner, second: Owner, claims: &[Claim<'_>]) -> Option<Diagnostic> {
    let order = ["StatefulSet", "PersistentVolumeClaim", "Service", "PodDisruptionBudget"];
    let weight = |kind: &str| order.iter().position(|known| *known == kind).unwrap_or(order.len());
    let (kube_cluster, namespace, kind, name) = claims.iter().min_by_key(|(_, _, kind, _)| weight(kind))?;
    let more = match claims.len() - 1 {
        0 => String::new(),
        1 => ", and one more object".to_owned(),
        more => format!(", and {more} more objects"),
    };
    let place = match (namespace, kube_cluster) {
        (Some(namespace), None) => format!("namespace `{namespace}`"),
        (Some(namespace), Some(kube_cluster)) => format!("namespace `{namespace}` of `{kube_cluster}`"),
        (None, None) => "the same namespace".to_owned(),
        (None, Some(kube_cluster)) => format!("the same namespace of `{kube_cluster}`"),
    };
    let message = format!("the {kind} `{name}` would exist twice in {place}{more}");
    let at = owner_label(subjects, second, "and for this one");
    let complaint = RULE.complain(message, at).label(owner_label(subjects, first, "once for this name"));
    Some(complaint.help(match (first, second) {
        ((one, None), (other, None)) if one != other => "rename one of the clusters, or give it another namespace",
        ((one, _), (other, _)) if one != other => "rename one of the two, or give it another namespace",
        _ => "rename one of the two",
    }))
}

fn owner_label(subjects: &[Subject<'_>], (index, datacenter): Owner, words: &str) -> Label {
    let route = datacenter.map(|datacenter| Level::Datacenter(datacenter).route().key("name"));
    subjects[index].value(route.unwrap_or_else(|| Route::of("metadata.name")), words)
}

fn node_ports(subjects: &[Subject<'_>], complaints: &mut Vec<Diagnostic>) {
    let mut first: BTreeMap<(Option<&str>, u16), Label> = BTreeMap::new();
    for subject in subjects {
        for (index, datacenter) in subject.spec().datacenters.iter().enumerate() {
            let Some(port) = datacenter.node_port.as_ref().map(|node_port| node_port.native) else { continue };
            let route = Level::Datacenter(index).route().key("nodePort").key("native");
            let claim = (datacenter.kube_cluster.as_deref(), port);
            match first.get(&claim) {
                Some(taken) => {
                    let message = format!("two datacenters open port {port} on the same workers");
                    let complaint = RULE.complain(message, subject.value(route, "and here")).label(taken.clone());
                    complaints
                        .push(complaint.help("a node port exists once per Kubernetes cluster; choose another one"));
                }
                None => {
                    first.insert(claim, subject.value(route, "here"));
                }
            }
        }
    }
}
