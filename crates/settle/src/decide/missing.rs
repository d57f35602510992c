//! Pods of members that are missing because replicas were lowered by somebody else, or because the cluster was stopped:
//! they come back at once, on their own claims. No node is down for longer than it must be.

use super::{Next, roll};
use crate::action::{Action, ScaleReason};
use crate::situation::Situation;

pub(super) fn next(situation: &Situation<'_>) -> Next {
    let lowered = situation
        .places()
        .find(|place| !place.set.is_deleting && situation.members_reach(&place.rack.stateful_set) > place.set.replicas);
    match lowered {
        Some(_) if roll::versions(situation).is_some() => {
            Next::Refuse(roll::versions(situation).into_iter().collect()) // they would come back with the new version
        }
        Some(place) => Next::Act(Action::Scale {
            set: place.rack.stateful_set.clone(),
            from: place.set.replicas,
            to: situation.members_reach(&place.rack.stateful_set),
            why: ScaleReason::MembersMissing,
        }),
        None => Next::Nothing,
    }
}
