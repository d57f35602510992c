//! What CassKop writes.
//!
//! CassKop 2 lets `datastax/cass-config-builder:1.0.4` make the files of every version (cscetbon/casskop 40f5dfa,
//! `api/v2/cassandracluster_types.go` `defaultConfigBuilderImage`), with the definitions 1b7eaf4 of that image: those of 4.0
//! also for newer versions, which take their keys as old names (`get-fallback` in definitions.clj). Before them come CassKop's
//! own values (`controllers/cassandracluster/envVars/cassandraEnvVars.go`, `InitContainerEnvVar`).
//!
//! CassKop 1 brings a `cassandra.yaml` for 3.11 along (Orange-OpenSource/casskop v1.1.5,
//! `docker/bootstrap/files/cassandra.yaml`).
//!
//! `num_tokens` is in no table: nodes of a topology made of a `CassandraCluster` are new.

use super::Row;

const fn row(key: &'static str, value: &'static str, about: &'static str) -> Row {
    Row { key, value, about }
}

const TRICKLE: Row = row("trickle_fsync", "true", "writes reach the disk bit by bit");
const BADNESS: Row = row(
    "dynamic_snitch_badness_threshold",
    "0.1",
    "replicas change from a tenth of badness on; Cassandra itself has 1.0",
);

/// 3.11.
pub(super) const V3_11: &[Row] = &[
    row("batch_size_fail_threshold_in_kb", "640", "batches fail from 640 KiB on, not from 50"),
    row("batch_size_warn_threshold_in_kb", "64", "batches warn from 64 KiB on, not from 5"),
    row("compaction_throughput_mb_per_sec", "16", "the default of 3.11; cassc has 64"),
    TRICKLE,
    row("write_request_timeout_in_ms", "5000", "writes have five seconds; Cassandra itself has two"),
];

/// 4.0.
pub(super) const V4_0: &[Row] = &[
    row("batch_size_fail_threshold_in_kb", "640", "batches fail from 640 KiB on, not from 50"),
    row("batch_size_warn_threshold_in_kb", "64", "batches warn from 64 KiB on, not from 5"),
    row("cross_node_timeout", "false", "nodes do not trust each other's clocks"),
    BADNESS,
    row("enable_materialized_views", "true", "materialized views may be created"),
    row("enable_sasi_indexes", "true", "SASI indexes may be created"),
    TRICKLE,
    row("write_request_timeout_in_ms", "5000", "writes have five seconds; Cassandra itself has two"),
];

/// 4.1 and 5.0: the same under their names.
pub(super) const V4_1: &[Row] = &[
    row("batch_size_fail_threshold", "\"640KiB\"", "batches fail from 640 KiB on, not from 50"),
    row("batch_size_warn_threshold", "\"64KiB\"", "batches warn from 64 KiB on, not from 5"),
    row("internode_timeout", "false", "nodes do not trust each other's clocks"),
    BADNESS,
    row("materialized_views_enabled", "true", "materialized views may be created"),
    row("sasi_indexes_enabled", "true", "SASI indexes may be created"),
    TRICKLE,
    row("write_request_timeout", "\"5000ms\"", "writes have five seconds; Cassandra itself has two"),
];

/// CassKop 1 with 3.11. Its files fit no newer version.
pub(super) const FIRST_V3_11: &[Row] = &[
    row("compaction_throughput_mb_per_sec", "16", "the default of 3.11; cassc has 64"),
    row("internode_compression", "\"all\"", "nodes compress all they send; cassc does so between datacenters"),
    row("memtable_allocation_type", "\"offheap_objects\"", "cells outside the heap"),
    row("write_request_timeout_in_ms", "5000", "writes have five seconds; Cassandra itself has two"),
];

/// `docker/bootstrap/files/jvm.options` of CassKop 1.
pub(super) const FIRST_COLLECTOR: Option<(&str, &str)> =
    Some(("G1", "the option file of CassKop's bootstrap image has G1; cassc would choose CMS"));
