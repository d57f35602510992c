//! After growth the older nodes drop what moved to new ones: one per rack at a time, and never while ranges move.

use std::collections::BTreeSet;

use cassc_ring::names;

use super::Next;
use crate::action::{Action, Reason};
use crate::cluster::NodeJob;
use crate::guard::Guard;
use crate::situation::Situation;
use crate::state::Running;
use crate::whole::Aside;

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
    Next::unless(not_now(situation, pod, |running| running.job == NodeJob::CLEANUP), || Action::Start {
        pod: pod.clone(),
        host_id: host_id.to_owned(),
        job: NodeJob::CLEANUP,
        operation: None,
    })
}

/// Why a node does not work through its tables now: the ring is not whole, it changes, or jobs run beside which none `may_run`.
pub(super) fn not_now(situation: &Situation<'_>, pod: &str, may_run: impl Fn(&Running) -> bool) -> Vec<Reason> {
    if situation.is_off(Guard::CleanupAlone) {
        return Vec::new();
    }
    let mut reasons = situation.not_whole(&Aside::nothing());
    reasons.extend(situation.strangers(&Aside::nothing()));
    let others = situation.state.memory.jobs.values().any(|running| !may_run(running));
    if others || situation.gossip.is_changing(&BTreeSet::new()) || situation.gossip.releases().len() > 1 {
        let text = format!("{pod} waits until nothing else runs in the ring");
        reasons.push(Reason::about("RingChanges", pod, text).that_takes_long());
    }
    reasons
}
