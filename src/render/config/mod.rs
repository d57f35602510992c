//! The files of the hashed `ConfigMap` that a pod template refers to: what Cassandra reads, and the scripts that run
//! around it. A rack comes in, file names with their texts go out; called by the renderer of the `StatefulSet`s.

mod cassandra_yaml;
mod jvm;
mod logging;
mod scripts;

use std::collections::BTreeMap;

use super::monitoring::agent_file;
use crate::cluster::{Cluster, Datacenter, Jvm, Rack};
use crate::text::plain_file;
use crate::topology::Config;

/// Datacenter and rack, for the gate to fill in.
const RACKDC_PROPERTIES: &str = plain_file!("cassandra/cassandra-rackdc.properties");

/// All that the files depend on in a rack. Racks with the same settings get the same files, and with them the same
/// `ConfigMap`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings<'c> {
    config: &'c Config,
    jvm: &'c Jvm,
    memory: Memory<'c>,
    /// The heap of the Management API, which shares that memory.
    management_heap: Option<u64>,
}

/// The memory of the container, which the comment above the heap explains.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Memory<'c> {
    limit: Option<&'c String>,
    request: Option<&'c String>,
}

impl<'c> Settings<'c> {
    /// The settings of a rack of a datacenter.
    pub fn of(datacenter: &Datacenter, rack: &'c Rack) -> Self {
        let memory = Memory { limit: rack.limits.get("memory"), request: rack.requests.get("memory") };
        Self { config: &rack.config, jvm: &rack.jvm, memory, management_heap: datacenter.management_api_heap }
    }
}

/// The keys of the `cassandra.yaml` that a rack of a datacenter runs with: those of the minor's template, those that
/// follow from the topology, and those of the user.
pub(crate) fn cassandra_keys(cluster: &Cluster, datacenter: &Datacenter, user: &Config) -> Config {
    cassandra_yaml::keys(cluster, datacenter, user)
}

/// File name → text.
///
/// There is no `cassandra-env.sh` among them: the image's own stays, because the entry point of the Management API
/// appends its agent to it (`docker-entrypoint.sh`), and it takes heap and garbage collection log from the option files
/// when the variables are set (apache/cassandra conf/cassandra-env.sh).
pub fn files(cluster: &Cluster, datacenter: &Datacenter, settings: Settings<'_>) -> BTreeMap<String, String> {
    let minor = cluster.version.minor;
    let mut files = BTreeMap::from([
        ("cassandra.yaml".to_owned(), cassandra_yaml::text(cluster, datacenter, settings.config)),
        ("cassandra-rackdc.properties".to_owned(), RACKDC_PROPERTIES.to_owned()),
        ("logback.xml".to_owned(), logging::text(minor, &cluster.logging)),
    ]);
    files.extend(jvm::files(cluster, settings));
    files.extend(scripts::files(cluster.defaults().scripts));
    let (name, text) = scripts::REAPER;
    files.extend(cluster.reaper_in_pods().map(|_| (name.to_owned(), text.to_owned())));
    files.extend(agent_file(cluster.filtered_by_agent()));
    files
}

#[cfg(test)]
mod tests {
    use cassc_cassandra::config_keys::examine;
    use cassc_cassandra::image::option_files;
    use cassc_ring::release::MINORS;
    use serde_json::Value;

    use super::*;
    use crate::check::fixtures::checked;
    use crate::parse::embedded;
    use crate::resolve::resolve;

    /// A cluster with these lines at the end of `spec`.
    fn cluster(version: &str, spec: &str) -> Cluster {
        let text = format!(
            "apiVersion: cassc/v1alpha1\nkind: CassandraTopology\nmetadata: {{name: shop}}\nspec:\n  \
             storage: {{size: 10Gi}}\n  resources: {{limits: {{memory: 8Gi}}}}\n  cassandra:\n    version: {version}\n{spec}"
        );
        resolve(&checked(&text), None)
    }

    const THREE_RACKS: &str = "  datacenters: [{name: dc1, nodes: 3, racks: [{name: r1}, {name: r2}, {name: r3}]}]\n";

    fn first_files(cluster: &Cluster) -> BTreeMap<String, String> {
        let datacenter = &cluster.datacenters[0];
        files(cluster, datacenter, Settings::of(datacenter, &datacenter.racks[0]))
    }

    fn yaml(cluster: &Cluster) -> Value {
        embedded::value(&first_files(cluster)["cassandra.yaml"])
    }

    #[test]
    fn every_minor_gets_its_files_with_keys_that_it_accepts() {
        for minor in MINORS {
            let cluster = cluster(&format!("{minor}.8"), THREE_RACKS);
            let files = first_files(&cluster);
            let Value::Object(keys) = embedded::value(&files["cassandra.yaml"]) else { unreachable!("it is a map") };
            assert_eq!(examine(minor, &keys), [], "{minor}");
            let options = option_files(minor);
            let named: Vec<&str> = files.keys().map(String::as_str).filter(|name| name.ends_with(".options")).collect();
            assert_eq!(named, [Some(options.common), options.per_jdk].into_iter().flatten().collect::<Vec<_>>());
            assert_eq!(files.len() - named.len(), 13, "{:?}", files.keys());
        }
    }

    #[test]
    fn the_words_that_the_gate_fills_in_stand_where_it_looks_for_them() {
        for minor in MINORS {
            let files = first_files(&cluster(&format!("{minor}.8"), THREE_RACKS));
            let words = |name: &str| {
                let words = files[name].split('@').skip(1).step_by(2).map(str::to_owned);
                words.collect::<std::collections::BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" ")
            };
            assert_eq!(words("cassandra.yaml"), "BROADCAST_RPC_ADDRESS POD_IP RPC_ADDRESS SEEDS", "{minor}");
            assert_eq!(words("cassandra-rackdc.properties"), "DATACENTER RACK");
            assert_eq!(words(option_files(minor).common), "PREFER_IPV4 PREFER_IPV6");
        }
    }

    #[test]
    fn racks_with_the_same_settings_share_their_files() {
        let cluster = cluster("4.1.9", THREE_RACKS);
        let racks = &cluster.datacenters[0].racks;
        let datacenter = &cluster.datacenters[0];
        let of = |rack| files(&cluster, datacenter, Settings::of(datacenter, rack));
        assert_eq!(of(&racks[0]), of(&racks[2]));
    }

    #[test]
    fn tokens_are_allocated_where_the_racks_allow_it() {
        let racks = |count: usize| (0..count).map(|rack| format!("{{name: r{rack}}}")).collect::<Vec<_>>().join(", ");
        let replicas = |version: &str, count: usize, nodes: u32| {
            let spec = format!("  datacenters: [{{name: dc1, nodes: {nodes}, racks: [{}]}}]\n", racks(count));
            yaml(&cluster(version, &spec)).get("allocate_tokens_for_local_replication_factor").and_then(Value::as_u64)
        };
        assert_eq!(replicas("5.0.6", 3, 9), Some(3));
        assert_eq!(replicas("5.0.6", 5, 5), Some(3));
        assert_eq!(replicas("5.0.6", 2, 6), None);
        assert_eq!(replicas("5.0.6", 1, 1), Some(3));
        assert_eq!(replicas("5.0.6", 1, 9), Some(3));
        assert_eq!(replicas("3.11.17", 3, 9), None);
    }

    #[test]
    fn the_user_has_the_last_word() {
        let spec = "    config: {num_tokens: 8, storage_compatibility_mode: NONE, cdc_enabled: true}\n    \
             jvm: {gc: ZGC, heap: 1Gi, options: [-XX:MaxDirectMemorySize=2G]}\n";
        let cluster = cluster("5.0.6", &format!("{spec}  auth: {{authenticator: AllowAll}}\n{THREE_RACKS}"));
        let (yaml, files) = (yaml(&cluster), first_files(&cluster));
        assert_eq!([&yaml["num_tokens"], &yaml["cdc_enabled"]], [&Value::from(8), &Value::from(true)]);
        assert_eq!(yaml["storage_compatibility_mode"], "NONE");
        assert_eq!([&yaml["authenticator"], &yaml["authorizer"]], ["AllowAllAuthenticator", "AllowAllAuthorizer"]);
        assert!(files["jvm17-server.options"].ends_with("\n-XX:MaxDirectMemorySize=2G\n"));
        assert!(files["jvm17-server.options"].contains("\n-XX:+UseZGC\n"));
        assert!(files["jvm-server.options"].contains("\n-Xms1024M\n-Xmx1024M\n"));
    }

    /// The comment above the heap, in each generation of defaults.
    fn heap_comments(cluster: &Cluster) -> Vec<String> {
        let comment = |revision| {
            let cluster = Cluster { revision, ..cluster.clone() };
            let options = first_files(&cluster).remove("jvm-server.options").expect("4.1 has it");
            options.lines().find(|line| line.contains("Management API 256M")).expect("it is there").to_owned()
        };
        [1, 2, 3].map(comment).to_vec()
    }

    #[test]
    fn the_comment_above_the_heap_counts_what_is_outside_it_since_the_third_generation() {
        let spec =
            "    config: {memtable_allocation_type: offheap_objects, row_cache_size: 512MiB}\n    jvm: {heap: 2Gi}\n";
        let comments = heap_comments(&cluster("4.1.9", &format!("{spec}{THREE_RACKS}")));
        let before = "# as written: limit 8192M = heap 2048M + collector 204M + buffers 640M + JVM 384M + Management API 256M + \
                      4660M for the page cache and the rest";
        let now = "# as written: limit 8192M = heap 2048M + collector 204M + buffers 640M + memtables 512M + row cache 512M + \
                   JVM 384M + Management API 256M + 3636M for the page cache and the rest";
        assert_eq!(comments, [before, before, now]);
        let plain = heap_comments(&cluster("4.1.9", THREE_RACKS));
        assert_eq!([&plain[1], &plain[2]], [&plain[0]; 2]);
    }

    #[test]
    fn a_request_is_not_called_a_limit_since_the_third_generation() {
        let mut cluster = cluster("4.1.9", THREE_RACKS);
        let rack = &mut cluster.datacenters[0].racks[0];
        rack.requests = std::mem::take(&mut rack.limits);
        let comments = heap_comments(&cluster);
        assert!(comments[1].starts_with("# auto: limit 8192M = heap 2048M"), "{}", comments[1]);
        assert!(comments[2].starts_with("# auto: request 8192M, no limit = heap 2048M"), "{}", comments[2]);
    }

    #[test]
    fn growth_changes_no_file() {
        let nodes = |nodes: u32| {
            let spec = format!("  datacenters:\n  - {{name: dc1, nodes: {nodes}, racks: [{{name: r1}}]}}\n");
            first_files(&cluster("4.1.9", &spec))
        };
        assert_eq!(nodes(1), nodes(6));
    }
}
