//! `cassc render`: the manifests, to standard output or into a directory.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::canonicalize;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

use cassc_wording::counted;
use clap::Args;
use rayon::prelude::*;

use super::complaints::{Channel, ComplaintArguments};
use super::inputs::Inputs;
use super::judging::{Judged, Judging, Kept, judge, settled};
use super::selection::Selection;
use super::{Ending, Failure, talk};
use crate::Compilation;
use crate::check;
use crate::cluster::Cluster;
use crate::deliver::{Arranged, arrange, in_order_of_stages, is_in_a_stage};
use crate::diff::{Comparison, Difference, DifferenceKind, compare};
use crate::emit::directory::{Outcome, Why, recover, write};
use crate::emit::read::{Entry, Remark};
use crate::emit::removal::remove;
use crate::emit::{EmitError, Overwrite, read, stream};
use crate::file_tree::FileTree;
use crate::git::untracked;
use crate::lock::{LOCK_FILE_NAME, Lock, path_from};
use crate::parse::source::STANDARD_INPUT;
use crate::paths::absolute;
use crate::plan::Plan;

/// How many clusters are rendered side by side before their manifests are streamed: bounds memory.
const CLUSTERS_AT_ONCE: usize = 32;

/// Writes every manifest of the clusters.
///
/// Without `--output` they go to standard output as one YAML stream. With it each cluster gets a folder of its own,
/// replaced as a whole: a crash leaves the old files or the new ones. What somebody edited is kept and reported. What
/// the change will do to what is deployed is told as by `cassc plan`, and nothing is written while it is refused.
#[derive(Debug, Args)]
pub(super) struct Render {
    #[command(flatten)]
    inputs: Inputs,
    #[command(flatten)]
    complaints: ComplaintArguments,
    #[command(flatten)]
    judging: Judging,
    /// The directory that receives a folder per cluster, with `cassc.lock` in it. Its locks are what is deployed where
    /// `--against` names nothing else.
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Changes nothing; exits with 1 if the directory is not what would be rendered.
    #[arg(long, requires = "output")]
    check: bool,
    /// Checks only the clusters whose topology or rendered files are among these, that Git knows all their rendered files,
    /// and that no topology is gone. Stands last: what follows are files, as hooks append those of a commit.
    #[arg(long, requires = "check", value_name = "FILE", num_args = 0.., allow_hyphen_values = true)]
    touched: Option<Vec<String>>,
    /// Overwrites edited files, and removes every file below the clusters' folders that is not rendered.
    #[arg(long, requires = "output", conflicts_with = "check")]
    force: bool,
    /// Writes or checks `cassc.lock` alone, for clusters that `cassc argocd generate` renders from it.
    #[arg(long, requires = "output", conflicts_with = "force")]
    lock_only: bool,
}

/// What of a cluster is written to its folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extent {
    /// Every file, and the lock that lists them.
    Files,
    /// The lock: the same one, because the plan of the next change compares what it lists.
    LockOnly,
}

pub(super) fn run(render: &Render) -> Result<Ending, Failure> {
    let complaining = render.complaints.on(Channel::Talk)?;
    let selection = match (&render.touched, &render.output) {
        (Some(files), Some(output)) => Selection::Touched { files, output },
        (_, None) if render.judging.against.is_none() => Selection::All,
        _ => Selection::BesideDeployed,
    };
    let Some(compilation) = render.inputs.compile_some(selection, &complaining)? else { return Ok(Ending::Refused) };
    let output = render.output.as_deref();
    let overwrite = if render.force { Overwrite::Force } else { Overwrite::KeepForeign };
    let extent = if render.lock_only { Extent::LockOnly } else { Extent::Files };
    if let Some(output) = output {
        refuse_shared_folders(&compilation)?;
        refuse_inputs_in_folders(output, &compilation)?;
        if !render.check {
            recover_all(output, &compilation)?;
        }
    }
    let judged = judge(compilation, &render.inputs, &render.judging, output.map(|path| Kept { path, overwrite }))?;
    if matches!(selection, Selection::BesideDeployed) {
        judged.refuse_nothing(&render.inputs)?;
    }
    judged.tell_refusals(&complaining)?;
    if judged.is_refused() {
        return Ok(Ending::Refused);
    }
    match output {
        None => to_stream(&judged),
        Some(output) if render.check => check_directory(output, &judged, extent, selection),
        Some(output) => to_directory(output, &judged, overwrite, extent),
    }
}

fn recover_all(output: &Path, compilation: &Compilation) -> Result<(), EmitError> {
    compilation.accepted.iter().try_for_each(|parsed| recover(output, &parsed.topology.metadata.name))
}

/// A cluster's folder is called as the cluster; two of one name (in two namespaces) need two directories.
pub(super) fn refuse_shared_folders(compilation: &Compilation) -> Result<(), Failure> {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for parsed in &compilation.accepted {
        let (name, source) = (parsed.topology.metadata.name.as_str(), &compilation.texts[parsed.document.text].name);
        let Some(first) = seen.insert(name, source) else { continue };
        return Err(Failure::Usage(if first == source {
            format!("{source} names two clusters `{name}`: render them from two files into two directories")
        } else {
            format!("{first} and {source} would share the folder `{name}`: render them into different directories")
        }));
    }
    Ok(())
}

/// A cluster's folder is replaced as a whole and not searched for topologies: one that lies in it would be lost.
pub(super) fn refuse_inputs_in_folders(output: &Path, compilation: &Compilation) -> Result<(), Failure> {
    let folder = |parsed: &check::Checked| canonicalize(output.join(&parsed.topology.metadata.name)).ok();
    let folders: BTreeSet<PathBuf> = compilation.accepted.iter().filter_map(folder).collect();
    for parsed in &compilation.accepted {
        let source = compilation.source(parsed);
        let is_inside = |path: PathBuf| path.ancestors().any(|folder| folders.contains(folder));
        if canonicalize(source).is_ok_and(is_inside) {
            return Err(Failure::Usage(format!(
                "{source} lies in a folder that `--output {}` renders a cluster into: keep topologies apart from what is \
                 rendered",
                output.display()
            )));
        }
    }
    Ok(())
}

/// The files of a cluster and the lock that goes with them.
fn rendered(output: &Path, source: &str, cluster: &Cluster) -> (FileTree, Lock) {
    locked(output, source, cluster, arrange(cluster), Extent::Files)
}

fn locked(output: &Path, source: &str, cluster: &Cluster, arranged: Arranged, extent: Extent) -> (FileTree, Lock) {
    let Arranged { files, templates, .. } = arranged;
    let topology = match source {
        STANDARD_INPUT => PathBuf::from(source),
        file => path_from(&absolute(output), &absolute(Path::new(file))),
    };
    let lock = Lock::new(&topology, cluster.clone(), &files, templates);
    (if extent == Extent::Files { files } else { FileTree::default() }, lock)
}

/// What would change in the directories of the clusters, in their order.
pub(super) fn comparisons(output: &Path, compilation: &Compilation) -> Result<Vec<Comparison>, EmitError> {
    let compared = |parsed: &check::Checked| {
        let cluster = settled(Kept { path: output, overwrite: Overwrite::KeepForeign }, parsed, None)?;
        let (tree, lock) = rendered(output, compilation.source(parsed), &cluster);
        comparison(output, &cluster.name, &tree, &lock)
    };
    compilation.accepted.par_iter().map(compared).collect()
}

fn comparison(output: &Path, name: &str, tree: &FileTree, lock: &Lock) -> Result<Comparison, EmitError> {
    let standing = read::standing(output, name, tree, Overwrite::KeepForeign)?;
    Ok(compare(name, &standing, tree, &lock.to_text()))
}

fn to_stream(judged: &Judged<'_>) -> Result<Ending, Failure> {
    let mut output = BufWriter::new(io::stdout().lock());
    let positions: Vec<usize> = (0..judged.compilation.accepted.len()).collect();
    let mut plans = Vec::new();
    for some in positions.chunks(CLUSTERS_AT_ONCE) {
        let made: Vec<(FileTree, Option<Plan>)> = some
            .par_iter()
            .map(|position| {
                let cluster = judged.cluster(*position)?;
                let arranged = arrange(&cluster);
                let plan = judged.is_compared().then(|| judged.plan(*position, &cluster, &arranged));
                Ok((arranged.files, plan))
            })
            .collect::<Result<_, EmitError>>()?;
        for (tree, plan) in made {
            stream::write(&mut output, in_order_of_stages(&tree))?;
            plans.extend(plan);
        }
    }
    judged.tell_plans(plans);
    Ok(Ending::Done)
}

/// What a check found for one cluster.
struct Checked {
    compared: Comparison,
    plan: Plan,
    /// Rendered files that the commit would lack.
    lacking: Vec<String>,
}

fn check_directory(
    output: &Path,
    judged: &Judged<'_>,
    extent: Extent,
    selection: Selection<'_>,
) -> Result<Ending, Failure> {
    let compilation = &judged.compilation;
    refuse_lock_beside_files(output, judged, extent)?;
    let checked = |position: usize| {
        let cluster = judged.cluster(position)?;
        let arranged = arrange(&cluster);
        let plan = judged.plan(position, &cluster, &arranged);
        let source = compilation.source(&compilation.accepted[position]);
        let (tree, lock) = locked(output, source, &cluster, arranged, extent);
        let lacking = match selection {
            Selection::Touched { .. } => untracked(&rendered_paths(&output.join(&cluster.name), &tree)),
            _ => Vec::new(),
        };
        let compared = comparison(output, &cluster.name, &tree, &lock)?;
        Ok(Checked { compared, plan, lacking })
    };
    let checked: Vec<Checked> =
        (0..compilation.accepted.len()).into_par_iter().map(checked).collect::<Result<_, EmitError>>()?;
    let (mut compared, mut plans, mut lacking) = (Vec::new(), Vec::new(), Vec::new());
    for cluster in checked {
        compared.push(cluster.compared);
        plans.push(cluster.plan);
        lacking.extend(cluster.lacking);
    }
    tell_locks(output, compilation, &compared);
    judged.tell_plans(plans);
    tell_lacking(&lacking);
    let stale: Vec<&str> = judged.folders_to_remove().collect();
    let different = compared.iter().flat_map(|comparison| &comparison.changed).filter_map(told_difference);
    different.for_each(|line| talk(&line));
    if compared.iter().all(Comparison::is_same) && stale.is_empty() {
        return Ok(if lacking.is_empty() { Ending::Done } else { Ending::Refused });
    }
    stale.into_iter().for_each(|name| talk(&format!("no longer rendered: {name}/\n")));
    talk(&format!("{} is not what would be rendered: run `cassc render` again\n", output.display()));
    Ok(Ending::Refused)
}

/// The files of a cluster, its lock among them.
fn rendered_paths(folder: &Path, files: &FileTree) -> Vec<PathBuf> {
    files.iter().map(|(path, _)| path).chain([LOCK_FILE_NAME]).map(|path| folder.join(path)).collect()
}

/// The rendered files that Git does not know.
fn tell_lacking(files: &[String]) {
    for file in files {
        talk(&format!("the commit would lack: {file} (`git add '{file}'`, with `--force` if it is ignored)\n"));
    }
}

fn told_difference(difference: &Difference) -> Option<String> {
    let word = match difference.kind {
        DifferenceKind::Added => "missing",
        DifferenceKind::Changed => "different",
        DifferenceKind::Removed => "no longer rendered",
        DifferenceKind::Foreign if is_applied(&difference.path) => "not written by cassc, and applied with the rest",
        DifferenceKind::Foreign => return None,
    };
    Some(format!("{word}: {}\n", difference.path))
}

/// Whether a tool that takes all manifests of a folder, as Argo CD does, takes this file of a cluster.
fn is_applied(path: &str) -> bool {
    let extension = Path::new(path).extension().unwrap_or_default();
    is_in_a_stage(path) && ["yaml", "yml", "json"].iter().any(|it| extension.eq_ignore_ascii_case(it))
}

fn to_directory(output: &Path, judged: &Judged<'_>, overwrite: Overwrite, extent: Extent) -> Result<Ending, Failure> {
    refuse_lock_beside_files(output, judged, extent)?;
    std::fs::create_dir_all(output)
        .map_err(|cause| Failure::Usage(format!("cannot create the directory {}: {cause}", output.display())))?;
    let compilation = &judged.compilation;
    let written = |position: usize| {
        let cluster = judged.cluster(position)?;
        let arranged = arrange(&cluster);
        let plan = judged.plan(position, &cluster, &arranged);
        let source = compilation.source(&compilation.accepted[position]);
        let (tree, lock) = locked(output, source, &cluster, arranged, extent);
        Ok((write(output, &cluster.name, &tree, &lock, overwrite)?, plan))
    };
    let written: Vec<(Outcome, Plan)> =
        (0..compilation.accepted.len()).into_par_iter().map(written).collect::<Result<_, EmitError>>()?;
    let (mut outcomes, plans): (Vec<Outcome>, Vec<Plan>) = written.into_iter().unzip();
    for (parsed, outcome) in compilation.accepted.iter().zip(&outcomes) {
        tell_remark(output, parsed, outcome.remark.as_ref(), &AFTER);
    }
    let clusters = outcomes.len();
    for name in judged.folders_to_remove() {
        outcomes.push(remove(output, name)?);
    }
    outcomes.iter().for_each(tell_kept);
    judged.tell_plans(plans);
    talk(&summary(clusters, &outcomes));
    let attention = outcomes.iter().any(Outcome::needs_attention);
    Ok(if attention { Ending::Refused } else { Ending::Done })
}

/// A lock that went on alone would tell of another cluster than the files beside it.
fn refuse_lock_beside_files(output: &Path, judged: &Judged<'_>, extent: Extent) -> Result<(), Failure> {
    if extent == Extent::Files {
        return Ok(());
    }
    for position in 0..judged.compilation.accepted.len() {
        let cluster = judged.cluster(position)?;
        let standing = read::standing(output, &cluster.name, &arrange(&cluster).files, Overwrite::KeepForeign)?;
        let is_rendered = |entry: &Entry| matches!(entry, Entry::Same | Entry::Different(_));
        if let Some((path, _)) = standing.entries.iter().find(|(_, entry)| is_rendered(entry)) {
            let folder = output.join(&cluster.name);
            return Err(Failure::Usage(format!(
                "{} was rendered: render without --lock-only, or first remove the rendered files and keep {LOCK_FILE_NAME}",
                folder.join(path).display()
            )));
        }
    }
    Ok(())
}

/// What to say about a lock when nothing was written.
pub(super) fn tell_locks(output: &Path, compilation: &Compilation, compared: &[Comparison]) {
    for (parsed, comparison) in compilation.accepted.iter().zip(compared) {
        tell_remark(output, parsed, comparison.remark.as_ref(), &BEFORE);
    }
}

/// The ends of the sentences about a merge conflict and a missing lock.
struct Advice {
    conflict: &'static str,
    missing: &'static str,
}

const BEFORE: Advice = Advice {
    conflict: "has a merge conflict: run `cassc render`, which reads both sides",
    missing: "restore it from Git if it was lost",
};
const AFTER: Advice = Advice {
    conflict: "had a merge conflict: both sides were read, and the files were rendered anew",
    missing: "seeds, revision, generation and restart tokens began anew, and what is not as rendered counts as foreign; \
              restore it from Git if it was lost",
};

fn tell_remark(output: &Path, parsed: &check::Checked, remark: Option<&Remark>, advice: &Advice) {
    let Some(remark) = remark else { return };
    let path = output.join(&parsed.topology.metadata.name).join(LOCK_FILE_NAME);
    let said = match remark {
        Remark::Conflict => advice.conflict.to_owned(),
        Remark::Missing => format!("is missing although rendered files stand beside it: {}", advice.missing),
        Remark::Unreadable(cause) => {
            format!(
                "{cause}: with --force it counts as missing, so seeds, revision, generation and restart tokens began anew"
            )
        }
    };
    talk(&format!("{} {said}\n", path.display()));
}

fn tell_kept(outcome: &Outcome) {
    for kept in &outcome.kept {
        talk(&match kept.why {
            Why::Edited => format!("kept, edited by hand: {} (--force overwrites it)\n", kept.path),
            Why::NotOurs => format!("kept, not written by cassc: {}\n", kept.path),
        });
    }
    let reported = |path: &String| outcome.kept.iter().any(|kept| kept.path == *path);
    for path in outcome.blocked.iter().filter(|path| !reported(path)) {
        talk(&format!("not written, something else is in its place: {path}\n"));
    }
}

fn summary(clusters: usize, outcomes: &[Outcome]) -> String {
    let sum = |count: fn(&Outcome) -> usize| outcomes.iter().map(count).sum::<usize>();
    let clusters = counted(clusters, "cluster");
    let written = counted(sum(|outcome| outcome.written.len()), "file");
    let (unchanged, removed) = (sum(|outcome| outcome.unchanged), sum(|outcome| outcome.removed.len()));
    format!("{clusters}: {written} written, {unchanged} unchanged, {removed} removed\n")
}
