//! Limits of Cassandra's settings, in the names and units of the newest minor. Most rows apply to every minor that has the
//! key.
//!
//! All rows were read in `DatabaseDescriptor.applySimpleConfig` of 3.11.19, 4.0.19, 4.1.10 and 5.0.9 (`BootStrapper`
//! for the lower bound of `num_tokens`, `GuardrailsOptions` for the guardrails of 4.1 and 5.0). The real classes of
//! all four are run against them (`golden/configuration.rs`): they refuse what is refused here, but for `num_tokens: 0`,
//! which they refuse only when the node bootstraps.

use cassc_ring::release::Minor;

/// A setting with a smallest and a largest value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Its newest name.
    pub(super) name: &'static str,
    /// The smallest value.
    pub(super) least: Option<&'static str>,
    /// The largest value.
    pub(super) most: Option<&'static str>,
    /// The first minor that refuses other values.
    pub(super) since: Minor,
    /// The last one.
    pub(super) until: Minor,
}

const fn least(name: &'static str, least: &'static str) -> Limits {
    Limits { name, least: Some(least), most: None, since: Minor::V3_11, until: Minor::V5_0 }
}

const fn most(name: &'static str, most: &'static str) -> Limits {
    Limits { name, least: None, most: Some(most), since: Minor::V3_11, until: Minor::V5_0 }
}

const fn between(name: &'static str, least: &'static str, most: &'static str) -> Limits {
    Limits { name, least: Some(least), most: Some(most), since: Minor::V3_11, until: Minor::V5_0 }
}

/// Settings with limits of their own.
pub(super) const LIMITS: &[Limits] = &[
    between("phi_convict_threshold", "5", "16"),
    least("concurrent_reads", "2"),
    least("concurrent_writes", "2"),
    least("concurrent_counter_writes", "2"),
    least("concurrent_compactors", "1"),
    least("concurrent_materialized_view_builders", "1"),
    least("memtable_flush_writers", "0"),
    between("memtable_cleanup_threshold", "0.01", "0.99"),
    least("memtable_heap_space", "1MiB"),
    least("memtable_offheap_space", "0MiB"),
    between("num_tokens", "1", "1536"),
    between("commitlog_segment_size", "1MiB", "2047MiB"),
    between("max_value_size", "1MiB", "2047MiB"),
    between("native_transport_max_frame_size", "0MiB", "2047MiB"),
    least("user_defined_functions_warn_timeout", "0ms"),
    least("user_defined_functions_fail_timeout", "0ms"),
    Limits { since: Minor::V4_0, ..between("column_index_size", "0KiB", "2097151KiB") },
    between("column_index_cache_size", "0KiB", "2097151KiB"),
    Limits { since: Minor::V4_0, ..between("batch_size_warn_threshold", "0KiB", "2097151KiB") },
    least("dynamic_snitch_reset_interval", "1ms"),
    least("dynamic_snitch_update_interval", "1ms"),
    least("gc_warn_threshold", "0ms"),
    least("prepared_statements_cache_size", "1MiB"),
    least("key_cache_size", "0MiB"),
    least("counter_cache_size", "0MiB"),
    least("index_summary_capacity", "0MiB"),
    least("repair_session_max_tree_depth", "10"),
    least("repair_session_space", "1MiB"),
    least("snapshot_links_per_second", "0"),
    least("max_concurrent_automatic_sstable_upgrades", "0"),
    between("max_space_usable_for_compactions_in_percentage", "0", "1"),
    least("native_transport_min_backoff_on_queue_overload", "1ms"),
    least("data_disk_usage_max_disk_size", "1B"),
    least("thrift_prepared_statements_cache_size_mb", "1"),
    Limits { since: Minor::V4_1, ..least("credentials_update_interval", "1ms") },
    Limits { since: Minor::V4_1, ..most("compaction_throughput", "2147483646MiB/s") },
    Limits { since: Minor::V4_1, ..most("entire_sstable_inter_dc_stream_throughput_outbound", "2147483646MiB/s") },
    Limits { since: Minor::V4_1, ..most("entire_sstable_stream_throughput_outbound", "2147483646MiB/s") },
    Limits { since: Minor::V4_1, ..most("inter_dc_stream_throughput_outbound", "255999999MiB/s") },
    Limits { since: Minor::V4_1, ..most("stream_throughput_outbound", "255999999MiB/s") },
    Limits { until: Minor::V3_11, ..least("write_request_timeout", "10ms") },
    Limits { until: Minor::V3_11, ..between("otc_coalescing_enough_coalesced_messages", "1", "128") },
    Limits { until: Minor::V3_11, ..between("native_transport_max_negotiable_protocol_version", "3", "5") },
];

/// Two settings of which the first must not be higher than the second.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pair {
    /// The newest name of the lower one.
    pub(super) low: &'static str,
    /// The factor: `low` times this must not exceed `high`.
    pub(super) times: f64,
    /// The newest name of the higher one.
    pub(super) high: &'static str,
    /// The defaults of both, the same in the code and in the shipped cassandra.yaml of every minor.
    pub(super) defaults: (Option<&'static str>, Option<&'static str>),
    /// Whether they may be equal.
    pub(super) equal: Equal,
}

/// Whether two settings may be equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Equal {
    /// They may.
    Allowed,
    /// They may not.
    Refused,
}

const fn pair(low: &'static str, high: &'static str) -> Pair {
    Pair { low, times: 1.0, high, defaults: (None, None), equal: Equal::Allowed }
}

const fn message_size(high: &'static str, default: &'static str) -> Pair {
    Pair { defaults: (None, Some(default)), ..pair("internode_max_message_size", high) }
}

/// Settings that limit each other.
pub(super) const PAIRS: &[Pair] = &[
    Pair {
        defaults: (Some("500ms"), Some("1500ms")),
        ..pair("user_defined_functions_warn_timeout", "user_defined_functions_fail_timeout")
    },
    Pair { times: 2.0, defaults: (None, Some("32MiB")), ..pair("max_mutation_size", "commitlog_segment_size") },
    pair("coordinator_read_size_warn_threshold", "coordinator_read_size_fail_threshold"),
    pair("local_read_size_warn_threshold", "local_read_size_fail_threshold"),
    pair("row_index_read_size_warn_threshold", "row_index_read_size_fail_threshold"),
    message_size("internode_application_receive_queue_reserve_endpoint_capacity", "128MiB"),
    message_size("internode_application_receive_queue_reserve_global_capacity", "512MiB"),
    message_size("internode_application_send_queue_reserve_endpoint_capacity", "128MiB"),
    message_size("internode_application_send_queue_reserve_global_capacity", "512MiB"),
    pair("native_transport_max_message_size", "native_transport_max_request_data_in_flight"),
    pair("native_transport_max_message_size", "native_transport_max_request_data_in_flight_per_ip"),
    Pair {
        defaults: (Some("10ms"), Some("200ms")),
        equal: Equal::Refused,
        ..pair("native_transport_min_backoff_on_queue_overload", "native_transport_max_backoff_on_queue_overload")
    },
    Pair { defaults: (None, Some("1")), ..pair("minimum_replication_factor_fail_threshold", "default_keyspace_rf") },
];

/// Guardrails with `_warn_threshold` and `_fail_threshold`, since 4.1. -1 disables them, or null for those with a unit; 0 is
/// refused.
pub(super) const GUARDRAILS: [&str; 18] = [
    "keyspaces",
    "tables",
    "columns_per_table",
    "secondary_indexes_per_table",
    "materialized_views_per_table",
    "page_size",
    "partition_keys_in_select",
    "in_select_cartesian_product",
    "partition_size",
    "partition_tombstones",
    "column_value_size",
    "collection_size",
    "items_per_collection",
    "fields_per_udt",
    "vector_dimensions",
    "data_disk_usage_percentage",
    "maximum_replication_factor",
    "sai_sstable_indexes_per_query",
];

/// The guardrails that `templates/cassandra/5.0/cassandra.yaml` enables.
pub(super) const SHIPPED_WARNINGS: [(&str, &str); 2] =
    [("partition_size", "100MiB"), ("partition_tombstones", "100000")];

#[cfg(test)]
mod tests {
    use cassc_cassandra::config_keys::table;
    use cassc_ring::release::MINORS;
    use serde_json::json;

    use super::super::settings::amount;
    use super::*;

    #[test]
    fn the_shipped_warnings_are_those_of_the_template() {
        let template = include_str!("../../templates/cassandra/5.0/cassandra.yaml");
        let warnings = template.lines().filter_map(|line| line.split_once("_warn_threshold: "));
        let guardrails = warnings.filter(|(name, _)| GUARDRAILS.contains(name));
        assert_eq!(guardrails.collect::<Vec<_>>(), SHIPPED_WARNINGS);
    }

    #[test]
    fn every_name_is_a_key_and_every_limit_an_amount() {
        let known = |name: &str| MINORS.into_iter().any(|minor| table(minor).get(name).is_some());
        for limits in LIMITS {
            assert!(known(limits.name), "{}", limits.name);
            for limit in limits.least.into_iter().chain(limits.most) {
                assert!(amount(&json!(limit)).is_some(), "{limit}");
            }
        }
        for pair in PAIRS {
            assert!(known(pair.low) && known(pair.high), "{} {}", pair.low, pair.high);
        }
        for guardrail in GUARDRAILS {
            assert!(known(&format!("{guardrail}_warn_threshold")) && known(&format!("{guardrail}_fail_threshold")));
        }
    }
}
