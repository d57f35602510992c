//! Incidents of other operators, of Cassandra and of Kubernetes, replayed against the program: nothing may be violated, and
//! each must end as its row says. [`faults`] has the ten faults from which such histories are made.

mod cures;
mod faults;
mod identity;
mod lost;
mod more;
mod row;
mod scene;
mod stuck;

use cassc_settle::guard::{Guard, Guards};

use self::row::{Ends, Replay, Row, Teeth};
use crate::history::{History, How};
use crate::outcome::{Outcome, Rest};
use crate::program::settling;

/// The numbers of the incidents that were collected.
const NUMBERS: [u8; 38] = [
    1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15, 16, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 30, 31, 34, 35, 36,
    37, 38, 40, 41, 42, 43, 44,
];

/// With how many seeds each history runs.
const SEEDS: u64 = 8;

/// Within how many seeds a guard must be missed.
const MOST: u64 = 200;

/// The table.
fn rows() -> impl Iterator<Item = &'static Row> {
    lost::ROWS.iter().chain(&identity::ROWS).chain(&stuck::ROWS)
}

/// The rows that are replayed, and what was found beside them.
fn replayed() -> impl Iterator<Item = (&'static Row, fn(u64) -> History, Ends, Teeth)> {
    rows().chain(&more::ROWS).chain(&cures::ROWS).filter_map(|row| match row.replay {
        Replay::As { history, ends, teeth } => Some((row, history, ends, teeth)),
        Replay::NotModelled(_) => None,
    })
}

#[test]
fn every_incident_has_its_row() {
    let numbers: Vec<u8> = rows().map(|row| row.number).collect();
    assert_eq!(numbers, NUMBERS);
    for row in rows() {
        let why = match row.replay {
            Replay::As { .. } => "replayed",
            Replay::NotModelled(why) => why,
        };
        assert!(!row.tickets.is_empty() && row.happened.ends_with('.') && !why.is_empty(), "{}", row.number);
    }
}

/// Whether a run ended as its row says, and nothing was violated.
fn is_right(outcome: &Outcome, ends: Ends) -> bool {
    let names = |codes: &[&str]| match &outcome.rest {
        Rest::Stuck(reasons) => {
            reasons.iter().any(|reason| codes.contains(&reason.split(' ').next().unwrap_or_default()))
        }
        Rest::Settled | Rest::Nowhere => false,
    };
    let is_settled = outcome.rest == Rest::Settled;
    outcome.violations.is_empty()
        && match ends {
            Ends::Settled => is_settled,
            Ends::Refused(codes) => names(codes),
            Ends::SettledOr(codes) => is_settled || names(codes),
        }
}

#[test]
fn no_incident_happens_again() {
    for (row, history, ends, teeth) in replayed() {
        let mut shown = !matches!(teeth, Teeth::Shows(_));
        for seed in 0..SEEDS {
            let history = history(seed);
            let outcome = history.run(&settling(Guards::ALL), &How { trace: true, ..How::default() });
            assert!(
                is_right(&outcome, ends),
                "{} {}, {ends:?}: {history}\n{}\n{:?} {:?}",
                row.number,
                row.tickets,
                outcome.trace.join("\n"),
                outcome.rest,
                outcome.violations
            );
            shown |= matches!(teeth, Teeth::Shows(text) if outcome.trace.iter().any(|line| line.contains(text)));
        }
        assert!(shown, "{} {}: its situation is not met: {teeth:?}", row.number, row.tickets);
    }
}

/// Whether a history violates something without a guard, or comes to no end, and neither with it.
fn is_worse_without(guard: Guard, history: &History) -> bool {
    let without = history.run(&settling(Guards::without(guard)), &How::default());
    if without.violations.is_empty() && !matches!(without.rest, Rest::Stuck(_)) {
        return false;
    }
    let with = history.run(&settling(Guards::ALL), &How::default());
    with.violations.is_empty() && (!without.violations.is_empty() || with.rest == Rest::Settled)
}

#[test]
fn without_its_guard_an_incident_happens_again() {
    for (row, history, _, teeth) in replayed() {
        let Teeth::Without(guard) = teeth else { continue };
        let is_missed = (0..MOST).any(|seed| is_worse_without(guard, &history(seed)));
        assert!(is_missed, "{} {}: {MOST} seeds do not miss {guard:?}", row.number, row.tickets);
    }
}
