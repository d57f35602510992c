//! The ConfigMaps: immutable configuration under a name that is its content's hash, and what pods read without being
//! restarted: seeds, start order, the desired ring.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use cassc_ring::names;
use k8s_openapi::api::core::v1::ConfigMap;
use sha2::{Digest, Sha256};

use super::config::Settings;
use super::{Here, Object, Retirement, config, kit};
use crate::cluster::{Cluster, Datacenter, Node, Rack, StringMap};
use crate::stages::Stage;

/// One generation of configuration.
pub(super) struct Configuration<'c> {
    settings: Settings<'c>,
    /// The name of its ConfigMap: pods that refer to it restart when the content changes, and only then.
    name: String,
    files: BTreeMap<String, String>,
}

/// The configurations of a datacenter: one for all racks of equal settings.
pub(super) fn configurations<'c>(here: Here<'c>, datacenter: &'c Datacenter) -> Vec<Configuration<'c>> {
    let mut found: Vec<Configuration<'c>> = Vec::new();
    for settings in datacenter.racks.iter().map(|rack| Settings::of(datacenter, rack)) {
        if found.iter().all(|configuration| configuration.settings != settings) {
            let files = config::files(here.cluster, datacenter, settings);
            let name = names::configuration(&here.cluster.name, &datacenter.name, &hash(&files));
            found.push(Configuration { settings, name, files });
        }
    }
    found
}

/// The name of a rack's configuration.
pub(super) fn name_for<'n>(configurations: &'n [Configuration<'_>], datacenter: &Datacenter, rack: &Rack) -> &'n str {
    let settings = Settings::of(datacenter, rack);
    let mut names = configurations.iter().filter(|it| it.settings == settings).map(|it| it.name.as_str());
    names.next().expect("every rack of the datacenter got a configuration")
}

/// The ConfigMaps of the configurations, each once. Immutable, and kept when no longer rendered: a pod of the old
/// generation that restarts finds its old files.
pub(super) fn distinct(here: Here<'_>, datacenter: &Datacenter, configurations: Vec<Configuration<'_>>) -> Vec<Object> {
    let by_name: BTreeMap<String, StringMap> = configurations.into_iter().map(|it| (it.name, it.files)).collect();
    let object = |(name, files)| {
        let config_map = ConfigMap {
            metadata: kit::metadata(here, name, kit::datacenter_selector(here.cluster, datacenter)),
            data: Some(files),
            immutable: Some(true),
            binary_data: None,
        };
        Object { stage: Stage::Base, retirement: Retirement::Keep, resource: config_map.into() }
    };
    by_name.into_iter().map(object).collect()
}

/// The first eight hexadecimal digits of SHA-256 over names and contents, each preceded by its length.
fn hash(files: &BTreeMap<String, String>) -> String {
    let mut digest = Sha256::new();
    for text in files.iter().flat_map(|(name, content)| [name, content]) {
        digest.update((text.len() as u64).to_be_bytes());
        digest.update(text);
    }
    eight_digits(digest)
}

/// The first eight hexadecimal digits of a digest.
pub(super) fn eight_digits(digest: Sha256) -> String {
    digest.finalize().iter().take(4).fold(String::new(), |mut name, byte| {
        write!(name, "{byte:02x}").expect("writing to a String cannot fail");
        name
    })
}

/// What the gate of a starting pod reads: who starts before it, Cassandra's seeds, and whether a ring may be founded.
/// None of it is in the pod template: adding nodes or forbidding to found restarts nothing.
pub(super) fn start_order(here: Here<'_>) -> Object {
    let lines = nodes(here).map(|node| start_order_line(here, node)).collect();
    let mut data = kit::strings([("start-order", &text(lines)), ("seeds", &text(seeds(here)))]);
    let additional = here.cluster.seeds_elsewhere(here.kube_cluster).all().cloned().collect();
    data.insert("additional-seeds".to_owned(), text(additional));
    data.insert("founder".to_owned(), if may_found(here) { "yes\n" } else { "no\n" }.to_owned());
    data.insert("system-replication".to_owned(), text(system_replication(here.cluster).into_iter().collect()));
    stable(here, names::start_order(&here.cluster.name), data)
}

/// The pods of a Kubernetes cluster in the order of their first start, datacenter by datacenter.
fn nodes(here: Here<'_>) -> impl Iterator<Item = Node<'_>> {
    here.cluster.datacenters_in(here.kube_cluster).into_iter().flat_map(Datacenter::in_start_order)
}

/// Pod, its governing service, and the service that names it once it is ready.
fn start_order_line(here: Here<'_>, node: Node<'_>) -> String {
    let (cluster, datacenter) = (here.cluster, node.datacenter);
    let service = |name: String| match &datacenter.namespace {
        Some(namespace) => format!("{name}.{namespace}.svc.{}", cluster.domain),
        None => name,
    };
    let all_pods = service(names::all_pods_service(&cluster.name, &datacenter.name));
    let cql = service(names::cql_service(&cluster.name, &datacenter.name));
    format!("{} {all_pods} {cql}", node.pod())
}

fn seeds(here: Here<'_>) -> Vec<String> {
    let cluster = here.cluster;
    let of_datacenter = |datacenter: &Datacenter| {
        let service = names::all_pods_service(&cluster.name, &datacenter.name);
        let name = |pod: &String| names::in_service(pod, &service, datacenter.namespace.as_deref(), &cluster.domain);
        datacenter.seeds.iter().map(name).collect::<Vec<_>>()
    };
    cluster.datacenters_in(here.kube_cluster).into_iter().flat_map(of_datacenter).collect()
}

/// Only where the first datacenter lives.
fn may_found(here: Here<'_>) -> bool {
    let first = here.cluster.datacenters.first();
    let lives_here = first.is_some_and(|first| first.kube_cluster.as_deref() == here.kube_cluster);
    lives_here && here.cluster.may_found()
}

/// The agent passes over a replication that is not 1 to 5, and with it over the whole datacenter
/// (`SystemDistributedReplicationInterceptor` of the Management API).
const MOST_REPLICAS_OF_THE_AGENT: u32 = 5;

/// How Cassandra's distributed keyspaces are made when the ring is founded: in every datacenter that has nodes, and
/// never more replicas than nodes. It stands here and not in the option files, because it changes with the number of
/// nodes and no pod may restart for that.
fn system_replication(cluster: &Cluster) -> Option<String> {
    let ring = cluster.ring();
    let text =
        |(name, replicas): (&str, u32)| format!("{}:{}", escaped(name), replicas.min(MOST_REPLICAS_OF_THE_AGENT));
    let replicas: Vec<String> = ring.system_replicas().map(text).collect();
    (!replicas.is_empty()).then(|| replicas.join(","))
}

/// The agent undoes Java's escapes; the start script, which splits options at blanks, does not.
fn escaped(name: &str) -> String {
    let plain = |unit: &u16| {
        char::from_u32((*unit).into()).filter(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
    };
    name.encode_utf16().map(|unit| plain(&unit).map_or_else(|| format!("\\u{unit:04x}"), String::from)).collect()
}

fn text(lines: Vec<String>) -> String {
    lines.into_iter().map(|line| line + "\n").collect()
}

/// The ring as the topology wants it, all Kubernetes clusters included.
pub(super) fn desired_ring(here: Here<'_>, ring_json: &str) -> Object {
    let cluster = here.cluster;
    let generation = format!("{}\n", cluster.generation);
    let data = kit::strings([("ring.json", ring_json), ("generation", &generation)]);
    stable(here, names::desired_ring(&cluster.name), data)
}

/// A ConfigMap that keeps its name: changing it restarts nothing.
fn stable(here: Here<'_>, name: String, data: StringMap) -> Object {
    let config_map = ConfigMap {
        metadata: kit::metadata(here, name, kit::cluster_selector(here.cluster)),
        data: Some(data),
        ..ConfigMap::default()
    };
    Object::pruned(Stage::Base, config_map)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_the_start_script() {
        assert_eq!(escaped("us-east_1.a"), "us-east_1.a");
        assert_eq!(escaped("dc 1:é😀"), "dc\\u00201\\u003a\\u00e9\\ud83d\\ude00");
    }
}
