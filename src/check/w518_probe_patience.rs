//! W518: probes that give up on a node that is only slow.

use super::e517_probe::probes;
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W518",
    name: "probe-patience",
    summary: "a probe fails for a node that is only slow",
    explain: "\
The Management API restarts a Cassandra process that died within 30 seconds. If the liveness probe fails earlier, the kubelet
kills the whole container, and the node replays its commit log when it starts.

The readiness probe sends a request to Cassandra. Under load the first answer took more than 8 seconds in tests. A node that is
not ready receives no clients, and the start or restart of other nodes waits.

Remove the field, or write a larger number.",
};

/// Twice the time in which the Management API restarts Cassandra.
const SHORTEST_LIVENESS: u64 = 60;
/// What the readiness probe had in the first generation of defaults.
const SHORTEST_READINESS: u32 = 10;

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (route, timings) in probes(subject) {
        let key = route.last_key().unwrap_or_default();
        let (period, threshold) = (timings.period_seconds.unwrap_or(15), timings.failure_threshold.unwrap_or(6));
        let patience = u64::from(period) * u64::from(threshold);
        let written = if timings.period_seconds.is_some() { "periodSeconds" } else { "failureThreshold" };
        if key == "liveness" && (1..SHORTEST_LIVENESS).contains(&patience) {
            let message = format!("the container is restarted after {patience} seconds without an answer");
            let complaint = RULE.complain(message, subject.value(route.key(written), ""));
            complaints.push(complaint.expected(format!(
                "`periodSeconds` times `failureThreshold` of {SHORTEST_LIVENESS} or more; the default is 90"
            )));
        }
        let timeout = timings.timeout_seconds.filter(|timeout| (3..SHORTEST_READINESS).contains(timeout));
        if let Some(timeout) = timeout.filter(|_| key == "readiness") {
            let message = format!("a node that needs {timeout} seconds to answer becomes not ready");
            let complaint = RULE.complain(message, subject.value(route.key("timeoutSeconds"), ""));
            complaints.push(complaint.expected(format!("{SHORTEST_READINESS} or more; the default is 15")));
        }
    }
}
