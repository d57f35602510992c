//! Commands in containers: what the Management API cannot do. A command has no precondition, so the pod is looked at just before.

use std::time::Duration;

use cassc_settle::cluster::{Answer, Failure};
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Status;
use kube::Api;
use kube::api::{AttachParams, AttachedProcess, ListParams};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::time::timeout;

use super::Kubernetes;
use super::failure::{act, read, shortened};
use super::pods::SERVER;

/// `nodetool` in the images of the Management API.
const NODETOOL: &str = "/opt/cassandra/bin/nodetool";

/// How long it is waited for the end of `nodetool removenode`. What it refuses it refuses within a few seconds; then it waits until
/// the other nodes have the data of the removed one.
const BEGUN_WITHIN: Duration = Duration::from_secs(20);

/// How many bytes of what a command writes are read.
const MOST_OUTPUT: usize = 16 * 1024;

/// What a command wrote.
#[derive(Debug, Default)]
struct Output {
    standard: String,
    errors: String,
}

impl Kubernetes {
    /// Runs `nodetool removenode` for a dead node in a pod, if it still has this UID. Cassandra listens for JMX on the loopback
    /// address of its pod and asks for no password there. After 20 s Cassandra works on it, whatever becomes of `nodetool`.
    pub(crate) async fn remove_node(&self, name: &str, uid: &str, host_id: &str) -> Answer<()> {
        // `force` and `status` are words of this command.
        if !is_uuid(host_id) {
            return Err(Failure::Refused {
                status: 400,
                text: format!("`{host_id}` is no host id: a UUID is expected"),
            });
        }
        let pods = self.api::<Pod>(&self.namespace_of(uid)?);
        is_still(&pods, name, uid).await?;
        let into = AttachParams::default().container(SERVER).stdin(false).stdout(true).stderr(true);
        let process = act(pods.exec(name, [NODETOOL, "removenode", host_id], &into)).await?;
        timeout(BEGUN_WITHIN, ended(process)).await.unwrap_or(Ok(()))
    }
}

/// Whether the pod of this name has this UID. The account may list pods, not get one.
async fn is_still(pods: &Api<Pod>, name: &str, uid: &str) -> Answer<()> {
    let named = ListParams::default().fields(&format!("metadata.name={name}"));
    let found = read(pods.list(&named)).await?;
    match found.items.first() {
        None => Err(Failure::NotFound),
        Some(pod) if pod.metadata.uid.as_deref() == Some(uid) => Ok(()),
        Some(_) => Err(Failure::Conflict),
    }
}

/// Waits for the end of a command. Its output is read meanwhile: it would wait for a reader.
async fn ended(mut process: AttachedProcess) -> Answer<()> {
    let (standard, errors, status) = (process.stdout(), process.stderr(), process.take_status());
    let status = async { status?.await };
    let (standard, errors, status) = tokio::join!(text(standard), text(errors), status);
    outcome(status.as_ref(), &Output { standard, errors })
}

/// What a stream says, up to a limit; the rest is read and thrown away.
async fn text(stream: Option<impl AsyncRead + Unpin>) -> String {
    let Some(mut stream) = stream else { return String::new() };
    let (mut kept, mut part) = (Vec::new(), [0; 1024]);
    while let Ok(count @ 1..) = stream.read(&mut part).await {
        let room = MOST_OUTPUT.saturating_sub(kept.len());
        kept.extend_from_slice(&part[..count.min(room)]);
    }
    String::from_utf8_lossy(&kept).into_owned()
}

/// What the status of a command means. Without one the connection was cut, and nobody knows.
fn outcome(status: Option<&Status>, output: &Output) -> Answer<()> {
    let Some(status) = status else {
        return Err(Failure::Unknown("the connection to the command was cut".to_owned()));
    };
    if status.status.as_deref() == Some("Success") {
        return Ok(());
    }
    let told = [&output.errors, &output.standard].into_iter().find_map(|text| complaint(text));
    let text = told.or(status.message.as_deref()).unwrap_or("it failed, and wrote nothing");
    Err(Failure::Refused { status: 500, text: shortened(text) })
}

/// The line in which `nodetool` says what is wrong; other lines are Java's.
fn complaint(text: &str) -> Option<&str> {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let is_told = |line: &&str| line.starts_with("error: ") || line.starts_with("nodetool: ");
    lines.clone().find(is_told).or_else(|| lines.next())
}

/// Whether a text is a UUID as Java writes it.
fn is_uuid(text: &str) -> bool {
    let mut lengths = [8, 4, 4, 4, 12].into_iter();
    let is_hex = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    text.split('-').all(|part| lengths.next() == Some(part.len()) && is_hex(part)) && lengths.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn status(value: &serde_json::Value) -> Status {
        serde_json::from_value(value.clone()).expect("a status")
    }

    fn refused(text: &str) -> Answer<()> {
        Err(Failure::Refused { status: 500, text: text.to_owned() })
    }

    #[test]
    fn a_command_that_failed_is_refused_in_the_words_of_nodetool() {
        // As the kubelet writes it.
        let failed = status(&json!({"status": "Failure", "reason": "NonZeroExitCode",
            "message": "command terminated with non-zero exit code: exit status 2",
            "details": {"causes": [{"reason": "ExitCode", "message": "2"}]}}));
        let errors =
            "Picked up JAVA_TOOL_OPTIONS: -Dx=y\nerror: Host ID not found.\n-- StackTrace --\njava.lang.Unsupported\n";
        let output = Output { standard: "ignored".to_owned(), errors: errors.to_owned() };
        assert_eq!(outcome(Some(&failed), &output), refused("error: Host ID not found."));
        let usage =
            Output { standard: "nodetool: Missing value\nSee 'nodetool help'\n".to_owned(), ..Output::default() };
        assert_eq!(outcome(Some(&failed), &usage), refused("nodetool: Missing value"));
        let silent = refused("command terminated with non-zero exit code: exit status 2");
        assert_eq!(outcome(Some(&failed), &Output::default()), silent);
        let bare = status(&json!({"status": "Failure"}));
        assert_eq!(outcome(Some(&bare), &Output::default()), refused("it failed, and wrote nothing"));
    }

    #[test]
    fn an_end_that_was_not_seen_is_unknown() {
        let success = status(&json!({"metadata": {}, "status": "Success"}));
        assert_eq!(outcome(Some(&success), &Output::default()), Ok(()));
        assert!(matches!(outcome(None, &Output::default()), Err(Failure::Unknown(_))));
    }

    #[test]
    fn only_a_uuid_is_a_host_id() {
        assert!(is_uuid("8b1c0e1e-6c1f-4f0a-9d4b-1a2b3c4d5e6f"));
        for other in [
            "",
            "force",
            "status",
            "8b1c0e1e6c1f4f0a9d4b1a2b3c4d5e6f",
            "8b1c0e1e-6c1f-4f0a-9d4b-1a2b3c4d5e6f-0",
            "8b1c0e1e-6c1f-4f0a-9d4b",
            "-b1c0e1e-6c1f-4f0a-9d4b-1a2b3c4d5e6f",
            "8b1c0e1g-6c1f-4f0a-9d4b-1a2b3c4d5e6f",
        ] {
            assert!(!is_uuid(other), "{other}");
        }
    }
}
