//! `cassc plan`: what a change will do, before anybody merges it.

use std::io;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::complaints::{Channel, Complaining, Format};
use super::inputs::Inputs;
use super::judging::{Judged, Judging};
use super::output::held;
use super::selection::Selection;
use super::{Ending, Failure, print};
use crate::emit::hold::Purpose;
use crate::report::Colors;
use crate::report::plan::{is_nothing_to_do, json, markdown, text};

/// Show what a change does to a deployed cluster.
///
/// Lists, in the order of execution, which racks restart and why, which nodes join or leave, which PVCs grow, and what
/// you have to do by hand. Writes nothing. Exits with 1 if the change is refused; `cassc explain CODE` explains why and
/// what to do instead.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cassc plan shop.yaml -o deploy                           compare with what was rendered last
  cassc plan clusters -o deploy --against git:origin/main  in CI: compare with the merge base
  cassc plan clusters -o deploy --exit-code                exit with 3 if there is something to do")]
pub(super) struct Plan {
    /// The output directory of `cassc render`. Its lock files hold what a cluster keeps (seeds, generation of defaults)
    /// and, without `--against`, what is deployed.
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    #[command(flatten)]
    judging: Judging,
    /// Format of the plan.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: PlanFormat,
    /// Exit with 3 if there is something to do, and with 0 if there is nothing to do. A refused change exits with 1.
    #[arg(long)]
    exit_code: bool,
    #[command(flatten)]
    inputs: Inputs,
    /// Format of the diagnostics. It does not change the exit code.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    complaints: Format,
    /// Write the diagnostics in the format of `--complaints` to this file, even if there are none, and show them as text
    /// on standard error.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum PlanFormat {
    /// Text for a terminal.
    Text,
    /// Markdown for a comment on a pull request.
    Markdown,
    /// JSON; `cassc schema plan` prints its schema.
    Json,
}

pub(super) fn run(plan: &Plan) -> Result<Ending, Failure> {
    let complaining = Complaining::new(plan.complaints, plan.report.as_deref(), Channel::Messages)?;
    let Some(compilation) = plan.inputs.compile_some(Selection::BesideDeployed, &complaining)? else {
        return Ok(Ending::Refused);
    };
    if plan.output.is_none() && plan.judging.against.is_none() {
        return Err(Failure::Usage(
            "say what is deployed: `--against git:origin/main`, a lock, a directory that was rendered into, an earlier \
             topology; or `--output DIR`"
                .to_owned(),
        ));
    }
    let hold = plan.output.as_deref().map(|output| held(output, Purpose::Read)).transpose()?;
    let judged = Judged::new(compilation, &plan.inputs, &plan.judging, plan.output.as_deref())?;
    drop(hold);
    judged.refuse_nothing(&plan.inputs)?;
    let fleet = judged.plans();
    let printed = match plan.format {
        PlanFormat::Text => text(&fleet, Colors::of(&io::stdout())),
        PlanFormat::Markdown => markdown(&fleet),
        PlanFormat::Json => json(&fleet),
    };
    judged.tell_forgotten();
    print(&printed)?;
    judged.tell_refusals(&complaining)?;
    Ok(match judged.is_refused() {
        true => Ending::Refused,
        false if plan.exit_code && !is_nothing_to_do(&fleet) => Ending::ToDo,
        false => Ending::Done,
    })
}
