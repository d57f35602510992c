//! A double of Reaper's REST interface, for tests: it answers on a socket as the [`Model`] says, which is held to what was
//! observed of a real one.

mod login;
mod model;
mod rows;
mod schedules;

use std::sync::{Arc, Mutex, MutexGuard};

use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};

use super::ReaperApi;
use crate::http::double::read_request;
use crate::management::Login;

pub(super) use model::{Entry, Model, RING};
pub(super) use schedules::Stored;

const ADDRESS: &str = "127.0.0.1";

/// A running double; it ends with the test.
pub(super) struct Double {
    port: u16,
    model: Arc<Mutex<Model>>,
}

/// A request, as far as the double cares.
pub(super) struct Request {
    pub(super) method: String,
    pub(super) path: String,
    /// Names and values, decoded; of a form those of the body.
    pub(super) pairs: Vec<(String, String)>,
    pub(super) is_form: bool,
    pub(super) token: Option<String>,
    pub(super) cookie: Option<String>,
    /// Over which connection it came.
    pub(super) connection: u32,
    pub(super) body: String,
}

impl Double {
    /// One that has this model.
    pub(super) async fn of(model: Model) -> Self {
        let listener = TcpListener::bind((ADDRESS, 0)).await.expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let model = Arc::new(Mutex::new(model));
        let of_server = Arc::clone(&model);
        tokio::spawn(async move {
            for connection in 1.. {
                let Ok((stream, _)) = listener.accept().await else { return };
                serve(stream, connection, &of_server).await;
            }
        });
        Self { port, model }
    }

    /// What it has.
    pub(super) fn model(&self) -> MutexGuard<'_, Model> {
        self.model.lock().expect("no test panicked")
    }

    /// A client of it.
    pub(super) fn api(&self) -> ReaperApi {
        ReaperApi { host: ADDRESS.to_owned(), port: self.port }
    }
}

/// The login of the double.
pub(super) fn login() -> Login {
    Login { username: "reaper".to_owned(), password: "p w/+&=%".to_owned() }
}

impl Request {
    /// A request as a test writes it: with the token of an operator, and a query in the path.
    pub(super) fn of(method: &str, target: &str, body: &str) -> Self {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            pairs: pairs(query),
            is_form: false,
            token: Some("operator".to_owned()),
            cookie: None,
            connection: 0,
            body: body.to_owned(),
        }
    }

    /// The value of a parameter.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(it, _)| it == name).map(|(_, value)| value.as_str())
    }

    fn parsed(text: &str, connection: u32) -> Self {
        let (head, body) = text.split_once("\r\n\r\n").expect("a request has a head");
        let mut words = head.split(' ');
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let header = |name: &str| {
            head.lines().find_map(|line| {
                let (it, value) = line.split_once(": ")?;
                it.eq_ignore_ascii_case(name).then(|| value.to_owned())
            })
        };
        let is_form = header("content-type").as_deref() == Some("application/x-www-form-urlencoded");
        let mut request = Self::of(method, target, body);
        if is_form {
            request.pairs = pairs(body);
        }
        let token = header("authorization").and_then(|it| it.strip_prefix("Bearer ").map(str::to_owned));
        Self { is_form, token, cookie: header("cookie"), connection, ..request }
    }
}

fn pairs(text: &str) -> Vec<(String, String)> {
    let pairs = text.split('&').filter_map(|pair| pair.split_once('='));
    pairs.map(|(name, value)| (name.to_owned(), decoded(value))).collect()
}

fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend_from_slice(before.as_bytes());
        bytes.push(u8::from_str_radix(&after[..2], 16).expect("two digits follow"));
        rest = &after[2..];
    }
    bytes.extend_from_slice(rest.as_bytes());
    String::from_utf8(bytes).expect("it is text")
}

/// Answers requests until the client closes.
async fn serve(mut stream: TcpStream, connection: u32, model: &Mutex<Model>) {
    while let Some(text) = read_request(&mut stream).await {
        let request = Request::parsed(&text, connection);
        let (status, body) = model.lock().expect("no test panicked").answer(&request);
        let cookies: String = model.lock().expect("no test panicked").cookies(&request, status);
        let length = if status == 204 { String::new() } else { format!("Content-Length: {}\r\n", body.len()) };
        let text = format!("HTTP/1.1 {status} X\r\n{length}{cookies}\r\n{body}");
        stream.write_all(text.as_bytes()).await.expect("the client reads it");
    }
}
