//! A pod that is asked for again after its node left for good: it starts with new claims, never on a decommissioned
//! volume. So its replica goes, then its claims, then it joins as a new node.

use super::Next;
use crate::action::{Action, Reason, ScaleReason};
use crate::guard::Guard;
use crate::situation::Situation;
use crate::whole::Aside;

pub(super) fn next(situation: &Situation<'_>) -> Next {
    if !situation.is_off(Guard::ClaimCleared) {
        let wanted = situation.wanted();
        let pods = wanted.iter().filter(|pod| situation.state.left.contains_key(*pod));
        return pods
            .map(|pod| clear(situation, pod))
            .find(|next| !matches!(next, Next::Nothing))
            .unwrap_or(Next::Nothing);
    }
    Next::Nothing
}

fn clear(situation: &Situation<'_>, pod: &str) -> Next {
    let (Some(host_id), Some((place, ordinal))) = (situation.state.left.get(pod), situation.place_of(pod)) else {
        return Next::Nothing;
    };
    if !situation.holds(Guard::NodeHasLeft, || situation.is_gone(host_id)) {
        let text = format!("{pod}: the node {host_id} left, but some node still lists it as a member");
        return Next::Wait(vec![Reason::about("NodeStillListed", pod, text)]);
    }
    let strangers = situation.strangers(&Aside::nothing());
    if !strangers.is_empty() {
        return Next::Wait(strangers);
    }
    let set = place.rack.stateful_set.clone();
    if place.set.replicas == ordinal + 1 {
        return Next::Act(Action::Scale { set, from: place.set.replicas, to: ordinal, why: ScaleReason::StartsAnew });
    }
    if place.set.replicas > ordinal {
        let text = format!(
            "{pod} left the ring, and pods behind it did not. Delete its claims and the pod by hand (docs/when-a-pod-waits.md)"
        );
        return Next::Refuse(vec![Reason::about("NodeLeftInTheMiddle", pod, text)]);
    }
    super::claims::delete(situation, pod)
}
