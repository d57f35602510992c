//! `cassc diff`: what a render would change in a directory.

use std::path::PathBuf;

use clap::Args;

use super::complaints::{Channel, ComplaintArguments};
use super::inputs::Inputs;
use super::render::{comparisons, refuse_shared_folders, tell_locks};
use super::{Ending, Failure, print};
use crate::diff::Comparison;

/// Shows what a render would change, as a unified diff; exits with 1 if anything.
#[derive(Debug, Args)]
pub(super) struct Diff {
    #[command(flatten)]
    inputs: Inputs,
    #[command(flatten)]
    complaints: ComplaintArguments,
    /// The directory that was rendered into.
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
}

pub(super) fn run(diff: &Diff) -> Result<Ending, Failure> {
    let complaining = diff.complaints.on(Channel::Talk)?;
    let Some(compilation) = diff.inputs.compile(&complaining)? else { return Ok(Ending::Refused) };
    complaining.report(&compilation.texts, &compilation.complaints)?;
    refuse_shared_folders(&compilation)?;
    let compared = comparisons(&diff.output, &compilation)?;
    tell_locks(&diff.output, &compilation, &compared);
    let changed = compared.iter().flat_map(|comparison| &comparison.changed);
    print(&changed.map(|difference| difference.unified.as_str()).collect::<String>())?;
    Ok(if compared.iter().all(Comparison::is_same) { Ending::Done } else { Ending::Refused })
}
