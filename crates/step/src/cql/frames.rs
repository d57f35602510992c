//! Frames of version 4 of the native protocol (`native_protocol_v4.spec` of Cassandra), as far as they are needed.

use super::{CqlError, misread};
use crate::management::{Login, shortened};

/// Bytes of a frame before its body.
pub(super) const HEAD: usize = 9;

/// What stands before a request; answers have its highest bit, too.
const VERSION: u8 = 0x04;
const ANSWER: u8 = 0x84;

/// The flags of an answer whose body begins with something else: the id of a trace, warnings.
const TRACED: u8 = 0x02;
const WARNED: u8 = 0x08;

/// Consistency `ONE`; schema and roles have one of their own.
const ONE: u16 = 0x0001;

/// An answer.
pub(super) struct Frame {
    pub(super) head: [u8; HEAD],
    pub(super) body: Vec<u8>,
}

/// What an answer says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Reply {
    Ready,
    Authenticate,
    Accepted,
    Rows(Vec<Vec<Option<Vec<u8>>>>),
    Done,
}

/// The length of a body; `None` for what is no answer of this version.
pub(super) fn length(head: [u8; HEAD]) -> Option<usize> {
    let length = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
    (head[0] == ANSWER).then_some(usize::try_from(length).ok()?)
}

/// STARTUP.
pub(super) fn startup() -> Vec<u8> {
    let mut body = vec![0, 1];
    string(&mut body, "CQL_VERSION");
    string(&mut body, "3.0.0");
    request(0x01, &body)
}

/// `AUTH_RESPONSE` for `PasswordAuthenticator`: SASL PLAIN.
pub(super) fn credentials(login: &Login) -> Vec<u8> {
    let token = format!("\0{}\0{}", login.username, login.password);
    let mut body = Vec::new();
    long_string(&mut body, &token);
    request(0x0F, &body)
}

/// QUERY without values.
pub(super) fn query(statement: &str) -> Vec<u8> {
    let mut body = Vec::new();
    long_string(&mut body, statement);
    body.extend(ONE.to_be_bytes());
    body.push(0);
    request(0x07, &body)
}

fn request(opcode: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len()).expect("statements are short");
    let mut frame = vec![VERSION, 0, 0, 0, opcode];
    frame.extend(length.to_be_bytes());
    frame.extend(body);
    frame
}

fn string(body: &mut Vec<u8>, text: &str) {
    body.extend(u16::try_from(text.len()).expect("names are short").to_be_bytes());
    body.extend(text.as_bytes());
}

fn long_string(body: &mut Vec<u8>, text: &str) {
    body.extend(u32::try_from(text.len()).expect("statements are short").to_be_bytes());
    body.extend(text.as_bytes());
}

impl Frame {
    /// What it says.
    pub(super) fn reply(&self) -> Result<Reply, CqlError> {
        let mut rest = Reader(&self.body);
        if self.head[1] & TRACED != 0 {
            rest.take(16)?;
        }
        if self.head[1] & WARNED != 0 {
            for _ in 0..rest.short()? {
                rest.string()?;
            }
        }
        match self.head[4] {
            0x00 => Err(CqlError::Said { code: rest.int()?, text: shortened(&rest.string()?) }),
            0x02 => Ok(Reply::Ready),
            0x03 => Ok(Reply::Authenticate),
            0x08 => result(&mut rest),
            0x10 => Ok(Reply::Accepted),
            _ => Err(misread()),
        }
    }
}

/// RESULT: rows, or something that was done.
fn result(rest: &mut Reader<'_>) -> Result<Reply, CqlError> {
    if rest.int()? != 0x0002 {
        return Ok(Reply::Done);
    }
    let (flags, columns) = (rest.int()?, rest.int()?);
    if flags & 0x0002 != 0 {
        rest.bytes()?; // where the next page begins: all nodes fit into one
    }
    if flags & 0x0001 != 0 {
        rest.string()?;
        rest.string()?;
    }
    for _ in 0..columns {
        if flags & 0x0001 == 0 {
            rest.string()?;
            rest.string()?;
        }
        rest.string()?;
        let kind = rest.short()?;
        if kind == 0 || kind >= 0x20 {
            return Err(misread()); // a type with parameters: nothing that is asked for has one
        }
    }
    let mut rows = Vec::new();
    for _ in 0..rest.int()? {
        rows.push((0..columns).map(|_| rest.bytes()).collect::<Result<_, _>>()?);
    }
    Ok(Reply::Rows(rows))
}

/// What is left of a body.
struct Reader<'b>(&'b [u8]);

impl<'b> Reader<'b> {
    fn take(&mut self, count: usize) -> Result<&'b [u8], CqlError> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or_else(misread)?;
        self.0 = rest;
        Ok(taken)
    }

    fn short(&mut self) -> Result<u16, CqlError> {
        let bytes = self.take(2)?;
        Ok(u16::from_be_bytes([bytes[0], bytes[1]]))
    }

    fn int(&mut self) -> Result<i32, CqlError> {
        let bytes = self.take(4)?;
        Ok(i32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]))
    }

    fn string(&mut self) -> Result<String, CqlError> {
        let length = self.short()?;
        Ok(String::from_utf8_lossy(self.take(length.into())?).into_owned())
    }

    /// A value; `None` for null.
    fn bytes(&mut self) -> Result<Option<Vec<u8>>, CqlError> {
        match usize::try_from(self.int()?) {
            Ok(length) => Ok(Some(self.take(length)?.to_vec())),
            Err(_) => Ok(None),
        }
    }
}
