//! The Management API of a pod, call by call, as releases v0.1.112 to v0.1.125 answer it. In: the address of a pod. Out:
//! values of `cassc_settle`. Version 1 of a call is used wherever there is one: version 0 answers 200 to what Cassandra refused.

#[cfg(test)]
mod double;
mod endpoints;
mod jobs;
mod keyspaces;
mod repairs;
mod requests;
mod roles;

use std::time::Duration;

use cassc_settle::cluster::{Answer, Failure};
use hyper::Method;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::http::{Body, Call, Http, Response};

pub(crate) use roles::Login;

/// How long a read may take. The server itself gives up after 10 s.
const READ: Duration = Duration::from_secs(10);

/// How long an act may take: the server answers 500 after 30 s, while Cassandra goes on.
const ACT: Duration = Duration::from_secs(30);

/// How long all reads together may take of which one call is made.
const READS: Duration = Duration::from_secs(30);

/// How the agent in Cassandra says that a method of its own failed: it has ended, so nothing goes on.
const METHOD_FAILED: &str = "Failed to execute method";

/// The longest text of an answer that is told on, in characters.
const LONGEST_TEXT: usize = 300;

/// The Management API of all pods.
#[derive(Clone, Debug)]
pub(crate) struct ManagementApi {
    /// How pods are reached.
    pub(crate) http: Http,
}

/// What a call is: reads change nothing, so that a failure of theirs is only a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Intent {
    Read,
    Act,
}

impl ManagementApi {
    /// A read, and its JSON.
    async fn get<T: DeserializeOwned>(
        &self,
        address: &str,
        path: &'static str,
        query: Vec<(&'static str, &str)>,
    ) -> Answer<T> {
        let call = Call { method: Method::GET, path, query, body: Body::Empty, pass: None, limit: READ };
        parsed(&succeeded(self.http.send(address, &call).await?, Intent::Read)?)
    }

    /// An act with a query and a body.
    async fn act(
        &self,
        address: &str,
        method: Method,
        path: &'static str,
        query: Vec<(&'static str, &str)>,
        body: Option<Value>,
    ) -> Answer<Response> {
        let body = body.map_or(Body::Empty, Body::Json);
        let call = Call { method, path, query, body, pass: None, limit: ACT };
        succeeded(self.http.send(address, &call).await?, Intent::Act)
    }
}

/// An answer of 2xx, or what any other means. Answers of 5xx to an act say nothing of what became of it (a drain
/// answers 500 and goes on), unless the agent says that its method failed.
fn succeeded(response: Response, intent: Intent) -> Answer<Response> {
    let text = shortened(&response.text);
    match response.status {
        200..=299 => Ok(response),
        404 => Err(Failure::NotFound),
        409 => Err(Failure::Conflict),
        429 => Err(Failure::TooManyRequests(text)),
        500..=599 if intent == Intent::Act && !text.contains(METHOD_FAILED) => {
            Err(Failure::Unknown(format!("status {}: {text}", response.status)))
        }
        status => Err(Failure::Refused { status, text }),
    }
}

/// The JSON of an answer. What cannot be read is no answer to conclude anything from.
fn parsed<T: DeserializeOwned>(response: &Response) -> Answer<T> {
    serde_json::from_str(&response.text).map_err(|error| misread(response, &error.to_string()))
}

/// An answer of 2xx that has another form than it should.
fn misread(response: &Response, why: &str) -> Failure {
    let text = format!("the answer is not understood: {why}: {}", shortened(&response.text));
    Failure::Refused { status: response.status, text }
}

/// A text of an answer as it stands in messages: one line, not long, nothing that a terminal would obey.
pub(crate) fn shortened(text: &str) -> String {
    let plain = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c });
    plain.take(LONGEST_TEXT).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failure(status: u16, text: &str, intent: Intent) -> Failure {
        succeeded(Response { status, text: text.to_owned(), ..Response::default() }, intent)
            .expect_err("it is a failure")
    }

    #[test]
    fn an_act_that_may_have_taken_place_is_unknown() {
        let closed = "Internal connection to Cassandra closed";
        assert!(matches!(failure(500, closed, Intent::Act), Failure::Unknown(_)));
        assert!(matches!(failure(500, "Query timed out after PT30S", Intent::Act), Failure::Unknown(_)));
        let failed = "Failed to execute method NodeOps.alterKeyspace";
        assert_eq!(failure(500, failed, Intent::Act), Failure::Refused { status: 500, text: failed.to_owned() });
        assert_eq!(failure(500, closed, Intent::Read), Failure::Refused { status: 500, text: closed.to_owned() });
        assert_eq!(failure(404, "", Intent::Act), Failure::NotFound);
    }

    #[test]
    fn a_text_is_told_on_one_line_and_shortened() {
        assert_eq!(shortened(" a\n\u{1b}[31mb "), "a  [31mb");
        assert_eq!(shortened(&"x".repeat(10_000)).len(), LONGEST_TEXT);
    }
}
