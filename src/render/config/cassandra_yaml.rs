//! `cassandra.yaml`: the base of the minor, the keys that follow from the topology, and on top what the user wrote.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use cassc_cassandra::config_keys::table;
use cassc_ring::release::Minor;
use serde_json::{Value, json};

use crate::cluster::{Cluster, Datacenter};
use crate::parse::embedded;
use crate::text::plain_file;
use crate::topology::Authenticator;
use crate::topology::merge::merge_value;
use crate::yaml;

/// Keys with their values.
type Keys = BTreeMap<String, Value>;

static V3_11: LazyLock<Keys> = LazyLock::new(|| base(plain_file!("cassandra/3.11/cassandra.yaml")));
static V4_0: LazyLock<Keys> = LazyLock::new(|| base(plain_file!("cassandra/4.0/cassandra.yaml")));
static V4_1: LazyLock<Keys> = LazyLock::new(|| base(plain_file!("cassandra/4.1/cassandra.yaml")));
static V5_0: LazyLock<Keys> = LazyLock::new(|| base(plain_file!("cassandra/5.0/cassandra.yaml")));

fn base(text: &str) -> Keys {
    match embedded::value(text) {
        Value::Object(keys) => keys.into_iter().collect(),
        other => unreachable!("a cassandra.yaml is a map, not {other}"),
    }
}

fn base_of(minor: Minor) -> &'static Keys {
    match minor {
        Minor::V3_11 => &V3_11,
        Minor::V4_0 => &V4_0,
        Minor::V4_1 => &V4_1,
        Minor::V5_0 => &V5_0,
    }
}

/// The text of `cassandra.yaml`, sorted by key, with the words between @ signs that the gate fills in.
pub(super) fn text(cluster: &Cluster, datacenter: &Datacenter, user: &Keys) -> String {
    let keys = keys(cluster, datacenter, user);
    yaml::to_string(&keys).expect("keys are names of Cassandra and values came from YAML")
}

/// The keys of `cassandra.yaml`.
pub(super) fn keys(cluster: &Cluster, datacenter: &Datacenter, user: &Keys) -> Keys {
    let minor = cluster.version.minor;
    let mut keys = base_of(minor).clone();
    keys.extend(computed(cluster, datacenter));
    with_user_keys(keys, user, minor)
}

/// The keys that follow from the topology.
fn computed(cluster: &Cluster, datacenter: &Datacenter) -> Vec<(String, Value)> {
    let (authenticator, authorizer) = match cluster.authenticator {
        Authenticator::Password => ("PasswordAuthenticator", "CassandraAuthorizer"),
        Authenticator::AllowAll => ("AllowAllAuthenticator", "AllowAllAuthorizer"),
    };
    let replication = allocated_replication(cluster, datacenter)
        .map(|replicas| ("allocate_tokens_for_local_replication_factor", json!(replicas)));
    let always = [
        ("cluster_name", json!(cluster.ring_name)),
        ("authenticator", json!(authenticator)),
        ("authorizer", json!(authorizer)),
        ("native_transport_port", json!(datacenter.native_port)),
    ];
    always.into_iter().chain(replication).map(|(key, value)| (key.to_owned(), value)).collect()
}

/// The replication that new nodes choose their tokens for, unless the user sets it.
const ALLOCATED_REPLICATION: usize = 3;

/// Cassandra refuses to start a node when there are several racks but fewer than replicas
/// (`TokenAllocation.createStrategy` of apache/cassandra); 3.11 does not have the key. It depends on the number of
/// racks alone, so that a ring that grows does not restart.
fn allocated_replication(cluster: &Cluster, datacenter: &Datacenter) -> Option<usize> {
    let racks = datacenter.racks.len();
    let fits = racks <= 1 || racks >= ALLOCATED_REPLICATION;
    (cluster.version.minor >= Minor::V4_0 && fits).then_some(ALLOCATED_REPLICATION)
}

/// Lays the user's keys over ours: maps key by key, anything else replaces; null stays null.
fn with_user_keys(mut keys: Keys, user: &Keys, minor: Minor) -> Keys {
    drop_replaced(&mut keys, user, minor);
    for (key, value) in user {
        merge_value(keys.entry(key.clone()).or_insert(Value::Null), value);
    }
    keys
}

/// Removes what the user sets under another name: Cassandra refuses an old and a new name of one setting together
/// (`Config contains both old and new keys`), and the period of another way to sync the commit log. Naming a keyspace
/// for token allocation replaces naming a replication.
fn drop_replaced(keys: &mut Keys, user: &Keys, minor: Minor) {
    let newest_name = |key: &str| {
        let known = table(minor).get(key)?;
        Some(known.replaced_by.map_or(known.name, |replacement| replacement.name))
    };
    for key in user.keys() {
        let setting = newest_name(key);
        keys.retain(|ours, _| ours == key || setting.is_none() || newest_name(ours) != setting);
    }
    if user.get("commitlog_sync").is_some_and(|sync| sync != "periodic") {
        keys.retain(|key, _| !key.starts_with("commitlog_sync_period"));
    }
    if user.contains_key("allocate_tokens_for_keyspace") {
        keys.remove("allocate_tokens_for_local_replication_factor");
    }
}

#[cfg(test)]
mod tests {
    use cassc_cassandra::config_keys::examine;
    use cassc_ring::release::MINORS;

    use super::*;

    fn laid_over(minor: Minor, user: &Value) -> Keys {
        let user: Keys = user.as_object().expect("a map").clone().into_iter().collect();
        with_user_keys(base_of(minor).clone(), &user, minor)
    }

    #[test]
    fn every_key_of_every_base_is_one_that_the_minor_accepts_under_its_newest_name() {
        for minor in MINORS {
            let config = base_of(minor).clone().into_iter().collect();
            assert_eq!(examine(minor, &config), [], "{minor}");
        }
    }

    #[test]
    fn an_old_name_takes_the_place_of_ours() {
        let keys =
            laid_over(Minor::V4_1, &json!({"compaction_throughput_mb_per_sec": 16, "enable_sasi_indexes": true}));
        assert_eq!(keys.get("compaction_throughput"), None);
        assert_eq!(keys.get("sasi_indexes_enabled"), None);
        assert_eq!(keys["compaction_throughput_mb_per_sec"], 16);
        assert_eq!(laid_over(Minor::V4_0, &json!({"compaction_throughput_mb_per_sec": 16})).len(), V4_0.len());
    }

    #[test]
    fn another_way_to_sync_the_commit_log_takes_our_period_away() {
        for minor in MINORS {
            let keys = laid_over(minor, &json!({"commitlog_sync": "batch"}));
            assert_eq!(keys.keys().filter(|key| key.starts_with("commitlog_sync_")).count(), 0, "{minor}");
            assert_eq!(laid_over(minor, &json!({"commitlog_sync": "periodic"})).len(), base_of(minor).len());
        }
    }

    #[test]
    fn null_and_maps_of_the_user_stay_what_they_are() {
        let user = json!({"slow_query_log_timeout": null, "startup_checks": {"check_data_resurrection": {}}});
        let keys = laid_over(Minor::V5_0, &user);
        assert_eq!(keys["slow_query_log_timeout"], Value::Null);
        assert_eq!(keys["startup_checks"], user["startup_checks"]);
        assert_eq!(keys.len(), V5_0.len() + 1);
    }

    #[test]
    fn a_memtable_of_the_user_joins_those_of_the_image() {
        let keys = laid_over(Minor::V5_0, &json!({"memtable": {"configurations": {"default": {"inherits": "trie"}}}}));
        assert_eq!(keys["memtable"]["configurations"]["default"]["inherits"], "trie");
        assert_eq!(keys["memtable"]["configurations"]["trie"]["class_name"], "TrieMemtable");
    }

    #[test]
    fn a_keyspace_for_token_allocation_replaces_the_replication() {
        let mut keys = Keys::from([("allocate_tokens_for_local_replication_factor".to_owned(), json!(3))]);
        drop_replaced(
            &mut keys,
            &Keys::from([("allocate_tokens_for_keyspace".to_owned(), json!("shop"))]),
            Minor::V4_1,
        );
        assert_eq!(keys, Keys::new());
    }
}
