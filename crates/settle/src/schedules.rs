//! What is to be done with the registration of a ring and with its schedules: a pure function from what is declared and what Reaper
//! has.
//!
//! Only schedules of our owner are touched. What is declared and what Reaper has belong together by what they repair; Reaper can
//! change the rest of a schedule by PATCH, except threads and timeout: those are of what is repaired for it, so that the schedule is
//! made anew. Of each schedule only the next act is said: it is looked at again after each.

use std::collections::BTreeSet;

use cassc_ring::reaper::{OWNER, Reaper, ReaperMode, Schedule};

use crate::action::Reason;
use crate::reaper::{Live, ReaperAct, ReaperSeen, Registration, what};

/// The owner of the schedules that Reaper makes by itself (`autoSchedule`): it makes them again.
const BY_ITSELF: &str = "auto-scheduling";

/// What is said to be the matter with registrations.
const REGISTRATION: &str = "the registration";

/// What reasons are about that concern Reaper as a whole.
pub const REAPER: &str = "Reaper";

/// The next act about one schedule, or about the registration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Needed {
    /// What the schedule repairs; for one that goes also its id. Or the registration.
    pub about: String,
    /// The act.
    pub act: ReaperAct,
}

/// The next act of everything that is not as declared; or why there is none.
pub fn acts(reaper: &Reaper, seen: &ReaperSeen) -> Result<Vec<Needed>, Reason> {
    let registration = |act| Ok(vec![Needed { about: REGISTRATION.to_owned(), act }]);
    match (seen.registration, &reaper.seed_host) {
        (Registration::Missing, Some(seed_host)) => registration(ReaperAct::Register { seed_host: seed_host.clone() }),
        (Registration::Missing, None) => {
            let text = "Reaper does not know the ring yet: a sidecar registers it when it starts";
            Err(Reason::about("NotRegistered", REAPER, text))
        }
        (Registration::OfSidecars, _) if reaper.mode == ReaperMode::Deployment => match others(seen) {
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

/// The next act of every schedule that is not as declared. What goes stands first: it may be in the way of what comes.
pub fn needed(declared: &[Schedule], live: &[Live]) -> Vec<Needed> {
    let ours: Vec<&Live> = live.iter().filter(|it| it.is_ours()).collect();
    let mut declared: Vec<&Schedule> = declared.iter().collect();
    let mut seen = BTreeSet::new();
    declared.retain(|it| seen.insert(what(it)));
    let pairs: Vec<(&Schedule, Option<&Live>)> = declared.iter().map(|it| (*it, best(it, &ours))).collect();
    let kept: BTreeSet<&str> = pairs.iter().filter_map(|(_, live)| live.map(|it| it.id.as_str())).collect();
    let superfluous = ours.iter().filter(|it| !kept.contains(it.id.as_str()));
    let mut needed: Vec<Needed> = superfluous
        .map(|live| Needed { about: format!("{}, {}", what(&live.content), live.id), act: removal(live) })
        .collect();
    for (wanted, live) in pairs {
        let act = match live {
            None => Some(ReaperAct::Create { schedule: wanted.clone() }),
            Some(live) => change(wanted, live),
        };
        needed.extend(act.map(|act| Needed { about: what(wanted), act }));
    }
    needed
}

/// The schedule of ours that stays, where Reaper has several that repair the same: the one with the least to change.
fn best<'l>(wanted: &Schedule, ours: &[&'l Live]) -> Option<&'l Live> {
    let same = ours.iter().filter(|it| it.nodes.is_empty() && what(&it.content) == what(wanted));
    let effort = |live: &Live| (is_of_another_unit(wanted, live), is_patched(wanted, live), live.id.clone());
    same.copied().min_by_key(|live| effort(live))
}

/// Takes a schedule away: Reaper deletes none that is active.
fn removal(live: &Live) -> ReaperAct {
    let id = live.id.clone();
    if live.content.paused { ReaperAct::Delete { id } } else { ReaperAct::Pause { id } }
}

/// The next act that brings a schedule nearer to what is declared.
fn change(wanted: &Schedule, live: &Live) -> Option<ReaperAct> {
    if is_of_another_unit(wanted, live) {
        return Some(removal(live));
    }
    let id = live.id.clone();
    if is_patched(wanted, live) {
        return Some(ReaperAct::Patch { id, schedule: wanted.clone(), keeps_segments: adapts(wanted, live) });
    }
    match (wanted.paused, live.content.paused) {
        (true, false) => Some(ReaperAct::Pause { id }),
        (false, true) => Some(ReaperAct::Resume { id }),
        _ => None,
    }
}

/// Whether threads or timeout differ, which no PATCH changes. Reaper doubles the timeout of an adaptive schedule by itself.
fn is_of_another_unit(wanted: &Schedule, live: &Live) -> bool {
    let (asked, has) = (wanted.timeout_minutes, live.content.timeout_minutes);
    let is_adapted = adapts(wanted, live) && has > asked;
    wanted.threads != live.content.threads || (asked != has && !is_adapted)
}

/// Whether something differs that a PATCH changes.
fn is_patched(wanted: &Schedule, live: &Live) -> bool {
    let has = &live.content;
    wanted.every_days != has.every_days
        || wanted.intensity != has.intensity
        || wanted.parallelism != has.parallelism
        || wanted.adaptive != has.adaptive
        || wanted.percent_unrepaired != has.percent_unrepaired
        || (wanted.segments_per_node != has.segments_per_node && !adapts(wanted, live))
}

/// Whether Reaper itself chooses the segments and the timeout of a schedule after each run, so that what it has is not compared.
fn adapts(wanted: &Schedule, live: &Live) -> bool {
    wanted.adaptive && live.content.adaptive
}
