//! The command line: one file per verb. Artefacts go to standard output, talk goes to standard error.
#![allow(clippy::disallowed_methods, reason = "the command line reads and writes what the user names")]

mod argocd;
mod complaints;
mod completions;
mod diff;
mod explain;
mod init;
mod inputs;
mod judging;
mod output;
mod plan;
mod render;
mod render_check;
mod schema;
mod selection;
mod validate;
mod version;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::report::visible;

/// Compiles one description of a Cassandra cluster into every Kubernetes manifest that an operator would have created.
///
/// Start with `cassc init`, edit the file, and run `cassc render`. `cassc plan` shows what a change does to a deployed
/// cluster. Exit codes: 0 done, or no difference; 1 the topology or the change is refused, or there are differences; 2
/// wrong usage, or a file cannot be read or written.
#[derive(Debug, Parser)]
#[command(name = "cassc", max_term_width = 100, arg_required_else_help = true, override_usage = "cassc <COMMAND>")]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    /// Print version
    #[arg(short = 'V', long)]
    version: bool,
    /// With `--version`: print the supported formats and the versions of Kubernetes and Cassandra
    #[arg(short, long, requires = "version")]
    verbose: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Init),
    Validate(validate::Validate),
    Render(render::Render),
    Plan(plan::Plan),
    Diff(diff::Diff),
    Explain(explain::Explain),
    Schema(schema::Schema),
    Argocd(argocd::Argocd),
    Completions(completions::Completions),
}

/// How a verb ended well; what the world refused is a [`Failure`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// Exit code 0.
    Done,
    /// Exit code 1: the topology or the change is refused, or there are differences.
    Refused,
}

/// What the world refused, as one sentence. Exit code 2.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Source(#[from] crate::parse::source::SourceError),
    #[error(transparent)]
    Folder(#[from] crate::folder::FolderError),
    #[error(transparent)]
    Deployed(#[from] crate::deployed::DeployedError),
    #[error("cannot write to standard output: {0}")]
    Output(#[from] io::Error),
    #[error("{0}")]
    Usage(String),
}

/// Parses the arguments, runs the verb, and turns its ending into an exit code.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match &cli.command {
        _ if cli.version => version::run(cli.verbose),
        Some(command) => run_verb(command),
        // Arguments that are neither a verb nor the version: clap has refused them.
        None => Err(Failure::Usage("missing subcommand; `cassc --help` lists all".to_owned())),
    };
    match outcome {
        Ok(Ending::Done) => ExitCode::SUCCESS,
        Ok(Ending::Refused) => ExitCode::from(1),
        // Who closes the pipe has seen enough (`cassc render … | head`).
        Err(Failure::Output(cause)) if cause.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
        Err(failure) => {
            // Names may bring what a terminal would obey, and lines that GitHub would: `::add-mask::`.
            talk(&format!("error: {}\n", visible(&failure.to_string())));
            ExitCode::from(2)
        }
    }
}

fn run_verb(command: &Command) -> Result<Ending, Failure> {
    match command {
        Command::Init(init) => init::run(init),
        Command::Validate(validate) => validate::run(validate),
        Command::Render(render) => render::run(render),
        Command::Plan(plan) => plan::run(plan),
        Command::Diff(diff) => diff::run(diff),
        Command::Explain(explain) => explain::run(explain),
        Command::Schema(schema) => schema::run(schema),
        Command::Argocd(argocd) => argocd::run(argocd),
        Command::Completions(completions) => completions::run(completions),
    }
}

/// Writes what a verb makes to standard output. Who closes the pipe has seen enough (`cassc plan … | head`), and how the
/// verb ends stays as it is.
fn print(text: &str) -> Result<(), Failure> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(cause) if cause.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        written => Ok(written?),
    }
}

/// Says something on standard error. That nobody listens is no reason to fail.
fn talk(text: &str) {
    let _ = anstream::stderr().write_all(text.as_bytes());
}
