//! `kubectl cassc`: looks at clusters with the caller's own rights, and changes nothing. One file per verb.

mod history;
mod logs;
mod restart_needed;
mod wait;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::cli::{ended, on_one_thread, status};

/// Looks at Cassandra clusters of cassc: what the ring is, what the program in the cluster does, and what it waits for.
#[derive(Debug, Parser)]
#[command(name = "kubectl-cassc", bin_name = "kubectl cassc", version, max_term_width = 100, after_long_help = EXIT_CODES)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done; with `wait`: it is so
  1  `wait`: the program refused, a person has to do something
  2  wrong usage, no connection, no such cluster; `wait`: the time is over";

#[derive(Debug, Subcommand)]
enum Command {
    Status(status::Status),
    Logs(logs::Logs),
    History(history::History),
    Wait(wait::Wait),
    RestartNeeded(restart_needed::RestartNeeded),
}

/// Parses the arguments, runs the verb, and turns its ending into an exit code.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(answer) => {
            // That nobody reads it is no reason for another exit code.
            let _ = answer.print();
            return ExitCode::from(if answer.use_stderr() { 2 } else { 0 });
        }
    };
    ended(on_one_thread(async {
        match cli.command {
            Command::Status(arguments) => status::run(&arguments).await,
            Command::Logs(arguments) => logs::run(&arguments).await,
            Command::History(arguments) => history::run(&arguments).await,
            Command::Wait(arguments) => wait::run(&arguments).await,
            Command::RestartNeeded(arguments) => restart_needed::run(&arguments).await,
        }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_arguments_are_well_formed() {
        Cli::command().debug_assert();
    }
}
