//! A line on standard error for work that takes longer than a second, on a terminal only. It is gone before anything else is
//! written.

use std::io::{self, IsTerminal, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use rayon::prelude::*;

use super::streams::is_quiet;

/// So long nobody is told that anything goes on.
const PATIENCE: Duration = Duration::from_secs(1);
/// The time between two looks at how far the work is.
const PAUSE: Duration = Duration::from_millis(100);
/// To the beginning of the line, and nothing behind it.
const ERASED: &str = "\r\u{1b}[K";

/// When the program began: the second is one of the whole run.
static BEGUN: OnceLock<Instant> = OnceLock::new();

/// Begins to wait.
pub(super) fn begin() {
    BEGUN.get_or_init(Instant::now);
}

/// Does work that is called `doing` on the line. The work writes nothing.
pub(super) fn during<T>(doing: &str, work: impl FnOnce() -> T) -> T {
    counted(doing, 0, |_| work())
}

/// Does the same for each item, on all cores, and counts them. The results are in the order of the items.
pub(super) fn during_each<'i, I: Sync, T: Send>(
    doing: &str,
    items: &'i [I],
    work: impl Fn(&'i I) -> T + Sync,
) -> Vec<T> {
    counted(doing, items.len(), |done| {
        let counting = |item| {
            let result = work(item);
            done.fetch_add(1, Ordering::Relaxed);
            result
        };
        items.par_iter().map(counting).collect()
    })
}

fn counted<T>(doing: &str, all: usize, work: impl FnOnce(&AtomicUsize) -> T) -> T {
    let done = AtomicUsize::new(0);
    let (ci, terminal) = (variable("CI"), variable("TERM"));
    if !is_wanted(io::stderr().is_terminal(), is_quiet(), &ci, &terminal) {
        return work(&done);
    }
    let (working, ended) = channel::<()>();
    let seen = &done;
    thread::scope(|scope| {
        let told = scope.spawn(move || tell(&ended, doing, all, seen));
        let result = work(&done);
        drop(working);
        // A line that cannot be written is no reason to fail.
        let _ = told.join();
        result
    })
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

/// Whether a person looks at a terminal that can erase a line.
fn is_wanted(is_terminal: bool, is_quiet: bool, ci: &str, terminal: &str) -> bool {
    is_terminal && !is_quiet && matches!(ci, "" | "false" | "0") && terminal != "dumb"
}

/// Tells how far the work is until it has ended.
fn tell(ended: &Receiver<()>, doing: &str, all: usize, done: &AtomicUsize) {
    let begun = BEGUN.get_or_init(Instant::now);
    let mut wait = PATIENCE.saturating_sub(begun.elapsed());
    let mut is_shown = false;
    while ended.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
        let steps = if all > 1 { format!(" {} of {all}", done.load(Ordering::Relaxed)) } else { String::new() };
        write(&format!("{ERASED}cassc: {doing}{steps} …"));
        (is_shown, wait) = (true, PAUSE);
    }
    if is_shown {
        write(ERASED);
    }
}

fn write(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_person_at_a_terminal_wants_it() {
        assert!(is_wanted(true, false, "", "xterm"));
        assert!(is_wanted(true, false, "false", ""));
        for (is_terminal, is_quiet, ci, terminal) in [
            (false, false, "", "xterm"),
            (true, true, "", "xterm"),
            (true, false, "true", "xterm"),
            (true, false, "", "dumb"),
        ] {
            assert!(!is_wanted(is_terminal, is_quiet, ci, terminal));
        }
    }
}
