//! The dashboard of tables: which one is large, slow or full of tombstones. Latency and tombstones are there where they are collected.

use super::super::rules::latency_buckets;
use super::super::scope::Scope;
use super::grafana::{Choice, Dashboard, Panel, Row, lines, row};
use super::{CHOSEN_DATACENTERS, datacenters};
use crate::topology::Collect;

const CHOSEN: [(&str, &str); 3] = [CHOSEN_DATACENTERS, ("keyspace", "~$keyspace"), ("table", "~$table")];
/// How lines are called.
const TABLE: &str = "{{keyspace}}.{{table}}";

pub(super) fn dashboard(scope: Scope<'_>) -> Dashboard {
    let series = |chosen: &[(&str, &str)]| scope.metric("table_live_disk_space_used", chosen);
    let choices = vec![
        datacenters(scope),
        Choice { name: "keyspace", series: series(&[CHOSEN_DATACENTERS]) },
        Choice { name: "table", series: series(&CHOSEN[..2]) },
    ];
    let mut rows = vec![size(scope)];
    if scope.cluster.collected() != Collect::Essential {
        rows.extend([latency(scope), reads(scope)]);
    }
    Dashboard { name: "table", choices, rows }
}

fn sum(scope: Scope<'_>, name: &str) -> String {
    format!("sum by (keyspace,table) ({})", scope.metric(name, &CHOSEN))
}

fn max(scope: Scope<'_>, name: &str, more: &[(&str, &str)]) -> String {
    format!("max by (keyspace,table) ({})", scope.metric(name, &[&CHOSEN, more].concat()))
}

fn size(scope: Scope<'_>) -> Row {
    row(
        "Size",
        vec![
            lines("Live data on all nodes", "bytes", vec![(sum(scope, "table_live_disk_space_used"), TABLE)]),
            lines(
                "SSTables of the node that has most",
                "none",
                vec![(max(scope, "table_live_ss_table_count", &[]), TABLE)],
            ),
            lines("Pending compactions", "none", vec![(sum(scope, "table_pending_compactions"), TABLE)]),
        ],
    )
}

fn percentile(scope: Scope<'_>, title: &'static str, name: &str) -> Panel {
    let buckets = scope.metric(&format!("{name}_bucket"), &CHOSEN);
    let query = format!("histogram_quantile(0.99, {})", latency_buckets(scope, "keyspace,table", &buckets));
    lines(title, "µs", vec![(query, TABLE)])
}

fn latency(scope: Scope<'_>) -> Row {
    row(
        "Latency on the replica",
        vec![
            percentile(scope, "Reads, 99th percentile", "table_read_latency"),
            percentile(scope, "Writes, 99th percentile", "table_write_latency"),
        ],
    )
}

fn reads(scope: Scope<'_>) -> Row {
    let quantile = |name: &str| max(scope, name, &[("quantile", "0.99")]);
    row(
        "What a read has to go over",
        vec![
            lines("Tombstones, 99th percentile", "none", vec![(quantile("table_tombstone_scanned_histogram"), TABLE)]),
            lines("SSTables, 99th percentile", "none", vec![(quantile("table_ss_tables_per_read_histogram"), TABLE)]),
            lines("Largest partition", "bytes", vec![(max(scope, "table_max_partition_size", &[]), TABLE)]),
        ],
    )
}
