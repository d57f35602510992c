//! `cassc validate`: complaints, and nothing else.

use clap::Args;

use super::inputs::{ComplaintFormat, Inputs};
use super::{Ending, Failure, talk};
use crate::wording::counted_as;

/// Checks topologies and says what is wrong with them.
#[derive(Debug, Args)]
pub(super) struct Validate {
    #[command(flatten)]
    inputs: Inputs,
    #[command(flatten)]
    complaints: ComplaintFormat,
}

pub(super) fn run(validate: &Validate) -> Result<Ending, Failure> {
    let Some(compilation) = validate.inputs.compile(validate.complaints.format)? else { return Ok(Ending::Refused) };
    talk(&format!("{} valid\n", counted_as(compilation.topologies, "topology", "topologies")));
    Ok(Ending::Done)
}
