//! Pods of members that are missing because replicas were lowered by somebody else, or because the cluster was stopped:
//! they come back at once, on their own claims. No node is down for longer than it must be.

use cassc_ring::names;

use super::{Next, roll};
use crate::action::{Action, Reason, ScaleReason};
use crate::situation::Situation;

pub(super) fn next(situation: &Situation<'_>) -> Next {
    let lowered = situation
        .places()
        .find(|place| !place.set.is_deleting && situation.members_reach(&place.rack.stateful_set) > place.set.replicas);
    let Some(place) = lowered else { return Next::Nothing };
    let (set, from, to) =
        (&place.rack.stateful_set, place.set.replicas, situation.members_reach(&place.rack.stateful_set));
    let has_left = |pod: &String| situation.member(pod).is_some_and(|host_id| situation.gossip.has_left(host_id));
    if let Some(pod) = (from..to).map(|ordinal| names::pod(set, ordinal)).find(has_left) {
        let text = format!("{pod} is missing, and its node says that it left; it is looked at for a minute");
        return Next::Wait(vec![Reason::about("PodMissing", &pod, text)]);
    }
    match roll::versions(situation) {
        Some(reason) => Next::Refuse(vec![reason]), // they would come back with the new version
        None => Next::Act(Action::Scale { set: set.clone(), from, to, why: ScaleReason::MembersMissing }),
    }
}
