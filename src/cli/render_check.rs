//! `cassc render --check`: whether the directory is what would be rendered, and for a hook whether the commit has all of it.

use std::path::{Path, PathBuf};

use super::judging::Accepted;
use super::output::{BEFORE, Extent, compared, refuse_files_beside_lock, tell_conflict};
use super::progress::during_each;
use super::selection::Selection;
use super::{Ending, Failure, message};
use crate::deliver::is_in_a_stage;
use crate::diff::{Comparison, Difference, DifferenceKind};
use crate::emit::hold::Hold;
use crate::file_tree::FileTree;
use crate::fleet::ClusterRun;
use crate::git::untracked;
use crate::lock::LOCK_FILE_NAME;
use crate::plan::Plan;
use crate::topology::Dialect;

/// What was found for one cluster.
struct Found {
    cluster: String,
    compared: Comparison,
    /// A line about each difference.
    differences: Vec<String>,
    plan: Plan,
    /// Rendered files that the commit would lack.
    lacking: Vec<String>,
}

/// Compares the clusters of a run with the directory.
pub(super) fn check_directory(
    output: &Path,
    accepted: Accepted,
    extent: Extent,
    selection: Selection<'_>,
    hold: Option<Hold>,
) -> Result<Ending, Failure> {
    let found = during_each("rendering clusters", &accepted.runs, |run| find(output, run, extent, selection));
    drop(hold);
    let (mut compared, mut differences, mut plans, mut lacking) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for found in found.into_iter().collect::<Result<Vec<_>, _>>()? {
        tell_conflict(output, &found.cluster, found.compared.is_in_conflict, BEFORE);
        compared.push(found.compared);
        differences.extend(found.differences);
        plans.push(found.plan);
        lacking.extend(found.lacking);
    }
    let stale: Vec<String> = accepted.leftovers.iter().map(|(name, _)| name.clone()).collect();
    accepted.tell_plans(plans);
    tell_lacking(&lacking);
    differences.iter().for_each(|line| message(line));
    if compared.iter().all(Comparison::is_same) && stale.is_empty() {
        return Ok(if lacking.is_empty() { Ending::Done } else { Ending::Refused });
    }
    stale.into_iter().for_each(|name| message(&format!("no longer rendered: {name}/\n")));
    message(&format!("{} is not what would be rendered: run `cassc render` again\n", output.display()));
    Ok(Ending::Refused)
}

fn find(output: &Path, run: &ClusterRun, extent: Extent, selection: Selection<'_>) -> Result<Found, Failure> {
    let rendered = run.render(None);
    if extent == Extent::LockOnly {
        refuse_files_beside_lock(output, &rendered)?;
    }
    let cluster = rendered.cluster.name.clone();
    let plan = rendered.plan(&[], Some(&output.to_string_lossy()));
    let lacking = match (selection, extent) {
        (Selection::Touched { .. }, Extent::Files) => {
            untracked(&paths(&output.join(&cluster), &rendered.arranged.files))
        }
        (Selection::Touched { .. }, Extent::LockOnly) => untracked(&[output.join(&cluster).join(LOCK_FILE_NAME)]),
        _ => Vec::new(),
    };
    let dialect = rendered.cluster.dialect;
    let compared = compared(output, rendered, extent)?;
    let differences = compared.changed.iter().filter_map(|difference| line(difference, dialect)).collect();
    Ok(Found { cluster, compared, differences, plan, lacking })
}

/// The files of a cluster, its lock among them.
fn paths(folder: &Path, files: &FileTree) -> Vec<PathBuf> {
    files.iter().map(|(path, _)| path).chain([LOCK_FILE_NAME]).map(|path| folder.join(path)).collect()
}

/// The untracked rendered files.
fn tell_lacking(files: &[String]) {
    for file in files {
        message(&format!("the commit would lack: {file} (`git add '{file}'`, with `--force` if it is ignored)\n"));
    }
}

/// A line about a difference; `None` for a foreign file that nothing applies.
fn line(difference: &Difference, dialect: Dialect) -> Option<String> {
    let word = match difference.kind {
        DifferenceKind::Added => "missing",
        DifferenceKind::Changed => "different",
        DifferenceKind::Removed => "no longer rendered",
        DifferenceKind::Foreign if dialect == Dialect::Argocd && is_applied(&difference.path) => {
            "not written by cassc, and applied by Argo CD with the rest"
        }
        DifferenceKind::Foreign => return None,
    };
    Some(format!("{word}: {}\n", difference.path))
}

/// Whether Argo CD applies this file of a cluster: it takes every manifest of a folder. Flux and kubectl apply what a
/// kustomization names, and cassc writes these.
fn is_applied(path: &str) -> bool {
    let extension = Path::new(path).extension().unwrap_or_default();
    is_in_a_stage(path) && ["yaml", "yml", "json"].iter().any(|it| extension.eq_ignore_ascii_case(it))
}
