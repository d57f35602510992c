//! Reaper's REST interface, call by call, as 4.2 and 5.0 answer it. In: the host and a login. Out: values of `cassc_settle`. It is
//! logged in anew for every look and every act: a token is good for ten minutes.

mod acts;
#[cfg(test)]
mod double;
mod seen;
#[cfg(test)]
mod tests;

use std::time::Duration;

use cassc_settle::cluster::{Answer, Failure};
use hyper::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::http::{Body, Call, Http, Response};
use crate::management::{Login, shortened};

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

#[derive(Deserialize)]
struct Token {
    token: String,
}

impl ReaperApi {
    /// Logs in. An interface without a login answers 404.
    async fn session(&self, login: &Login) -> Answer<Session<'_>> {
        let form = vec![("username", login.username.as_str()), ("password", login.password.as_str())];
        let call = Call {
            method: Method::POST,
            path: "/login",
            query: Vec::new(),
            body: Body::Form(form),
            token: None,
            limit: LIMIT,
        };
        let response = Http::send_by_name(&self.host, self.port, &call).await?;
        let token = match response.status {
            404 => None,
            200 => Some(parsed::<Token>(&response)?.token),
            status => {
                let text = format!("it does not accept the login: {}", sentence(&response));
                return Err(Failure::Refused { status, text });
            }
        };
        Ok(Session { api: self, token })
    }
}

impl Session<'_> {
    /// A request, and an answer of 2xx.
    async fn ask(&self, path: &str, asked: Asked<'_>) -> Answer<Response> {
        let Asked { method, query, body } = asked;
        let call = Call { method, path, query, body, token: self.token.as_deref(), limit: LIMIT };
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
