//! All of a small world: every run in which at most so many things go another way than usual, at every suspension of every
//! instance. A run is a list of choices, and all lists are tried, depth first. With two deviations that is every pair of a
//! kill, a pause or a commit at one point and one at a later point; everything between takes its usual time.

use crate::chance::Chosen;
use crate::check::Violation;
use crate::history::{History, How};
use crate::simulation::Program;

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Explored {
    /// How many runs there were.
    pub runs: u64,
    /// How many choices the run without any deviation had.
    pub choices: usize,
    /// The first run that violated something.
    pub failure: Option<(Vec<u32>, Violation)>,
}

/// How far it is explored.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// How many deviations a run has at most.
    pub deviations: usize,
    /// Only each so-manieth point is tried for the deviations after the first one; 1 tries all.
    pub stride: usize,
}

/// Explores a history. Stops at the first run that violates something.
pub fn explore(history: &History, program: &Program, bounds: Bounds) -> Explored {
    let mut explored = Explored::default();
    let Some(log) = run(history, program, &[], &mut explored) else { return explored };
    explored.choices = log.len();
    deviate(history, program, &log, 0, bounds, bounds.deviations, &mut explored);
    explored
}

/// Tries all deviations of a run from a position on.
fn deviate(
    history: &History,
    program: &Program,
    log: &[Chosen],
    from: usize,
    bounds: Bounds,
    left: usize,
    explored: &mut Explored,
) {
    if left == 0 {
        return;
    }
    let stride = if left == bounds.deviations { 1 } else { bounds.stride.max(1) };
    for position in (from..log.len()).step_by(stride) {
        for option in 1..log[position].options {
            let mut list: Vec<u32> = log[..position].iter().map(|chosen| chosen.option).collect();
            list.push(option);
            let Some(next) = run(history, program, &list, explored) else { return };
            deviate(history, program, &next, position + 1, bounds, left - 1, explored);
            if explored.failure.is_some() {
                return;
            }
        }
    }
}

/// One run; `None` where it violates something.
fn run(history: &History, program: &Program, list: &[u32], explored: &mut Explored) -> Option<Vec<Chosen>> {
    explored.runs += 1;
    let outcome = history.run(program, &How { trace: false, choices: Some(list.to_vec()), ..How::default() });
    explored.failure = outcome.violations.into_iter().next().map(|violation| (list.to_vec(), violation));
    if explored.failure.is_some() { None } else { Some(outcome.choices) }
}
