//! `kubectl cassc restart-needed`.

use clap::Args;

use crate::cli::output::Output;
use crate::cli::{Ending, Failed, Look};
use crate::view::gather::gather;
use crate::view::restarts::{Restart, restarts};

/// Print the pods that have an older template than their StatefulSet, and why. Nothing is printed where there are none.
#[derive(Debug, Args)]
pub(super) struct RestartNeeded {
    #[command(flatten)]
    look: Look,
    #[command(flatten)]
    output: Output,
}

pub(super) async fn run(arguments: &RestartNeeded) -> Result<Ending, Failed> {
    let report = gather(&arguments.look.connect().await?).await.map_err(Failed::Told)?;
    let found = restarts(&report);
    let line = |restart: &Restart| format!("{}: {}\n", restart.pod, restart.why);
    arguments.output.print(&found, |_| found.iter().map(line).collect())?;
    Ok(Ending::Done)
}
