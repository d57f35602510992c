//! W513: a short termination grace period.

use crate::diagnostic::{Diagnostic, Rule};
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
    for pod in subject.pods() {
        let Some(seconds) = pod.pod.termination_grace_seconds.filter(|seconds| *seconds < SHORTEST_SECONDS) else {
            continue;
        };
        let message = format!("{seconds} seconds may not be enough to drain a node");
        let at = subject.value(pod.route("terminationGraceSeconds"), "");
        let complaint = RULE.complain(message, at).expected(format!("{SHORTEST_SECONDS} or more"));
        complaints.push(complaint.help("remove it to use the default of 120 seconds"));
    }
}
