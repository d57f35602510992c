//! Memory outside the heap that a configuration names: keys of `cassandra.yaml` and options of the JVM → amounts. Key and
//! counter caches, prepared statements and on-heap memtables are part of the heap.

use cassc_cassandra::config_keys::{DataStorage, StorageUnit, Width, check_value, table};
use cassc_ring::release::Minor;
use serde_json::Value;

use super::{MEBIBYTE, jvm_bytes};

/// The option that limits direct buffers, up to its value.
pub(crate) const MAX_DIRECT_MEMORY: &str = "-XX:MaxDirectMemorySize=";
/// The option that limits the direct buffers of Netty, which are not counted as those of the JVM where Netty makes them
/// itself (io.netty.util.internal.PlatformDependent, `io.netty.tryReflectionSetAccessible`), up to its value in bytes.
pub(crate) const NETTY_DIRECT_MEMORY: &str = "-Dio.netty.maxDirectMemory=";

/// The settings that have a part in it: the newest name, and the one up to 4.0, whose numbers are mebibytes.
pub(crate) const SETTINGS: [(&str, &str); 8] = [
    ("memtable_allocation_type", "memtable_allocation_type"),
    ("memtable_offheap_space", "memtable_offheap_space_in_mb"),
    ("file_cache_size", "file_cache_size_in_mb"),
    ("networking_cache_size", "networking_cache_size_in_mb"),
    ("row_cache_size", "row_cache_size_in_mb"),
    ("index_summary_capacity", "index_summary_capacity_in_mb"),
    ("repair_session_space", "repair_session_space_in_mb"),
    ("use_offheap_merkle_trees", "use_offheap_merkle_trees"),
];

/// Where memtables keep their data (`memtable_allocation_type`, apache/cassandra `AbstractAllocatorMemtable`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Memtables {
    /// On the heap.
    #[default]
    OnHeap,
    /// `offheap_buffers`: direct buffers.
    Direct,
    /// `offheap_objects`: native memory, which is no direct memory.
    Native,
}

/// Memory outside the heap that a configuration names, in mebibytes, rounded up. `None` leaves a part at its default, which
/// follows from the heap.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct OffHeap {
    /// Where memtables keep their data.
    pub memtables: Memtables,
    /// `memtable_offheap_space`, used by memtables outside the heap.
    pub memtable_space: Option<u64>,
    /// `file_cache_size`: chunks of data files, and buffers of readers (direct buffers).
    pub file_cache: Option<u64>,
    /// `networking_cache_size`, since 4.0 (direct buffers).
    pub networking_cache: Option<u64>,
    /// `row_cache_size`. Both providers that Cassandra ships keep rows in native memory.
    pub row_cache: u64,
    /// `index_summary_capacity` (native memory).
    pub index_summaries: u64,
    /// `repair_session_space`, since 4.0 (direct buffers, unless `use_offheap_merkle_trees` is false).
    pub merkle_trees: u64,
    /// `-XX:MaxDirectMemorySize`.
    pub direct_limit: Option<u64>,
    /// `-Dio.netty.maxDirectMemory`.
    pub netty: u64,
    /// The heap of the Management API, which runs in the same container. Not a part of Cassandra's configuration: whoever knows
    /// it fills it in.
    pub management_heap: Option<u64>,
}

impl OffHeap {
    /// A configuration that names none.
    pub(crate) const NONE: Self = Self {
        memtables: Memtables::OnHeap,
        memtable_space: None,
        file_cache: None,
        networking_cache: None,
        row_cache: 0,
        index_summaries: 0,
        merkle_trees: 0,
        direct_limit: None,
        netty: 0,
        management_heap: None,
    };

    /// What a configuration names. `key` gives the value of a key of `cassandra.yaml`; of two equal options the JVM takes
    /// the last. Values that Cassandra does not take count as not written: other rules refuse them.
    pub(crate) fn of(minor: Minor, key: impl Fn(&str) -> Option<Value>, options: &[String]) -> Self {
        let amount = |newest: &str| amount(minor, newest, &key);
        let word = |name: &str| match valid(minor, name, &key)? {
            Value::String(text) => Some(text.to_ascii_lowercase()),
            Value::Bool(value) => Some(value.to_string()),
            _ => None,
        };
        let allocation = word("memtable_allocation_type");
        let on_heap_trees = matches!(word("use_offheap_merkle_trees").as_deref(), Some("false" | "no" | "off"));
        let trees = if minor == Minor::V3_11 || on_heap_trees { None } else { amount("repair_session_space") };
        Self {
            memtables: match allocation.as_deref() {
                Some("offheap_buffers") => Memtables::Direct,
                Some("offheap_objects") => Memtables::Native,
                _ => Memtables::OnHeap,
            },
            memtable_space: amount("memtable_offheap_space"),
            file_cache: amount("file_cache_size"),
            networking_cache: amount("networking_cache_size"),
            row_cache: amount("row_cache_size").unwrap_or_default(),
            index_summaries: amount("index_summary_capacity").unwrap_or_default(),
            merkle_trees: trees.unwrap_or_default(),
            direct_limit: option(options, MAX_DIRECT_MEMORY),
            netty: option(options, NETTY_DIRECT_MEMORY).unwrap_or_default(),
            management_heap: None,
        }
    }
}

/// The position of the option that holds: of two the JVM takes the last.
pub(crate) fn last_option(options: &[String], begins: &str) -> Option<usize> {
    options.iter().rposition(|option| option.trim().starts_with(begins))
}

/// The amount of an option; 0 leaves it at its default.
fn option(options: &[String], begins: &str) -> Option<u64> {
    let written = options[last_option(options, begins)?].trim().strip_prefix(begins)?;
    jvm_bytes(written).map(|bytes| bytes.div_ceil(MEBIBYTE)).filter(|amount| *amount > 0)
}

fn valid(minor: Minor, name: &str, key: &impl Fn(&str) -> Option<Value>) -> Option<Value> {
    let value = key(name)?;
    check_value(table(minor).get(name)?, &value).is_ok().then_some(value)
}

fn amount(minor: Minor, newest: &str, key: &impl Fn(&str) -> Option<Value>) -> Option<u64> {
    const ANY: DataStorage = DataStorage { smallest: StorageUnit::Bytes, width: Width::Long };
    let (_, old) = SETTINGS.into_iter().find(|(name, _)| *name == newest)?;
    [newest, old].into_iter().find_map(|name| match valid(minor, name, key)? {
        Value::Number(mebibytes) => mebibytes.as_u64(),
        Value::String(text) => text.parse().ok().or_else(|| ANY.read(&text).map(|bytes| bytes.div_ceil(MEBIBYTE))),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use cassc_ring::release::MINORS;
    use serde_json::json;

    use super::*;

    fn of(minor: Minor, config: &Value, options: &[&str]) -> OffHeap {
        let options: Vec<String> = options.iter().map(|option| (*option).to_owned()).collect();
        OffHeap::of(minor, |key| config.get(key).cloned(), &options)
    }

    #[test]
    fn every_setting_is_a_key_by_the_name_of_its_minor() {
        for (newest, old) in SETTINGS {
            let newest_is_known = table(Minor::V5_0).get(newest).is_some();
            assert!(newest_is_known && table(Minor::V4_0).get(old).is_some(), "{newest}");
        }
    }

    #[test]
    fn both_names_and_both_forms_of_an_amount_are_read() {
        for minor in MINORS {
            let old = json!({"memtable_allocation_type": "offheap_objects", "memtable_offheap_space_in_mb": 2048,
                "file_cache_size_in_mb": 1024, "row_cache_size_in_mb": 512, "index_summary_capacity_in_mb": 100});
            let expected = OffHeap {
                memtables: Memtables::Native,
                memtable_space: Some(2048),
                file_cache: Some(1024),
                row_cache: 512,
                index_summaries: 100,
                ..OffHeap::NONE
            };
            assert_eq!(of(minor, &old, &[]), expected, "{minor}");
        }
        let new = json!({"memtable_allocation_type": "offheap_buffers", "memtable_offheap_space": "2GiB",
            "networking_cache_size": "256MiB", "repair_session_space": "1GiB"});
        let expected = OffHeap {
            memtables: Memtables::Direct,
            memtable_space: Some(2048),
            networking_cache: Some(256),
            merkle_trees: 1024,
            ..OffHeap::NONE
        };
        for minor in [Minor::V4_1, Minor::V5_0] {
            assert_eq!(of(minor, &new, &[]), expected, "{minor}");
        }
        // 4.0 does not have these names, 3.11 has neither the networking cache nor direct Merkle trees.
        assert_eq!(of(Minor::V4_0, &json!({"file_cache_size": "1GiB"}), &[]), OffHeap::NONE);
        let newer = json!({"networking_cache_size_in_mb": 256, "repair_session_space_in_mb": 1024});
        assert_eq!(of(Minor::V3_11, &newer, &[]), OffHeap::NONE);
        assert_eq!(of(Minor::V4_0, &newer, &[]).merkle_trees, 1024);
        let on_heap = json!({"repair_session_space": "1GiB", "use_offheap_merkle_trees": false});
        assert_eq!(of(Minor::V4_1, &on_heap, &[]), OffHeap::NONE);
    }

    #[test]
    fn what_is_null_or_refused_elsewhere_is_not_counted() {
        for config in
            [json!({"file_cache_size": null}), json!({"file_cache_size": "1GB"}), json!({"row_cache_size": [1]})]
        {
            assert_eq!(of(Minor::V5_0, &config, &[]), OffHeap::NONE, "{config}");
        }
    }

    #[test]
    fn of_two_options_the_last_counts() {
        let limit = |options: &[&str]| of(Minor::V4_1, &json!({}), options).direct_limit;
        assert_eq!(limit(&["-XX:MaxDirectMemorySize=2G", " -XX:MaxDirectMemorySize=512m"]), Some(512));
        assert_eq!(limit(&["-XX:MaxDirectMemorySize=1048577"]), Some(2));
        assert_eq!(limit(&["-XX:MaxDirectMemorySize=0"]), None);
        assert_eq!(limit(&["-XX:MaxDirectMemorySize=x", "-Dx=-XX:MaxDirectMemorySize=1G"]), None);
        assert_eq!(of(Minor::V4_1, &json!({}), &["-Dio.netty.maxDirectMemory=1073741824"]).netty, 1024);
    }
}
