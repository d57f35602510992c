//! What a look at Reaper adds to what is remembered: how far repairs are, and which refusals still matter.

use crate::reaper::{Live, ReaperSeen, Registration, what};
use crate::repairs::{Repairs, Told};
use crate::schedules::acts;
use crate::situation::Situation;
use crate::state::State;

pub(super) fn reaper(situation: &Situation<'_>, state: &mut State) {
    let Some(reaper) = situation.reaper() else {
        state.memory.reaper = None;
        return;
    };
    let Some(answer) = &situation.seen.reaper else { return };
    let now = situation.seen.now;
    let repairs = state.memory.reaper.get_or_insert_default();
    match answer {
        Err(_) => drop(repairs.silent_since.get_or_insert(now)),
        Ok(seen) => {
            told(repairs, seen);
            repairs.silent_since = None;
            repairs.unknown_since = match seen.registration {
                Registration::Missing => repairs.unknown_since.or(Some(now)),
                _ => None,
            };
            let needed = acts(reaper, seen).unwrap_or_default();
            let is_needed = |about: &String| needed.iter().any(|it| it.about == *about);
            repairs.troubles.retain(|about, _| is_needed(about));
        }
    }
}

fn told(repairs: &mut Repairs, seen: &ReaperSeen) {
    let mut all: Vec<&Live> = seen.schedules.iter().collect();
    all.sort_by_key(|it| (what(&it.content), &it.id));
    let (ours, others): (Vec<&Live>, Vec<&Live>) = all.into_iter().partition(|it| it.is_ours());
    repairs.schedules = ours.into_iter().map(one).collect();
    repairs.others = others.into_iter().map(one).collect();
}

fn one(live: &Live) -> Told {
    Told {
        id: live.id.clone(),
        what: what(&live.content),
        owner: (!live.is_ours()).then(|| live.owner.clone()),
        every_days: live.content.every_days,
        paused: live.content.paused,
        next_run: live.next_run.clone(),
        last_success: live.last_success.clone(),
    }
}
