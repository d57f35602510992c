//! What the images of Bitnami change in the files of the distribution (bitnami/containers 6290395,
//! `bitnami/cassandra/5.0/debian-12/rootfs/opt/bitnami/scripts/libcassandra.sh`, `cassandra_setup_cluster` and
//! `cassandra_enable_auth`, with the defaults of `cassandra-env.sh`). Names, addresses, directories and passwords are not in
//! the tables, and `num_tokens` neither: nodes of a topology made of values are new.

use super::Row;

const fn row(key: &'static str, value: &'static str, about: &'static str) -> Row {
    Row { key, value, about }
}

/// 3.11: the image's own file, as Apache ships it.
pub(super) const V3_11: &[Row] = &[row("compaction_throughput_mb_per_sec", "16", "the default of 3.11; cassc has 64")];

/// 5.0.
pub(super) const V5_0: &[Row] =
    &[row("auto_snapshot_ttl", "\"30d\"", "a snapshot that is made before data is dropped goes after 30 days")];

/// conf/jvm11-server.options of apache/cassandra 4.1, which the image leaves as it is.
pub(super) const COLLECTOR_4_1: Option<(&str, &str)> =
    Some(("CMS", "the option file of the distribution has CMS in 4.1; cassc would choose G1"));
