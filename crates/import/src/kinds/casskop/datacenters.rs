//! Datacenters and racks: their names, sizes and the labels of their workers.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{All, Part, labels, optional};
use crate::documents::At;
use crate::draft::{Draft, datacenter};
use crate::names::label;
use crate::report::Refusal;

/// What CassKop calls a datacenter and a rack that nobody names (`DefaultCassandraDC`, `DefaultCassandraRack`).
const DEFAULT_NAMES: (&str, &str) = ("dc1", "rack1");
pub(super) type Labels = BTreeMap<String, String>;

/// A datacenter that gets nodes.
#[derive(Clone, Debug)]
pub(super) struct Site<'d> {
    /// The number of its part.
    pub(super) part: usize,
    /// Its number in the topology.
    pub(super) index: usize,
    /// Where it stands, or would stand where the resource names none.
    pub(super) at: At<'d>,
    /// Its name in Cassandra.
    pub(super) name: String,
    /// Its racks.
    pub(super) racks: Vec<Rack<'d>>,
    /// The nodes of each rack.
    nodes: u32,
    /// The field that says so.
    nodes_at: At<'d>,
    /// Labels that its workers must have.
    pub(super) labels: Labels,
}

impl Site<'_> {
    /// The rack and the number of each of its first pods, at most so many: of one or two racks two or three pods, else the
    /// first pod of each rack (`InitSeedList`).
    pub(super) fn seeds(&self, most: u32) -> impl Iterator<Item = (&str, u32)> {
        let racks = u32::try_from(self.racks.len()).unwrap_or(u32::MAX);
        let of_rack = if racks <= 2 { self.nodes.min(most + 1 - racks) } else { 1 };
        let pods = self.racks.iter().flat_map(move |rack| (0..of_rack).map(move |pod| (rack.name.as_str(), pod)));
        pods.take(usize::try_from(most).unwrap_or(usize::MAX))
    }
}

/// A rack.
#[derive(Clone, Debug)]
pub(super) struct Rack<'d> {
    /// Where it stands, or would stand.
    pub(super) at: At<'d>,
    /// Its name in Cassandra.
    pub(super) name: String,
    /// Labels that its workers must have.
    pub(super) labels: Labels,
}

/// `spec.topology.dc[]` of CassKop's `api/v2`, as far as this module reads it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Written {
    name: Option<String>,
    labels: Option<Labels>,
    rack: Option<Vec<WrittenRack>>,
    nodes_per_racks: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct WrittenRack {
    name: Option<String>,
    labels: Option<Labels>,
}

/// The datacenters of all parts that have nodes.
pub(super) fn read<'d>(parts: &[Part<'d>]) -> Result<Vec<Site<'d>>, Refusal> {
    let mut sites: Vec<Site<'d>> = Vec::new();
    for (number, part) in parts.iter().enumerate() {
        for site in of_part(number, part)? {
            if let Some(other) = sites.iter().find(|other| label(&other.name) == label(&site.name)) {
                let message = format!("two datacenters have the name `{}`", other.name);
                let help =
                    "rename one: racks of one datacenter cannot stand in two Kubernetes clusters, or twice in one";
                return Err(site.at.refused(message, help));
            }
            sites.push(Site { index: sites.len(), ..site });
        }
    }
    if sites.is_empty() {
        let message = "every datacenter is at 0 nodes: there is nothing to run";
        return Err(parts[0]
            .spec()
            .key("topology")
            .refused(message, "import the cluster as it was before it was emptied"));
    }
    Ok(sites)
}

fn of_part<'d>(number: usize, part: &Part<'d>) -> Result<Vec<Site<'d>>, Refusal> {
    let spec = part.spec();
    // 0 is 1 (`SetDefaults`).
    let everywhere = optional::<u32>(&spec.key("nodesPerRacks"))?.filter(|nodes| *nodes > 0).unwrap_or(1);
    let list = spec.keys(&["topology", "dc"]);
    let written = optional::<Vec<Written>>(&list)?.unwrap_or_default();
    let mut sites = Vec::new();
    for (index, written) in written.iter().enumerate() {
        let at = list.index(index);
        if written.nodes_per_racks != Some(0) {
            sites.push(site(number, &at, written, (everywhere, &spec))?);
        }
    }
    if written.is_empty() {
        sites.push(site(number, &list.index(0), &Written::default(), (everywhere, &spec))?);
    }
    Ok(sites)
}

fn site<'d>(part: usize, at: &At<'d>, written: &Written, everywhere: (u32, &At<'d>)) -> Result<Site<'d>, Refusal> {
    let racks = racks(at, written)?;
    let (nodes, nodes_at) = match written.nodes_per_racks {
        Some(nodes) => (nodes, at.key("nodesPerRacks")),
        None => (everywhere.0, everywhere.1.key("nodesPerRacks")),
    };
    let name = named(at, written.name.as_deref(), DEFAULT_NAMES.0)?;
    let labels = written.labels.clone().unwrap_or_default();
    Ok(Site { part, index: 0, at: at.clone(), name, racks, nodes, nodes_at, labels })
}

fn racks<'d>(at: &At<'d>, written: &Written) -> Result<Vec<Rack<'d>>, Refusal> {
    let mut racks = Vec::new();
    for (index, rack) in written.rack.iter().flatten().enumerate() {
        let at = at.key("rack").index(index);
        let name = named(&at, rack.name.as_deref(), DEFAULT_NAMES.1)?;
        if racks.iter().any(|other: &Rack<'_>| label(&other.name) == label(&name)) {
            return Err(at.refused(format!("two racks have the name `{name}`"), "rename one of them"));
        }
        racks.push(Rack { at, name, labels: rack.labels.clone().unwrap_or_default() });
    }
    if racks.is_empty() {
        let at = at.key("rack").index(0);
        racks.push(Rack { at, name: DEFAULT_NAMES.1.to_owned(), labels: Labels::new() });
    }
    Ok(racks)
}

fn named(at: &At<'_>, name: Option<&str>, default: &str) -> Result<String, Refusal> {
    let name = name.filter(|name| !name.is_empty()).unwrap_or(default);
    if label(name).is_empty() {
        let message = format!("`{}` has no letter that a name of Kubernetes may begin with", name.escape_debug());
        return Err(at.key("name").refused(message, "CassKop accepts lower-case letters and digits, such as `dc1`"));
    }
    Ok(name.to_owned())
}

/// Writes the datacenters.
pub(super) fn write(draft: &mut Draft, all: All<'_, '_>) {
    for site in all.sites {
        let to = datacenter(site.index);
        name(draft, &site.at, &site.name, &to);
        nodes(draft, site);
        if let Some(name) = &all.parts[site.part].kube_cluster {
            let at = all.parts[site.part].root.clone();
            kube_cluster(draft, &at, name, &to);
        }
        labels::write(draft, site);
    }
    for part in all.parts {
        empty(draft, part);
    }
}

/// A name in Kubernetes, and Cassandra's where it is another.
pub(super) fn name(draft: &mut Draft, at: &At<'_>, name: &str, to: &crate::path::Path) {
    let at = at.key("name");
    let kubernetes = label(name);
    match at.value() {
        None => draft.fill(&to.key("name"), kubernetes, "the name that CassKop gives where the resource names none"),
        Some(_) if kubernetes == name => draft.carry(&at, &to.key("name"), kubernetes),
        Some(_) => {
            draft.change(&at, &to.key("name"), kubernetes, "a name of Kubernetes; Cassandra's own is `ringName`");
            draft.carry(&at, &to.key("ringName"), name);
        }
    }
}

fn nodes(draft: &mut Draft, site: &Site<'_>) {
    let racks = u32::try_from(site.racks.len()).unwrap_or(u32::MAX);
    let total = site.nodes.saturating_mul(racks);
    let to = datacenter(site.index).key("nodes");
    match site.nodes_at.value() {
        Some(_) if racks == 1 => draft.carry(&site.nodes_at, &to, total),
        Some(_) => draft.change(&site.nodes_at, &to, total, &format!("{} in each of {racks} racks", site.nodes)),
        None => draft.fill(&to, total, "CassKop starts one node in each rack where the resource names no number"),
    }
}

fn kube_cluster(draft: &mut Draft, at: &At<'_>, context: &str, to: &crate::path::Path) {
    let name = label(context);
    let to = to.key("kubeCluster");
    if name.is_empty() {
        draft.decide(Some(at), &to, &format!("a name for the Kubernetes cluster `{context}`"));
    } else if name == context {
        draft.carry(at, &to, name);
    } else {
        draft.change(at, &to, name, &format!("the Kubernetes cluster `{context}`, as a DNS label"));
    }
}

/// Datacenters that are being removed.
fn empty(draft: &mut Draft, part: &Part<'_>) {
    let list = part.spec().keys(&["topology", "dc"]);
    let written = optional::<Vec<Written>>(&list).ok().flatten().unwrap_or_default();
    for (index, _) in written.iter().enumerate().filter(|(_, written)| written.nodes_per_racks == Some(0)) {
        draft.meet(&list.index(index), "a datacenter without nodes, on its way out of the ring: it is left out");
    }
}
