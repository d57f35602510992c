//! The decision: a pure function from a situation to the one act that comes next, or to the reasons why nothing is done.
//!
//! The steps stand in their order of precedence in one table. The first that has an act gets it. A step that waits or refuses stops
//! those after it only where the table says so: a ring change that has to wait never holds up a configuration change,
//! which may be the cure. No step relies on the order to be safe: each asks for everything that must hold.

mod broken;
mod claims;
mod cleanup;
mod clear;
mod elsewhere;
mod grow;
mod jobs;
mod leftovers;
mod missing;
mod operations;
mod readable;
mod reaper;
mod rebuild;
mod repair;
mod replication;
mod roles;
mod roll;
mod secrets;
mod shrink;
mod stop;
mod upgrade_tables;

use crate::action::{Action, Decision, Reason};
use crate::situation::Situation;
pub(crate) use reaper::said as reaper_said;

/// What a step says.
#[derive(Debug)]
pub(crate) enum Next {
    /// There is nothing for it to do.
    Nothing,
    /// One act.
    Act(Action),
    /// Jobs run. It is waited for their end.
    Runs(Vec<Reason>),
    /// Something to do, but not now.
    Wait(Vec<Reason>),
    /// Something to do that the topology holds back.
    Hold(Vec<Reason>),
    /// Something to do that cannot be done without a person.
    Refuse(Vec<Reason>),
    /// Something to do after what an earlier step has to do, which said why it does not.
    Later,
}

impl Next {
    /// Waits if there are reasons to; else an act.
    pub(crate) fn unless(reasons: Vec<Reason>, action: impl FnOnce() -> Action) -> Self {
        if reasons.is_empty() { Self::Act(action()) } else { Self::Wait(reasons) }
    }
}

/// What a step that waits or refuses means for those after it, or they for it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Then {
    /// They are looked at.
    GoOn,
    /// They are not: they need it done.
    Stop,
    /// They are; but the step itself is looked at only if none before it waits or refuses.
    Last,
}

type Step = fn(&Situation<'_>) -> Next;

/// Every step, in the order of precedence.
const STEPS: [(Step, Then); 21] = [
    (readable::next, Then::Stop),
    (secrets::next, Then::GoOn),
    (jobs::next, Then::GoOn),
    (stop::next, Then::Stop),
    (missing::next, Then::GoOn),
    (operations::cures::next, Then::GoOn),
    (broken::next, Then::GoOn),
    (clear::next, Then::GoOn),
    (claims::next, Then::GoOn),
    (repair::next, Then::GoOn),
    (shrink::next, Then::GoOn),
    (roll::next, Then::GoOn),
    (grow::next, Then::Stop),
    (replication::next, Then::GoOn),
    (roles::next, Then::GoOn),
    (rebuild::next, Then::GoOn),
    (upgrade_tables::next, Then::GoOn),
    (cleanup::next, Then::GoOn),
    (operations::next, Then::Last),
    (reaper::next, Then::Last),
    (leftovers::next, Then::GoOn),
];

/// Whether Reaper is to be looked at: it is the last that anything is done with, and only while nodes run.
pub fn asks_reaper(situation: &Situation<'_>) -> bool {
    let is_settled = || matches!(decide(situation), Decision::Done(_));
    let nodes_run = || !situation.is_stopped() && !situation.is_deserted();
    situation.reaper().is_some() && nodes_run() && situation.state.memory.initialized && is_settled()
}

/// What is to be done next. A refusal is told when nothing is under way any more: then only a person helps.
pub fn decide(situation: &Situation<'_>) -> Decision {
    let (mut running, mut waits, mut holds, mut refusals) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (step, then) in STEPS {
        if then == Then::Last && !(waits.is_empty() && refusals.is_empty()) {
            continue;
        }
        let stops = match step(situation) {
            Next::Nothing => false,
            Next::Act(action) => return Decision::Act(action),
            Next::Later => then == Then::Stop,
            Next::Runs(reasons) => {
                running.extend(reasons);
                false
            }
            Next::Wait(reasons) => {
                waits.extend(reasons);
                then == Then::Stop
            }
            Next::Hold(reasons) => {
                holds.extend(reasons);
                then == Then::Stop
            }
            Next::Refuse(reasons) => {
                refusals.extend(reasons);
                then == Then::Stop
            }
        };
        if stops {
            break;
        }
    }
    waits.splice(0..0, running);
    let goes_on = waits.iter().any(|reason| reason.takes_long);
    if !refusals.is_empty() && !goes_on {
        Decision::Refuse(refusals)
    } else if !waits.is_empty() {
        Decision::Wait(waits.into_iter().chain(holds).chain(refusals).collect())
    } else {
        Decision::Done(holds)
    }
}
