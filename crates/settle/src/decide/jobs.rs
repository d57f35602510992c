//! Jobs under way, and those that failed for good.

use super::Next;
use crate::action::{Action, Reason};
use crate::guard::Guard;
use crate::situation::Situation;

pub(super) fn next(situation: &Situation<'_>) -> Next {
    let memory = &situation.state.memory;
    let running: Vec<Reason> = memory.jobs.iter().map(|(pod, running)| situation.runs(pod, running)).collect();
    if !running.is_empty() {
        return Next::Runs(running);
    }
    let failed = memory
        .failed
        .iter()
        .map(|(pod, failed)| Reason::about("StepFailed", pod, format!("{pod}: {}", failed.message)));
    let failed: Vec<Reason> = failed.collect();
    if failed.is_empty() { Next::Nothing } else { Next::Refuse(failed) }
}

/// Starts a job unless there are reasons not to. A job of the pod that may run already is not started beside itself.
pub(super) fn unless_it_runs(
    situation: &Situation<'_>,
    pod: &str,
    reasons: Vec<Reason>,
    start: impl FnOnce() -> Action,
) -> Next {
    let runs = situation.state.memory.jobs.contains_key(pod);
    if !situation.holds(Guard::NotTwice, || !runs) {
        return Next::Nothing; // `next` above waits for it
    }
    Next::unless(reasons, start)
}
