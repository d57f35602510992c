//! `cassc plan`: what a change will do, before anybody merges it.

use std::io;
use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::complaints::{Channel, Complaining, Format};
use super::inputs::Inputs;
use super::judging::{Judged, Judging, Output};
use super::selection::Selection;
use super::{Ending, Failure, print};
use crate::emit::Overwrite;
use crate::report::Colors;
use crate::report::plan::{json, markdown, text};

/// Says what a change of the topologies will do to what is deployed.
///
/// Which racks roll and why, which nodes join or leave, which claims grow, what a person has to do; in the order of
/// execution. Nothing is written. Exits with 1 if the change is refused: `cassc explain CODE` tells why and what to do
/// instead.
#[derive(Debug, Args)]
pub(super) struct Plan {
    #[command(flatten)]
    inputs: Inputs,
    #[command(flatten)]
    judging: Judging,
    /// The directory that is rendered into: its locks tell what a cluster keeps (seeds, generation of defaults), and
    /// what is deployed where `--against` does not.
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// How the plan is printed.
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: PlanFormat,
    /// How complaints are shown; the plan itself has `--format`. It never changes the exit code.
    #[arg(long, value_name = "FORMAT", default_value = "human")]
    complaints: Format,
    /// The file that receives the complaints as a report for programs, even if there are none; standard error then has
    /// the text for people.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum PlanFormat {
    /// For a terminal.
    Text,
    /// For a comment on a pull request.
    Markdown,
    /// For programs; `cassc schema plan` prints its schema.
    Json,
}

pub(super) fn run(plan: &Plan) -> Result<Ending, Failure> {
    let complaining = Complaining::new(plan.complaints, plan.report.as_deref(), Channel::Talk)?;
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
    let output = plan.output.as_deref().map(|path| Output { path, overwrite: Overwrite::KeepForeign });
    let judged = Judged::new(compilation, &plan.inputs, &plan.judging, output)?;
    judged.refuse_nothing(&plan.inputs)?;
    let fleet = judged.plans();
    let printed = match plan.format {
        PlanFormat::Text => text(&fleet, Colors::of(&io::stdout())),
        PlanFormat::Markdown => markdown(&fleet),
        PlanFormat::Json => json(&fleet),
    };
    print(&printed)?;
    judged.tell_refusals(&complaining)?;
    Ok(if judged.is_refused() { Ending::Refused } else { Ending::Done })
}
