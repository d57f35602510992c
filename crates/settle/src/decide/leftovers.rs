//! ConfigMaps that no pod and no revision uses any more, and finished Jobs of earlier generations.

use super::Next;
use crate::action::Action;
use crate::situation::Situation;

pub(super) fn next(situation: &Situation<'_>) -> Next {
    match situation.seen.objects.leftovers.iter().find(|leftover| !leftover.is_in_use) {
        Some(leftover) => Next::Act(Action::DeleteLeftover(leftover.clone())),
        None => Next::Nothing,
    }
}
