//! `datastax/cass-config-builder`, which makes the configuration of 3.11 and 4.0. It fills in the defaults of its definitions
//! (`src/com/datastax/configbuilder/build_config.clj` `with-defaults`, commit c4b92f3).
//!
//! Source of every row: datastax/cass-config-definitions 9898218,
//! resources/cassandra-yaml/cassandra/cassandra-yaml-cassandra-3.11.6.edn and …-4.0.0.edn.

use super::Row;

const fn row(key: &'static str, value: &'static str, about: &'static str) -> Row {
    Row { key, value, about }
}

/// The definitions have no default, so Cassandra's own holds (seen on 3.11.19 and 4.0.19).
const TOKENS: Row = row("num_tokens", "1", "without the key Cassandra has one token per node");
const BATCH_WARN: Row = row("batch_size_warn_threshold_in_kb", "64", "batches warn from 64 KiB on, not from 5");
const BATCH_FAIL: Row = row("batch_size_fail_threshold_in_kb", "640", "batches fail from 640 KiB on, not from 50");
const TRICKLE: Row = row("trickle_fsync", "true", "writes reach the disk bit by bit");

/// 3.11.
pub(super) const V3_11: &[Row] = &[
    TOKENS,
    BATCH_FAIL,
    BATCH_WARN,
    row("compaction_throughput_mb_per_sec", "16", "16 MB/s, as in 3.11 itself; cassc has 64"),
    TRICKLE,
];

/// 4.0. Of `allocate_tokens_for_local_replication_factor` cassc has the same 3, where racks allow it.
pub(super) const V4_0: &[Row] = &[
    TOKENS,
    BATCH_FAIL,
    BATCH_WARN,
    row("cross_node_timeout", "false", "nodes do not trust each other's clocks"),
    row("dynamic_snitch_badness_threshold", "0.1", "replicas change from a tenth of badness on; 4.0 itself has 1.0"),
    row("enable_materialized_views", "true", "materialized views may be created"),
    row("enable_sasi_indexes", "true", "SASI indexes may be created"),
    TRICKLE,
];

/// `garbage_collector` in jvm-options-cassandra-3.11.6.edn and jvm11-server-options-cassandra-4.0.0.edn.
pub(super) const COLLECTOR: Option<(&str, &str)> =
    Some(("G1", "cass-config-builder chooses G1; cassc would choose CMS"));
