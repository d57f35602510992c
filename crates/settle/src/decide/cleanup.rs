//! After growth the older nodes drop what moved to new ones: one per rack at a time, and never while ranges move.

use cassc_ring::names;

use super::Next;
use crate::action::{Action, Reason};
use crate::cluster::NodeJob;
use crate::guard::Guard;
use crate::situation::Situation;

pub(super) fn next(situation: &Situation<'_>) -> Next {
    if !situation.cleans_up() {
        return Next::Nothing;
    }
    let memory = &situation.state.memory;
    let is_free = |pod: &str| !memory.jobs.keys().any(|other| names::set_of_pod(other) == names::set_of_pod(pod));
    let wanted = situation.wanted();
    let mut waiting =
        wanted.iter().filter(|pod| memory.needs_cleanup.contains(*pod) && situation.failure(pod).is_none());
    let Some((pod, host_id)) = waiting.find(|pod| is_free(pod)).and_then(|pod| Some((pod, situation.member(pod)?)))
    else {
        return Next::Nothing;
    };
    let mut reasons = situation.not_whole(None);
    reasons.extend(situation.strangers());
    let others = memory.jobs.values().any(|running| running.job != NodeJob::CLEANUP);
    if others || situation.gossip.is_changing() || situation.gossip.releases().len() > 1 {
        reasons.push(
            Reason::about("RingChanges", pod, "cleanup waits until nothing else runs in the ring").that_takes_long(),
        );
    }
    if situation.is_off(Guard::CleanupAlone) {
        reasons.clear();
    }
    Next::unless(reasons, || Action::Start { pod: pod.clone(), host_id: host_id.to_owned(), job: NodeJob::CLEANUP })
}
