//! The program in the cluster, simulated, under histories of commits that the compiler itself made and its rules accepted, with
//! every kind of fault between them. What must hold is judged after every event by `cassc-sim`.
//!
//! `CASSC_HISTORIES=1000000 cargo test --test golden simulation` runs more of them; a failure prints its seed, and
//! `CASSC_SEED=… cargo test --test golden simulation` runs that one alone, made as small as it gets.

mod commits;

use std::env;
use std::sync::atomic::{AtomicU64, Ordering};

use cassc_ring::Ring;
use cassc_settle::guard::Guards;
use cassc_sim::generate::{Mix, history_of};
use cassc_sim::history::{History, How};
use cassc_sim::outcome::Rest;
use cassc_sim::program::settling;
use cassc_sim::shrink::shrink;
use rayon::prelude::*;

/// How many histories of commits the compiler makes. Each is met by other faults in many runs.
const COMPILED: u64 = 64;

/// How many runs there are, unless `CASSC_HISTORIES` says otherwise.
const RUNS: u64 = 2_000;

/// How many commits follow the first install at most.
const COMMITS: usize = 4;

fn number(name: &str) -> Option<u64> {
    env::var(name).ok()?.parse().ok()
}

/// The history of a seed, over the commits that were compiled.
fn history(compiled: &[Vec<Ring>], seed: u64) -> History {
    let rings = &compiled[usize::try_from(seed % COMPILED).expect("a small number")];
    history_of(seed, Mix::default(), rings).expect("every history has a first commit")
}

/// What a history violates, as small as it gets.
fn failure(history: History) -> Option<String> {
    let seed = history.seed;
    let is_violated = !history.run(&settling(Guards::ALL), &How::default()).violations.is_empty();
    let failure = is_violated.then(|| shrink(history, &settling(Guards::ALL))).flatten()?;
    Some(format!("CASSC_SEED={seed}\n{failure}"))
}

#[test]
fn whatever_happens_no_property_is_violated() {
    let compiled: Vec<Vec<Ring>> = (0..COMPILED).into_par_iter().map(|seed| commits::history(seed, COMMITS)).collect();
    assert!(compiled.iter().map(Vec::len).sum::<usize>() > 2 * compiled.len(), "most edits are accepted");
    if let Some(seed) = number("CASSC_SEED") {
        let failure = failure(history(&compiled, seed));
        assert!(failure.is_none(), "{}", failure.unwrap_or_default());
        return;
    }
    let (settled, runs) = (AtomicU64::new(0), number("CASSC_HISTORIES").unwrap_or(RUNS));
    let failed: Vec<History> = (0..runs)
        .into_par_iter()
        .filter_map(|seed| {
            let history = history(&compiled, seed);
            let outcome = history.run(&settling(Guards::ALL), &How::default());
            settled.fetch_add(u64::from(outcome.rest == Rest::Settled), Ordering::Relaxed);
            (!outcome.violations.is_empty()).then_some(history)
        })
        .collect();
    if let Some(first) = failed.first() {
        let text = failure(first.clone()).unwrap_or_default();
        panic!("{} of {runs} histories failed; the first:\n{text}", failed.len());
    }
    let settled = settled.into_inner();
    assert!(settled * 2 > runs, "only {settled} of {runs} histories settled: the others tell little");
}
