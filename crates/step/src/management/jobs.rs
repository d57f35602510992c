//! Jobs that a node runs for minutes or days. They live in Cassandra's process: a restart forgets them.

use std::collections::BTreeMap;

use cassc_settle::cluster::{Answer, Failure, JobStatus, NodeJob, TableTask};
use hyper::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{METHOD_FAILED, ManagementApi, misread, parsed};
use crate::http::Response;

/// The id of a job that had nothing to do, so that the node made none. It has always completed.
const NOTHING_TO_DO: &str = "nothing-to-do";

/// What the server calls a repair of a keyspace that has one replica: there is no such job.
const EMPTY_REPAIR: &str = "repair-0";

/// `GET /api/v0/ops/executor/job`.
#[derive(Debug, Deserialize)]
struct Asked {
    status: String,
    error: Option<String>,
}

/// `PUT /api/v2/repairs`.
#[derive(Debug, Deserialize)]
struct Repair {
    repair_id: String,
}

/// `GET /api/v0/ops/node/streaminfo`: sessions by plan.
#[derive(Debug, Deserialize)]
struct Streams {
    entity: Vec<BTreeMap<String, Vec<BTreeMap<String, String>>>>,
}

/// A request that starts a job.
type Start<'j> = (Method, &'static str, Vec<(&'static str, &'j str)>, Option<Value>);

impl ManagementApi {
    /// Starts a job; returns its id.
    pub(crate) async fn start(&self, address: &str, job: &NodeJob) -> Answer<String> {
        let (method, path, query, body) = request(job);
        let response = self.act(address, method, path, query, body).await?;
        id(&response)
    }

    /// How a job goes. 404, and 500 of this very method, say that the node does not know it.
    pub(crate) async fn job(&self, address: &str, id: &str) -> Answer<JobStatus> {
        if id == NOTHING_TO_DO {
            return Ok(JobStatus::Completed);
        }
        let asked: Asked = match self.get(address, "/api/v0/ops/executor/job", vec![("job_id", id)]).await {
            Ok(asked) => asked,
            Err(Failure::NotFound) => return Ok(JobStatus::Lost),
            Err(Failure::Refused { status: 500, text }) if text.contains(METHOD_FAILED) => return Ok(JobStatus::Lost),
            Err(failure) => return Err(failure),
        };
        match asked.status.as_str() {
            "WAITING" => Ok(JobStatus::Running),
            "COMPLETED" => Ok(JobStatus::Completed),
            "ERROR" => Ok(JobStatus::Failed(asked.error.unwrap_or_default())),
            other => Err(Failure::Refused { status: 200, text: format!("the status of the job is `{other}`") }),
        }
    }

    /// Bytes that the node still has to send and to receive; `None` while it does neither.
    pub(crate) async fn streaming(&self, address: &str) -> Answer<Option<u64>> {
        let streams: Streams = self.get(address, "/api/v0/ops/node/streaminfo", Vec::new()).await?;
        let sessions: Vec<_> = streams.entity.iter().flat_map(BTreeMap::values).flatten().collect();
        Ok((!sessions.is_empty()).then(|| sessions.into_iter().map(left_of).sum()))
    }
}

/// What starts a job.
fn request(job: &NodeJob) -> Start<'_> {
    match job {
        NodeJob::Decommission { force } => {
            let query = if *force { vec![("force", "true")] } else { Vec::new() };
            (Method::POST, "/api/v1/ops/node/decommission", query, None)
        }
        NodeJob::Rebuild { source } => {
            (Method::POST, "/api/v1/ops/node/rebuild", vec![("src_dc", source.as_str())], None)
        }
        NodeJob::Repair { keyspace, tables, primary } => {
            let mut body = json!({"keyspace": keyspace, "full_repair": true});
            if *primary {
                body["repair_parallelism"] = json!("parallel");
                body["primary_range"] = json!(true);
            }
            if !tables.is_empty() {
                body["tables"] = json!(tables);
            }
            (Method::PUT, "/api/v2/repairs", Vec::new(), Some(body))
        }
        NodeJob::Tables { task, keyspace, tables } => tables_request(*task, keyspace.as_deref(), tables),
        NodeJob::Snapshot { name, keyspaces } => {
            let body = json!({"snapshot_name": name, "keyspaces": keyspaces});
            (Method::POST, "/api/v0/ops/node/snapshots", Vec::new(), Some(body))
        }
        NodeJob::Move { token } => (Method::POST, "/api/v0/ops/node/move", vec![("newToken", token.as_str())], None),
        NodeJob::Drain => (Method::POST, "/api/v0/ops/node/drain", Vec::new(), None),
    }
}

/// What starts a task on tables. Without a keyspace: all but those that stay on their node.
fn tables_request<'j>(task: TableTask, keyspace: Option<&'j str>, tables: &'j [String]) -> Start<'j> {
    let (path, query) = match task {
        TableTask::Cleanup => ("/api/v1/ops/keyspace/cleanup", Vec::new()),
        TableTask::Upgrade => ("/api/v1/ops/tables/sstables/upgrade", vec![("excludeCurrentVersion", "true")]),
        TableTask::Scrub => ("/api/v1/ops/tables/scrub", Vec::new()),
        TableTask::Compact => ("/api/v1/ops/tables/compact", Vec::new()),
        TableTask::Flush => ("/api/v1/ops/tables/flush", Vec::new()),
        TableTask::GarbageCollect => ("/api/v1/ops/tables/garbagecollect", Vec::new()),
    };
    let mut body = json!({});
    if let Some(keyspace) = keyspace {
        body["keyspace_name"] = json!(keyspace);
    }
    if !tables.is_empty() {
        body["tables"] = json!(tables);
    }
    (Method::POST, path, query, Some(body))
}

/// The id in an answer: a text of its own, or a repair's. `200 OK` is the answer to a cleanup without anything to clean.
fn id(response: &Response) -> Answer<String> {
    let text = response.text.trim();
    let id = match (response.status, text) {
        (200, "OK") => return Ok(NOTHING_TO_DO.to_owned()),
        (_, text) if text.starts_with('{') => parsed::<Repair>(response)?.repair_id,
        (_, text) => text.trim_matches('"').to_owned(),
    };
    let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    match id.as_str() {
        EMPTY_REPAIR => Ok(NOTHING_TO_DO.to_owned()),
        _ if is_id => Ok(id),
        // It was started, and nobody knows as what.
        _ => Err(Failure::Unknown(format!("{:?}", misread(response, "not an id")))),
    }
}

/// Bytes that a session has yet to send and to receive.
fn left_of(session: &BTreeMap<String, String>) -> u64 {
    let number = |key: &str| session.get(key).and_then(|text| text.parse::<u64>().ok()).unwrap_or_default();
    let left = |all: &str, done: &str| number(all).saturating_sub(number(done));
    left("TOTAL_SIZE_TO_SEND", "TOTAL_SIZE_SENT") + left("TOTAL_SIZE_TO_RECEIVE", "TOTAL_SIZE_RECEIVED")
}

#[cfg(test)]
mod tests {
    use super::super::double::{ADDRESS, Double};
    use super::*;

    const UUID: &str = "8b1c0e1e-6c1f-4f0a-9d4b-1a2b3c4d5e6f";

    #[tokio::test]
    async fn every_job_is_started_as_the_server_reads_it() {
        let source = "dc 1".to_owned();
        let repair = NodeJob::repair("shop".to_owned());
        let jobs = [
            (NodeJob::Decommission { force: false }, "POST /api/v1/ops/node/decommission", ""),
            (NodeJob::Decommission { force: true }, "POST /api/v1/ops/node/decommission?force=true", ""),
            (NodeJob::CLEANUP, "POST /api/v1/ops/keyspace/cleanup", "{}"),
            (NodeJob::Rebuild { source }, "POST /api/v1/ops/node/rebuild?src_dc=dc%201", ""),
            (NodeJob::UPGRADE_TABLES, "POST /api/v1/ops/tables/sstables/upgrade?excludeCurrentVersion=true", "{}"),
        ];
        for (job, target, body) in jobs {
            let double = Double::answers(target, 202, UUID).await;
            assert_eq!(double.api().start(ADDRESS, &job).await, Ok(UUID.to_owned()), "{job:?}");
            assert_eq!(double.bodies(), [body]);
        }
        let double = Double::answers("PUT /api/v2/repairs", 202, r#"{"repair_id":"repair-7"}"#).await;
        assert_eq!(double.api().start(ADDRESS, &repair).await, Ok("repair-7".to_owned()));
        assert_eq!(double.bodies(), [r#"{"full_repair":true,"keyspace":"shop"}"#]);
    }

    #[tokio::test]
    async fn a_job_that_has_nothing_to_do_has_completed() {
        let repair = NodeJob::repair("shop".to_owned());
        let empty = Double::answers("PUT /api/v2/repairs", 202, r#"{"repair_id":"repair-0"}"#).await;
        let cleanup = Double::answers("POST /api/v1/ops/keyspace/cleanup", 200, "OK\n").await;
        for (double, job) in [(empty, repair), (cleanup, NodeJob::CLEANUP)] {
            let id = double.api().start(ADDRESS, &job).await.expect("it is an answer");
            assert_eq!(double.api().job(ADDRESS, &id).await, Ok(JobStatus::Completed));
        }
    }

    #[tokio::test]
    async fn a_start_whose_fate_is_unknown_is_no_refusal() {
        let job = NodeJob::Decommission { force: false };
        let target = "POST /api/v1/ops/node/decommission";
        let answers = [(202, ""), (202, "<html>a b</html>"), (500, "Query timed out after PT30S"), (503, "")];
        for (status, body) in answers {
            let double = Double::answers(target, status, body).await;
            let outcome = double.api().start(ADDRESS, &job).await;
            assert!(matches!(outcome, Err(Failure::Unknown(_))), "{status} {body}: {outcome:?}");
        }
        let double = Double::hangs_up().await;
        assert!(matches!(double.api().start(ADDRESS, &job).await, Err(Failure::Unknown(_))));
        let repair = NodeJob::repair("nope".to_owned());
        let double = Double::answers("PUT /api/v2/repairs", 400, "keyspace nope does not exists").await;
        assert!(matches!(double.api().start(ADDRESS, &repair).await, Err(Failure::Refused { status: 400, .. })));
    }

    #[tokio::test]
    async fn the_fate_of_a_job_is_read() {
        let body = |status: &str, error: &str| {
            format!(
                r#"{{"id":"{UUID}","type":"decommission","status":"{status}","submit_time":"1795228660743","end_time":"0","error":{error},"status_changes":[]}}"#
            )
        };
        let refused = "Not enough live nodes to maintain replication factor in keyspace x (RF = 3, N = 3).";
        let lost = "Failed to execute method NodeOps.getJobStatus";
        let answers = [
            (200, body("WAITING", "null"), Ok(JobStatus::Running)),
            (200, body("COMPLETED", "null"), Ok(JobStatus::Completed)),
            (200, body("ERROR", &format!("\"{refused}\"")), Ok(JobStatus::Failed(refused.to_owned()))),
            (404, "{}".to_owned(), Ok(JobStatus::Lost)),
            (500, lost.to_owned(), Ok(JobStatus::Lost)),
            (500, "Internal connection to Cassandra closed".to_owned(), Err(())),
            (200, body("SLEEPING", "null"), Err(())),
        ];
        for (status, body, expected) in answers {
            let double = Double::answers(&format!("GET /api/v0/ops/executor/job?job_id={UUID}"), status, &body).await;
            assert_eq!(double.api().job(ADDRESS, UUID).await.map_err(|_| ()), expected, "{body}");
        }
    }

    #[tokio::test]
    async fn the_bytes_that_are_left_are_counted() {
        let session = |sent: u64| {
            format!(
                r#"{{"PEER":"/10.0.0.1","STREAM_OPERATION":"Rebuild","TOTAL_SIZE_SENT":"{sent}","TOTAL_SIZE_TO_SEND":"115157855",
                "TOTAL_SIZE_RECEIVED":"1","TOTAL_SIZE_TO_RECEIVE":"11","USING_CONNECTION":"/10.0.0.1"}}"#
            )
        };
        let sessions = format!(
            r#"{{"entity":[{{"plan-1":[{},{}]}}],"variant":null}}"#,
            session(104_297_862),
            session(115_157_855)
        );
        let double = Double::answers("GET /api/v0/ops/node/streaminfo", 200, &sessions).await;
        assert_eq!(double.api().streaming(ADDRESS).await, Ok(Some(10_859_993 + 20)));
        let double = Double::answers("GET /api/v0/ops/node/streaminfo", 200, r#"{"entity":[],"variant":null}"#).await;
        assert_eq!(double.api().streaming(ADDRESS).await, Ok(None));
    }
}
