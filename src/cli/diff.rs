//! `cassc diff`: what a render would change in a directory.

use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;

use clap::Args;
use rayon::prelude::*;

use super::complaints::{Channel, ComplaintArguments};
use super::inputs::Inputs;
use super::judging::output_locks;
use super::output::{BEFORE, Extent, compared, held, refuse_shared_folders, tell_conflict};
use super::progress::during;
use super::{Ending, Failure, print};
use crate::Compilation;
use crate::check::Checked;
use crate::diff::Comparison;
use crate::emit::hold::Purpose;
use crate::fleet::ClusterRun;
use crate::folder::FolderError;
use crate::report::{Colors, unified};

/// Show what a render would change, as a unified diff; exit with 1 if there are differences.
#[derive(Debug, Args)]
pub(super) struct Diff {
    /// The output directory of `cassc render`.
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    #[command(flatten)]
    inputs: Inputs,
    #[command(flatten)]
    complaints: ComplaintArguments,
}

pub(super) fn run(diff: &Diff) -> Result<Ending, Failure> {
    let complaining = diff.complaints.on(Channel::Messages)?;
    let Some(compilation) = diff.inputs.compile(&complaining)? else { return Ok(Ending::Refused) };
    complaining.report(&compilation.texts, &compilation.complaints)?;
    refuse_shared_folders(&compilation)?;
    let hold = held(&diff.output, Purpose::Read)?;
    let locks = output_locks(Some(&diff.output), &compilation.accepted, &BTreeSet::new())?;
    let Compilation { texts, accepted, .. } = compilation;
    let compare = |checked: Checked| {
        let name = checked.topology.metadata.name.clone();
        let own = locks.own(&name);
        let run = ClusterRun::unjudged(&texts, checked, own);
        Ok((name, compared(&diff.output, run.render(None), Extent::Files)?))
    };
    let compared = || accepted.into_par_iter().map(compare).collect::<Result<_, FolderError>>();
    let compared: Vec<(String, Comparison)> = during("rendering clusters", compared)?;
    drop(hold);
    for (name, comparison) in &compared {
        tell_conflict(&diff.output, name, comparison.is_in_conflict, BEFORE);
    }
    let changed = compared.iter().flat_map(|(_, comparison)| &comparison.changed);
    let changed: String = changed.map(|difference| difference.unified.as_str()).collect();
    print(&unified(&changed, Colors::of(&io::stdout())))?;
    let is_same = compared.iter().all(|(_, comparison)| comparison.is_same());
    Ok(if is_same { Ending::Done } else { Ending::Refused })
}
