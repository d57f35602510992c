//! Reaper: the ring is registered, and its schedules are as declared. It is looked at when nothing else is to be done. What Reaper
//! does not do never holds up anything else, and a run ends without it after a quarter of an hour: the next run looks again.

use cassc_ring::reaper::{OWNER, Reaper};

use super::Next;
use crate::action::{Action, Reason};
use crate::cluster::{Failure, Time};
use crate::reaper::{Live, ReaperAct, ReaperAt, ReaperSeen, Registration, is_sidecar, what};
use crate::repairs::{PATIENCE, Repairs, Trouble, TroubleKind};
use crate::schedules::{Needed, needed};
use crate::situation::Situation;

/// The owner of the schedules that Reaper makes by itself (`autoSchedule`): it makes them again.
const BY_ITSELF: &str = "auto-scheduling";

/// What is said to be the matter with registrations.
const REGISTRATION: &str = "the registration";

pub(super) fn next(situation: &Situation<'_>) -> Next {
    let Some((reaper, answer)) = situation.reaper().zip(situation.seen.reaper.as_ref()) else { return Next::Nothing };
    let now = situation.seen.now;
    let remembered = situation.state.memory.reaper.clone().unwrap_or_default();
    match answer {
        Err(failure) => soon(now, remembered.silent_since, "ReaperSilent", REAPER, said(failure)),
        Ok(seen) => match acts(reaper, seen) {
            Ok(needed) => tried(situation, reaper, &remembered, needed),
            Err(reason) if reason.code == "NotRegistered" => {
                soon(now, remembered.unknown_since, reason.code, REAPER, reason.message)
            }
            Err(reason) => Next::Hold(vec![reason]),
        },
    }
}

/// What reasons are about that concern Reaper as a whole.
const REAPER: &str = "Reaper";

/// The next act of everything that is not as declared; or why there is none.
pub fn acts(reaper: &Reaper, seen: &ReaperSeen) -> Result<Vec<Needed>, Reason> {
    let registration = |act| Ok(vec![Needed { about: REGISTRATION.to_owned(), act }]);
    match (seen.registration, &reaper.seed_host) {
        (Registration::Missing, Some(seed_host)) => registration(ReaperAct::Register { seed_host: seed_host.clone() }),
        (Registration::Missing, None) => {
            let text = "Reaper does not know the ring yet: a sidecar registers it when it starts";
            Err(Reason::about("NotRegistered", REAPER, text))
        }
        (Registration::OfSidecars, _) if !is_sidecar(reaper) => match others(seen) {
            found if found.is_empty() => registration(ReaperAct::Unregister),
            found => Err(others_are_lost(&found)),
        },
        _ => Ok(needed(&reaper.schedules, &seen.schedules)),
    }
}

/// The schedules that nobody would make again.
fn others(seen: &ReaperSeen) -> Vec<&Live> {
    seen.schedules.iter().filter(|it| it.owner != OWNER && it.owner != BY_ITSELF).collect()
}

fn others_are_lost(found: &[&Live]) -> Reason {
    let found: Vec<String> =
        found.iter().map(|it| format!("{} of {} ({})", what(&it.content), it.owner, it.id)).collect();
    let text = format!(
        "the ring is registered with the address of sidecars. To register it anew deletes its schedules, also those of others: {}. \
         Delete them, and make them again afterwards",
        found.join("; ")
    );
    Reason::about("RegistrationKept", REAPER, text)
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
fn soon(now: Time, since: Option<Time>, code: &'static str, about: &str, text: String) -> Next {
    let reasons = vec![Reason::about(code, about, text)];
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
