//! The program on a world where nothing goes wrong.

use cassc_settle::guard::Guards;

use super::fixture::{ring, story};
use crate::history::{History, How};
use crate::outcome::{Outcome, Rest};
use crate::program::settling;

/// Runs a history, and again with a trace where it ends in another way than expected.
fn run(history: &History) -> Outcome {
    history.run(&settling(Guards::ALL), &How { trace: true, ..How::default() })
}

fn settles(history: &History) -> Outcome {
    let outcome = run(history);
    assert!(
        outcome.rest == Rest::Settled,
        "{history}\n{}\n{:?}\n{:?}",
        outcome.trace.join("\n"),
        outcome.violations,
        outcome.rest
    );
    outcome
}

#[test]
fn a_new_ring_is_founded_and_settles() {
    settles(&story(1, vec![ring(&[&[1, 1, 1]])], 900));
}

#[test]
fn a_ring_shrinks() {
    settles(&story(1, vec![ring(&[&[2, 1, 1]]), ring(&[&[1, 1, 1]])], 1800));
}
