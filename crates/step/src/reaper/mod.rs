//! Reaper's REST interface, call by call, as 3.8, 4.2 and 5.0 answer it. In: the host and a login. Out: values of `cassc_settle`. It is
//! logged in anew for every look and every act: a token is good for ten minutes.

mod acts;
#[cfg(test)]
mod double;
mod login;
mod seen;
#[cfg(test)]
mod tests;

use std::time::Duration;

use cassc_settle::cluster::{Answer, Failure};
use hyper::Method;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::http::{Body, Call, Http, Pass, Response};
use crate::management::shortened;

/// How long an answer may take: Reaper asks the nodes for some of them, and its storage for all.
const LIMIT: Duration = Duration::from_mins(1);

/// Where Reaper is.
#[derive(Clone, Debug)]
pub(crate) struct ReaperApi {
    /// Its host.
    pub(crate) host: String,
    /// Its port.
    pub(crate) port: u16,
}

/// A Reaper that lets us in.
struct Session<'r> {
    api: &'r ReaperApi,
    /// `None` where it asks nobody who he is.
    token: Option<String>,
}

/// A request but its path.
struct Asked<'c> {
    method: Method,
    query: Vec<(&'static str, &'c str)>,
    body: Body<'c>,
}

impl Session<'_> {
    /// A request, and an answer of 2xx.
    async fn ask(&self, path: &str, asked: Asked<'_>) -> Answer<Response> {
        let Asked { method, query, body } = asked;
        let pass = self.token.as_deref().map(Pass::Token);
        let call = Call { method, path, query, body, pass, limit: LIMIT };
        let response = Http::send_by_name(&self.api.host, self.api.port, &call).await?;
        match response.status {
            200..=299 => Ok(response),
            status => Err(Failure::Refused { status, text: sentence(&response) }),
        }
    }

    /// A read, and its JSON.
    async fn get<T: DeserializeOwned>(&self, path: &str, query: Vec<(&'static str, &str)>) -> Answer<T> {
        parsed(&self.ask(path, Asked { method: Method::GET, query, body: Body::Empty }).await?)
    }
}

/// The JSON of an answer.
fn parsed<T: DeserializeOwned>(response: &Response) -> Answer<T> {
    serde_json::from_str(&response.text).map_err(|error| {
        let text = format!("the answer is not understood: {error}: {}", shortened(&response.text));
        Failure::Refused { status: response.status, text }
    })
}

/// What Reaper says is wrong: plain text, or an object of Dropwizard's with `message` or `errors`.
fn sentence(response: &Response) -> String {
    let object: Value = serde_json::from_str(&response.text).unwrap_or_default();
    let errors = object.get("errors").and_then(Value::as_array);
    let errors = errors.map(|list| list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; "));
    let message = object.get("message").and_then(Value::as_str).map(str::to_owned);
    let text = shortened(&message.or(errors).unwrap_or_else(|| response.text.clone()));
    if text.is_empty() { format!("status {} without a word", response.status) } else { text }
}
