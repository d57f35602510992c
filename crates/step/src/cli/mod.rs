//! The command line: one file per verb. Results go to standard output, the log and errors to standard error.
#![allow(clippy::disallowed_methods, reason = "the command line reads and writes what the user names")]

pub(crate) mod output;
mod reaper_schema;
mod settle;
pub(crate) mod status;

use std::ffi::OsString;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use cassc_settle::guard::Guards;
use clap::{Args, Parser, Subcommand};
use tokio::runtime::Builder;
use tokio::sync::watch;

use crate::live::{Course, Live, Options, StartError};
use crate::view::gather::why;

/// Does in a Kubernetes cluster what no manifest of a Cassandra cluster can say. `cassc render` writes the Job that runs it.
#[derive(Debug, Parser)]
#[command(name = "cassc-step", version, max_term_width = 100, after_long_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0    done
  1    refused: a person has to do something, or to ask for something else
  2    wrong usage, no connection, or the same was waited for too long
  143  ended by SIGTERM; running it again goes on where it was";

#[derive(Debug, Subcommand)]
enum Command {
    Settle(settle::Settle),
    Status(status::Status),
    ReaperSchema(reaper_schema::ReaperSchema),
}

/// Which cluster.
#[derive(Debug, Args)]
struct Where {
    /// Name of the cluster in Kubernetes (`metadata.name` of the topology) [default: the only one of the namespace].
    #[arg(long, env = "CASSC_CLUSTER", value_name = "NAME")]
    cluster: Option<String>,
    /// Namespace of the cluster's state [default: that of the pod or of the context].
    #[arg(short, long, env = "CASSC_NAMESPACE", value_name = "NAME")]
    namespace: Option<String>,
    /// Name of this Kubernetes cluster in the topology (`kubeCluster`), where the ring has several.
    #[arg(long, env = "CASSC_KUBE_CLUSTER", value_name = "NAME")]
    kube_cluster: Option<String>,
    /// Context of the kubeconfig. Without it a pod uses its own account, and others the current context.
    #[arg(long, value_name = "NAME")]
    context: Option<String>,
}

impl Where {
    fn options(&self) -> Options {
        // An empty variable is how a manifest says nothing.
        let said = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        Options {
            cluster: said(&self.cluster).unwrap_or_default(),
            kube_cluster: said(&self.kube_cluster),
            namespace: said(&self.namespace),
            context: said(&self.context),
            ..Options::default()
        }
    }
}

/// How the Management API of pods is reached.
#[derive(Debug, Args)]
struct Management {
    /// Port of the Management API.
    #[arg(long, env = "CASSC_MANAGEMENT_PORT", value_name = "PORT", default_value_t = 8080)]
    management_port: u16,
    /// Folder with `ca.crt`, `tls.crt` and `tls.key`, where the Management API asks for mTLS. They are read for every connection.
    #[arg(long, env = "CASSC_MANAGEMENT_CERTIFICATES", value_name = "DIR")]
    management_certificates: Option<PathBuf>,
}

impl Management {
    fn of(&self, options: Options) -> Options {
        let certificates = self.management_certificates.clone().filter(|folder| !folder.as_os_str().is_empty());
        Options { management_port: self.management_port, certificates, ..options }
    }
}

/// What somebody who only looks says: at which cluster, and how its pods are reached.
#[derive(Debug, Args)]
pub(crate) struct Look {
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    management: Management,
}

impl Look {
    pub(crate) async fn connect(&self) -> Result<Live, Failed> {
        looking(self.management.of(self.place.options())).await
    }
}

/// A connection for somebody who only looks. Without a name of a cluster it is the only one of the namespace.
async fn looking(mut options: Options) -> Result<Live, Failed> {
    let connect = async |options: &Options| {
        let (_sender, course) = watch::channel(Course::Runs);
        Live::connect(options, course).await
    };
    let live = connect(&options).await?;
    if !options.cluster.is_empty() {
        return Ok(live);
    }
    let home = live.kubernetes.home();
    let told = |failure| Failed::Told(format!("the clusters of namespace {home}: {}", why(&failure)));
    let mut found = live.kubernetes.clusters().await.map_err(told)?;
    match (found.pop(), found.is_empty()) {
        (None, _) => Err(Failed::Told(format!("namespace {home} has no cluster of cassc; -n names another namespace"))),
        (Some(only), true) => {
            options.cluster = only;
            Ok(connect(&options).await?)
        }
        (Some(last), false) => {
            found.push(last);
            Err(Failed::Told(format!(
                "namespace {home} has several clusters ({}); --cluster names one",
                found.join(", ")
            )))
        }
    }
}

/// How a verb ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    Done,
    Refused,
    GaveUp,
    Interrupted,
}

/// What the world refused, as one sentence. Exit code 2.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failed {
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("{0}")]
    Told(String),
    #[error("cannot write to standard output: {0}")]
    Output(std::io::Error),
    #[error("the program cannot run: {0}")]
    Runtime(std::io::Error),
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        match ending {
            Ending::Done => Self::SUCCESS,
            Ending::Refused => Self::from(1),
            Ending::GaveUp => Self::from(2),
            Ending::Interrupted => Self::from(143),
        }
    }
}

/// What tests run `settle` with. No argument and no variable of the program changes it.
#[derive(Clone, Copy, Debug)]
pub struct Tried {
    /// The guards that hold.
    pub guards: Guards,
    /// Every pause is divided by this; 0 and 1 change nothing.
    pub hurry: u32,
}

impl Default for Tried {
    /// As in life.
    fn default() -> Self {
        Self { guards: Guards::ALL, hurry: 1 }
    }
}

/// Parses the arguments, runs the verb, and turns its ending into an exit code.
pub fn run() -> ExitCode {
    run_tried(std::env::args_os(), Tried::default())
}

/// The same for tests. The first argument is the name of the program.
pub fn run_tried(arguments: impl IntoIterator<Item = impl Into<OsString> + Clone>, tried: Tried) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(answer) => {
            // That nobody reads it is no reason for another exit code.
            let _ = answer.print();
            return ExitCode::from(if answer.use_stderr() { 2 } else { 0 });
        }
    };
    ended(run_verb(cli.command, tried))
}

fn run_verb(command: Command, tried: Tried) -> Result<Ending, Failed> {
    on_one_thread(async {
        match command {
            Command::Settle(arguments) => Box::pin(settle::run(&arguments, tried)).await,
            Command::Status(arguments) => status::run(&arguments).await,
            Command::ReaperSchema(arguments) => reaper_schema::run(&arguments).await,
        }
    })
}

/// Runs a verb to its end.
pub(crate) fn on_one_thread(verb: impl Future<Output = Result<Ending, Failed>>) -> Result<Ending, Failed> {
    Builder::new_current_thread().enable_all().build().map_err(Failed::Runtime)?.block_on(verb)
}

/// The exit code, and the error on standard error.
pub(crate) fn ended(outcome: Result<Ending, Failed>) -> ExitCode {
    match outcome {
        Ok(ending) => ending.into(),
        Err(failure) => {
            let _ = writeln!(std::io::stderr().lock(), "error: {failure}");
            ExitCode::from(2)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_are_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_variable_that_is_empty_says_nothing() {
        let cli = Cli::try_parse_from(["cassc-step", "settle", "--cluster", "shop", "--kube-cluster", ""]);
        let Ok(Cli { command: Command::Settle(settle) }) = cli else { unreachable!("it is a settle") };
        assert_eq!(settle.options().kube_cluster, None);
    }
}
