//! What was told of each field so far, with paths that may still move.

use crate::path::Path;
use crate::report::{Carried, Changed, Lists, NotCarried, Place, ToDecide};

/// The entries of the report.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    /// Field of the resource, field of the topology, what is to be decided.
    pub(super) to_decide: Vec<(Option<Place>, Path, String)>,
    /// As they are.
    pub(super) not_carried: Vec<NotCarried>,
    /// Field of the resource, field of the topology, why.
    pub(super) changed: Vec<(Option<Place>, Option<Path>, String)>,
    /// Field of the resource, field of the topology.
    pub(super) carried: Vec<(Place, Path)>,
}

impl Told {
    /// What stood below one path of the topology stands below another one now.
    pub(super) fn moved(&mut self, from: &Path, to: &Path) {
        let decided = self.to_decide.iter_mut().map(|(_, path, _)| path);
        let changed = self.changed.iter_mut().filter_map(|(_, path, _)| path.as_mut());
        let carried = self.carried.iter_mut().map(|(_, path)| path);
        for path in decided.chain(changed).chain(carried) {
            if let Some(rest) = path.after(from) {
                *path = to.join(&rest);
            }
        }
    }

    /// What was carried to a path does not stand there any more.
    pub(super) fn left_out(&mut self, at: &Path, why: &str) {
        let carried = self.carried.iter().filter(|(_, path)| path == at).map(|(place, _)| place.clone());
        let changed = self.changed.iter().filter(|(_, path, _)| path.as_ref() == Some(at));
        let places: Vec<Place> = carried.chain(changed.filter_map(|(place, ..)| place.clone())).collect();
        self.carried.retain(|(_, path)| path != at);
        self.changed.retain(|(_, path, _)| path.as_ref() != Some(at));
        self.to_decide.retain(|(_, path, _)| path != at);
        let instead = "nothing".to_owned();
        let lost = places.into_iter().map(|from| NotCarried { from, did: why.to_owned(), instead: instead.clone() });
        self.not_carried.extend(lost);
    }

    /// The four lists. What several datacenters ask alike, or have alike, is one entry.
    pub(super) fn lists(self) -> Lists {
        let to_decide = self.to_decide.into_iter().map(|(from, to, what)| ToDecide { from, to: to.to_string(), what });
        let to_text = |to: Option<Path>| to.map(|to| to.to_string());
        let changed = self.changed.into_iter().map(|(from, to, why)| Changed { from, to: to_text(to), why });
        let carried = self.carried.into_iter().map(|(from, to)| Carried { from, to: to.to_string() });
        let mut lists = Lists {
            to_decide: to_decide.collect(),
            not_carried: self.not_carried,
            changed: changed.collect(),
            carried: carried.collect(),
        };
        once(&mut lists.to_decide);
        once(&mut lists.not_carried);
        once(&mut lists.changed);
        once(&mut lists.carried);
        lists
    }
}

/// Only the first of equal entries.
fn once<T: PartialEq + Clone>(entries: &mut Vec<T>) {
    let mut kept: Vec<T> = Vec::new();
    for entry in entries.drain(..) {
        if !kept.contains(&entry) {
            kept.push(entry);
        }
    }
    *entries = kept;
}
