//! One request to a pod or to Reaper, over a connection of its own: a connection that is used again may be closed just then, and nobody
//! knows whether the request arrived. In: an address and a [`Call`]. Out: status and text, or why there is no answer.
//! What is in a query or a body never stands in an error: it may be a password.

#[cfg(test)]
mod tests;
mod tls;

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use bytes::Bytes;
use cassc_settle::cluster::{Answer, Failure};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1;
use hyper::header::{AUTHORIZATION, CONNECTION, CONTENT_TYPE, HOST};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

pub(crate) use tls::{Certificates, Identity, TlsError, connector};

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);

/// The largest answer that is read, in bytes: `metadata/endpoints` has some 5 kB a node with 256 tokens.
const LARGEST: usize = 32 * 1024 * 1024;

/// A request.
#[derive(Clone, Debug)]
pub(crate) struct Call<'c> {
    /// GET, POST, PUT.
    pub(crate) method: Method,
    /// The path, which stands in errors.
    pub(crate) path: &'c str,
    /// The query; values in any characters.
    pub(crate) query: Vec<(&'static str, &'c str)>,
    /// The body.
    pub(crate) body: Body<'c>,
    /// What it is allowed by (`Authorization: Bearer`).
    pub(crate) token: Option<&'c str>,
    /// How long the answer may take, connecting included.
    pub(crate) limit: Duration,
}

/// The body of a request.
#[derive(Clone, Debug)]
pub(crate) enum Body<'c> {
    /// None.
    Empty,
    /// JSON.
    Json(serde_json::Value),
    /// The fields of a form; values in any characters.
    Form(Vec<(&'static str, &'c str)>),
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Response {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The body.
    pub(crate) text: String,
}

/// How pods are reached.
#[derive(Clone, Debug)]
pub(crate) struct Http {
    /// The port of the Management API.
    pub(crate) port: u16,
    /// What both sides show where they use TLS.
    pub(crate) certificates: Option<Certificates>,
}

impl Http {
    /// Sends a request to an address, once. Any status is an answer; without one it is [`Failure::Unknown`].
    pub(crate) async fn send(&self, address: &str, call: &Call<'_>) -> Answer<Response> {
        match address.parse::<IpAddr>() {
            Ok(ip) => within(address, call, self.exchange(SocketAddr::new(ip, self.port), call)).await,
            Err(_) => Err(told(address, call, "not an address")),
        }
    }

    /// Sends a request to a host by its name, without TLS.
    pub(crate) async fn send_by_name(host: &str, port: u16, call: &Call<'_>) -> Answer<Response> {
        let http = Self { port, certificates: None };
        within(host, call, async {
            let mut found =
                lookup_host((host, port)).await.map_err(|error| format!("its name is not known: {error}"))?;
            let Some(to) = found.next() else { return Err("its name has no address".to_owned()) };
            http.exchange(to, call).await
        })
        .await
    }

    async fn exchange(&self, to: SocketAddr, call: &Call<'_>) -> Result<Response, String> {
        let connected = timeout(CONNECT, TcpStream::connect(to)).await;
        let connected = connected.map_err(|_| format!("not connected within {} s", CONNECT.as_secs()))?;
        let stream = connected.map_err(|error| format!("not connected: {error}"))?;
        match &self.certificates {
            None => ask(stream, to, call).await,
            Some(certificates) => {
                let connector = certificates.connector().map_err(|error| error.to_string())?;
                let secured = connector.connect(ServerName::IpAddress(to.ip().into()), stream).await;
                ask(secured.map_err(|error| format!("no TLS: {error}"))?, to, call).await
            }
        }
    }
}

/// An exchange within the time of its call.
async fn within(
    address: &str,
    call: &Call<'_>,
    exchange: impl Future<Output = Result<Response, String>>,
) -> Answer<Response> {
    match timeout(call.limit, exchange).await {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(failure)) => Err(told(address, call, &failure)),
        Err(_) => Err(told(address, call, &format!("no answer within {} s", call.limit.as_secs()))),
    }
}

/// Why there is no answer. Nothing of a query or a body is in it.
fn told(address: &str, call: &Call<'_>, what: &str) -> Failure {
    Failure::Unknown(format!("{} {} of {address}: {what}", call.method, call.path))
}

/// Sends the request and reads the answer.
async fn ask<S>(stream: S, to: SocketAddr, call: &Call<'_>) -> Result<Response, String>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let told = |error: hyper::Error| format!("no answer: {error}");
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(told)?;
    let driver = tokio::spawn(connection);
    let (kind, body) = match &call.body {
        Body::Empty => ("application/json", String::new()),
        Body::Json(value) => ("application/json", value.to_string()),
        Body::Form(fields) => ("application/x-www-form-urlencoded", pairs(fields)),
    };
    let mut request = Request::builder()
        .method(call.method.clone())
        .uri(path_and_query(call))
        .header(HOST, to.to_string())
        .header(CONNECTION, "close")
        .header(CONTENT_TYPE, kind);
    if let Some(token) = call.token {
        request = request.header(AUTHORIZATION, format!("Bearer {token}"));
    }
    let request =
        request.body(Full::new(Bytes::from(body))).map_err(|_| "the request cannot be sent as it is".to_owned())?;
    let response = sender.send_request(request).await.map_err(told)?;
    let status = response.status().as_u16();
    let body = Limited::new(response.into_body(), LARGEST).collect().await;
    driver.abort();
    // A status without its body is no answer: a job's id may be what is missing.
    let bytes = body.map_err(|error| format!("the answer is cut short: {error}"))?.to_bytes();
    Ok(Response { status, text: String::from_utf8_lossy(&bytes).into_owned() })
}

/// The target of the request, with the query percent-encoded.
fn path_and_query(call: &Call<'_>) -> String {
    let query = pairs(&call.query);
    if query.is_empty() { call.path.to_owned() } else { format!("{}?{query}", call.path) }
}

/// Names and values as a query or a form has them.
fn pairs(pairs: &[(&'static str, &str)]) -> String {
    let mut text = String::new();
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        encode(value, &mut text);
    }
    text
}

/// A text as one part of a path.
pub(crate) fn segment(text: &str) -> String {
    let mut encoded = String::new();
    encode(text, &mut encoded);
    encoded
}

/// Writes a text as part of a query (RFC 3986): everything but unreserved characters as `%XX`.
fn encode(text: &str, target: &mut String) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            target.push(char::from(byte));
        } else {
            write!(target, "%{byte:02X}").expect("a text takes all that is written");
        }
    }
}

#[cfg(test)]
mod encoding {
    use super::*;

    #[test]
    fn a_query_carries_every_character() {
        let query = vec![("username", "o'brien"), ("password", "p w/+&=ü%?#")];
        let call = Call { method: Method::POST, path: "/role", query, body: Body::Empty, token: None, limit: CONNECT };
        assert_eq!(path_and_query(&call), "/role?username=o%27brien&password=p%20w%2F%2B%26%3D%C3%BC%25%3F%23");
    }
}
