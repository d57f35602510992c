//! W513: a short termination grace period.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W513",
    name: "termination-grace",
    summary: "`pod.terminationGraceSeconds` is less than 60",
    explain: "\
Before a pod stops, its node is drained: it stops serving clients and flushes its memtables to disk. If the time is too short, the
node is killed during the drain. It then replays its commit log at the next start, which makes a rolling restart slower.

Write 60 seconds or more; the default is 120.",
};

/// With less, the drain of common memtables is often interrupted. Cass Operator uses 120 seconds.
const SHORTEST_SECONDS: u32 = 60;

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(seconds) = subject.spec().pod.termination_grace_seconds else { return };
    if seconds < SHORTEST_SECONDS {
        let message = format!("{seconds} seconds may not be enough to drain a node");
        let at = subject.value(Route::of("spec.pod.terminationGraceSeconds"), "");
        let complaint = RULE.complain(message, at).expected(format!("{SHORTEST_SECONDS} or more"));
        complaints.push(complaint.help("remove it to use the default of 120 seconds"));
    }
}
