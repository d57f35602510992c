//! A cluster that is stopped: replicas 0 everywhere, claims stay. The pods drain before they end. What runs is finished
//! first, so that nothing is left half-way.

use super::Next;
use crate::action::{Action, Reason, ScaleReason};
use crate::situation::Situation;

pub(super) fn next(situation: &Situation<'_>) -> Next {
    if !situation.is_stopped() {
        return Next::Nothing;
    }
    if !situation.state.memory.jobs.is_empty() {
        return Next::Wait(vec![
            Reason::of_ring("JobRuns", "the cluster is stopped when the job under way has ended").that_takes_long(),
        ]);
    }
    let running = situation.places().find(|place| place.set.replicas > 0);
    if let Some(place) = running {
        let unrecorded = unrecorded(situation);
        let scale = || Action::Scale {
            set: place.rack.stateful_set.clone(),
            from: place.set.replicas,
            to: 0,
            why: ScaleReason::Stopped,
        };
        return Next::unless(unrecorded, scale);
    }
    if situation.seen.objects.pods.is_empty() {
        return Next::Hold(vec![Reason::of_ring("Stopped", "all nodes are stopped; the claims stay")]);
    }
    Next::Wait(vec![Reason::of_ring("Stopping", "pods are ending")])
}

/// Pods that are up and not recorded yet: what is not recorded would not be brought back.
fn unrecorded(situation: &Situation<'_>) -> Vec<Reason> {
    let ready = situation.seen.objects.pods.iter().filter(|(_, pod)| pod.is_ready && !pod.is_deleting);
    let new = ready.filter(|(name, _)| situation.member(name).is_none() && !situation.state.left.contains_key(*name));
    new.map(|(name, _)| {
        Reason::about("NotRecorded", name, format!("{name} is ready, but its host id is not known yet"))
    })
    .collect()
}
