//! Names of Cass Operator's `CassandraTask` and `ScheduledTask` and of CassKop's pod operations.

use super::Here::{Field, Missing};
use super::Row;

const ONCE: &str = "an operation runs once; have CI commit it again with another `id`";

/// The rows.
pub(super) const ROWS: &[Row] = &[
    (
        &["tasks", "cassandraTasks", "task", "jobs", "podOperations"],
        &["spec", ""],
        Field("spec.operations", "each with `id` and `kind`"),
    ),
    (&["scheduledTasks", "scheduledTask"], &["spec", ""], Missing(ONCE)),
    (&["schedule", "cron", "cronSchedule"], &["operations"], Missing(ONCE)),
    (
        &["command", "operation", "operationName", "job", "type", "action"],
        &["operations"],
        Field("spec.operations[].kind", ""),
    ),
    (&["name", "taskName"], &["operations"], Field("spec.operations[].id", "")),
    (
        &["args", "spec", "jobs"],
        &["operations"],
        Missing("the fields stand in the operation itself; it has one `kind`"),
    ),
    (&["dc", "datacenterName", "datacenters"], &["operations"], Field("spec.operations[].datacenter", "one of them")),
    (&["racks", "rackName"], &["operations"], Field("spec.operations[].rack", "one of them")),
    (
        &["pod", "pod_name", "podName", "nodes", "node"],
        &["operations"],
        Field("spec.operations[].pods", "a list of pods"),
    ),
    (
        &["keyspace", "keyspace_name", "keyspaceName"],
        &["operations"],
        Field("spec.operations[].keyspaces", "a list of keyspaces"),
    ),
    (&["table", "tableName", "columnFamilies"], &["operations"], Field("spec.operations[].tables", "a list of tables")),
    (
        &["source_datacenter", "sourceDatacenter", "sourceDC", "src_dc", "fromDc", "operationArgument", "rebuildFrom"],
        &["operations"],
        Field("spec.operations[].from", ""),
    ),
    (
        &["new_tokens", "newTokens", "newToken", "new_token"],
        &["operations"],
        Field("spec.operations[].token", "one pod and its token in each operation"),
    ),
    (
        &["snapshot_name", "snapshotName", "snapshotTag", "tag"],
        &["operations"],
        Field("spec.operations[].snapshot", ""),
    ),
    (&["hostID", "host_id", "nodeId"], &["operations"], Field("spec.operations[].hostId", "")),
    (
        &["maxConcurrentPods", "maxConcurrent", "parallelism"],
        &["operations"],
        Field("spec.operations[].concurrency", "at most one node per rack"),
    ),
    (
        &["paused", "pause", "suspended", "enabled", "stopped"],
        &["operations"],
        Field("spec.operations[].suspend", "`true` holds it back"),
    ),
    (
        &["retries", "restartPolicy", "backoffLimit"],
        &["operations"],
        Field("spec.operations[].retry", "a new text tries again the nodes that failed"),
    ),
    (
        &["ttlSecondsAfterFinished", "concurrencyPolicy"],
        &["operations"],
        Missing("operations run one at a time; remove those that ran"),
    ),
    (
        &["no_snapshot", "no_validate", "skip_corrupted", "split_output", "start_token", "end_token", "fast", "force"],
        &["operations"],
        Missing("docs/operations.md has what each kind does"),
    ),
];
