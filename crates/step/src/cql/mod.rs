//! What only CQL can say: roles with rights, and a keyspace. One connection, one statement at a time, version 4 of the native
//! protocol, which Cassandra 3.11 to 5.0 speak. A driver would bring pools, routing, metadata and a second TLS for that.

mod frames;
pub(crate) mod schema;
#[cfg(test)]
mod tests;
mod words;

use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::http::{Identity, connector};
use crate::management::Login;

use frames::{Frame, Reply};

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);

/// How long an answer may take: a change of the schema waits for the nodes to agree.
const ANSWER: Duration = Duration::from_mins(1);

/// The largest answer that is read, in bytes: two columns of all nodes.
const LARGEST: usize = 16 * 1024 * 1024;

/// Where Cassandra is, and how it is reached.
#[derive(Clone, Debug)]
pub(crate) struct Contact {
    /// Host and port.
    pub(crate) address: String,
    /// What is shown and trusted, where clients use TLS.
    pub(crate) tls: Option<Identity>,
}

/// Why a statement was not done.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CqlError {
    /// No answer, or none that is understood.
    #[error("{0}")]
    NoAnswer(String),
    /// What Cassandra said.
    #[error("{text} (error {code:#06x})")]
    Said {
        /// The code of the protocol.
        code: i32,
        /// Its words.
        text: String,
    },
}

/// What a connection runs over.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// A connection that is ready for statements.
pub(crate) struct Connection {
    stream: Box<dyn Stream>,
    /// Whether it had to log in.
    has_login: bool,
}

impl Connection {
    /// Connects, and logs in where Cassandra asks for that.
    pub(crate) async fn open(contact: &Contact, login: Option<&Login>) -> Result<Self, CqlError> {
        let address = &contact.address;
        let told = |what: String| CqlError::NoAnswer(format!("{address}: {what}"));
        let connected = timeout(CONNECT, TcpStream::connect(address.as_str())).await;
        let connected = connected.map_err(|_| told(format!("not connected within {} s", CONNECT.as_secs())))?;
        let plain = connected.map_err(|error| told(format!("not connected: {error}")))?;
        let stream: Box<dyn Stream> = match &contact.tls {
            None => Box::new(plain),
            Some(identity) => {
                let connector = connector(identity).map_err(|error| told(error.to_string()))?;
                let host = address.rsplit_once(':').map_or(address.as_str(), |(host, _)| host).to_owned();
                let name = ServerName::try_from(host).map_err(|error| told(error.to_string()))?;
                let secured = timeout(CONNECT, connector.connect(name, plain)).await;
                let secured = secured.map_err(|_| told("no TLS in time".to_owned()))?;
                Box::new(secured.map_err(|error| told(format!("no TLS: {error}")))?)
            }
        };
        let mut connection = Self { stream, has_login: false };
        connection.has_login = connection.begin(login).await?;
        Ok(connection)
    }

    /// Whether Cassandra asked for a login.
    async fn begin(&mut self, login: Option<&Login>) -> Result<bool, CqlError> {
        match (self.ask(&frames::startup()).await?, login) {
            (Reply::Ready, _) => Ok(false),
            (Reply::Authenticate, Some(login)) => match self.ask(&frames::credentials(login)).await? {
                Reply::Accepted => Ok(true),
                _ => Err(misread()),
            },
            (Reply::Authenticate, None) => {
                Err(CqlError::NoAnswer("Cassandra asks for a login, and --superuser is not given".to_owned()))
            }
            _ => Err(misread()),
        }
    }

    /// A statement, and the rows that it brings.
    pub(crate) async fn run(&mut self, statement: &str) -> Result<Vec<Vec<Option<Vec<u8>>>>, CqlError> {
        match self.ask(&frames::query(statement)).await? {
            Reply::Rows(rows) => Ok(rows),
            Reply::Done => Ok(Vec::new()),
            _ => Err(misread()),
        }
    }

    async fn ask(&mut self, request: &[u8]) -> Result<Reply, CqlError> {
        let answer = timeout(ANSWER, self.exchange(request)).await;
        answer.map_err(|_| CqlError::NoAnswer(format!("no answer within {} s", ANSWER.as_secs())))?
    }

    async fn exchange(&mut self, request: &[u8]) -> Result<Reply, CqlError> {
        let told = |error: std::io::Error| CqlError::NoAnswer(format!("the connection ended: {error}"));
        self.stream.write_all(request).await.map_err(told)?;
        self.stream.flush().await.map_err(told)?;
        let mut head = [0; frames::HEAD];
        self.stream.read_exact(&mut head).await.map_err(told)?;
        let length = frames::length(head).filter(|length| *length <= LARGEST).ok_or_else(misread)?;
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).await.map_err(told)?;
        Frame { head, body }.reply()
    }
}

fn misread() -> CqlError {
    CqlError::NoAnswer("the answer is not understood: is this the port of CQL?".to_owned())
}
