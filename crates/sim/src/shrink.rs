//! Makes a history that fails smaller: things that happen are left out, one after the other, while it still violates the same
//! property. What is left is run once more with a trace.

use std::fmt;

use crate::check::Violation;
use crate::history::{History, How};
use crate::simulation::Program;
use crate::world::Op;

/// How many lines of the trace are told.
const LINES: usize = 120;

/// The least history that was found to fail.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What happens.
    pub history: History,
    /// What is violated.
    pub violation: Violation,
    /// The last lines of what happened.
    pub trace: Vec<String>,
}

/// The least of a history that still violates the same property; `None` where it violates none.
pub fn shrink(history: History, program: &Program) -> Option<Failure> {
    let property = violated(&history, program)?.property;
    let mut least = history;
    let mut position = least.ops.len();
    while position > 0 {
        position -= 1;
        if position == 0 && matches!(least.ops[0].1, Op::Commit(..)) {
            break;
        }
        let mut smaller = least.clone();
        let (delay, _) = smaller.ops.remove(position);
        // What comes after it keeps its time.
        match smaller.ops.get_mut(position) {
            Some((next, _)) => *next += delay,
            None => smaller.tail += delay,
        }
        if violated(&smaller, program).is_some_and(|violation| violation.property == property) {
            position = smaller.ops.len().min(position + 1);
            least = smaller;
        }
    }
    let outcome = least.run(program, &How { trace: true, ..How::default() });
    let violation = outcome.violations.into_iter().next()?;
    let skipped = outcome.trace.len().saturating_sub(LINES);
    Some(Failure { history: least, violation, trace: outcome.trace.into_iter().skip(skipped).collect() })
}

fn violated(history: &History, program: &Program) -> Option<Violation> {
    history.run(program, &How::default()).violations.into_iter().next()
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}\n{}\n{}", self.trace.join("\n"), self.history, self.violation)
    }
}
