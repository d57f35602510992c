//! `cassc render`: the manifests, to standard output or into a directory.

use std::io::BufWriter;
use std::path::{Path, PathBuf};

use cassc_wording::counted;
use clap::Args;
use rayon::prelude::*;

use super::complaints::{Channel, ComplaintArguments};
use super::inputs::Inputs;
use super::judging::{Accepted, Judged, Judging};
use super::output::{
    AFTER, Extent, held, refuse_files_beside_lock, refuse_inputs_in_folders, refuse_shared_folders, tell_conflict,
    with_lock,
};
use super::progress::during_each;
use super::render_check::check_directory;
use super::selection::Selection;
use super::{Ending, Failure, message, note, written_out};
use crate::Compilation;
use crate::deliver::in_order_of_stages;
use crate::emit::directory::{Outcome, Why, recover, write};
use crate::emit::hold::{Hold, Purpose};
use crate::emit::removal::remove;
use crate::emit::{Overwrite, stream};
use crate::file_tree::FileTree;
use crate::fleet::ClusterRun;
use crate::folder::FolderError;
use crate::lock::Lock;
use crate::plan::Plan;

/// How many clusters are rendered side by side before their manifests are streamed: bounds memory.
const CLUSTERS_AT_ONCE: usize = 32;

/// Render every manifest of the clusters.
///
/// Without `--output`, prints one YAML stream. With it, writes one folder per cluster, which is replaced as a whole: a
/// crash leaves the old files or the new ones. Files that were edited by hand are kept and reported. Prints the plan of
/// the change as `cassc plan` does, and writes nothing while the change is refused.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cassc render shop.yaml                         print every manifest
  cassc render shop.yaml -o deploy               write deploy/shop/
  cassc render clusters -o deploy --check        in CI: is deploy/ up to date?")]
pub(super) struct Render {
    /// Write one folder per cluster, with its `cassc.lock`, into this directory. Without `--against`, these lock files
    /// are also what is deployed.
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    #[command(flatten)]
    judging: Judging,
    /// Write nothing; exit with 1 if the output directory is out of date.
    #[arg(long, requires = "output")]
    check: bool,
    /// Check only the clusters whose topology or rendered files are listed; also check that Git tracks all their rendered
    /// files and that no topology was deleted. Must be the last flag: a hook appends the files of a commit.
    #[arg(long, requires = "check", value_name = "FILE", num_args = 0.., allow_hyphen_values = true)]
    touched: Option<Vec<String>>,
    /// Overwrite edited files, and remove every file in the folders of the clusters that is not rendered. A lock that is
    /// missing or cannot be read is refused all the same.
    #[arg(long, requires = "output", conflicts_with = "check")]
    force: bool,
    /// Write or check only `cassc.lock`, for clusters that `cassc argocd generate` renders from it.
    #[arg(long, requires = "output", conflicts_with = "force")]
    lock_only: bool,
    #[command(flatten)]
    inputs: Inputs,
    #[command(flatten)]
    complaints: ComplaintArguments,
}

pub(super) fn run(render: &Render) -> Result<Ending, Failure> {
    let complaining = render.complaints.on(Channel::Messages)?;
    let selection = match (&render.touched, &render.output) {
        (Some(files), Some(output)) => Selection::Touched { files, output },
        (_, None) if render.judging.against.is_none() => Selection::All,
        _ => Selection::BesideDeployed,
    };
    let Some(compilation) = render.inputs.compile_some(selection, &complaining)? else { return Ok(Ending::Refused) };
    let output = render.output.as_deref();
    let overwrite = if render.force { Overwrite::Force } else { Overwrite::KeepForeign };
    let extent = if render.lock_only { Extent::LockOnly } else { Extent::Files };
    let mut hold = None;
    if let Some(output) = output {
        refuse_shared_folders(&compilation)?;
        refuse_inputs_in_folders(output, &compilation)?;
        hold = Some(held(output, if render.check { Purpose::Read } else { Purpose::Write })?);
        if !render.check {
            recover_all(output, &compilation)?;
        }
    }
    let judged = Judged::new(compilation, &render.inputs, &render.judging, output)?;
    if matches!(selection, Selection::BesideDeployed) {
        judged.refuse_nothing(&render.inputs)?;
    }
    if judged.is_refused() {
        hold = None;
    }
    judged.tell_forgotten();
    judged.tell_refusals(&complaining)?;
    let Some(accepted) = judged.accepted() else { return Ok(Ending::Refused) };
    match output {
        None => to_stream(accepted),
        Some(output) if render.check => check_directory(output, accepted, extent, selection, hold),
        Some(output) => to_directory(output, accepted, overwrite, extent, hold),
    }
}

fn recover_all(output: &Path, compilation: &Compilation) -> Result<(), FolderError> {
    compilation.accepted.iter().try_for_each(|parsed| recover(output, &parsed.topology.metadata.name))
}

fn to_stream(accepted: Accepted) -> Result<Ending, Failure> {
    let mut plans = Vec::new();
    let made = |run: &ClusterRun| {
        let rendered = run.render(None);
        let plan = accepted.against.is_some().then(|| rendered.plan(&[], None));
        (rendered.arranged.files, plan)
    };
    written_out(|output| {
        let mut output = BufWriter::new(output);
        for some in accepted.runs.chunks(CLUSTERS_AT_ONCE) {
            let made: Vec<(FileTree, Option<Plan>)> = during_each("rendering clusters", some, made);
            for (tree, plan) in made {
                stream::write(&mut output, in_order_of_stages(&tree))?;
                plans.extend(plan);
            }
        }
        Ok(())
    })?;
    accepted.tell_plans(plans);
    Ok(Ending::Done)
}

/// What to write for a cluster.
struct Prepared<'r> {
    run: &'r ClusterRun,
    files: FileTree,
    lock: Lock,
    plan: Plan,
}

/// `hold` ends with the last file that is written, so that others do not wait for whoever reads what is said.
fn to_directory(
    output: &Path,
    accepted: Accepted,
    overwrite: Overwrite,
    extent: Extent,
    hold: Option<Hold>,
) -> Result<Ending, Failure> {
    let prepare = |run| prepare(output, run, extent);
    let write = |it: Prepared<'_>| {
        let outcome = write(output, &it.lock.cluster().name, &it.files, (&it.lock, &it.run.own), overwrite)?;
        Ok((outcome, it.plan))
    };
    let written: Vec<Result<(Outcome, Plan), Failure>> = match extent {
        Extent::Files => during_each("rendering clusters", &accepted.runs, |run| prepare(run).and_then(write)),
        Extent::LockOnly => {
            // No lock is written while one of them is refused.
            let prepared = during_each("rendering clusters", &accepted.runs, prepare);
            let prepared: Vec<Prepared<'_>> = prepared.into_iter().collect::<Result<_, Failure>>()?;
            prepared.into_par_iter().map(write).collect()
        }
    };
    let written: Vec<(Outcome, Plan)> = written.into_iter().collect::<Result<_, Failure>>()?;
    let (mut outcomes, plans): (Vec<Outcome>, Vec<Plan>) = written.into_iter().unzip();
    let clusters = outcomes.len();
    let mut names: Vec<String> = plans.iter().map(|plan| plan.cluster.clone()).collect();
    for (name, own) in &accepted.leftovers {
        outcomes.push(remove(output, name, own)?);
        names.push(name.clone());
    }
    drop(hold);
    for (plan, outcome) in plans.iter().zip(&outcomes) {
        tell_conflict(output, &plan.cluster, outcome.was_in_conflict, AFTER);
    }
    accepted.tell_plans(plans);
    names.iter().zip(&outcomes).for_each(|(name, outcome)| tell_kept(output, name, outcome));
    note(&summary(clusters, &outcomes));
    let is_held_back = outcomes.iter().any(Outcome::is_held_back);
    Ok(if is_held_back { Ending::Refused } else { Ending::Done })
}

fn prepare<'r>(output: &Path, run: &'r ClusterRun, extent: Extent) -> Result<Prepared<'r>, Failure> {
    let rendered = run.render(None);
    if extent == Extent::LockOnly {
        refuse_files_beside_lock(output, &rendered)?;
    }
    let plan = rendered.plan(&[], Some(&output.to_string_lossy()));
    let (files, lock) = with_lock(output, rendered, extent);
    Ok(Prepared { run, files, lock, plan })
}

/// Says which files stayed, and that nothing of the cluster was written or removed where one is in the way.
fn tell_kept(output: &Path, cluster: &str, outcome: &Outcome) {
    let told = |why: Why, words: &str| {
        let kept = outcome.kept.iter().filter(|kept| kept.why == why);
        let lines: Vec<String> = kept.map(|kept| format!("{words}: {}\n", output.join(&kept.path).display())).collect();
        lines.concat()
    };
    if outcome.is_held_back() {
        let (edited, in_the_way) =
            (told(Why::Edited, "  edited by hand"), told(Why::InTheWay, "  not written by cassc"));
        message(&format!(
            "{cluster}: nothing is written or removed, because files are in the way\n{edited}{in_the_way}  help: put your \
             changes into the topology, take edited files back (`git checkout -- FILE`) and move the others away; or run \
             again with `--force`, which overwrites and removes them\n"
        ));
    }
    message(&told(Why::NotOurs, "kept, not written by cassc"));
}

fn summary(clusters: usize, outcomes: &[Outcome]) -> String {
    let sum = |count: fn(&Outcome) -> usize| outcomes.iter().map(count).sum::<usize>();
    let clusters = counted(clusters, "cluster");
    let written = counted(sum(|outcome| outcome.written.len()), "file");
    let (unchanged, removed) = (sum(|outcome| outcome.unchanged), sum(|outcome| outcome.removed.len()));
    let held_back = match outcomes.iter().filter(|outcome| outcome.is_held_back()).count() {
        0 => String::new(),
        held_back => format!(", {} not touched", counted(held_back, "cluster")),
    };
    format!("{clusters}: {written} written, {unchanged} unchanged, {removed} removed{held_back}\n")
}
