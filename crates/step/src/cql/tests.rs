//! The conversation, with a double of Cassandra: it speaks frames as the specification of version 4 has them.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::schema::{Made, RoleMade, Wanted, is_final, make};
use super::{Contact, CqlError};
use crate::management::Login;

/// A Cassandra.
#[derive(Clone, Default)]
struct Double {
    has_login: bool,
    /// The beginning of a statement that it refuses, and how.
    refuses: Option<(&'static str, i32, &'static str)>,
    statements: Arc<Mutex<Vec<String>>>,
}

impl Double {
    async fn start(&self) -> Contact {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port is free");
        let address = listener.local_addr().expect("it is bound").to_string();
        let double = self.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                double.serve(stream).await;
            }
        });
        Contact { address, tls: None }
    }

    async fn serve(&self, mut stream: TcpStream) {
        let mut head = [0; 9];
        while stream.read_exact(&mut head).await.is_ok() {
            assert_eq!(head[0], 4, "version 4 is spoken");
            let length = u32::from_be_bytes([head[5], head[6], head[7], head[8]]);
            let mut body = vec![0; usize::try_from(length).expect("it is short")];
            stream.read_exact(&mut body).await.expect("the body follows");
            let (opcode, flags, body) = self.answer(head[4], &body);
            let mut frame = vec![0x84, flags, 0, 0, opcode];
            frame.extend(u32::try_from(body.len()).expect("it is short").to_be_bytes());
            frame.extend(body);
            stream.write_all(&frame).await.expect("the client reads it");
        }
    }

    /// Opcode, flags and body.
    fn answer(&self, opcode: u8, body: &[u8]) -> (u8, u8, Vec<u8>) {
        match opcode {
            0x01 if self.has_login => (0x03, 0, string("org.apache.cassandra.auth.PasswordAuthenticator")),
            0x01 => (0x02, 0, Vec::new()),
            0x0F if body[4..] == *b"\0shop-superuser\0secret" => (0x10, 0, vec![0xFF; 4]),
            0x0F => error(0x0100, "Provided username shop-superuser and/or password are incorrect"),
            _ => self.query(&String::from_utf8_lossy(&body[4..body.len() - 3])),
        }
    }

    fn query(&self, statement: &str) -> (u8, u8, Vec<u8>) {
        self.statements.lock().expect("no test panicked").push(statement.to_owned());
        if let Some((_, code, text)) = self.refuses.filter(|(begin, ..)| statement.starts_with(begin)) {
            return error(code, text);
        }
        if statement.starts_with("SELECT") {
            return (0x08, 0, rows());
        }
        // With a warning, as for more replicas than nodes.
        (0x08, 0x08, [&[0, 1][..], &string("Your replication factor is higher"), &[0, 0, 0, 1]].concat())
    }

    fn statements(&self) -> Vec<String> {
        let statements = self.statements.lock().expect("no test panicked");
        statements.iter().filter(|it| !it.starts_with("SELECT")).cloned().collect()
    }
}

fn string(text: &str) -> Vec<u8> {
    [&u16::try_from(text.len()).expect("it is short").to_be_bytes(), text.as_bytes()].concat()
}

fn error(code: i32, text: &str) -> (u8, u8, Vec<u8>) {
    (0x00, 0, [&code.to_be_bytes()[..], &string(text)].concat())
}

/// One row of a UUID and a text, and one of a node of which nothing is known yet.
fn rows() -> Vec<u8> {
    let head = [0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2];
    let columns = [string("system"), string("local"), string("schema_version"), vec![0, 0x0C], string("data_center")];
    let values = [&[0, 0, 0, 2, 0, 0, 0, 16][..], &[7; 16], &[0, 0, 0, 3], b"dc1", &[0xFF; 8]].concat();
    [&head[..], &columns.concat(), &[0, 0x0D], &values].concat()
}

fn wanted(role: bool) -> Wanted {
    let role = role.then(|| Login { username: "reaper".to_owned(), password: "p'w".to_owned() });
    let replicas = vec![("dc1".to_owned(), 3), ("dc2".to_owned(), 1)];
    Wanted { keyspace: "reaper_db".to_owned(), replicas, role }
}

fn superuser(password: &str) -> Login {
    Login { username: "shop-superuser".to_owned(), password: password.to_owned() }
}

#[tokio::test]
async fn the_keyspace_the_role_and_its_rights_are_made() {
    let double = Double { has_login: true, ..Double::default() };
    let made = make(&double.start().await, Some(&superuser("secret")), &wanted(true)).await;
    assert_eq!(made, Ok(Made { without_nodes: vec!["dc2".to_owned()], role: RoleMade::WithRights, agrees: true }));
    let keyspace =
        "CREATE KEYSPACE IF NOT EXISTS \"reaper_db\" WITH replication = {'class': 'NetworkTopologyStrategy', 'dc1': 3}";
    let with = "\"reaper\" WITH PASSWORD = 'p''w' AND LOGIN = true";
    let rights =
        ["CREATE", "ALTER", "SELECT", "MODIFY"].map(|it| format!("GRANT {it} ON KEYSPACE \"reaper_db\" TO \"reaper\""));
    let mut expected =
        vec![keyspace.to_owned(), format!("CREATE ROLE IF NOT EXISTS {with}"), format!("ALTER ROLE {with}")];
    expected.extend(rights);
    assert_eq!(double.statements(), expected);
}

#[tokio::test]
async fn where_nobody_logs_in_only_the_keyspace_is_made() {
    let double = Double::default();
    make(&double.start().await, None, &wanted(false)).await.expect("it is made");
    assert_eq!(double.statements().len(), 1);
}

#[tokio::test]
async fn where_everybody_has_all_rights_none_are_given() {
    let text = "java.lang.UnsupportedOperationException: GRANT operation is not supported by AllowAllAuthorizer";
    let double = Double { has_login: true, refuses: Some(("GRANT", 0, text)), ..Double::default() };
    let made = make(&double.start().await, Some(&superuser("secret")), &wanted(true)).await.expect("it is made");
    assert_eq!(made.role, RoleMade::WithoutRights);
}

#[tokio::test]
async fn a_node_that_asks_nobody_for_a_password_yet_is_waited_for() {
    let text = "java.lang.UnsupportedOperationException: GRANT operation is not supported by AllowAllAuthorizer";
    let before = Double { refuses: Some(("GRANT", 0, text)), ..Double::default() };
    let error = make(&before.start().await, Some(&superuser("secret")), &wanted(true)).await.expect_err("not yet");
    assert!(!is_final(&error), "{error}");
    assert_eq!(error.to_string(), "the node asks nobody for a password yet");
    assert_eq!(before.statements(), Vec::<String>::new());
    let after = Double { has_login: true, ..Double::default() };
    let made = make(&after.start().await, Some(&superuser("secret")), &wanted(true)).await.expect("it is made");
    assert_eq!(made.role, RoleMade::WithRights);
}

#[tokio::test]
async fn what_may_pass_is_told_and_tried_again() {
    let double = Double { has_login: true, ..Double::default() };
    let contact = double.start().await;
    let error = make(&contact, Some(&superuser("other")), &wanted(true)).await.expect_err("it is refused");
    assert!(!is_final(&error) && error.to_string().ends_with("are incorrect (error 0x0100)"), "{error}");
    let error = make(&contact, None, &wanted(false)).await.expect_err("it is refused");
    assert!(error.to_string().contains("--superuser is not given"), "{error}");
    let nobody = Contact { address: "127.0.0.1:1".to_owned(), tls: None };
    assert!(matches!(make(&nobody, None, &wanted(false)).await, Err(CqlError::NoAnswer(_))));
}

#[tokio::test]
async fn no_error_tells_the_password() {
    let refuses = Some(("ALTER", 0x2000, "line 1:7 no viable alternative ('p'w')"));
    let double = Double { has_login: true, refuses, ..Double::default() };
    let error =
        make(&double.start().await, Some(&superuser("secret")), &wanted(true)).await.expect_err("it is refused");
    assert!(is_final(&error) && !error.to_string().contains("p'w"), "{error}");
}
