//! Whether the simulation bites: each guard of the program is taken away, and a history must be found that violates something
//! without it, and nothing with it.

use std::sync::Mutex;

use cassc_settle::guard::{Guard, Guards};

use crate::focus::{FOCUSES, Focus};
use crate::generate::{Mix, history};
use crate::history::{History, How};
use crate::outcome::Rest;
use crate::program::settling;

/// What was found without a guard: in which kind of histories, from which seed, and what was wrong.
pub type Bite = Option<(Focus, u64, String)>;

/// What is wrong with a history without a guard, and not with it: something is violated, or the program is stuck where it need
/// not be.
pub fn bites(guards: Guards, history: &History) -> Option<String> {
    let without = history.run(&settling(guards), &How::default());
    let wrong = match (without.violations.first(), &without.rest) {
        (Some(violation), _) => violation.to_string(),
        (None, Rest::Stuck(reasons)) => format!("stuck: {}", reasons.join(", ")),
        _ => return None,
    };
    let with = history.run(&settling(Guards::ALL), &How::default());
    let is_right = with.violations.is_empty() && (!without.violations.is_empty() || with.rest == Rest::Settled);
    is_right.then_some(wrong)
}

/// The first seed that finds some guards missing, of so many: a violation where there is one among them.
pub fn first_bite(guards: Guards, count: u64) -> Bite {
    let mut stuck = None;
    for seed in 0..count {
        for focus in FOCUSES {
            let history = history(seed, Mix { focus, ..Mix::default() });
            match bites(guards, &history) {
                Some(wrong) if wrong.starts_with("stuck") => stuck = stuck.or(Some((focus, seed, wrong))),
                Some(wrong) => return Some((focus, seed, wrong)),
                None => {}
            }
        }
    }
    stuck
}

/// The first seed that finds each guard missing, of so many of each focus; on all cores.
pub fn first_bites(count: u64) -> Vec<(Guard, Bite)> {
    let next = Mutex::new(Guard::EVERY.iter().copied().rev().collect::<Vec<_>>());
    let found = Mutex::new(Vec::new());
    let work = || {
        loop {
            let guard = next.lock().ok().and_then(|mut next| next.pop());
            let Some(guard) = guard else { return };
            let bite = first_bite(Guards::without(guard), count);
            if let Ok(mut found) = found.lock() {
                found.push((guard, bite));
            }
        }
    };
    std::thread::scope(|scope| {
        let n_threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        (0..n_threads).for_each(|_| drop(scope.spawn(work)));
    });
    let mut found = found.into_inner().unwrap_or_default();
    found.sort_by_key(|(guard, _)| *guard);
    found
}
