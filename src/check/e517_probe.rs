//! E517: timings of a probe that Kubernetes takes for others, or that leave no time to ask.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;
use crate::topology::ProbeTimings;

pub(super) const RULE: Rule = Rule {
    code: "E517",
    name: "probe",
    summary: "a timing of a probe is out of range",
    explain: "\
Kubernetes replaces 0 by its own default: `periodSeconds: 0` becomes 10, `timeoutSeconds: 0` becomes 1 and
`failureThreshold: 0` becomes 3. The live object then always differs from the manifest. The readiness probe uses the last two
seconds of its timeout to report why the node is not ready, so it needs at least 3.

Write a larger number, or remove the field.",
};

/// The readiness probe's script asks for the timeout less two seconds.
const SHORTEST_READINESS: u32 = 3;
/// The API server holds a signed number of 32 bits.
const LARGEST: u32 = i32::MAX.unsigned_abs();

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (route, timings) in probes(subject) {
        let is_readiness = route.last_key() == Some("readiness");
        let shortest = if is_readiness { SHORTEST_READINESS } else { 1 };
        let limits = [
            ("initialDelaySeconds", timings.initial_delay_seconds, 0),
            ("periodSeconds", timings.period_seconds, 1),
            ("timeoutSeconds", timings.timeout_seconds, shortest),
            ("failureThreshold", timings.failure_threshold, 1),
        ];
        for (key, written, smallest) in limits {
            let Some(written) = written.filter(|written| !(smallest..=LARGEST).contains(written)) else { continue };
            let message = format!("`{key}` of the probe is {written}");
            let complaint = RULE.complain(message, subject.value(route.key(key), ""));
            complaints.push(complaint.expected(format!("{smallest} to {LARGEST}")));
        }
    }
}

/// The probes that are written, each with its place.
pub(super) fn probes(subject: &Subject<'_>) -> Vec<(Route, ProbeTimings)> {
    let written = subject.written_pods().flat_map(|(level, pod)| {
        let probes = pod.probes;
        let timings =
            [("liveness", Some(probes.liveness)), ("readiness", Some(probes.readiness)), ("startup", probes.startup)];
        timings
            .into_iter()
            .filter_map(move |(key, timings)| Some((level.route().key("pod").key("probes").key(key), timings?)))
    });
    written.collect()
}
