//! `cassc render`: the manifests, to standard output or into a directory.

use std::collections::BTreeMap;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf, absolute};

use clap::Args;
use rayon::prelude::*;

use super::inputs::Inputs;
use super::{Ending, Failure, counted, talk};
use crate::Compilation;
use crate::cluster::Cluster;
use crate::deliver::{arrange, in_order_of_stages};
use crate::diff::{Comparison, DifferenceKind, compare};
use crate::emit::directory::{Outcome, Why, recover, write};
use crate::emit::{EmitError, Overwrite, read, stream};
use crate::file_tree::FileTree;
use crate::lock::{Lock, path_from};
use crate::parse::source::STANDARD_INPUT;

/// How many clusters are rendered side by side before their manifests are streamed: bounds memory.
const CLUSTERS_AT_ONCE: usize = 32;

/// Writes every manifest of the clusters.
///
/// Without `--output` they go to standard output as one YAML stream. With it each cluster gets a folder of its own,
/// replaced as a whole: a crash leaves the old files or the new ones. What somebody edited is kept and reported.
#[derive(Debug, Args)]
pub(super) struct Render {
    #[command(flatten)]
    inputs: Inputs,
    /// The directory that receives a folder per cluster, with `cassc.lock` in it.
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Changes nothing; exits with 1 if the directory is not what would be rendered.
    #[arg(long, requires = "output")]
    check: bool,
    /// Overwrites edited files, and removes every file below the clusters' folders that is not rendered.
    #[arg(long, requires = "output", conflicts_with = "check")]
    force: bool,
}

pub(super) fn run(render: &Render) -> Result<Ending, Failure> {
    let Some(compilation) = render.inputs.compile()? else { return Ok(Ending::Refused) };
    let Some(output) = &render.output else { return to_stream(&compilation) };
    refuse_shared_folders(&compilation)?;
    if render.check {
        return check_directory(output, &compilation);
    }
    to_directory(output, &compilation, if render.force { Overwrite::Force } else { Overwrite::KeepForeign })
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

/// The files of a cluster and the lock that goes with them.
fn rendered(output: &Path, source: &str, cluster: &Cluster) -> (FileTree, Lock) {
    let tree = arrange(cluster);
    let topology = match (absolute(output), absolute(source)) {
        (Ok(output), Ok(topology)) if source != STANDARD_INPUT => path_from(&output, &topology),
        _ => PathBuf::from(source),
    };
    let value = serde_json::to_value(cluster).expect("a cluster consists of maps, lists, texts and numbers");
    let lock = Lock::new(&topology, value, &tree);
    (tree, lock)
}

/// What would change in the directories of the clusters, in their order.
pub(super) fn comparisons(output: &Path, compilation: &Compilation) -> Result<Vec<Comparison>, EmitError> {
    compilation.accepted.par_iter().map(|parsed| comparison(output, compilation.cluster(parsed))).collect()
}

fn comparison(output: &Path, (source, cluster): (&str, Cluster)) -> Result<Comparison, EmitError> {
    let (tree, lock) = rendered(output, source, &cluster);
    let standing = read::standing(output, &cluster.name, &tree, Overwrite::KeepForeign)?;
    Ok(compare(&cluster.name, &standing, &tree, &lock.to_text()))
}

fn to_stream(compilation: &Compilation) -> Result<Ending, Failure> {
    let mut output = BufWriter::new(io::stdout().lock());
    for some in compilation.accepted.chunks(CLUSTERS_AT_ONCE) {
        let trees: Vec<FileTree> = some.par_iter().map(|parsed| arrange(&compilation.cluster(parsed).1)).collect();
        for tree in &trees {
            stream::write(&mut output, in_order_of_stages(tree))?;
        }
    }
    Ok(Ending::Done)
}

fn check_directory(output: &Path, compilation: &Compilation) -> Result<Ending, Failure> {
    let compared = comparisons(output, compilation)?;
    let different = compared.iter().flat_map(|comparison| &comparison.changed);
    let lines: String = different
        .filter_map(|difference| {
            let word = match difference.kind {
                DifferenceKind::Added => "missing",
                DifferenceKind::Changed => "different",
                DifferenceKind::Removed => "no longer rendered",
                DifferenceKind::Foreign => return None,
            };
            Some(format!("{word}: {}\n", difference.path))
        })
        .collect();
    if compared.iter().all(Comparison::is_same) {
        return Ok(Ending::Done);
    }
    talk(&lines);
    talk(&format!("{} is not what would be rendered: run `cassc render` again\n", output.display()));
    Ok(Ending::Refused)
}

fn to_directory(output: &Path, compilation: &Compilation, overwrite: Overwrite) -> Result<Ending, Failure> {
    std::fs::create_dir_all(output)
        .map_err(|cause| Failure::Usage(format!("cannot create the directory {}: {cause}", output.display())))?;
    let outcomes: Vec<Outcome> = compilation
        .accepted
        .par_iter()
        .map(|parsed| {
            let (source, cluster) = compilation.cluster(parsed);
            recover(output, &cluster.name)?;
            let (tree, lock) = rendered(output, source, &cluster);
            write(output, &cluster.name, &tree, &lock, overwrite)
        })
        .collect::<Result<_, EmitError>>()?;
    outcomes.iter().for_each(tell_kept);
    talk(&summary(&outcomes));
    let attention = outcomes.iter().any(Outcome::needs_attention);
    Ok(if attention { Ending::Refused } else { Ending::Done })
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

fn summary(outcomes: &[Outcome]) -> String {
    let sum = |count: fn(&Outcome) -> usize| outcomes.iter().map(count).sum::<usize>();
    let clusters = counted(outcomes.len(), "cluster");
    let written = counted(sum(|outcome| outcome.written.len()), "file");
    let (unchanged, removed) = (sum(|outcome| outcome.unchanged), sum(|outcome| outcome.removed.len()));
    format!("{clusters}: {written} written, {unchanged} unchanged, {removed} removed\n")
}
