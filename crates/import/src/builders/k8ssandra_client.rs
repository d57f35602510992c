//! `k8ssandra-client config build`, which makes the configuration of 4.1 and later: it starts from `cassandra_latest.yaml`
//! where the image has one (5.0), else from the image's `cassandra.yaml` (k8ssandra/k8ssandra-client ecde0d7,
//! pkg/config/builder.go).
//!
//! Source of the rows of 5.0: `testfiles/cassandra_latest.yaml` of the same commit, beside Cassandra's own
//! conf/cassandra.yaml, whose values cassc has.

use super::Row;

const fn row(key: &'static str, value: &'static str, about: &'static str) -> Row {
    Row { key, value, about }
}

/// 3.11, by annotation: the image's own file has 256.
pub(super) const V3_11: &[Row] = &[
    row("num_tokens", "256", "the value of the image's cassandra.yaml"),
    row("compaction_throughput_mb_per_sec", "16", "the value of the image's cassandra.yaml"),
];

/// 4.0, by annotation: the image's own file has what cassc has.
pub(super) const V4_0: &[Row] = &[];

/// 4.1: the image's own file has what cassc has.
pub(super) const V4_1: &[Row] = &[];

/// 5.0.
pub(super) const V5_0: &[Row] = &[
    row("storage_compatibility_mode", "\"NONE\"", "SSTables and messages that 4.x cannot read"),
    row(
        "memtable",
        r#"{"configurations": {"skiplist": {"class_name": "SkipListMemtable"}, "trie": {"class_name": "TrieMemtable"}, "default": {"inherits": "trie"}}}"#,
        "trie memtables",
    ),
    row("memtable_allocation_type", "\"offheap_objects\"", "cells outside the heap"),
    row("sstable", r#"{"selected_format": "bti"}"#, "SSTables with trie indexes"),
    row("column_index_size", "\"4KiB\"", "finer row indexes; Cassandra itself has 64KiB"),
    row(
        "default_compaction",
        r#"{"class_name": "UnifiedCompactionStrategy", "parameters": {"scaling_parameters": "T4", "max_sstables_to_compact": 64, "target_sstable_size": "1GiB", "sstable_growth": 0.3333333333333333, "min_sstable_size": "100MiB"}}"#,
        "the strategy of tables that name none",
    ),
    row("concurrent_compactors", "8", "eight at once; Cassandra itself counts disks and CPUs"),
    row("uuid_sstable_identifiers_enabled", "true", "names of SSTables that are never used twice"),
    row("stream_entire_sstables", "true", "whole files are streamed where they can be"),
    row("key_cache_size", "\"0MiB\"", "trie indexes need no key cache"),
    row("commitlog_disk_access_mode", "\"auto\"", "direct I/O where it can be"),
    row("trickle_fsync", "true", "writes reach the disk bit by bit"),
    row("write_request_timeout", "\"10000ms\"", "Cassandra itself has 2000ms"),
    row("counter_write_request_timeout", "\"1000ms\"", "Cassandra itself has 5000ms"),
    row("cas_contention_timeout", "\"5000ms\"", "Cassandra itself has 1000ms"),
    row("default_secondary_index", "\"sai\"", "the kind of an index that names none"),
    row("default_secondary_index_enabled", "true", "the kind of an index that names none"),
];

/// conf/jvm11-server.options of apache/cassandra 4.1, which the builder leaves as it is.
pub(super) const COLLECTOR_4_1: Option<(&str, &str)> =
    Some(("CMS", "the image's option file has CMS, and k8ssandra-client leaves it; cassc would choose G1"));
