//! `cassc-step status`: a look at the cluster. Changes nothing.

use clap::Args;

use super::output::Output;
use super::{Ending, Failed, Look};
use crate::view::gather::gather;
use crate::view::text::text;

/// Print the ring by datacenter and rack, what is under way, what is waited for, and the last Events.
///
/// It asks the API server with your rights, and the ring through one pod that answers (from outside of the Kubernetes cluster with
/// `pods/portforward`). What it may not see it leaves out, and says so.
#[derive(Debug, Args)]
pub(crate) struct Status {
    #[command(flatten)]
    look: Look,
    #[command(flatten)]
    output: Output,
}

pub(crate) async fn run(arguments: &Status) -> Result<Ending, Failed> {
    let report = gather(&arguments.look.connect().await?).await.map_err(Failed::Told)?;
    arguments.output.print(&report, |page| text(&report, page))?;
    Ok(Ending::Done)
}
