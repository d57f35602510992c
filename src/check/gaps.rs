//! The outermost levels at which a setting without a default is missing. Called by the rules about such settings.

use crate::subject::Subject;
use crate::topology::merge::{Level, NestedRack};

/// The cluster if no rack has the setting; otherwise the datacenters without any rack that has it, and single racks. Empty
/// if nothing is missing or there are no racks.
pub(super) fn lacking(subject: &Subject<'_>, has: impl Fn(&NestedRack<'_>) -> bool) -> Vec<Level> {
    let without: Vec<&NestedRack<'_>> = subject.racks.iter().filter(|place| !has(place)).collect();
    if !without.is_empty() && without.len() == subject.racks.len() {
        return vec![Level::Cluster];
    }
    let mut levels: Vec<Level> = Vec::new();
    for place in without {
        let whole_datacenter = !subject.racks_of(place.datacenter_index).any(&has);
        let level = if whole_datacenter { Level::Datacenter(place.datacenter_index) } else { place.level() };
        if levels.last() != Some(&level) {
            levels.push(level);
        }
    }
    levels
}

/// The name of a level in a message.
pub(super) fn called(subject: &Subject<'_>, level: Level) -> String {
    let datacenters = &subject.spec().datacenters;
    match level {
        Level::Cluster => "the cluster".to_owned(),
        Level::Datacenter(index) => format!("the datacenter `{}`", datacenters[index].name),
        Level::Rack(datacenter, rack) => {
            format!("the rack `{}` of `{}`", datacenters[datacenter].racks[rack].name, datacenters[datacenter].name)
        }
    }
}
