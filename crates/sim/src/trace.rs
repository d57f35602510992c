//! What happened, line by line, for whoever reads why a history failed. Kept only where asked for: a run that failed is
//! repeated with it, since equal choices give equal runs.

use std::collections::VecDeque;

use crate::queue::Ms;

/// How many lines are kept: enough for some virtual minutes of a small ring.
const MOST_LINES: usize = 4000;

/// The last lines.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    lines: VecDeque<String>,
    is_on: bool,
}

impl Trace {
    /// A trace that keeps lines, or one that makes none.
    pub fn new(is_on: bool) -> Self {
        Self { lines: VecDeque::new(), is_on }
    }

    /// Whether lines are kept.
    pub fn is_on(&self) -> bool {
        self.is_on
    }

    /// Adds a line, which is only made where lines are kept.
    pub fn add(&mut self, now: Ms, line: impl FnOnce() -> String) {
        if !self.is_on {
            return;
        }
        if self.lines.len() == MOST_LINES {
            self.lines.pop_front();
        }
        let (seconds, thousandths) = (now / 1000, now % 1000);
        self.lines.push_back(format!("{seconds:>7}.{thousandths:03} {}", line()));
    }

    /// The last `n` lines, oldest first.
    pub fn last(&self, n: usize) -> Vec<String> {
        self.lines.iter().skip(self.lines.len().saturating_sub(n)).cloned().collect()
    }
}
