//! Reaper's keyspace, its role and the rights of that, made as often as they are asked for.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use tokio::time::sleep;

use super::{Connection, Contact, CqlError, words};
use crate::management::Login;

/// How long nodes may take to have one version of the schema. Afterwards it goes on: a node that is gone is listed with an old one,
/// and Reaper waits by itself.
const AGREEMENT: Duration = Duration::from_mins(1);

/// Seconds between two looks at that.
const PAUSE: Duration = Duration::from_secs(2);

/// A statement that is not CQL: waiting does not help.
const SYNTAX: i32 = 0x2000;

/// What `AllowAllAuthorizer` says of rights: it gives everybody all of them.
const NO_RIGHTS: &str = "not supported by AllowAllAuthorizer";

/// What is to be there.
pub(crate) struct Wanted {
    /// The keyspace.
    pub(crate) keyspace: String,
    /// Its replicas by datacenter, as Cassandra calls it.
    pub(crate) replicas: Vec<(String, u32)>,
    /// The role; `None` where Cassandra is not to ask who somebody is.
    pub(crate) role: Option<Login>,
}

/// What is told of what was made.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Made {
    /// Datacenters without a node yet: they get their replicas from `cassc-step settle`, once they have nodes.
    pub(crate) without_nodes: Vec<String>,
    /// The role.
    pub(crate) role: RoleMade,
    /// Whether all nodes have one version of the schema.
    pub(crate) agrees: bool,
}

/// What became of the role.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum RoleMade {
    /// None was asked for.
    #[default]
    None,
    /// It was made, and nobody asks for its rights.
    WithoutRights,
    /// It was made, with its rights.
    WithRights,
}

impl fmt::Display for RoleMade {
    /// The end of a sentence.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::None => "",
            Self::WithoutRights => ", and Reaper's role; Cassandra gives every role all rights",
            Self::WithRights => ", and Reaper's role with its rights",
        })
    }
}

/// Whether the same would be refused again and again.
pub(crate) fn is_final(error: &CqlError) -> bool {
    matches!(error, CqlError::Said { code: SYNTAX, .. })
}

/// Makes what is not there. What is there stays as it is, but for the password.
pub(crate) async fn make(contact: &Contact, superuser: Option<&Login>, wanted: &Wanted) -> Result<Made, CqlError> {
    let mut connection = Connection::open(contact, superuser).await?;
    if wanted.role.is_some() && !connection.has_login {
        // Passwords are being switched on, node by node. `AllowAllAuthorizer` of this one takes no rights, and the next one asks for them.
        return Err(CqlError::NoAnswer("the node asks nobody for a password yet".to_owned()));
    }
    let nodes = Nodes::of(&mut connection).await?;
    let is_there = |replicas: &&(String, u32)| nodes.datacenters.contains(&replicas.0);
    let replicas: Vec<(String, u32)> = wanted.replicas.iter().filter(is_there).cloned().collect();
    if replicas.is_empty() {
        let names: Vec<&str> = nodes.datacenters.iter().map(String::as_str).collect();
        let text = format!("the nodes are in {}, which the topology does not have", names.join(", "));
        return Err(CqlError::NoAnswer(text));
    }
    connection.run(&words::keyspace(&wanted.keyspace, &replicas)).await?;
    let mut made = Made::default();
    if let Some(role) = &wanted.role {
        for statement in words::role(role) {
            connection.run(&statement).await.map_err(without_statement)?;
        }
        made.role = grant(&mut connection, &wanted.keyspace, &role.username).await?;
    }
    let missing = wanted.replicas.iter().filter(|it| !nodes.datacenters.contains(&it.0));
    made.without_nodes = missing.map(|(name, _)| name.clone()).collect();
    made.agrees = agree(&mut connection).await?;
    Ok(made)
}

/// Gives a role its rights, where there are any to give.
async fn grant(connection: &mut Connection, keyspace: &str, role: &str) -> Result<RoleMade, CqlError> {
    for statement in words::grants(keyspace, role) {
        match connection.run(&statement).await {
            Ok(_) => {}
            Err(CqlError::Said { text, .. }) if text.contains(NO_RIGHTS) => return Ok(RoleMade::WithoutRights),
            Err(error) => return Err(error),
        }
    }
    Ok(RoleMade::WithRights)
}

/// An error without the words of Cassandra where those have a part of the statement: it has a password in it.
fn without_statement(error: CqlError) -> CqlError {
    match error {
        CqlError::Said { code: SYNTAX, .. } => {
            CqlError::Said { code: SYNTAX, text: "Cassandra does not read the statement about the role".to_owned() }
        }
        error => error,
    }
}

/// Waits until all nodes have one version of the schema.
async fn agree(connection: &mut Connection) -> Result<bool, CqlError> {
    let mut waited = Duration::ZERO;
    while Nodes::of(connection).await?.schemas.len() > 1 {
        if waited >= AGREEMENT {
            return Ok(false);
        }
        sleep(PAUSE).await;
        waited += PAUSE;
    }
    Ok(true)
}

/// What the node that is asked knows of all.
struct Nodes {
    schemas: BTreeSet<Vec<u8>>,
    datacenters: BTreeSet<String>,
}

impl Nodes {
    async fn of(connection: &mut Connection) -> Result<Self, CqlError> {
        let mut nodes = Self { schemas: BTreeSet::new(), datacenters: BTreeSet::new() };
        for statement in words::NODES {
            for mut row in connection.run(statement).await? {
                let datacenter = row.pop().flatten().and_then(|bytes| String::from_utf8(bytes).ok());
                nodes.schemas.extend(row.pop().flatten());
                nodes.datacenters.extend(datacenter);
            }
        }
        Ok(nodes)
    }
}
