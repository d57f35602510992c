//! Where a directory of Cassandra really lies: in which volume, and where in it. A directory stays where it is when its
//! volume is mounted elsewhere and its path follows, and moves when only one of the two does. Called by the rules.

use std::fmt;
use std::path::{Path, PathBuf};

use super::effective::Effective;
use super::{Changed, Transition};
use crate::cluster::Cluster;

/// Where the data volume is mounted.
const DATA: &str = "/var/lib/cassandra";

/// A directory in a volume.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Location {
    /// The name of an additional volume; `None` is the data volume.
    volume: Option<String>,
    path: PathBuf,
}

impl Location {
    /// The deepest mount above a path has it.
    fn of(cluster: &Cluster, path: &str) -> Self {
        let additional = cluster.additional_volumes.iter();
        let additional = additional.map(|volume| (volume.mount_path.as_str(), Some(volume.name.clone())));
        let below = additional.chain([(DATA, None)]).filter_map(|(mount, volume)| {
            Some(Self { volume, path: Path::new(path).strip_prefix(mount).ok()?.to_owned() })
        });
        let nearest = below.min_by_key(|location| location.path.components().count());
        nearest.unwrap_or_else(|| Self { volume: None, path: PathBuf::from(path) })
    }
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.volume {
            Some(volume) if self.path.as_os_str().is_empty() => write!(formatter, "the volume `{volume}`"),
            Some(volume) => write!(formatter, "`{}` of the volume `{volume}`", self.path.display()),
            None => write!(formatter, "`{}`", Path::new(DATA).join(&self.path).display()),
        }
    }
}

impl<'t> Transition<'t> {
    /// The racks with nodes whose directories of a key lie elsewhere.
    pub(super) fn changed_directories(&self, key: &str) -> Vec<Changed<'t, Vec<Location>>> {
        let locations = |cluster: &Cluster, effective: &Effective| {
            effective.list(key).iter().map(|path| Location::of(cluster, path)).collect::<Vec<_>>()
        };
        self.changed_config_of(locations)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cluster::fixtures::shop;
    use crate::cluster::{AdditionalVolume, VolumeSource};

    #[test]
    fn a_directory_is_where_its_volume_is() {
        let mut cluster = shop();
        let location = |cluster: &Cluster, path: &str| Location::of(cluster, path).to_string();
        assert_eq!(location(&cluster, "/var/lib/cassandra//commitlog/"), "`/var/lib/cassandra/commitlog`");
        let mount_path = "/var/lib/cassandra/commitlog".to_owned();
        let source = VolumeSource::EmptyDir(None);
        cluster.additional_volumes.push(AdditionalVolume { name: "fast".to_owned(), mount_path, source });
        assert_eq!(location(&cluster, "/var/lib/cassandra/commitlog"), "the volume `fast`");
        assert_eq!(location(&cluster, "/var/lib/cassandra/commitlog/a"), "`a` of the volume `fast`");
        assert_eq!(location(&cluster, "/var/lib/cassandra/data"), "`/var/lib/cassandra/data`");
    }
}
