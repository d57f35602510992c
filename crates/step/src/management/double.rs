//! A double of the Management API, for tests: it answers on a socket with what was observed of a real one, and remembers
//! what it was asked. A request that it does not expect is answered 404 without a body, as by the real one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};

use super::ManagementApi;
use crate::http::Http;
use crate::http::double::read_request;

/// Where it listens.
pub(super) const ADDRESS: &str = "127.0.0.1";

/// A running double; it ends with the test.
pub(super) struct Double {
    port: u16,
    shared: Arc<Mutex<Shared>>,
}

#[derive(Default)]
struct Shared {
    /// Status and body by method, path and query.
    answers: BTreeMap<String, (u16, String)>,
    hangs_up: bool,
    targets: Vec<String>,
    bodies: Vec<String>,
}

impl Double {
    /// One that answers this request so.
    pub(super) async fn answers(target: &str, status: u16, body: &str) -> Self {
        let double = Self::start(false).await;
        double.also(target, status, body);
        double
    }

    /// One that reads every request and closes the connection without an answer.
    pub(super) async fn hangs_up() -> Self {
        Self::start(true).await
    }

    async fn start(hangs_up: bool) -> Self {
        let listener = TcpListener::bind((ADDRESS, 0)).await.expect("a port is free");
        let port = listener.local_addr().expect("it is bound").port();
        let shared = Arc::new(Mutex::new(Shared { hangs_up, ..Shared::default() }));
        let of_server = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                serve(stream, &of_server).await;
            }
        });
        Self { port, shared }
    }

    /// Answers another request so.
    pub(super) fn also(&self, target: &str, status: u16, body: &str) {
        self.shared.lock().expect("no test panicked").answers.insert(target.to_owned(), (status, body.to_owned()));
    }

    /// What was asked: method, path and query.
    pub(super) fn targets(&self) -> Vec<String> {
        self.shared.lock().expect("no test panicked").targets.clone()
    }

    /// The bodies of what was asked.
    pub(super) fn bodies(&self) -> Vec<String> {
        self.shared.lock().expect("no test panicked").bodies.clone()
    }

    /// A client of it.
    pub(super) fn api(&self) -> ManagementApi {
        ManagementApi { http: Http { port: self.port, certificates: None } }
    }
}

/// Answers one request, then closes.
async fn serve(mut stream: TcpStream, shared: &Mutex<Shared>) {
    let request = read_request(&mut stream).await.expect("a client asks something");
    let (head, body) = request.split_once("\r\n\r\n").expect("a request has a head");
    let target = head.split(" HTTP/1.1").next().unwrap_or_default().to_owned();
    let answer = {
        let mut shared = shared.lock().expect("no test panicked");
        shared.targets.push(target.clone());
        shared.bodies.push(body.to_owned());
        if shared.hangs_up { None } else { Some(shared.answers.get(&target).cloned().unwrap_or((404, String::new()))) }
    };
    if let Some((status, body)) = answer {
        let text = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len());
        stream.write_all(text.as_bytes()).await.expect("the client reads it");
    }
}
