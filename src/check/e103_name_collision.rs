//! E103: two objects with the same name in one namespace, or two services with the same node port.

use std::collections::{BTreeMap, BTreeSet};

use cassc_ring::names::{self, Named, OtherPods};
use cassc_ring::reaper::ReaperMode;

use super::e120_unreachable_datacenter::has_seeds_elsewhere;
use super::written::destination;
use crate::diagnostic::{Diagnostic, Label, Route, Rule};
use crate::subject::Subject;
use crate::topology::merge::Level;
use crate::topology::{Datacenter, Reaper, ReaperStorage};

pub(super) const RULE: Rule = Rule {
    code: "E103",
    name: "name-collision",
    summary: "two objects would have the same name in one namespace",
    explain: "\
Object names are built from the names of cluster, datacenter and rack, in the same way as in Cass Operator. So `a-b` plus `c`
equals `a` plus `b-c`, the services of a datacenter `seed` can have the name of the seed service, and a PodDisruptionBudget
is named after the datacenter alone. With `steps`, two programs would take turns with one Lease, or share a generated Secret. If two objects have the same name, the one that is applied last replaces the other: a
rack, or the protection of a datacenter, is lost. Node ports are unique per Kubernetes cluster, not per namespace.

cassc compares all topologies of one run, per Kubernetes cluster (`kubeCluster`) and namespace, and the clusters whose locks
stand under `--output` and `--against` or elsewhere in the repository. Rename one of the two, or use a different namespace. Two
clusters in different Kubernetes clusters need a `kubeCluster` each. What two deployed clusters already share is E361.",
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
        // Two clusters with the same name share all object names: one complaint is enough.
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

/// E104 reports two datacenters with the same name in one topology.
fn same_name_in_one_topology(subjects: &[Subject<'_>], first: Owner, second: Owner) -> bool {
    let name = |owner: Owner| Some(&subjects[owner.0].spec().datacenters.get(owner.1?)?.name);
    first.0 == second.0 && name(first).is_some() && name(first) == name(second)
}

/// Every name that a topology claims, with its owner; those of the cluster once per place.
pub(super) fn claims<'t>(index: usize, subject: &Subject<'t>) -> Vec<(Owner, Claim<'t>)> {
    let cluster = subject.topology.metadata.name.as_str();
    let mut claims: Vec<(Owner, Claim<'t>)> = Vec::new();
    for (datacenter_index, datacenter) in subject.spec().datacenters.iter().enumerate() {
        let (kube_cluster, namespace) = destination(subject, datacenter);
        let here = |(kind, name)| (kube_cluster, namespace, kind, name);
        let of_cluster = names::of_cluster(cluster).into_iter().chain(of_steps(subject)).chain(of_monitoring(subject));
        claims.extend(of_cluster.map(|claim| ((index, None), here(claim))));
        let owner = (index, Some(datacenter_index));
        claims.extend(of_datacenter(subject, datacenter).into_iter().map(|claim| (owner, here(claim))));
        for place in subject.racks_of(datacenter_index) {
            let volumes = &subject.spec().storage.additional_volumes;
            let templates = volumes.iter().filter(|volume| volume.claim.is_some()).map(|volume| volume.name.as_str());
            let templates = templates.chain([names::SERVER_DATA]);
            let of_rack = names::of_rack(cluster, &datacenter.name, &place.rack.name, templates);
            claims.extend(of_rack.into_iter().map(|claim| (owner, here(claim))));
        }
    }
    claims
}

/// The objects of the program in the cluster, and the Secrets that it creates.
fn of_steps(subject: &Subject<'_>) -> Vec<Named> {
    let (spec, cluster) = (subject.spec(), &subject.topology.metadata.name);
    if !spec.steps.as_ref().is_some_and(|steps| steps.enabled) {
        return Vec::new();
    }
    let secret = |written: &Option<String>, default: String| written.clone().unwrap_or(default);
    let superuser = &spec.auth.superuser;
    let superuser = superuser.generate.then(|| secret(&superuser.secret_name, names::superuser_secret(cluster)));
    let roles = spec.auth.roles.iter().filter(|role| role.generate);
    let roles = roles.map(|role| secret(&role.secret_name, names::role_secret(cluster, &role.name)));
    let reaper = spec.repair.reaper.as_ref();
    let reapers = reaper.map(|reaper| secrets_of_reaper(subject, reaper)).unwrap_or_default();
    let secrets: BTreeSet<String> = superuser.into_iter().chain(roles).chain(reapers).collect();
    let mut named = names::of_steps(cluster, secrets.iter().map(String::as_str));
    named.extend(reaper.map(|reaper| of_reaper(cluster, reaper)).unwrap_or_default());
    if spec.network.policies {
        named.extend(names::of_other_policies(cluster, other_pods(reaper)));
    }
    if spec.steps.as_ref().is_some_and(|steps| steps.schedule.is_some()) {
        named.extend(names::of_schedule(cluster));
    }
    named
}

/// The objects for Prometheus and Grafana.
fn of_monitoring(subject: &Subject<'_>) -> Vec<Named> {
    let (spec, cluster) = (subject.spec(), &subject.topology.metadata.name);
    let monitoring = &spec.monitoring;
    let reaper = spec.repair.reaper.as_ref();
    let metrics = monitoring.service_monitor.settings().map(|_| names::of_metrics(cluster));
    let of_reaper = metrics.as_ref().and(reaper).map(|_| names::of_reaper_metrics(cluster));
    let alerts = monitoring.rules.settings().map(|_| names::of_alerts(cluster));
    let dashboards = monitoring.dashboards.settings().map(|_| names::of_dashboards(cluster));
    [metrics, of_reaper, alerts, dashboards].into_iter().flatten().flatten().collect()
}

/// The Secrets of Reaper that the program creates where they are missing.
fn secrets_of_reaper(subject: &Subject<'_>, reaper: &Reaper) -> Vec<String> {
    let (cluster, auth) = (&subject.topology.metadata.name, &reaper.auth);
    let ui = || auth.ui_secret.clone().unwrap_or_else(|| names::reaper_ui_secret(cluster));
    let role = || auth.role_secret.clone().unwrap_or_else(|| names::reaper(cluster));
    let ui = auth.generates().then(ui);
    let role = reaper.has_role(subject.spec().auth.authenticator).then(role);
    ui.into_iter().chain([names::reaper_token_secret(cluster)]).chain(role).collect()
}

fn of_reaper(cluster: &str, reaper: &Reaper) -> Vec<Named> {
    let mut named = names::of_reaper(cluster);
    named.extend(match reaper.storage {
        ReaperStorage::Cassandra => names::of_reaper_tables(cluster),
        ReaperStorage::Memory => names::of_reaper_volume(cluster),
    });
    if reaper.mode == ReaperMode::Deployment {
        named.extend(names::of_reaper_deployment(cluster));
    }
    named
}

fn other_pods(reaper: Option<&Reaper>) -> OtherPods {
    OtherPods {
        steps: true,
        reaper_deployment: reaper.is_some_and(|reaper| reaper.mode == ReaperMode::Deployment),
        reaper_tables: reaper.is_some_and(|reaper| reaper.storage == ReaperStorage::Cassandra),
    }
}

fn of_datacenter(subject: &Subject<'_>, datacenter: &Datacenter) -> Vec<Named> {
    let (cluster, name) = (subject.topology.metadata.name.as_str(), datacenter.name.as_str());
    let mut named = names::of_datacenter(cluster, name);
    if datacenter.node_port.is_some() {
        named.extend(names::of_node_port(cluster, name));
    }
    if datacenter.services.cql.r#type.or(subject.spec().services.cql.r#type).is_some() {
        named.extend(names::of_clients(cluster, name));
    }
    if has_seeds_elsewhere(subject.spec(), datacenter) {
        named.extend(names::of_additional_seeds(cluster, name));
    }
    if subject.spec().network.policies {
        named.extend(names::of_network_policy(cluster, name));
    }
    named
}

fn complaint(subjects: &[Subject<'_>], first: Owner, second: Owner, claims: &[Claim<'_>]) -> Option<Diagnostic> {
    let message = twice(claims.iter().map(|(kube_cluster, namespace, kind, name)| Twice {
        place: (*kube_cluster, *namespace),
        kind,
        name,
    }))?;
    let at = owner_label(subjects, second, "second object");
    let complaint = RULE.complain(message, at).label(owner_label(subjects, first, "first object"));
    Some(complaint.help(match (first, second) {
        ((one, None), (other, None)) if one != other => "rename one of the clusters, or use a different namespace",
        ((one, _), (other, _)) if one != other => "rename one of the two, or use a different namespace",
        _ => "rename one of the two",
    }))
}

/// An object that would exist twice.
pub(super) struct Twice<'t> {
    /// Its Kubernetes cluster and namespace.
    pub(super) place: (Option<&'t str>, Option<&'t str>),
    /// Its kind.
    pub(super) kind: &'static str,
    /// Its name.
    pub(super) name: &'t str,
}

/// Says which objects would exist twice: the most important one, and how many there are. `None` without any.
pub(super) fn twice<'t>(objects: impl Iterator<Item = Twice<'t>>) -> Option<String> {
    let order = ["StatefulSet", "PersistentVolumeClaim", "Service", "PodDisruptionBudget"];
    let weight = |kind: &str| order.iter().position(|known| *known == kind).unwrap_or(order.len());
    let objects: Vec<Twice<'_>> = objects.collect();
    let Twice { place: (kube_cluster, namespace), kind, name } = objects.iter().min_by_key(|it| weight(it.kind))?;
    let more = match objects.len() - 1 {
        0 => String::new(),
        1 => " (and 1 more object)".to_owned(),
        more => format!(" (and {more} more objects)"),
    };
    let place = match (namespace, kube_cluster) {
        (Some(namespace), None) => format!("namespace `{namespace}`"),
        (Some(namespace), Some(kube_cluster)) => format!("namespace `{namespace}` of `{kube_cluster}`"),
        (None, None) => "the same namespace".to_owned(),
        (None, Some(kube_cluster)) => format!("the same namespace of `{kube_cluster}`"),
    };
    Some(format!("the {kind} `{name}` would exist twice in {place}{more}"))
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
                    let message = format!("two datacenters in the same Kubernetes cluster use the node port {port}");
                    let complaint = RULE.complain(message, subject.value(route, "used twice")).label(taken.clone());
                    complaints.push(complaint.help("use a different port for one of them"));
                }
                None => {
                    first.insert(claim, subject.value(route, "first use"));
                }
            }
        }
    }
}
