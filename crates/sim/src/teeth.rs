//! Whether the simulation bites: each guard of the program is taken away, and a history must be found that violates something
//! without it, and nothing with it.

use std::sync::Mutex;

use cassc_settle::guard::{Guard, Guards};

use crate::check::Violation;
use crate::generate::{Mix, history};
use crate::history::{History, How};
use crate::program::settling;

/// What was found without a guard: the seed, and what was violated.
pub type Bite = Option<(u64, Violation)>;

/// What a history violates without a guard and not with it.
pub fn bites(guard: Guard, history: &History) -> Option<Violation> {
    let violated = |guards| history.run(&settling(guards), &How::default()).violations.into_iter().next();
    let found = violated(Guards::without(guard))?;
    violated(Guards::ALL).is_none().then_some(found)
}

/// The first seed that finds each guard missing, of so many; on all cores.
pub fn first_bites(count: u64, mix: Mix) -> Vec<(Guard, Bite)> {
    let next = Mutex::new(Guard::EVERY.iter().copied().rev().collect::<Vec<_>>());
    let found = Mutex::new(Vec::new());
    let work = || {
        loop {
            let guard = next.lock().ok().and_then(|mut next| next.pop());
            let Some(guard) = guard else { return };
            let bite = (0..count).find_map(|seed| Some((seed, bites(guard, &history(seed, mix))?)));
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
