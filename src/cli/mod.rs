//! The command line: one file per verb. Artefacts go to standard output, messages to standard error.
#![allow(clippy::disallowed_methods, reason = "the command line reads and writes what the user names")]

mod adopt;
mod adopt_import;
mod argocd;
mod complaints;
mod completions;
mod diff;
mod explain;
mod guard;
mod import;
mod init;
mod inputs;
mod judging;
mod output;
mod plan;
mod progress;
mod render;
mod render_check;
mod schema;
mod selection;
mod starter;
mod streams;
mod validate;
mod version;

use std::io;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use self::streams::{message, note, print, set_color_by, write_or_fail, written_out};
use crate::report::visible;

/// Compiles one description of a Cassandra cluster into every Kubernetes manifest that an operator would have created.
///
/// Start with `cassc init`, edit the file, and run `cassc render`. `cassc plan` shows what a change does to a deployed
/// cluster.
#[derive(Debug, Parser)]
#[command(
    name = "cassc",
    max_term_width = 100,
    arg_required_else_help = true,
    override_usage = "cassc [OPTIONS] <COMMAND>",
    after_long_help = EXIT_CODES
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    streams: streams::StreamArguments,
    /// Print version
    #[arg(short = 'V', long)]
    version: bool,
    /// With `--version`: print the supported formats and the versions of Kubernetes and Cassandra
    #[arg(short, long, requires = "version")]
    verbose: bool,
}

/// What docs/ci.md has as a table.
const EXIT_CODES: &str = "\
Exit codes:
  0  done, or no difference
  1  the topology or the change is refused, or there are differences
  2  wrong usage, or a file or standard output cannot be read or written
  3  `plan --exit-code`: there is something to do";

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Init),
    Import(import::ImportArguments),
    Validate(validate::Validate),
    Render(render::Render),
    Plan(plan::Plan),
    Diff(diff::Diff),
    Explain(explain::Explain),
    Guard(guard::Guard),
    Adopt(adopt::Adopt),
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
    /// Exit code 3: there is something to do, and the user asked for a code of its own.
    ToDo,
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
    /// What clap told already.
    #[error("wrong usage")]
    Told,
}

/// Parses the arguments, runs the verb, and turns its ending into an exit code.
pub fn run() -> ExitCode {
    progress::begin();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(answer) => return ended(answered(&answer)),
    };
    cli.streams.set();
    ended(match &cli.command {
        _ if cli.version => version::run(cli.verbose),
        Some(command) => run_verb(command),
        // Arguments that are neither a verb nor the version: clap has refused them.
        None => Err(Failure::Usage("missing subcommand; `cassc --help` lists all".to_owned())),
    })
}

/// The answer of clap: help on standard output, or what is wrong with the arguments on standard error.
fn answered(answer: &clap::Error) -> Result<Ending, Failure> {
    set_color_by(std::env::args_os());
    if answer.use_stderr() {
        // That nobody reads it is no reason for another exit code.
        let _ = answer.print();
        return Err(Failure::Told);
    }
    // The lock of standard output is reentrant.
    written_out(|_| answer.print())?;
    Ok(Ending::Done)
}

/// An ending as an exit code.
fn ended(outcome: Result<Ending, Failure>) -> ExitCode {
    match outcome {
        Ok(Ending::Done) => ExitCode::SUCCESS,
        Ok(Ending::Refused) => ExitCode::from(1),
        Ok(Ending::ToDo) => ExitCode::from(3),
        Err(Failure::Told) => ExitCode::from(2),
        Err(failure) => {
            // Names may bring what a terminal would obey, and lines that GitHub would: `::add-mask::`.
            message(&format!("error: {}\n", visible(&failure.to_string())));
            ExitCode::from(2)
        }
    }
}

fn run_verb(command: &Command) -> Result<Ending, Failure> {
    match command {
        Command::Init(init) => init::run(init),
        Command::Import(arguments) => import::run(arguments),
        Command::Validate(validate) => validate::run(validate),
        Command::Render(render) => render::run(render),
        Command::Plan(plan) => plan::run(plan),
        Command::Diff(diff) => diff::run(diff),
        Command::Explain(explain) => explain::run(explain),
        Command::Guard(guard) => guard::run(guard),
        Command::Adopt(adopt) => adopt::run(adopt),
        Command::Schema(schema) => schema::run(schema),
        Command::Argocd(argocd) => argocd::run(argocd),
        Command::Completions(completions) => completions::run(completions),
    }
}
