//! `cassc completions`: what a shell reads to complete the command line.

use clap::{Args, CommandFactory};
use clap_complete::{Shell, generate};

use super::{Cli, Ending, Failure, written_out};

/// Print shell completions, for example `source <(cassc completions bash)`.
#[derive(Debug, Args)]
pub(super) struct Completions {
    /// The shell.
    #[arg(value_enum)]
    shell: Shell,
}

pub(super) fn run(completions: &Completions) -> Result<Ending, Failure> {
    let mut text = Vec::new();
    generate(completions.shell, &mut Cli::command(), env!("CARGO_PKG_NAME"), &mut text);
    written_out(|output| output.write_all(&text))?;
    Ok(Ending::Done)
}
