//! Whether the simulation bites: each guard of the program is taken away, and a history must be found that violates something
//! without it, and nothing with it.

use std::sync::Mutex;

use cassc_settle::guard::{Guard, Guards};

use crate::focus::Focus;
use crate::generate::{Mix, history};
use crate::history::{History, How};
use crate::outcome::Rest;
use crate::program::settling;

/// What was found without a guard: in which kind of histories, from which seed, and what was wrong.
pub type Bite = Option<(Focus, u64, String)>;

/// What is wrong with a history without a guard, and not with it: something is violated, or the program is stuck where it need
/// not be.
pub fn bites(guards: Guards, history: &History, unjudged: &'static [&'static str]) -> Option<String> {
    let how = How { unjudged, ..How::default() };
    let without = history.run(&settling(guards), &how);
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
pub fn first_bite(guards: Guards, count: u64, focuses: &[Focus], mix: Mix, unjudged: &'static [&'static str]) -> Bite {
    let mut stuck = None;
    for seed in 0..count {
        for focus in focuses.iter().copied() {
            let history = history(seed, Mix { focus, ..mix });
            match bites(guards, &history, unjudged) {
                Some(wrong) if wrong.starts_with("stuck") => stuck = stuck.or(Some((focus, seed, wrong))),
                Some(wrong) => return Some((focus, seed, wrong)),
                None => {}
            }
        }
    }
    stuck
}

/// The first seed that finds guards missing, of so many of each focus, for several sets of guards; on all cores. Each is
/// told as soon as it is known.
pub fn first_bites(
    mutations: Vec<Vec<Guard>>,
    search: impl Fn(Guards) -> Bite + Sync,
    tell: impl Fn(&[Guard], &Bite) + Sync,
) {
    let next = Mutex::new(mutations.into_iter().rev().collect::<Vec<_>>());
    let work = || {
        loop {
            let guards = next.lock().ok().and_then(|mut next| next.pop());
            let Some(guards) = guards else { return };
            tell(&guards, &search(Guards::without_all(&guards)));
        }
    };
    std::thread::scope(|scope| {
        let n_threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        (0..n_threads).for_each(|_| drop(scope.spawn(work)));
    });
}
