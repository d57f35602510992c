//! What starts a job. A field that is left out is `false`, 0 or nothing to the server, which is not always what `nodetool` does.

use cassc_settle::cluster::{NodeJob, TableTask};
use hyper::Method;
use serde_json::{Value, json};

/// A request that starts a job.
pub(super) struct Start<'j> {
    pub(super) method: Method,
    pub(super) path: &'static str,
    pub(super) query: Vec<(&'static str, &'j str)>,
    pub(super) body: Option<Value>,
}

/// The request for a job. Of a repair of primary ranges the ranges are still to be put in.
pub(super) fn request(job: &NodeJob) -> Start<'_> {
    match job {
        NodeJob::Decommission { force } => {
            post("/api/v1/ops/node/decommission", if *force { vec![("force", "true")] } else { Vec::new() })
        }
        NodeJob::Rebuild { source } => post("/api/v1/ops/node/rebuild", vec![("src_dc", source)]),
        NodeJob::Repair { keyspace, tables, .. } => repair(keyspace, tables),
        NodeJob::Tables { task, keyspace, tables } => of_tables(*task, keyspace.as_deref(), tables),
        NodeJob::Snapshot { name, keyspaces } => {
            let body = json!({"snapshot_name": name, "keyspaces": keyspaces});
            Start { body: Some(body), ..post("/api/v0/ops/node/snapshots", Vec::new()) }
        }
        NodeJob::Move { token } => post("/api/v0/ops/node/move", vec![("newToken", token)]),
        NodeJob::Drain => post("/api/v0/ops/node/drain", Vec::new()),
    }
}

fn post<'j>(path: &'static str, query: Vec<(&'static str, &'j str)>) -> Start<'j> {
    Start { method: Method::POST, path, query, body: None }
}

/// All replicas at the same time, as `nodetool repair` does it. The server's own default takes a snapshot on each, one after the other.
fn repair<'j>(keyspace: &str, tables: &[String]) -> Start<'j> {
    let mut body = json!({"keyspace": keyspace, "full_repair": true, "repair_parallelism": "parallel"});
    if !tables.is_empty() {
        body["tables"] = json!(tables);
    }
    Start { method: Method::PUT, body: Some(body), ..post("/api/v2/repairs", Vec::new()) }
}

/// Without a keyspace: all of them; for a cleanup all but those that stay on their node.
fn of_tables<'j>(task: TableTask, keyspace: Option<&str>, tables: &[String]) -> Start<'j> {
    let (path, mut body) = match task {
        TableTask::Cleanup => ("/api/v1/ops/keyspace/cleanup", json!({})),
        // Not `excludeCurrentVersion=true`: the server hands on the opposite, and every file would be written again.
        TableTask::Upgrade => ("/api/v1/ops/tables/sstables/upgrade", json!({})),
        TableTask::Scrub => ("/api/v1/ops/tables/scrub", json!({"check_data": true})),
        TableTask::Compact => ("/api/v1/ops/tables/compact", json!({})),
        TableTask::Flush => ("/api/v1/ops/tables/flush", json!({})),
        TableTask::GarbageCollect => ("/api/v1/ops/tables/garbagecollect", json!({})),
    };
    if let Some(keyspace) = keyspace {
        body["keyspace_name"] = json!(keyspace);
    }
    if !tables.is_empty() {
        body["tables"] = json!(tables);
    }
    Start { body: Some(body), ..post(path, Vec::new()) }
}

#[cfg(test)]
mod tests {
    use super::super::double::{ADDRESS, Double};
    use super::*;

    const UUID: &str = "8b1c0e1e-6c1f-4f0a-9d4b-1a2b3c4d5e6f";

    #[tokio::test]
    async fn every_job_is_started_as_the_server_reads_it() {
        let source = "dc 1".to_owned();
        let shop = |task: TableTask| NodeJob::Tables {
            task,
            keyspace: Some("shop".to_owned()),
            tables: vec!["orders".to_owned()],
        };
        let orders = r#"{"keyspace_name":"shop","tables":["orders"]}"#;
        let jobs = [
            (NodeJob::Decommission { force: false }, "POST /api/v1/ops/node/decommission", ""),
            (NodeJob::Decommission { force: true }, "POST /api/v1/ops/node/decommission?force=true", ""),
            (NodeJob::Rebuild { source }, "POST /api/v1/ops/node/rebuild?src_dc=dc%201", ""),
            (NodeJob::Move { token: "-9".to_owned() }, "POST /api/v0/ops/node/move?newToken=-9", ""),
            (NodeJob::CLEANUP, "POST /api/v1/ops/keyspace/cleanup", "{}"),
            (shop(TableTask::Cleanup), "POST /api/v1/ops/keyspace/cleanup", orders),
            (NodeJob::UPGRADE_TABLES, "POST /api/v1/ops/tables/sstables/upgrade", "{}"),
            (shop(TableTask::Compact), "POST /api/v1/ops/tables/compact", orders),
            (shop(TableTask::Flush), "POST /api/v1/ops/tables/flush", orders),
            (shop(TableTask::GarbageCollect), "POST /api/v1/ops/tables/garbagecollect", orders),
            (
                shop(TableTask::Scrub),
                "POST /api/v1/ops/tables/scrub",
                r#"{"check_data":true,"keyspace_name":"shop","tables":["orders"]}"#,
            ),
        ];
        for (job, target, body) in jobs {
            let double = Double::answers(target, 202, UUID).await;
            assert_eq!(double.api().start(ADDRESS, &job).await, Ok(UUID.to_owned()), "{job:?}");
            assert_eq!(double.bodies(), [body]);
        }
        let repair = NodeJob::repair("shop".to_owned());
        let double = Double::answers("PUT /api/v2/repairs", 202, r#"{"repair_id":"repair-7"}"#).await;
        assert_eq!(double.api().start(ADDRESS, &repair).await, Ok("repair-7".to_owned()));
        assert_eq!(double.bodies(), [r#"{"full_repair":true,"keyspace":"shop","repair_parallelism":"parallel"}"#]);
    }
}
