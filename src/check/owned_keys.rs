//! The keys of `cassandra.yaml` that are not the user's to set, each with what to do instead. Called by the rules
//! about the configuration.

/// Why a key is not the user's, and what stands for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct OwnedKey {
    /// The key at the top of `cassandra.yaml`.
    pub(super) name: &'static str,
    /// Why, in a few words for under the key.
    pub(super) reason: &'static str,
    /// What to do instead.
    pub(super) instead: &'static str,
}

const ADDRESS: &str = "every pod has an address of its own";
const LEAVE: &str = "leave it out";
const SNITCH: &str = "datacenter and rack come from the topology (`GossipingPropertyFileSnitch`)";
const USE_RACKS: &str = "name `datacenters` and `racks`, with `ringName` where Cassandra's names differ";
const PORT: &str = "services, probes and the ports of the pod depend on it";
const AUTH: &str = "`auth` decides who may log in";
const USE_AUTH: &str =
    "set `auth.authenticator` to `Password` or `AllowAll`; it brings authorizer and role manager along";
const SEEDS: &str = "seeds are chosen, and a pod must not find itself among them before it has data";
const THRIFT: &str = "Thrift has no port, no probe and no authentication here";

const fn key(name: &'static str, reason: &'static str, instead: &'static str) -> OwnedKey {
    OwnedKey { name, reason, instead }
}

/// Every such key, of all minors.
const OWNED_KEYS: &[OwnedKey] = &[
    key("authenticator", AUTH, USE_AUTH),
    key("authorizer", AUTH, USE_AUTH),
    key("auto_bootstrap", "a node that joins without its data answers reads with nothing", LEAVE),
    key("broadcast_address", ADDRESS, LEAVE),
    key("broadcast_rpc_address", ADDRESS, "to reach nodes from outside, set `nodePort` of the datacenter"),
    key("cluster_name", "it is the same for the whole ring and never changes", "set `spec.clusterName`"),
    key("endpoint_snitch", SNITCH, USE_RACKS),
    key("initial_location_provider", SNITCH, USE_RACKS),
    key("listen_address", ADDRESS, LEAVE),
    key("listen_interface", ADDRESS, LEAVE),
    key("listen_interface_prefer_ipv6", ADDRESS, LEAVE),
    key("listen_on_broadcast_address", ADDRESS, LEAVE),
    key("native_transport_port", PORT, "to open a port on every worker, set `nodePort` of the datacenter"),
    key("native_transport_port_ssl", PORT, "encrypt the one port with `client_encryption_options`"),
    key("node_proximity", SNITCH, USE_RACKS),
    key("role_manager", AUTH, USE_AUTH),
    key("rpc_address", ADDRESS, LEAVE),
    key("rpc_interface", ADDRESS, LEAVE),
    key("rpc_interface_prefer_ipv6", ADDRESS, LEAVE),
    key("rpc_port", THRIFT, LEAVE),
    key("seed_provider", SEEDS, "name nodes that run elsewhere under `additionalSeeds`"),
    key("seeds", SEEDS, "name nodes that run elsewhere under `additionalSeeds`"),
    key("ssl_storage_port", PORT, LEAVE),
    key("start_native_transport", "the Management API starts Cassandra and its probes wait for it", LEAVE),
    key("start_rpc", THRIFT, LEAVE),
    key("storage_port", PORT, LEAVE),
];

/// The entry of a key, by the first part of its name: parts of an owned key are owned.
pub(super) fn owned_key(name: &str) -> Option<&'static OwnedKey> {
    let top = name.split('.').next().unwrap_or_default();
    OWNED_KEYS.iter().find(|owned| owned.name == top)
}

/// Whether a key is not the user's to set.
pub(super) fn is_owned(name: &str) -> bool {
    owned_key(name).is_some()
}

/// The keys that name a directory of Cassandra's data; one holds a list.
pub(super) const DATA_DIRECTORIES: [&str; 5] = [
    "cdc_raw_directory",
    "commitlog_directory",
    "data_file_directories",
    "hints_directory",
    "local_system_data_file_directory",
];

/// A directory of what can be computed again.
pub(super) const CACHE_DIRECTORY: &str = "saved_caches_directory";

#[cfg(test)]
mod tests {
    use cassc_cassandra::config_keys::table;
    use cassc_ring::release::MINORS;

    use super::*;

    #[test]
    fn owned_keys_are_keys_of_some_minor_or_guesses_at_one() {
        let guesses = ["seeds", "initial_location_provider", "node_proximity"];
        for name in OWNED_KEYS.iter().map(|owned| owned.name).chain(DATA_DIRECTORIES).chain([CACHE_DIRECTORY]) {
            let known = MINORS.into_iter().any(|minor| table(minor).get(name).is_some());
            assert_eq!(known, !guesses.contains(&name), "{name}");
        }
    }
}
