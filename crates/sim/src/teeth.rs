//! Whether the simulation bites: each guard of the program is taken away, and a history must be found that violates something
//! without it, and nothing with it.

use std::ops::Range;
use std::sync::Mutex;

use cassc_settle::guard::{Guard, Guards};

use crate::focus::Focus;
use crate::generate::{Mix, history};
use crate::history::{History, How};
use crate::program::settling;

/// What was found without a guard: in which kind of histories, from which seed, and what was wrong.
pub type Bite = Option<(Focus, u64, String)>;

/// What is violated by a history without some guards, and not with them. Where there are several, all of them must be missing:
/// with any of them in its place nothing is violated.
pub fn bites(guards: &[Guard], history: &History, unjudged: &'static [&'static str]) -> Option<String> {
    let how = How { unjudged, ..How::default() };
    let violated = |guards| history.run(&settling(guards), &how).violations.into_iter().next();
    let wrong = violated(Guards::without_all(guards))?;
    let others = |guard: &Guard| guards.iter().copied().filter(|it| it != guard).collect::<Vec<Guard>>();
    let is_alone = |guard: &Guard| violated(Guards::without_all(&others(guard))).is_none();
    guards.iter().all(is_alone).then(|| wrong.to_string())
}

/// The first seed of some that finds guards missing.
pub fn first_bite(
    guards: &[Guard],
    seeds: Range<u64>,
    focuses: &[Focus],
    mix: Mix,
    unjudged: &'static [&'static str],
) -> Bite {
    let mut all = seeds.flat_map(|seed| focuses.iter().map(move |focus| (*focus, seed)));
    all.find_map(|(focus, seed)| {
        let wrong = bites(guards, &history(seed, Mix { focus, ..mix }), unjudged)?;
        Some((focus, seed, wrong))
    })
}

/// What a search says of several sets of guards, on all cores. Each is told as soon as it is known.
pub fn first_bites(
    mutations: Vec<Vec<Guard>>,
    search: impl Fn(&[Guard]) -> Bite + Sync,
    tell: impl Fn(&[Guard], &Bite) + Sync,
) {
    let next = Mutex::new(mutations.into_iter().rev().collect::<Vec<_>>());
    let work = || {
        loop {
            let guards = next.lock().ok().and_then(|mut next| next.pop());
            let Some(guards) = guards else { return };
            tell(&guards, &search(&guards));
        }
    };
    std::thread::scope(|scope| {
        let n_threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        (0..n_threads).for_each(|_| drop(scope.spawn(work)));
    });
}
