//! `cassc validate`: complaints, and nothing else.

use clap::Args;

use super::complaints::{Channel, ComplaintArguments};
use super::inputs::Inputs;
use super::{Ending, Failure, talk};
use crate::wording::counted_as;

/// Checks topologies and says what is wrong with them.
#[derive(Debug, Args)]
pub(super) struct Validate {
    #[command(flatten)]
    inputs: Inputs,
    #[command(flatten)]
    complaints: ComplaintArguments,
}

pub(super) fn run(validate: &Validate) -> Result<Ending, Failure> {
    let complaining = validate.complaints.on(Channel::Output)?;
    let Some(compilation) = validate.inputs.compile(&complaining)? else { return Ok(Ending::Refused) };
    complaining.report(&compilation.texts, &compilation.complaints)?;
    talk(&format!("{} valid\n", counted_as(compilation.topologies, "topology", "topologies")));
    Ok(Ending::Done)
}
