//! What the topology is for: CassKop's volumes cannot be adopted.

use serde_json::Value;

use super::datacenters::Site;
use super::{All, optional};
use crate::draft::{Draft, datacenter, spec};
use crate::names::label;
use crate::path::Path;
use crate::report::Refusal;

/// CassKop names three seeds of each datacenter.
const SEEDS: u32 = 3;

/// What a person must decide about the old ring, and the seeds of a cluster in several Kubernetes clusters.
pub(super) fn write(draft: &mut Draft, all: All<'_, '_>) -> Result<(), Refusal> {
    let seeds = old_seeds(all)?;
    let first = all.first();
    if all.parts.len() > 1 {
        reachable(draft, all, &seeds)?;
    }
    let name = all.sites.first().map(|site| site.name.as_str()).unwrap_or_default();
    let from = Some(&first.root);
    let what = "CassKop's pods, volumes and images have other names and another layout, so cassc adopts none of them: decide \
                whether this is a new ring, or a new datacenter of the ring that runs";
    draft.ask(from, &Path::of(&["spec"]), what);
    let what = format!(
        "to join a new datacenter to the ring that runs, keep the cluster name, write `additionalSeeds: [{}]`, and give each \
         datacenter a `ringName` that the ring does not have, such as `{name}b`, and `rebuildFrom: {name}`; when it is rebuilt \
         and clients use it, take the old datacenter out of all keyspaces, empty it and remove it with CassKop",
        seeds.join(", ")
    );
    draft.ask(from, &spec(&["additionalSeeds"]), &what);
    let what = "for a new ring beside the one that runs, write another name: a pod that gets the address of an old one could \
                join two rings of the same name";
    draft.ask(from, &spec(&["clusterName"]), what);
    Ok(())
}

/// The key under which external-dns publishes the pods of a service.
const ZONE: &str = "external-dns.alpha.kubernetes.io/hostname";

/// The names under which the other Kubernetes clusters find the first nodes of each datacenter: pods in the zone in which
/// CassKop's pods have theirs. cassc's pods are called `<cluster>-<datacenter>-<rack>-sts-<number>`.
fn reachable(draft: &mut Draft, all: All<'_, '_>, seeds: &[String]) -> Result<(), Refusal> {
    let cluster = draft.name();
    for site in all.sites {
        let part = all.part_of(site);
        let annotation = part.spec().keys(&["service", "annotations"]).key(ZONE);
        let list = part.root.keys(&["status", "seedlist"]);
        let to = datacenter(site.index).key("reachableSeeds");
        let published = optional::<String>(&annotation)?.map(|zone| zone.trim_end_matches('.').to_owned());
        let of_list = || seeds.first().and_then(|seed| seed.split_once('.')).map(|(_, zone)| zone.to_owned());
        let from = if published.is_some() { &annotation } else { &list };
        match published.or_else(|| of_list().filter(|_| list.value().is_some())) {
            Some(zone) => {
                let host = |(rack, pod): (&str, u32)| {
                    format!("{cluster}-{}-{}-sts-{pod}.{zone}", label(&site.name), label(rack))
                };
                let names: Vec<String> = site.seeds(SEEDS).map(host).collect();
                let why = "the names of the first pods in the DNS zone of CassKop's; see that they resolve in the other \
                           Kubernetes clusters";
                draft.change(from, &to, names, why);
            }
            None => draft.decide(
                Some(&list),
                &to.index(0),
                "names or addresses of nodes, as the other Kubernetes clusters reach them",
            ),
        }
    }
    Ok(())
}

/// The seeds of the old ring: as the status has them, or as CassKop computes them (`InitSeedList`).
fn old_seeds(all: All<'_, '_>) -> Result<Vec<String>, Refusal> {
    let at = all.first().root.keys(&["status", "seedlist"]);
    let written = optional::<Vec<String>>(&at)?.unwrap_or_default();
    if !written.is_empty() {
        return Ok(written);
    }
    let metadata = all.first().root.key("metadata");
    let text = |key: &str| metadata.key(key).value().and_then(Value::as_str).unwrap_or_default();
    let (cluster, namespace) = (text("name"), text("namespace"));
    let namespace = if namespace.is_empty() { String::new() } else { format!(".{namespace}") };
    let host =
        |site: &Site<'_>, rack: &str, pod: u32| format!("{cluster}-{}-{rack}-{pod}.{cluster}{namespace}", site.name);
    let mut seeds = Vec::new();
    for site in all.sites {
        seeds.extend(site.seeds(SEEDS).map(|(rack, pod)| host(site, rack, pod)));
    }
    Ok(seeds)
}
