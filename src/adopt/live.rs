//! The objects of a dump: those of one cluster, by kind and name. Each field keeps the line that it stands on.

use std::collections::BTreeMap;

use cassc_import::documents::{At, Document, Text, read};
use cassc_import::report::Refusal;
use serde_json::Value;

use crate::cluster::Cluster;
use crate::render::CLUSTER_LABEL;

/// The group of Cass Operator's custom resources.
const GROUP: &str = "cassandra.datastax.com";

/// How a dump is taken: the help of every refusal of one that lacks something.
pub(super) const TAKE_DUMP: &str =
    "take the dump again: kubectl -n NAMESPACE get sts,svc,pdb,pvc,cm,pods,endpointslices,cassdc -o yaml";

/// What `kubectl get -o yaml` printed.
#[derive(Debug)]
pub(crate) struct Dump {
    documents: Vec<Document>,
    /// Texts that could not be read.
    pub refused: Vec<Refusal>,
}

/// The objects of a cluster in a dump.
#[derive(Debug)]
pub(super) struct Live<'d> {
    /// Its `CassandraDatacenter`s, by name.
    pub resources: BTreeMap<&'d str, At<'d>>,
    /// The namespace that they are in.
    pub namespace: &'d str,
    objects: BTreeMap<(&'d str, &'d str), At<'d>>,
}

impl Dump {
    /// Reads the texts of a dump: documents, or lists of objects.
    pub(crate) fn read(texts: &[Text]) -> Self {
        let (documents, refused) = read(texts);
        Self { documents, refused }
    }

    /// The Cassandra clusters that the dump has `CassandraDatacenter`s of, as Cassandra calls them.
    pub(crate) fn clusters(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.resources().map(|it| text(&it.keys(&["spec", "clusterName"]))).collect();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// The texts of the `CassandraDatacenter`s of a cluster, one each.
    pub(crate) fn resources_of(&self, cluster: &str) -> Vec<Text> {
        let own = self.documents.iter().filter(|it| it.is(GROUP, "CassandraDatacenter"));
        let own = own.filter(|it| it.value().pointer("/spec/clusterName").and_then(Value::as_str) == Some(cluster));
        own.map(|it| Text { name: format!("CassandraDatacenter {}", it.name()), text: it.value().to_string() })
            .collect()
    }

    fn resources(&self) -> impl Iterator<Item = At<'_>> {
        self.documents.iter().filter(|it| it.is(GROUP, "CassandraDatacenter")).map(At::root)
    }

    /// What the dump has of a cluster.
    pub(super) fn of(&self, cluster: &Cluster) -> Result<Live<'_>, String> {
        let is_own = |it: &At<'_>| text(&it.keys(&["spec", "clusterName"])) == cluster.ring_name;
        let resources: Vec<At<'_>> = self.resources().filter(is_own).collect();
        let mut namespaces: Vec<&str> = resources.iter().map(|it| text(&it.keys(&["metadata", "namespace"]))).collect();
        namespaces.sort_unstable();
        namespaces.dedup();
        let namespace = match namespaces[..] {
            [one] => one,
            [] => {
                let known = self.clusters();
                let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                return Err(format!(
                    "the dump has no CassandraDatacenter of the Cassandra cluster `{}` (it has: {known}); {TAKE_DUMP}",
                    cluster.ring_name
                ));
            }
            _ => return Err(format!("`{}` has datacenters in several namespaces: not supported", cluster.ring_name)),
        };
        let here = self.documents.iter().filter(|it| namespace_of(it) == namespace);
        let objects = here.map(|it| ((it.kind(), it.name()), At::root(it))).collect();
        let resources = resources.into_iter().map(|it| (text(&it.keys(&["metadata", "name"])), it)).collect();
        Ok(Live { resources, namespace, objects })
    }
}

impl<'d> Live<'d> {
    /// An object by kind and name.
    pub(super) fn get(&self, kind: &'static str, name: &str) -> Option<&At<'d>> {
        // The keys live as long as the dump, and the name does not have to.
        self.of_kind(kind).find(|(of, _)| *of == name).map(|(_, at)| at)
    }

    /// All objects of a kind, by name.
    pub(super) fn of_kind(&self, kind: &'static str) -> impl Iterator<Item = (&'d str, &At<'d>)> {
        self.objects.range((kind, "")..).take_while(move |((of, _), _)| *of == kind).map(|((_, name), at)| (*name, at))
    }

    /// The objects of a kind that carry the label of the cluster.
    pub(super) fn labelled(&self, kind: &'static str, cluster: &Cluster) -> Vec<(&'d str, &At<'d>)> {
        let is_own = |at: &At<'_>| text(&at.keys(&["metadata", "labels", CLUSTER_LABEL])) == cluster.label;
        self.of_kind(kind).filter(|(_, at)| is_own(at)).collect()
    }

    /// The first of the cluster's resources: where a thing that is missing is complained about.
    pub(super) fn anchor(&self) -> &At<'d> {
        self.resources.values().next().expect("a dump without resources of the cluster is refused before")
    }
}

fn namespace_of(document: &Document) -> &str {
    document.value().pointer("/metadata/namespace").and_then(Value::as_str).unwrap_or_default()
}

/// The text of a field; empty where there is none.
pub(super) fn text<'d>(at: &At<'d>) -> &'d str {
    at.value().and_then(Value::as_str).unwrap_or_default()
}

/// The number in a field; 0 where there is none, as Kubernetes leaves it out.
pub(super) fn number(at: &At<'_>) -> u64 {
    at.value().and_then(Value::as_u64).unwrap_or_default()
}

/// The elements of a list.
pub(super) fn items<'d>(at: &At<'d>) -> Vec<At<'d>> {
    let number = at.value().and_then(Value::as_array).map_or(0, Vec::len);
    (0..number).map(|index| at.index(index)).collect()
}

/// The element of a list with this `name`.
pub(super) fn named<'d>(list: &At<'d>, name: &str) -> Option<At<'d>> {
    items(list).into_iter().find(|it| text(&it.key("name")) == name)
}

/// The status of a condition; empty where there is none.
pub(super) fn condition<'d>(at: &At<'d>, kind: &str) -> &'d str {
    let conditions = items(&at.keys(&["status", "conditions"]));
    conditions.iter().find(|it| text(&it.key("type")) == kind).map_or("", |it| text(&it.key("status")))
}
