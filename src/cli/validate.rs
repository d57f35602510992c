//! `cassc validate`: complaints, and nothing else.

use cassc_wording::counted_as;
use clap::Args;

use super::complaints::{Channel, ComplaintArguments};
use super::inputs::Inputs;
use super::selection::Selection;
use super::{Ending, Failure, note};

/// Check topologies and report all errors and warnings.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cassc validate shop.yaml
  cassc validate clusters --format sarif --report cassc.sarif")]
pub(super) struct Validate {
    #[command(flatten)]
    inputs: Inputs,
    #[command(flatten)]
    complaints: ComplaintArguments,
    /// Skip YAML documents that are not topologies, also in files given by name, and accept inputs without any topology.
    /// For hooks, which pass every file of a commit.
    #[arg(long)]
    skip_other_yaml: bool,
}

pub(super) fn run(validate: &Validate) -> Result<Ending, Failure> {
    let complaining = validate.complaints.on(Channel::Output)?;
    let selection = if validate.skip_other_yaml { Selection::Topologies } else { Selection::All };
    let Some(compilation) = validate.inputs.compile_some(selection, &complaining)? else { return Ok(Ending::Refused) };
    complaining.report(&compilation.texts, &compilation.complaints)?;
    note(&format!("{} valid\n", counted_as(compilation.topologies, "topology", "topologies")));
    Ok(Ending::Done)
}
