//! A connection, and the requests that follow one another over it.

use std::net::SocketAddr;

use bytes::Bytes;
use cassc_settle::cluster::Answer;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{AUTHORIZATION, CONNECTION, CONTENT_TYPE, COOKIE, HOST, SET_COOKIE};
use hyper::{Error, HeaderMap, Request};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinHandle;

use super::{Body, Call, Pass, Response, pairs, path_and_query, within};

/// The largest answer that is read, in bytes: `metadata/endpoints` has some 5 kB a node with 256 tokens.
const LARGEST: usize = 32 * 1024 * 1024;

/// A connection. It is closed when it is dropped.
pub(crate) struct Kept {
    to: SocketAddr,
    sender: SendRequest<Full<Bytes>>,
    driver: JoinHandle<Result<(), Error>>,
}

impl Kept {
    pub(super) async fn over<S>(stream: S, to: SocketAddr) -> Result<Self, String>
    where
        S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
    {
        let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(told)?;
        Ok(Self { to, sender, driver: tokio::spawn(connection) })
    }

    /// Sends the last request.
    pub(crate) async fn send_last(self, call: &Call<'_>) -> Answer<Response> {
        let address = self.to.to_string();
        within(&address, call, self.ask_last(call)).await
    }

    pub(super) async fn ask_last(mut self, call: &Call<'_>) -> Result<Response, String> {
        self.exchange(call, true).await
    }

    pub(super) async fn ask(&mut self, call: &Call<'_>) -> Result<Response, String> {
        self.exchange(call, false).await
    }

    /// Sends the request and reads the answer.
    async fn exchange(&mut self, call: &Call<'_>, is_last: bool) -> Result<Response, String> {
        let request = request(self.to, call, is_last)?;
        self.sender.ready().await.map_err(told)?;
        let response = self.sender.send_request(request).await.map_err(told)?;
        let status = response.status().as_u16();
        let cookies = cookies(response.headers());
        // A status without its body is no answer: a job's id may be what is missing.
        let body = Limited::new(response.into_body(), LARGEST).collect().await;
        let bytes = body.map_err(|error| format!("the answer is cut short: {error}"))?.to_bytes();
        Ok(Response { status, cookies, text: String::from_utf8_lossy(&bytes).into_owned() })
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

#[expect(clippy::needless_pass_by_value, reason = "map_err gives it away")]
fn told(error: Error) -> String {
    format!("no answer: {error}")
}

fn request(to: SocketAddr, call: &Call<'_>, is_last: bool) -> Result<Request<Full<Bytes>>, String> {
    let (kind, body) = match &call.body {
        Body::Empty => ("application/json", String::new()),
        Body::Json(value) => ("application/json", value.to_string()),
        Body::Form(fields) => ("application/x-www-form-urlencoded", pairs(fields)),
    };
    let mut request = Request::builder()
        .method(call.method.clone())
        .uri(path_and_query(call))
        .header(HOST, to.to_string())
        .header(CONTENT_TYPE, kind);
    if is_last {
        request = request.header(CONNECTION, "close");
    }
    request = match call.pass {
        None => request,
        Some(Pass::Token(token)) => request.header(AUTHORIZATION, format!("Bearer {token}")),
        Some(Pass::Cookie(cookie)) => request.header(COOKIE, cookie),
    };
    request.body(Full::new(Bytes::from(body))).map_err(|_| "the request cannot be sent as it is".to_owned())
}

/// Each `Set-Cookie` up to its attributes. `Secure` is one of them: it is for browsers, and the cookie goes back where it came from.
fn cookies(headers: &HeaderMap) -> Vec<String> {
    let set = headers.get_all(SET_COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    set.filter_map(|cookie| cookie.split(';').next()).map(|it| it.trim().to_owned()).collect()
}
