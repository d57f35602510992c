//! The keys of `cassandra.yaml` that cassc manages, each with what to write instead. Called by the rules about the
//! configuration.

/// A key that cassc manages.
#[derive(Clone, Copy, Debug)]
pub(super) struct OwnedKey {
    /// The key at the top of `cassandra.yaml`.
    pub(super) name: &'static str,
    /// Why, as a label under the key.
    pub(super) reason: &'static str,
    /// What to write instead, as a help line.
    pub(super) instead: &'static str,
}

const ADDRESS: &str = "the address of the pod";
const LEAVE: &str = "remove it";
const SNITCH: &str = "follows from datacenters and racks";
const USE_RACKS: &str = "write `datacenters` and `racks`, with `ringName` if Cassandra's names differ";
const PORT: &str = "services and probes depend on it";
const AUTH: &str = "follows from `auth`";
const USE_AUTH: &str =
    "write `auth: {authenticator: Password}` or `AllowAll`; it also sets authorizer and role manager";
const SEEDS: &str = "cassc chooses the seeds";
const THRIFT: &str = "Thrift is not supported";

const fn key(name: &'static str, reason: &'static str, instead: &'static str) -> OwnedKey {
    OwnedKey { name, reason, instead }
}

/// The managed keys of all minors.
const OWNED_KEYS: &[OwnedKey] = &[
    key("authenticator", AUTH, USE_AUTH),
    key("authorizer", AUTH, USE_AUTH),
    key("auto_bootstrap", "new nodes must stream data", LEAVE),
    key("broadcast_address", ADDRESS, LEAVE),
    key("broadcast_rpc_address", ADDRESS, "write `nodePort` of the datacenter to reach nodes from outside"),
    key("cluster_name", "the same for the whole ring", "write `spec.clusterName`"),
    key("endpoint_snitch", SNITCH, USE_RACKS),
    key("initial_location_provider", SNITCH, USE_RACKS),
    key("listen_address", ADDRESS, LEAVE),
    key("listen_interface", ADDRESS, LEAVE),
    key("listen_interface_prefer_ipv6", ADDRESS, LEAVE),
    key("listen_on_broadcast_address", ADDRESS, LEAVE),
    key("native_transport_port", PORT, "write `nodePort` of the datacenter to open a port on every worker"),
    key("native_transport_port_ssl", PORT, "encrypt the CQL port with `client_encryption_options`"),
    key("node_proximity", SNITCH, USE_RACKS),
    key("role_manager", AUTH, USE_AUTH),
    key("rpc_address", ADDRESS, LEAVE),
    key("rpc_interface", ADDRESS, LEAVE),
    key("rpc_interface_prefer_ipv6", ADDRESS, LEAVE),
    key("rpc_port", THRIFT, LEAVE),
    key("seed_provider", SEEDS, "add nodes outside this topology to `additionalSeeds`"),
    key("seeds", SEEDS, "add nodes outside this topology to `additionalSeeds`"),
    key("ssl_storage_port", PORT, LEAVE),
    key("start_native_transport", "the probes depend on it", LEAVE),
    key("start_rpc", THRIFT, LEAVE),
    key("storage_port", PORT, LEAVE),
];

/// The entry of a key by the first part of its name: cassc manages a nested object as a whole.
pub(super) fn owned_key(name: &str) -> Option<&'static OwnedKey> {
    let top = name.split('.').next().unwrap_or_default();
    OWNED_KEYS.iter().find(|owned| owned.name == top)
}

/// Whether cassc manages a key.
pub(super) fn is_owned(name: &str) -> bool {
    owned_key(name).is_some()
}

/// The keys that name a directory with data; one of them holds a list.
pub(super) const DATA_DIRECTORIES: [&str; 5] = [
    "cdc_raw_directory",
    "commitlog_directory",
    "data_file_directories",
    "hints_directory",
    "local_system_data_file_directory",
];

/// The directory of the caches, which Cassandra can fill again.
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
