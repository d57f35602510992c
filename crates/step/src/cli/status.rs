//! `cassc-step status`: a look at the cluster. Changes nothing.

use clap::Args;

use super::output::Output;
use super::{Ending, Failed, Where, looking};
use crate::view::gather::gather;
use crate::view::text::text;

/// Print the ring by datacenter and rack, what is under way, what is waited for, and the last Events.
///
/// It asks the API server with your rights, and the ring through one pod that answers (from outside of the Kubernetes cluster with
/// `pods/portforward`). What it may not see it leaves out, and says so.
#[derive(Debug, Args)]
pub(crate) struct Status {
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    output: Output,
    /// Port of the Management API.
    #[arg(long, env = "CASSC_MANAGEMENT_PORT", value_name = "PORT", default_value_t = 8080)]
    management_port: u16,
    /// Folder with `ca.crt`, `tls.crt` and `tls.key`, where the Management API asks for mTLS.
    #[arg(long, env = "CASSC_MANAGEMENT_CERTIFICATES", value_name = "DIR")]
    management_certificates: Option<std::path::PathBuf>,
}

pub(crate) async fn run(arguments: &Status) -> Result<Ending, Failed> {
    let mut options = arguments.place.options();
    options.management_port = arguments.management_port;
    options.certificates = arguments.management_certificates.clone().filter(|folder| !folder.as_os_str().is_empty());
    let report = gather(&looking(options).await?).await.map_err(Failed::Told)?;
    arguments.output.print(&report, |page| text(&report, page))?;
    Ok(Ending::Done)
}
