//! A row of the table.

use cassc_settle::guard::Guard;

use crate::history::History;

/// An incident of another operator, and how it is replayed.
pub(super) struct Row {
    /// Its number.
    pub(super) number: u8,
    /// The tickets that tell of it.
    pub(super) tickets: &'static str,
    /// What happened there.
    pub(super) happened: &'static str,
    /// How it is replayed.
    pub(super) replay: Replay,
}

/// How an incident is replayed.
pub(super) enum Replay {
    /// By a history.
    As {
        /// The history of a seed.
        history: fn(u64) -> History,
        /// How it must end.
        ends: Ends,
        /// What shows that the situation is met.
        teeth: Teeth,
    },
    /// The simulation has no such mechanism, or the program no such act.
    NotModelled(&'static str),
}

/// How a history must end; nothing is ever violated.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ends {
    /// Everything is as the last commit asks.
    Settled,
    /// The program refuses, with one of these reasons among others.
    Refused(&'static [&'static str]),
    /// One or the other: it depends on when the fault strikes.
    SettledOr(&'static [&'static str]),
}

/// What shows that a history meets what it is meant to meet.
#[derive(Clone, Copy, Debug)]
pub(super) enum Teeth {
    /// Without this guard, the history of one of the first seeds violates something, or is stuck.
    Without(Guard),
    /// What happens has such a line.
    Shows(&'static str),
}

/// A row that is replayed.
pub(super) const fn row(
    number: u8,
    tickets: &'static str,
    happened: &'static str,
    history: fn(u64) -> History,
    ends: Ends,
    teeth: Teeth,
) -> Row {
    Row { number, tickets, happened, replay: Replay::As { history, ends, teeth } }
}
