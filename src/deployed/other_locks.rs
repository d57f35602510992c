//! The locks of a repository outside of the directory that is rendered into: clusters that are no part of a run, but must not
//! collide with it, and those of the run that were rendered into another directory before. Called by the command line.
#![expect(clippy::disallowed_methods, reason = "reads the locks of the repository")]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::disk::place_of;
use super::locks::{ReadLock, deployed};
use super::{DeployedCluster, TopologyFile};
use crate::git::files_called;
use crate::lock::LOCK_FILE_NAME;
use crate::paths::{absolute, real};

/// Reads the locks of the repository that a folder is in, tracked or not, but for ignored ones and those below `output`.
/// Only locks whose topology stands count: others are copies, archives or test data. One that cannot be read is passed
/// over, because it is not known whose it is.
pub(crate) fn in_repository(folder: &Path, output: Option<&Path>) -> Vec<DeployedCluster> {
    let output = output.map(real);
    let is_outside = |lock: &PathBuf| output.as_ref().is_none_or(|output| !real(lock).starts_with(output));
    let locks = files_called(folder, LOCK_FILE_NAME).into_par_iter().filter(is_outside);
    let read = |path: PathBuf| {
        let name = path.display().to_string();
        let lock = ReadLock::merged(name, &fs::read(&path).ok()?).ok()?;
        let folder = absolute(path.parent()?);
        Some(deployed(Arc::new(lock), |lock| place_of(&folder, lock)))
    };
    locks.filter_map(read).filter(|cluster| cluster.file == TopologyFile::Stands).collect()
}
