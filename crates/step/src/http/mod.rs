//! One request to a pod or to Reaper, over a connection of its own: a connection that is used again may be closed just then, and nobody
//! knows whether the request arrived. In: an address and a [`Call`]. Out: status and text, or why there is no answer.
//! What is in a query, a header or a body never stands in an error: it may be a password.

#[cfg(test)]
pub(crate) mod double;
mod kept;
#[cfg(test)]
mod tests;
mod tls;

use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use cassc_settle::cluster::{Answer, Failure};
use hyper::Method;
use rustls::pki_types::ServerName;
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;

pub(crate) use kept::Kept;
pub(crate) use tls::{Certificates, Identity, TlsError, connector};

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);

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
    /// What it is allowed by.
    pub(crate) pass: Option<Pass<'c>>,
    /// How long the answer may take, connecting included.
    pub(crate) limit: Duration,
}

/// What a request is allowed by.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pass<'c> {
    /// `Authorization: Bearer`.
    Token(&'c str),
    /// `Cookie`: a name and its value.
    Cookie(&'c str),
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Response {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The cookies that it sets: names and values, without attributes.
    pub(crate) cookies: Vec<String>,
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
            Ok(ip) => {
                let to = SocketAddr::new(ip, self.port);
                within(address, call, async { self.connect(to).await?.ask_last(call).await }).await
            }
            Err(_) => Err(told(address, call, "not an address")),
        }
    }

    /// Sends a request to a host by its name, without TLS.
    pub(crate) async fn send_by_name(host: &str, port: u16, call: &Call<'_>) -> Answer<Response> {
        within(host, call, async { Self::open(host, port).await?.ask_last(call).await }).await
    }

    /// The same, and keeps the connection for the request that follows from the answer: behind a Service another connection may reach
    /// another pod.
    pub(crate) async fn send_and_keep(host: &str, port: u16, call: &Call<'_>) -> Answer<(Response, Kept)> {
        within(host, call, async {
            let mut kept = Self::open(host, port).await?;
            Ok((kept.ask(call).await?, kept))
        })
        .await
    }

    async fn open(host: &str, port: u16) -> Result<Kept, String> {
        let mut found = lookup_host((host, port)).await.map_err(|error| format!("its name is not known: {error}"))?;
        let Some(to) = found.next() else { return Err("its name has no address".to_owned()) };
        Self { port, certificates: None }.connect(to).await
    }

    async fn connect(&self, to: SocketAddr) -> Result<Kept, String> {
        let connected = timeout(CONNECT, TcpStream::connect(to)).await;
        let connected = connected.map_err(|_| format!("not connected within {} s", CONNECT.as_secs()))?;
        let stream = connected.map_err(|error| format!("not connected: {error}"))?;
        match &self.certificates {
            None => Kept::over(stream, to).await,
            Some(certificates) => {
                let connector = certificates.connector().map_err(|error| error.to_string())?;
                let secured = connector.connect(ServerName::IpAddress(to.ip().into()), stream).await;
                Kept::over(secured.map_err(|error| format!("no TLS: {error}"))?, to).await
            }
        }
    }
}

/// An exchange within the time of its call.
async fn within<T>(address: &str, call: &Call<'_>, exchange: impl Future<Output = Result<T, String>>) -> Answer<T> {
    match timeout(call.limit, exchange).await {
        Ok(Ok(answered)) => Ok(answered),
        Ok(Err(failure)) => Err(told(address, call, &failure)),
        Err(_) => Err(told(address, call, &format!("no answer within {} s", call.limit.as_secs()))),
    }
}

/// Why there is no answer. Nothing of a query, a header or a body is in it.
fn told(address: &str, call: &Call<'_>, what: &str) -> Failure {
    Failure::Unknown(format!("{} {} of {address}: {what}", call.method, call.path))
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
        let call = Call { method: Method::POST, path: "/role", query, body: Body::Empty, pass: None, limit: CONNECT };
        assert_eq!(path_and_query(&call), "/role?username=o%27brien&password=p%20w%2F%2B%26%3D%C3%BC%25%3F%23");
    }
}
