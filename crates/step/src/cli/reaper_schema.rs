//! `cassc-step reaper-schema`: Reaper's keyspace and role, before its tables are made.

use std::path::{Path, PathBuf};
use std::time::Duration;

use cassc_ring::Ring;
use cassc_settle::cluster::Line;
use clap::Args;
use tokio::sync::watch;
use tokio::time::sleep;

use super::settle::course;
use super::{Ending, Failed};
use crate::cql::Contact;
use crate::cql::schema::{Made, Wanted, is_final, make};
use crate::http::Identity;
use crate::live::Course;
use crate::log::Format;
use crate::management::Login;

/// How long it is waited before the next attempt.
const PAUSE: Duration = Duration::from_secs(5);

/// Make Reaper's keyspace, its role in Cassandra, and that role's rights on the keyspace.
///
/// It waits for Cassandra, and for the superuser. What is there already stays; the password of the role is set to that of the Secret.
#[derive(Debug, Args)]
pub(super) struct ReaperSchema {
    /// File with the desired ring.
    #[arg(long, value_name = "FILE")]
    ring: PathBuf,
    /// Where CQL is spoken.
    #[arg(long, value_name = "HOST:PORT")]
    contact: String,
    /// Folder with `username` and `password` of the superuser. Without it nobody logs in, and no role is made.
    #[arg(long, value_name = "DIR", requires = "role")]
    superuser: Option<PathBuf>,
    /// Folder with `username` and `password` of Reaper's role.
    #[arg(long, value_name = "DIR", requires = "superuser")]
    role: Option<PathBuf>,
    /// File with the authority of the nodes' certificates, in PEM. With it TLS is used.
    #[arg(long, value_name = "FILE")]
    tls_ca: Option<PathBuf>,
    /// File with the certificate that is shown to the nodes, in PEM.
    #[arg(long, value_name = "FILE", requires = "tls_ca", requires = "tls_key")]
    tls_certificate: Option<PathBuf>,
    /// File with its key, in PEM.
    #[arg(long, value_name = "FILE", requires = "tls_certificate")]
    tls_key: Option<PathBuf>,
    /// Seconds after which it gives up, with exit code 2.
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    deadline: u64,
    /// How to log: auto (text on a terminal, JSON otherwise), text or json.
    #[arg(long, env = "CASSC_LOG_FORMAT", value_name = "FORMAT", value_enum, default_value_t = Format::Auto, hide_possible_values = true)]
    log_format: Format,
}

/// Why an attempt came to nothing.
enum Attempt {
    /// It may succeed later.
    NotYet(String),
    /// It never will.
    Refused(String),
}

pub(super) async fn run(arguments: &ReaperSchema) -> Result<Ending, Failed> {
    let mut course = course(Some(arguments.deadline)).map_err(Failed::Runtime)?;
    let say = |warning: bool, reason: &'static str, message: String| {
        arguments.log_format.write(&Line { warning, reason, about: None, message });
    };
    let mut said = String::new();
    let made = async {
        loop {
            match attempt(arguments).await {
                Ok((keyspace, made)) => {
                    say(false, "SchemaMade", told(&keyspace, &made));
                    return Ending::Done;
                }
                Err(Attempt::Refused(text)) => {
                    say(true, "Refused", text);
                    return Ending::Refused;
                }
                Err(Attempt::NotYet(text)) if text != said => {
                    say(false, "Waiting", text.clone());
                    said = text;
                }
                Err(Attempt::NotYet(_)) => {}
            }
            sleep(PAUSE).await;
        }
    };
    let course = tokio::select! {
        ending = made => return Ok(ending),
        course = ended(&mut course) => course,
    };
    if course != Course::IsLate {
        return Ok(Ending::Interrupted);
    }
    say(true, "WaitedTooLong", said);
    Ok(Ending::GaveUp)
}

/// Waits until it is to end.
async fn ended(course: &mut watch::Receiver<Course>) -> Course {
    match course.wait_for(|course| *course != Course::Runs).await {
        Ok(course) => *course,
        Err(_) => std::future::pending().await,
    }
}

/// Reads what is mounted, which may change while it is waited, and makes what is not there.
async fn attempt(arguments: &ReaperSchema) -> Result<(String, Made), Attempt> {
    let superuser = arguments.superuser.as_deref().map(login).transpose()?;
    let wanted = wanted(&arguments.ring, arguments.role.as_deref())?;
    let own = arguments.tls_certificate.clone().zip(arguments.tls_key.clone());
    let tls = arguments.tls_ca.clone().map(|authority| Identity { authority, own });
    let contact = Contact { address: arguments.contact.clone(), tls };
    match make(&contact, superuser.as_ref(), &wanted).await {
        Ok(made) => Ok((wanted.keyspace, made)),
        Err(error) if is_final(&error) => Err(Attempt::Refused(error.to_string())),
        Err(error) => Err(Attempt::NotYet(error.to_string())),
    }
}

fn wanted(ring: &Path, role: Option<&Path>) -> Result<Wanted, Attempt> {
    let ring: Ring = serde_json::from_str(&read(ring)?)
        .map_err(|error| Attempt::NotYet(format!("the desired ring cannot be read: {error}")))?;
    let replicas = ring.system_replicas().map(|(name, number)| (name.to_owned(), number)).collect();
    let keyspace = ring.steps.and_then(|steps| steps.reaper).and_then(|reaper| reaper.keyspace);
    let Some(keyspace) = keyspace else {
        return Err(Attempt::NotYet("the desired ring has no keyspace for Reaper".to_owned()));
    };
    Ok(Wanted { keyspace, replicas, role: role.map(login).transpose()? })
}

/// The login in a folder, as a Secret is mounted.
fn login(folder: &Path) -> Result<Login, Attempt> {
    let (username, password) = (read(&folder.join("username"))?, read(&folder.join("password"))?);
    Ok(Login { username, password })
}

fn read(path: &Path) -> Result<String, Attempt> {
    std::fs::read_to_string(path).map_err(|error| Attempt::NotYet(format!("cannot read {}: {error}", path.display())))
}

/// What was made, as a sentence.
fn told(keyspace: &str, made: &Made) -> String {
    let mut parts = vec![format!("the keyspace {keyspace} is there{}", made.role)];
    if !made.without_nodes.is_empty() {
        let names = made.without_nodes.join(", ");
        parts.push(format!("{names} has no nodes yet, and gets its replicas when they have joined"));
    }
    if !made.agrees {
        parts.push("the nodes do not have one version of the schema yet".to_owned());
    }
    parts.join("; ")
}

#[cfg(test)]
mod tests {
    use super::super::{Cli, Command};
    use super::*;
    use crate::cql::schema::RoleMade;
    use clap::Parser as _;

    fn parsed(more: &[&str]) -> Result<ReaperSchema, clap::Error> {
        let arguments =
            ["cassc-step", "reaper-schema", "--ring", "/ring/ring.json", "--contact", "shop-dc1-service:9042"];
        let cli = Cli::try_parse_from(arguments.iter().chain(more))?;
        let Command::ReaperSchema(schema) = cli.command else { unreachable!("it is that verb") };
        Ok(schema)
    }

    #[test]
    fn a_superuser_and_a_role_come_together() {
        assert!(parsed(&[]).is_ok() && parsed(&["--superuser", "/a", "--role", "/b"]).is_ok());
        assert!(parsed(&["--superuser", "/a"]).is_err() && parsed(&["--role", "/a"]).is_err());
        assert!(parsed(&["--tls-ca", "/a", "--tls-certificate", "/b"]).is_err());
    }

    #[tokio::test]
    async fn what_is_not_there_yet_is_waited_for() {
        let schema = parsed(&["--deadline", "1", "--log-format", "json"]).expect("it is right");
        assert_eq!(run(&schema).await.expect("it runs"), Ending::GaveUp);
    }

    #[test]
    fn what_was_made_is_told() {
        let role = RoleMade::WithRights;
        let made = Made { without_nodes: vec!["dc2".to_owned()], role, agrees: false };
        assert_eq!(
            told("reaper_db", &made),
            "the keyspace reaper_db is there, and Reaper's role with its rights; dc2 has no nodes yet, and gets its replicas when \
             they have joined; the nodes do not have one version of the schema yet"
        );
    }
}
