//! The locks that are committed beside the topologies: they tell what is deployed, and only a topology that is in its
//! lock is rendered. Otherwise two commits in a row would both be judged against what stood before the first, and an
//! old cluster whose lock is lost would pass as a new one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::folder::{TopologyFiles, refuse_outside, repository};
use super::parameters::Parameters;
use crate::cluster::Cluster;
use crate::deployed::{
    Deployed, DeployedCluster, DeployedError, LostLock, ReadFrom, TopologyFile, Wanted, WantedFleet,
    folders_of_outputs, rendered,
};
use crate::fleet::{Fleet, Gone, RenderedCluster};
use crate::lock::{LOCK_FILE_NAME, Lock, LockError};
use crate::parse::source::STANDARD_INPUT;

/// A new topology's lock stands in the folder of the Application.
const APPLICATION: &str = ".";

/// What the locks beside the topologies tell: `<folder>/<cluster>/cassc.lock`, where the folder is that of the
/// Application or of the topology. `sources` are the names of the topologies' files. What the files do not mean is another
/// Application's, and comes second.
pub(super) fn deployed<'s>(
    sources: impl IntoIterator<Item = &'s str>,
    wanted: &WantedFleet,
    files: &TopologyFiles,
) -> Result<(Deployed, Vec<DeployedCluster>), String> {
    let folder = |source: &str| match Path::new(source).parent() {
        Some(folder) => plain(folder),
        None => PathBuf::from(APPLICATION),
    };
    let mut folders: BTreeSet<PathBuf> = sources.into_iter().map(folder).chain([APPLICATION.into()]).collect();
    if let Some(searched) = files.searched() {
        folders.extend(folders_of_outputs(searched).map_err(unreadable)?.iter().map(|folder| plain(folder)));
    }
    let mut clusters = Vec::new();
    for folder in folders {
        let shown = folder.strip_prefix(APPLICATION).unwrap_or(&folder);
        let deployed = rendered(&folder, shown).map_err(unreadable)?;
        clusters.extend(deployed.map(|deployed| deployed.clusters).unwrap_or_default());
    }
    let root = repository()?;
    clusters.iter().try_for_each(|cluster| refuse_outside(&root, Path::new(cluster.lock_name())))?;
    clusters.iter_mut().for_each(know_gone);
    let is_wanted = |cluster: &DeployedCluster| {
        wanted.topologies.iter().any(|wanted| wanted.name == cluster.cluster.name || is_of(wanted, cluster))
    };
    let is_meant = |cluster: &DeployedCluster| match &cluster.path {
        Some(path) => files.means(path),
        None => !files.is_one_file(),
    };
    let (clusters, others): (Vec<_>, Vec<_>) =
        clusters.into_iter().partition(|cluster| is_wanted(cluster) || is_meant(cluster));
    refuse_two_of_one(&clusters)?;
    Ok((Deployed { name: "the locks".to_owned(), from: ReadFrom::Directory, clusters }, others))
}

/// A folder without the `./` that it is seen from.
fn plain(folder: &Path) -> PathBuf {
    let plain = folder.strip_prefix(APPLICATION).unwrap_or(folder);
    if plain == Path::new("") { APPLICATION.into() } else { plain.to_owned() }
}

/// Elsewhere a bare name of a topology means that its folder is unknown; here it is the one that the lock's folder is
/// in, or it stood nowhere in the repository.
fn know_gone(cluster: &mut DeployedCluster) {
    let topology = cluster.lock().map(Lock::topology).unwrap_or_default().to_owned();
    if cluster.path.is_none() && !topology.is_empty() && topology != STANDARD_INPUT {
        cluster.file = TopologyFile::Gone;
    }
}

fn is_of(wanted: &Wanted, cluster: &DeployedCluster) -> bool {
    wanted.path.is_some() && wanted.path == cluster.path
}

fn refuse_two_of_one(clusters: &[DeployedCluster]) -> Result<(), String> {
    let mut seen: BTreeMap<(&PathBuf, &str), &str> = BTreeMap::new();
    for cluster in clusters {
        let Some(path) = &cluster.path else { continue };
        let name = cluster.lock_name();
        if let Some(first) = seen.insert((path, &cluster.cluster.name), name) {
            return Err(format!(
                "{first} and {name} are both locks of the cluster `{}`: keep the one that tells what is deployed",
                cluster.cluster.name
            ));
        }
    }
    Ok(())
}

fn unreadable(refused: DeployedError) -> String {
    match refused {
        DeployedError::Lock { name, cause } => {
            // What is wrong with it may repeat a part of it, which must not come from elsewhere.
            if let Err(outside) = repository().and_then(|root| refuse_outside(&root, Path::new(&name))) {
                return outside;
            }
            let advice = match cause {
                LockError::MergeConflict { .. } => {
                    "run the `cassc render` that made it (`cassc render TOPOLOGY -o . --lock-only`): it reads both sides".to_owned()
                }
                _ => cause.advice(Path::new(&name)).unwrap_or_default(),
            };
            let advice = if advice.is_empty() { advice } else { format!("; {advice}") };
            format!("{name} {cause}{advice}")
        }
        other => other.to_string(),
    }
}

/// What the clusters were judged against.
pub(super) fn judged_against(fleet: &Fleet) -> String {
    let refused = fleet.runs.iter().filter(|run| !run.judgment.refused.is_empty());
    let gone = fleet.gone.iter().filter(|gone| gone.judgment.is_err());
    let deployed = refused.filter_map(|run| run.deployed.as_ref()).chain(gone.map(|gone| &gone.deployed));
    deployed.map(DeployedCluster::lock_name).collect::<Vec<_>>().join(", ")
}

/// Why a cluster is not rendered although nothing about it is refused; `None` if it is.
pub(super) fn obstacle(rendered: &RenderedCluster<'_>, parameters: &Parameters) -> Option<String> {
    let (name, source) = (&rendered.cluster.name, rendered.run.source.as_str());
    let Some(deployed) = &rendered.run.deployed else {
        if let Some(place) = what_stands_for_a_lock(source, name) {
            return Some(format!(
                "{} is there and is not the lock of this cluster, so nobody can tell whether `{name}` is new, and \
                 nothing is rendered\n  \
                 put the lock itself there, without symbolic links on the way",
                place.display()
            ));
        }
        if let Some(lost) = folders_of(source, name).iter().find_map(|folder| LostLock::missing_in(folder, name)) {
            return Some(format!("{lost}; nothing is rendered, whatever the parameter `first-install` is"));
        }
        return (!parameters.first_install).then(|| {
            format!(
                "{name}/cassc.lock is missing: without it nobody can tell whether the cluster `{name}` in {source} is new, \
                 so nothing is rendered\n  \
                 in the folder of the Application run `cassc render {source} -o . --lock-only`, and commit \
                 {name}/cassc.lock; if the cluster is deployed already, put the lock that it was rendered with there first\n  \
                 or, only for the very first sync of a new cluster, set the parameter `first-install` to \"true\""
            )
        });
    };
    let lock = deployed.lock()?;
    (!is_in(lock, rendered)).then(|| {
        let lock_name = deployed.lock_name();
        format!(
            "{lock_name} was not made from {source} as it is now, or not by cassc {}, which runs here, so nothing is \
             rendered\n  \
             in the folder of the Application run `cassc render {source} -o {}{}`, and commit {lock_name}",
            env!("CARGO_PKG_VERSION"),
            output(lock_name),
            extent(lock_name, lock),
        )
    })
}

/// Where the lock of a cluster may stand: in the folder of the Application, or beside its topology.
fn folders_of(source: &str, cluster: &str) -> [PathBuf; 2] {
    let folders = [Path::new(""), Path::new(source).parent().unwrap_or(Path::new(""))];
    folders.map(|folder| folder.join(cluster))
}

/// The lock's name exists but is not a lock, or the folder is not readable: not a first install.
fn what_stands_for_a_lock(source: &str, cluster: &str) -> Option<PathBuf> {
    let places = folders_of(source, cluster).map(|folder| folder.join(LOCK_FILE_NAME));
    let is_there = |place: &PathBuf| {
        !matches!(fs::symlink_metadata(place), Err(cause) if cause.kind() == io::ErrorKind::NotFound)
            || fs::symlink_metadata(place.with_file_name("")).is_ok_and(|folder| folder.is_symlink())
    };
    places.into_iter().find(is_there)
}

/// Whether this very cluster is recorded: the tool that delivers it aside, which a command line may have named, and
/// where that tool looks.
fn is_in(lock: &Lock, rendered: &RenderedCluster<'_>) -> bool {
    let recorded = lock.cluster();
    let delivery = recorded.delivery.clone();
    let same_cluster = *recorded == Cluster { dialect: recorded.dialect, delivery, ..(*rendered.cluster).clone() };
    same_cluster && (lock.templates().is_empty() || *lock.templates() == rendered.arranged.templates)
}

/// Why nothing is rendered while the lock of a cluster stands whose topology is gone.
pub(super) fn left_over(gone: &Gone) -> String {
    let (name, lock_name) = (&gone.deployed.cluster.name, gone.deployed.lock_name());
    format!(
        "{lock_name} is the lock of the cluster `{name}`, whose topology is gone, so nothing is rendered\n  \
         restore the topology, or, if the cluster is to be deleted, remove the lock as well"
    )
}

/// How a lock is rendered anew: with the files that it lists where one of them stands beside it.
fn extent(lock_name: &str, lock: &Lock) -> &'static str {
    let folder = Path::new(lock_name).with_file_name("");
    if lock.files().keys().any(|file| folder.join(file).exists()) { "" } else { " --lock-only" }
}

/// The folder that a lock was rendered into: two above it.
fn output(lock_name: &str) -> &str {
    let folder = lock_name.rsplitn(3, '/').nth(2).unwrap_or(APPLICATION);
    if folder.is_empty() { APPLICATION } else { folder }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_was_rendered_into_the_folder_two_above_it() {
        assert_eq!(output("shop/cassc.lock"), ".");
        assert_eq!(output("clusters/shop/cassc.lock"), "clusters");
        assert_eq!(output("a/b/shop/cassc.lock"), "a/b");
    }
}
