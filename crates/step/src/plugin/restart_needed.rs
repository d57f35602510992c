//! `kubectl cassc restart-needed`.

use clap::Args;

use crate::cli::output::Output;
use crate::cli::{Ending, Failed, Where, looking};
use crate::view::gather::gather;
use crate::view::restarts::{Restart, restarts};

/// Print the pods that have an older template than their StatefulSet, and why. Nothing is printed where there are none.
#[derive(Debug, Args)]
pub(super) struct RestartNeeded {
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    output: Output,
}

pub(super) async fn run(arguments: &RestartNeeded) -> Result<Ending, Failed> {
    let mut options = arguments.place.options();
    options.management_port = 8080;
    let report = gather(&looking(options).await?).await.map_err(Failed::Told)?;
    let found = restarts(&report);
    let line = |restart: &Restart| format!("{}: {}\n", restart.pod, restart.why);
    arguments.output.print(&found, |_| found.iter().map(line).collect())?;
    Ok(Ending::Done)
}
