//! From what on something is an alert: what the topology says, or what follows from the cluster.

use serde_json::Value;

use super::super::scope::Scope;
use crate::render::config::cassandra_keys;
use crate::topology::repository::milliseconds;
use crate::topology::{Config, Thresholds};

/// The limits of a cluster in one Kubernetes cluster.
pub(super) struct Limits {
    /// The 99th percentile of reads and of writes, in microseconds, as the agent counts.
    pub(super) read_micros: u64,
    pub(super) write_micros: u64,
    /// How full a volume is, in per cent.
    pub(super) disk_percent: u32,
    /// How full the heap stays, in per cent.
    pub(super) heap_percent: u32,
    /// Compactions that wait on a node.
    pub(super) pending_compactions: u32,
    /// Requests that wait in a pool of a node.
    pub(super) pending_requests: u64,
    /// Tombstones that a read goes over.
    pub(super) tombstones: u64,
    /// How long pods may be behind their template, in hours.
    pub(super) roll_hours: u32,
    /// How long the program in the cluster may be at one change, in hours.
    pub(super) step_hours: u32,
}

/// Cassandra's defaults, in milliseconds (`Config.java`).
const READ_TIMEOUT: u64 = 5_000;
const WRITE_TIMEOUT: u64 = 2_000;
/// Latency is high from a tenth of the timeout on: two retries of the driver still fit, and no request fails yet.
const PART_OF_TIMEOUT: u64 = 10;
/// Threads of a pool for requests (`concurrent_reads`, `concurrent_writes`).
const THREADS: u64 = 32;
/// Each thread has so many requests waiting before it is an alert.
const WAITING_PER_THREAD: u64 = 4;
/// From so many tombstones on Cassandra warns in its log (`tombstone_warn_threshold`).
const TOMBSTONES: u64 = 1_000;
const DISK_PERCENT: u32 = 75;
const HEAP_PERCENT: u32 = 90;
const PENDING_COMPACTIONS: u32 = 100;

impl Limits {
    pub(super) fn of(scope: Scope<'_>, written: &Thresholds) -> Self {
        let configurations = configurations(scope);
        let timeout = |name: &str, default: u64| {
            let keys = [name.to_owned(), format!("{name}_in_ms")];
            smallest(&configurations, &keys, duration).unwrap_or(default) * 1000 / PART_OF_TIMEOUT
        };
        let micros = |written: Option<u32>, default: u64| written.map_or(default, |it| u64::from(it) * 1000);
        let threads = ["concurrent_reads", "concurrent_writes"]
            .map(|key| smallest(&configurations, &[key.to_owned()], Value::as_u64));
        let nodes = scope.nodes();
        Self {
            read_micros: micros(written.read_milliseconds, timeout("read_request_timeout", READ_TIMEOUT)),
            write_micros: micros(written.write_milliseconds, timeout("write_request_timeout", WRITE_TIMEOUT)),
            disk_percent: written.disk_percent.unwrap_or(DISK_PERCENT),
            heap_percent: written.heap_percent.unwrap_or(HEAP_PERCENT),
            pending_compactions: written.pending_compactions.unwrap_or(PENDING_COMPACTIONS),
            pending_requests: threads.into_iter().flatten().max().unwrap_or(THREADS) * WAITING_PER_THREAD,
            tombstones: smallest(&configurations, &["tombstone_warn_threshold".to_owned()], Value::as_u64)
                .unwrap_or(TOMBSTONES),
            roll_hours: written.roll_hours.unwrap_or(1 + nodes.div_ceil(4)),
            step_hours: written.step_hours.unwrap_or(6 + nodes.div_ceil(2)),
        }
    }
}

/// The configurations of the racks, each once: hundreds of racks have the same.
fn configurations(scope: Scope<'_>) -> Vec<Config> {
    let mut found: Vec<(&str, &Config)> = Vec::new();
    let datacenters = scope.datacenters();
    for datacenter in &datacenters {
        for rack in datacenter.racks.iter().filter(|rack| rack.nodes > 0) {
            if found.last() != Some(&(datacenter.name.as_str(), &rack.config)) {
                found.push((&datacenter.name, &rack.config));
            }
        }
    }
    let keys = |(name, user): &(&str, &Config)| {
        let datacenter = datacenters.iter().find(|datacenter| datacenter.name == *name)?;
        Some(cassandra_keys(scope.cluster, datacenter, user))
    };
    found.iter().filter_map(keys).collect()
}

/// The smallest value of a key in all racks.
fn smallest(configurations: &[Config], keys: &[String], read: fn(&Value) -> Option<u64>) -> Option<u64> {
    let values = configurations.iter().flat_map(|it| keys.iter().filter_map(|key| it.get(key).and_then(read)));
    values.filter(|value| *value > 0).min()
}

/// A duration in milliseconds: a number, or a number with its unit from 4.1 on.
fn duration(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| milliseconds(value.as_str()?))
}
