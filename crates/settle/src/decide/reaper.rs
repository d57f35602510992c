//! Reaper: the ring is registered, and its schedules are as declared. It is looked at when nothing else is to be done. What Reaper
//! does not do never holds up anything else, and a run ends without it after a quarter of an hour: the next run looks again.

use cassc_ring::reaper::Reaper;

use super::Next;
use crate::action::{Action, Reason};
use crate::cluster::{Failure, Time};
use crate::reaper::ReaperAt;
use crate::repairs::{PATIENCE, Repairs, Trouble, TroubleKind};
use crate::schedules::{Needed, REAPER, acts};
use crate::situation::Situation;

pub(super) fn next(situation: &Situation<'_>) -> Next {
    let Some((reaper, answer)) = situation.reaper().zip(situation.seen.reaper.as_ref()) else { return Next::Nothing };
    let now = situation.seen.now;
    let remembered = situation.state.memory.reaper.clone().unwrap_or_default();
    match answer {
        Err(failure) => soon(now, remembered.silent_since, "ReaperSilent", said(failure)),
        Ok(seen) => match acts(reaper, seen) {
            Ok(needed) => tried(situation, reaper, &remembered, needed),
            Err(reason) if reason.code == "NotRegistered" => {
                soon(now, remembered.unknown_since, reason.code, reason.message)
            }
            Err(reason) => Next::Hold(vec![reason]),
        },
    }
}

/// The first act that Reaper did not refuse a moment ago; else what it said.
fn tried(situation: &Situation<'_>, reaper: &Reaper, remembered: &Repairs, needed: Vec<Needed>) -> Next {
    let now = situation.seen.now;
    let mut troubles = Vec::new();
    for Needed { about, act } in needed {
        match remembered.troubles.get(&about).filter(|trouble| trouble.holds(&act, now)) {
            None => {
                let at = ReaperAt::of(reaper, &situation.ring.cluster_name);
                return Next::Act(Action::Reaper { at, about, act: Box::new(act) });
            }
            Some(trouble) => troubles.push((about, trouble)),
        }
    }
    let reasons = |wanted: &dyn Fn(&Trouble) -> bool| {
        let troubles = troubles.iter().filter(|(_, trouble)| wanted(trouble));
        troubles.map(|(about, trouble)| reason(about, trouble)).collect::<Vec<Reason>>()
    };
    let waits = reasons(&|it| it.kind == TroubleKind::Soon && now.saturating_sub(it.since) < PATIENCE);
    let refusals = reasons(&|it| it.kind == TroubleKind::Never);
    if !waits.is_empty() {
        Next::Wait(waits)
    } else if !refusals.is_empty() {
        Next::Refuse(refusals)
    } else if troubles.is_empty() {
        Next::Nothing
    } else {
        Next::Hold(reasons(&|_| true))
    }
}

/// What Reaper did not do, as a reason.
fn reason(about: &str, trouble: &Trouble) -> Reason {
    let (code, end) = match trouble.kind {
        TroubleKind::Soon => ("ReaperNotReady", "it is tried again"),
        TroubleKind::Later => ("NothingToRepair", "the next run tries again"),
        TroubleKind::Never => ("ScheduleRefused", "change the schedule, or what is in its way"),
    };
    Reason::about(code, about, format!("Reaper on {about}: {}; {end}", trouble.text))
}

/// What is waited for during [`PATIENCE`], and then left to the next run.
fn soon(now: Time, since: Option<Time>, code: &'static str, text: String) -> Next {
    let reasons = vec![Reason::about(code, REAPER, text)];
    let is_over = since.is_some_and(|since| now.saturating_sub(since) >= PATIENCE);
    if is_over { Next::Hold(reasons) } else { Next::Wait(reasons) }
}

/// Why Reaper was not seen.
pub(crate) fn said(failure: &Failure) -> String {
    match failure {
        Failure::NotFound => "Reaper does not have what it should have (404)".to_owned(),
        Failure::Conflict => "Reaper changes (409)".to_owned(),
        Failure::TooManyRequests(text) | Failure::Unknown(text) => format!("Reaper does not answer: {text}"),
        Failure::Refused { status, text } => format!("Reaper answers {status}: {text}"),
    }
}
