//! W513: too little time to drain.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W513",
    name: "termination-grace",
    summary: "a node gets less than a minute to drain before it is killed",
    explain: "\
Before a pod ends, its node is drained: it leaves the clients alone and writes what is only in memory to disk. When
the time is over it is killed in the middle of that, starts with a long replay of its commit log, and the whole roll
takes longer than it would have with patience.

Give it 60 seconds or more, 120 by default.",
};

/// Below this a drain of ordinary memtables is often cut off; Cass Operator gives 120 seconds.
const SHORTEST_SECONDS: u32 = 60;

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(seconds) = subject.spec().pod.termination_grace_seconds else { return };
    if seconds < SHORTEST_SECONDS {
        let message = format!("{seconds} seconds may not be enough to drain a node");
        let at = subject.value(Route::of("spec.pod.terminationGraceSeconds"), "");
        let complaint = RULE.complain(message, at).expected(format!("{SHORTEST_SECONDS} or more"));
        complaints.push(complaint.help("leave it out for 120 seconds"));
    }
}
