//! `cassc validate`: complaints, and nothing else.

use clap::Args;

use super::inputs::Inputs;
use super::{Ending, Failure, counted, talk};

/// Checks topologies and says what is wrong with them.
#[derive(Debug, Args)]
pub(super) struct Validate {
    #[command(flatten)]
    inputs: Inputs,
}

pub(super) fn run(validate: &Validate) -> Result<Ending, Failure> {
    let Some(compilation) = validate.inputs.compile()? else { return Ok(Ending::Refused) };
    talk(&format!("{} valid\n", counted(compilation.topologies, "topology").replace("topologys", "topologies")));
    Ok(Ending::Done)
}
