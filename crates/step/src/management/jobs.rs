//! Jobs that a node runs for minutes or days. They live in Cassandra's process: a restart forgets them.

use std::collections::BTreeMap;

use cassc_settle::cluster::{Answer, Failure, JobStatus, NodeJob};
use serde::Deserialize;
use serde_json::{Value, json};

use super::requests::{Start, request};
use super::{METHOD_FAILED, ManagementApi, misread, parsed};
use crate::http::Response;

/// The id of a job that had nothing to do or was done at once, so that the node made none. It has always completed.
const NOTHING_TO_DO: &str = "nothing-to-do";

/// What the server calls a repair of a keyspace that has one replica: there is no such job.
const EMPTY_REPAIR: &str = "repair-0";

/// `GET /api/v0/ops/executor/job`.
#[derive(Debug, Deserialize)]
struct Asked {
    status: String,
    error: Option<String>,
    /// What Cassandra told of a repair; empty for every other job.
    #[serde(default)]
    status_changes: Vec<Change>,
}

/// A step of a repair: `START`, `SUCCESS`, `ERROR`, `ABORT`, `COMPLETE`.
#[derive(Debug, Deserialize)]
struct Change {
    status: String,
    message: Option<String>,
}

/// The answer of `PUT /api/v2/repairs`.
#[derive(Debug, Deserialize)]
struct Repair {
    repair_id: String,
}

/// `GET /api/v0/ops/node/snapshots`: one entry per table.
#[derive(Debug, Deserialize)]
struct Snapshots {
    entity: Vec<Value>,
}

/// `GET /api/v0/ops/node/streaminfo`: sessions by plan.
#[derive(Debug, Deserialize)]
struct Streams {
    entity: Vec<BTreeMap<String, Vec<BTreeMap<String, String>>>>,
}

impl ManagementApi {
    /// Starts a job; returns its id.
    pub(crate) async fn start(&self, address: &str, job: &NodeJob) -> Answer<String> {
        let mut start = request(job);
        if let (NodeJob::Repair { keyspace, primary: true, .. }, Some(body)) = (job, &mut start.body) {
            let ranges = self.primary_ranges(address, keyspace).await?;
            if ranges.is_empty() {
                return Ok(NOTHING_TO_DO.to_owned());
            }
            body["associated_tokens"] = json!(ranges);
        }
        let Start { method, path, query, body } = start;
        match (job, self.act(address, method, path, query, body).await) {
            (NodeJob::Snapshot { name, .. }, Err(Failure::Refused { status: 500, text })) => {
                Err(self.snapshot_refused(address, name, text).await)
            }
            (_, answer) => id(&answer?),
        }
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
            "COMPLETED" => Ok(completed(&asked.status_changes)),
            "ERROR" => Ok(JobStatus::Failed(asked.error.unwrap_or_default())),
            other => Err(Failure::Refused { status: 200, text: format!("the status of the job is `{other}`") }),
        }
    }

    /// Why a snapshot was refused: Cassandra takes none of a name that a table has already, and the agent does not say so.
    async fn snapshot_refused(&self, address: &str, name: &str, text: String) -> Failure {
        let asked = self.get::<Snapshots>(address, "/api/v0/ops/node/snapshots", vec![("snapshotNames", name)]).await;
        match asked {
            Ok(found) if !found.entity.is_empty() => {
                Failure::Refused { status: 500, text: format!("the node has a snapshot `{name}` already") }
            }
            _ => Failure::Refused { status: 500, text },
        }
    }

    /// Bytes that the node still has to send and to receive; `None` while it does neither.
    pub(crate) async fn streaming(&self, address: &str) -> Answer<Option<u64>> {
        let streams: Streams = self.get(address, "/api/v0/ops/node/streaminfo", Vec::new()).await?;
        let sessions: Vec<_> = streams.entity.iter().flat_map(BTreeMap::values).flatten().collect();
        Ok((!sessions.is_empty()).then(|| sessions.into_iter().map(left_of).sum()))
    }
}

/// How a job that is over has ended. The server calls a repair completed when Cassandra is through with it, also where it failed; then
/// Cassandra has told of an error, or of the end of the command "with error".
fn completed(changes: &[Change]) -> JobStatus {
    let is_error = |change: &&Change| matches!(change.status.as_str(), "ERROR" | "ABORT");
    let is_bad_end =
        |change: &&Change| change.message.as_ref().is_some_and(|text| text.contains("finished with error"));
    match changes.iter().find(is_error).or_else(|| changes.iter().find(is_bad_end)) {
        Some(change) => JobStatus::Failed(change.message.clone().unwrap_or_default()),
        None => JobStatus::Completed,
    }
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
    async fn a_job_that_is_done_when_the_server_answers_has_completed() {
        let snapshot = NodeJob::Snapshot { name: "before".to_owned(), keyspaces: Vec::new() };
        let jobs = [
            (snapshot, "POST /api/v0/ops/node/snapshots", r#"{"keyspaces":[],"snapshot_name":"before"}"#),
            (NodeJob::Drain, "POST /api/v0/ops/node/drain", ""),
        ];
        for (job, target, body) in jobs {
            let double = Double::answers(target, 200, "OK").await;
            let id = double.api().start(ADDRESS, &job).await.expect("it is an answer");
            assert_eq!(double.api().job(ADDRESS, &id).await, Ok(JobStatus::Completed));
            assert_eq!(double.bodies(), [body]);
        }
    }

    #[tokio::test]
    async fn a_snapshot_of_a_name_that_is_there_is_refused_with_the_cause() {
        let job = NodeJob::Snapshot { name: "before".to_owned(), keyspaces: vec!["shop".to_owned()] };
        let failed = "Failed to execute method NodeOps.takeSnapshot";
        let double = Double::answers("POST /api/v0/ops/node/snapshots", 500, failed).await;
        let found = r#"{"entity":[{"Snapshot name":"before","Keyspace name":"shop","Column family name":"orders"}]}"#;
        for (found, text) in [(found, "the node has a snapshot `before` already"), (r#"{"entity":[]}"#, failed)] {
            double.also("GET /api/v0/ops/node/snapshots?snapshotNames=before", 200, found);
            let refused = Err(Failure::Refused { status: 500, text: text.to_owned() });
            assert_eq!(double.api().start(ADDRESS, &job).await, refused);
        }
    }

    #[tokio::test]
    async fn a_repair_that_failed_is_told_as_completed() {
        let change =
            |status: &str, message: &str| format!(r#"{{"status":"{status}","change_time":"1","message":"{message}"}}"#);
        let (start, error) = (change("START", "Starting"), change("ERROR", "Endpoint not alive: /10.0.0.3"));
        let (success, complete) =
            (change("SUCCESS", "done"), change("COMPLETE", "Repair command #7 finished in 3 seconds"));
        let bad = change("COMPLETE", "Repair command #7 finished with error");
        for (changes, expected) in [
            (vec![&start, &success, &complete], JobStatus::Completed),
            (vec![&complete], JobStatus::Completed),
            // The server's own status is overwritten by the end of the repair.
            (vec![&start, &error, &bad], JobStatus::Failed("Endpoint not alive: /10.0.0.3".to_owned())),
            (vec![&start, &bad], JobStatus::Failed("Repair command #7 finished with error".to_owned())),
        ] {
            let changes = changes.into_iter().map(String::as_str).collect::<Vec<_>>().join(",");
            let body = format!(
                r#"{{"id":"repair-7","type":"repair","status":"COMPLETED","submit_time":"1","end_time":"2","error":null,"status_changes":[{changes}]}}"#
            );
            let double = Double::answers("GET /api/v0/ops/executor/job?job_id=repair-7", 200, &body).await;
            assert_eq!(double.api().job(ADDRESS, "repair-7").await, Ok(expected), "{changes}");
        }
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
