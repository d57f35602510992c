//! The clusters of this run beside those that are known from their locks alone: what E103, E105 and E127 find among the
//! topologies of one run is found here among resolved clusters. Called by the fleet, for clusters that are new or change.

use std::collections::{BTreeMap, BTreeSet};

use cassc_ring::names::{self, Named};

use super::e103_name_collision::{self as e103, Twice};
use super::{e105_label_value as e105, e127_delivered_twice as e127};
use crate::cluster::{Cluster, Datacenter, Repository, VolumeSource};
use crate::diagnostic::{Diagnostic, Label, Route, Rule};
use crate::stages::Stage;
use crate::subject::Subject;
use crate::topology::merge::Level;

/// A Kubernetes cluster and a namespace.
type Place<'c> = (Option<&'c str>, Option<&'c str>);

/// What only one cluster may have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Claim<'c> {
    Object(Place<'c>, &'static str, String),
    NodePort(Option<&'c str>, u16),
    LabelValue(Place<'c>, &'c str),
    Application(&'c str, String),
    Kustomization(Option<&'c str>, &'c str, &'c str),
    Folder([String; 4]),
}

/// The clusters that are not part of a run, by what they claim.
#[derive(Debug, Default)]
pub(crate) struct Others<'c> {
    clusters: Vec<&'c Cluster>,
    owners: BTreeMap<Claim<'c>, (usize, Option<usize>)>,
}

/// Something that a cluster of the run and another one both claim.
#[derive(Debug)]
pub(crate) struct Collision {
    /// The rule that refuses it.
    pub rule: &'static Rule,
    /// What both claim, as a sentence.
    pub message: String,
    /// Where the topology of the run asks for it.
    pub at: Label,
    /// What to do.
    pub help: &'static str,
    /// The position of the other cluster.
    pub other: usize,
    /// Its datacenter that claims it, by position; `None` is the cluster itself.
    pub datacenter: Option<usize>,
    /// Whether the deployed form of the cluster claims it as well: then it is no change.
    pub is_deployed: bool,
}

impl<'c> Others<'c> {
    /// The claims of some clusters.
    pub(crate) fn new(clusters: Vec<&'c Cluster>) -> Self {
        let mut owners = BTreeMap::new();
        for (index, cluster) in clusters.iter().enumerate() {
            for (claim, datacenter) in claims(cluster) {
                owners.entry(claim).or_insert((index, datacenter));
            }
        }
        Self { clusters, owners }
    }

    /// What one of them and a cluster of the run both claim. `before` is what is deployed of that cluster.
    pub(crate) fn collisions(
        &self,
        subject: &Subject<'_>,
        cluster: &'c Cluster,
        before: Option<&'c Cluster>,
    ) -> Vec<Collision> {
        let deployed: BTreeSet<Claim<'_>> = before.into_iter().flat_map(claims).map(|(claim, _)| claim).collect();
        // Of one pair of owners all objects are one complaint.
        let mut found: BTreeMap<_, Vec<Claim<'_>>> = BTreeMap::new();
        for (claim, owner) in claims(cluster) {
            let Some(other) = self.owners.get(&claim) else { continue };
            let is_same_name = self.clusters[other.0].name == cluster.name;
            // Two clusters with the same name share all object names, which is one complaint.
            let (owner, other) = if is_same_name { (None, (other.0, None)) } else { (owner, *other) };
            if is_same_name && matches!(claim, Claim::LabelValue(..)) {
                continue;
            }
            let key = (rank(&claim), owner, other, deployed.contains(&claim));
            found.entry(key).or_default().push(claim);
        }
        let collision = |((_, owner, (other, datacenter), is_deployed), claims): (_, Vec<Claim<'_>>)| {
            let (rule, message, route, words, help) = told(subject, cluster, owner, &claims)?;
            let at = subject.value(route, words);
            Some(Collision { rule, message, at, help, other, datacenter, is_deployed })
        };
        found.into_iter().filter_map(collision).collect()
    }
}

impl Collision {
    /// The complaint of a rule, with the place of the other cluster in the text where it is written.
    pub(crate) fn complaint(self, rule: &Rule, other: &str, label: Option<Label>, help: Option<&str>) -> Diagnostic {
        let Self { message, at, help: own_help, .. } = self;
        let complaint = rule.complain(format!("{message}: {other}"), at).labels(label);
        complaint.help(help.unwrap_or(own_help))
    }
}

/// All claims of a cluster, each with the position of the datacenter that it belongs to.
fn claims(cluster: &Cluster) -> Vec<(Claim<'_>, Option<usize>)> {
    let mut claims = Vec::new();
    for (index, datacenter) in cluster.datacenters.iter().enumerate() {
        let place = (datacenter.kube_cluster.as_deref(), datacenter.namespace.as_deref());
        let object = |owner| move |(kind, name): Named| (Claim::Object(place, kind, name), owner);
        let of_cluster = names::of_cluster(&cluster.name).into_iter().chain(of_steps(cluster));
        let of_cluster = of_cluster.chain(cluster.objects_of_monitoring());
        claims.extend(of_cluster.map(object(None)));
        claims.extend(of_datacenter(cluster, datacenter).into_iter().map(object(Some(index))));
        if let Some(port) = datacenter.node_port {
            claims.push((Claim::NodePort(place.0, port), Some(index)));
        }
        if !cluster.label.is_empty() {
            claims.push((Claim::LabelValue(place, &cluster.label), None));
        }
    }
    claims.extend(of_delivery(cluster).into_iter().map(|claim| (claim, None)));
    claims
}

fn of_steps(cluster: &Cluster) -> Vec<Named> {
    let Some(steps) = &cluster.steps else { return Vec::new() };
    let superuser = steps.generates_superuser.then_some(cluster.superuser_secret.as_str());
    let roles = steps.roles.iter().filter(|role| role.generated).map(|role| role.secret.as_str());
    let reapers = cluster.secrets_of_reaper();
    let secrets = superuser.into_iter().chain(roles).chain(reapers.iter().map(String::as_str));
    let mut named = names::of_steps(&cluster.name, secrets);
    named.extend(cluster.objects_of_reaper());
    named.extend(cluster.objects_of_network());
    if steps.schedule.is_some() {
        named.extend(names::of_schedule(&cluster.name));
    }
    named
}

fn of_datacenter(cluster: &Cluster, datacenter: &Datacenter) -> Vec<Named> {
    let (name, own) = (cluster.name.as_str(), datacenter.name.as_str());
    let mut named = names::of_datacenter(name, own);
    if datacenter.node_port.is_some() {
        named.extend(names::of_node_port(name, own));
    }
    if datacenter.cql_service.as_ref().is_some_and(|service| service.service_type.is_some()) {
        named.extend(names::of_clients(name, own));
    }
    if cluster.additional_seeds.all().next().is_some() {
        named.extend(names::of_additional_seeds(name, own));
    }
    if cluster.network.is_some() {
        named.extend(names::of_network_policy(name, own));
    }
    for rack in &datacenter.racks {
        let volumes = cluster.additional_volumes.iter();
        let templates = volumes.filter(|volume| matches!(volume.source, VolumeSource::Claim(_)));
        let templates = templates.map(|volume| volume.name.as_str()).chain([names::SERVER_DATA]);
        named.extend(names::of_rack(name, own, &rack.name, templates));
    }
    named
}

fn of_delivery(cluster: &Cluster) -> Vec<Claim<'_>> {
    let kube_clusters = || cluster.kube_clusters().into_iter();
    match &cluster.delivery {
        None => Vec::new(),
        Some(Repository::Argocd(source)) => {
            let name = |kube_cluster: Option<&str>| match kube_cluster {
                None => source.name.clone(),
                Some(kube_cluster) => format!("{}-{kube_cluster}", source.name),
            };
            let applications = kube_clusters().map(|it| Claim::Application(&source.namespace, name(it)));
            let folder = [&source.repo_url, &source.target_revision, "", &source.path].map(str::to_owned);
            applications.chain([Claim::Folder(folder)]).collect()
        }
        Some(Repository::Flux(source)) => {
            let (namespace, name) = (source.namespace.as_str(), cluster.name.as_str());
            let kustomizations = kube_clusters().map(|it| Claim::Kustomization(it, namespace, name));
            let of_source = source.source_namespace.as_deref().unwrap_or(namespace);
            let kind = format!("{:?}", source.source_kind);
            let folder = [&kind, of_source, &source.source_name, &source.path].map(str::to_owned);
            kustomizations.chain([Claim::Folder(folder)]).collect()
        }
    }
}

/// Claims that one complaint tells of together have the same number.
fn rank(claim: &Claim<'_>) -> usize {
    match claim {
        Claim::Object(..) => 0,
        Claim::NodePort(..) => 1,
        Claim::LabelValue(..) => 2,
        Claim::Application(..) => 3,
        Claim::Kustomization(..) => 4,
        Claim::Folder(..) => 5,
    }
}

/// The rule, the sentence, the place in the topology with its words, and what to do.
type Told = (&'static Rule, String, Route, &'static str, &'static str);

fn told(subject: &Subject<'_>, cluster: &Cluster, owner: Option<usize>, claims: &[Claim<'_>]) -> Option<Told> {
    const APART: &str = "give each cluster its own name and its own folder";
    let datacenter = owner.and_then(|index| {
        let name = &cluster.datacenters[index].name;
        let position = subject.spec().datacenters.iter().position(|datacenter| datacenter.name == *name)?;
        Some(Level::Datacenter(position).route())
    });
    let named = |own: &'static str| {
        let is_written = match own {
            "spec.clusterName" => subject.spec().cluster_name.is_some(),
            _ => subject.spec().delivery.argocd.as_ref().is_some_and(|block| block.name.is_some()),
        };
        Route::of(if is_written { own } else { "metadata.name" })
    };
    Some(match claims.first()? {
        Claim::Object(..) => {
            let objects = claims.iter().filter_map(|claim| match claim {
                Claim::Object(place, kind, name) => Some(Twice { place: *place, kind, name }),
                _ => None,
            });
            let route = datacenter.map_or_else(|| Route::of("metadata.name"), |route| route.key("name"));
            let help = "use a different namespace, write `kubeCluster` if they run in different Kubernetes clusters, or \
                        choose a different name";
            (&e103::RULE, e103::twice(objects)?, route, "second object", help)
        }
        Claim::NodePort(_, port) => {
            let route = datacenter?.key("nodePort").key("native");
            let message = format!("two datacenters in the same Kubernetes cluster use the node port {port}");
            let help = "use a different port, or write `kubeCluster` if they run in different Kubernetes clusters";
            (&e103::RULE, message, route, "used twice", help)
        }
        Claim::LabelValue(_, value) => {
            let message = format!("two clusters in one namespace would have the same label value `{value}`");
            (&e105::RULE, message, named("spec.clusterName"), "same label value", e105::ANOTHER)
        }
        Claim::Application(_, name) => {
            let message = format!("two clusters use the Application `{name}`");
            (&e127::RULE, message, named("spec.delivery.argocd.name"), "used twice", APART)
        }
        Claim::Kustomization(_, _, name) => {
            let message = format!("two clusters use the Kustomization `{name}-{}`", Stage::Base.folder());
            (&e127::RULE, message, Route::of("metadata.name"), "used twice", APART)
        }
        Claim::Folder([.., path]) => {
            let block = if matches!(cluster.delivery, Some(Repository::Argocd(_))) { "argocd" } else { "flux" };
            let route = Route::of("spec.delivery").key(block).key("path");
            (&e127::RULE, format!("two clusters use the folder `{path}`"), route, "used twice", APART)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::fixtures::checked;
    use crate::resolve::resolve;

    const TOPOLOGIES: [&str; 4] = [
        include_str!("../../golden/topologies/everything.yaml"),
        include_str!("../../examples/demo.yaml"),
        include_str!("../../examples/multi-rack.yaml"),
        include_str!("../../examples/two-datacenters.yaml"),
    ];

    /// What is refused in one run is refused beside a lock, and nothing else.
    #[test]
    fn a_resolved_cluster_claims_the_objects_that_its_topology_claims() {
        for text in TOPOLOGIES {
            let checked = checked(text);
            let (subject, cluster) = (Subject::new(&checked), resolve(&checked, None));
            let objects = claims(&cluster).into_iter().filter_map(|(claim, owner)| match claim {
                Claim::Object((kube_cluster, namespace), kind, name) => {
                    Some(((0, owner), (kube_cluster.map(str::to_owned), namespace.map(str::to_owned), kind, name)))
                }
                _ => None,
            });
            let of_topology =
                e103::claims(0, &subject).into_iter().map(|(owner, (kube_cluster, namespace, kind, name))| {
                    (owner, (kube_cluster.map(str::to_owned), namespace.map(str::to_owned), kind, name))
                });
            assert_eq!(objects.collect::<BTreeSet<_>>(), of_topology.collect::<BTreeSet<_>>());
        }
    }

    #[test]
    fn every_kind_of_claim_is_told_with_its_own_rule() {
        let text = "apiVersion: cassc/v1alpha1\nkind: CassandraTopology\nmetadata: {name: NAME, namespace: data}\nspec:\n  \
                    clusterName: ring\n  cassandra: {version: 4.1.9}\n  resources: {limits: {memory: 8Gi}}\n  storage: {size: 10Gi}\n  \
                    datacenters: [{name: dc1, nodes: 1, nodePort: {native: 30042}}]\n  delivery: DELIVERY\n";
        let deliveries = [
            "{dialect: argocd, argocd: {repoURL: 'https://git.example.com/a.git', path: ./deploy, name: app}}",
            "{dialect: flux, flux: {sourceRef: {name: fleet}, path: deploy/}}",
        ];
        for delivery in deliveries {
            let text = text.replace("DELIVERY", delivery);
            let (one, other) = (checked(&text.replace("NAME", "one")), checked(&text.replace("NAME", "other")));
            let (cluster, known) = (resolve(&one, None), resolve(&other, None));
            let others = Others::new(vec![&known]);
            let found = others.collisions(&Subject::new(&one), &cluster, None);
            let mut codes: Vec<&str> = found.iter().map(|collision| collision.rule.code).collect();
            codes.dedup();
            assert_eq!(codes, ["E103", "E105", "E127"], "{delivery}");
            assert!(found.iter().all(|collision| !collision.is_deployed && collision.other == 0));
            let found = others.collisions(&Subject::new(&one), &cluster, Some(&cluster));
            assert!(found.iter().all(|collision| collision.is_deployed));
            let apart = text.replace("NAME", "one").replace("data}", "elsewhere}").replace("30042", "30043");
            let apart = checked(&apart.replace("deploy", "one").replace("name: app", "name: one"));
            let cluster = resolve(&apart, None);
            assert!(others.collisions(&Subject::new(&apart), &cluster, None).is_empty(), "{delivery}");
        }
    }

    #[test]
    fn two_clusters_of_one_name_are_one_complaint() {
        let demo = checked(TOPOLOGIES[1]);
        let cluster = resolve(&demo, None);
        let others = Others::new(vec![&cluster]);
        let found = others.collisions(&Subject::new(&demo), &cluster, None);
        assert_eq!(found.len(), 1, "{found:#?}");
        assert!(found[0].message.starts_with("the StatefulSet `demo-dc1-rack1-sts` would exist twice"), "{found:#?}");
    }
}
