//! ConfigMaps that no pod and no revision uses any more, and finished Jobs of earlier generations.

use super::Next;
use crate::action::Action;
use crate::situation::Situation;

pub(super) fn next(situation: &Situation<'_>) -> Next {
    if !is_all_applied(situation) {
        return Next::Nothing;
    }
    match situation.seen.objects.leftovers.iter().find(|leftover| !leftover.is_in_use) {
        Some(leftover) => Next::Act(Action::DeleteLeftover(leftover.clone())),
        None => Next::Nothing,
    }
}

/// Whether every StatefulSet is there and as the desired ring says. Until then the new configuration may lie there for days
/// without anything that refers to it: where nodes leave, people apply the folder `cluster` after the Job has ended.
fn is_all_applied(situation: &Situation<'_>) -> bool {
    let racks = situation.datacenters().map(|datacenter| datacenter.racks.len()).sum::<usize>();
    situation.places().filter(|place| situation.is_applied(*place)).count() == racks
}
