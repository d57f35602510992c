//! W433: a timeout below the shortest that Cassandra accepts.

use std::collections::BTreeSet;

use cassc_ring::release::Minor;

use super::config_findings::minor;
use super::settings::{Reader, amount, different_racks};
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W433",
    name: "timeout-short",
    summary: "a timeout is shorter than 10 ms",
    explain: "\
A coordinator that waits less than 10 ms does not get an answer from replicas in other zones, nor from one that collects garbage.
From 4.0 on Cassandra uses 10 ms instead of a shorter timeout, and only logs it (`DatabaseDescriptor.LOWEST_ACCEPTED_TIMEOUT`);
3.11 uses what is written. Up to 4.0 the numbers are milliseconds: `read_request_timeout_in_ms: 5` is not 5 seconds.

Write 10 ms or more.",
};

/// The newest names of the timeouts (`checkForLowestAcceptedTimeouts` of 4.0.19, 4.1.10 and 5.0.9), and of those that are as
/// useless when they are shorter, which Cassandra uses as written.
const TIMEOUTS: [(&str, bool); 9] = [
    ("cas_contention_timeout", true),
    ("counter_write_request_timeout", true),
    ("range_request_timeout", true),
    ("read_request_timeout", true),
    ("request_timeout", true),
    ("truncate_request_timeout", true),
    ("write_request_timeout", true),
    ("internode_tcp_connect_timeout", false),
    ("native_transport_timeout", false),
];

/// Nanoseconds.
const SHORTEST: f64 = 10e6;

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(minor) = minor(subject) else { return };
    let mut reader = Reader::new(minor);
    let mut seen = BTreeSet::new();
    for place in different_racks(subject) {
        let settings = reader.settings(place);
        for (name, is_raised) in TIMEOUTS {
            // E417 refuses it.
            let is_refused = minor == Minor::V3_11 && name == "write_request_timeout";
            let setting = settings.get(name).filter(|setting| amount(&setting.value).is_some_and(|it| it < SHORTEST));
            let Some(setting) = setting.filter(|_| !is_refused).filter(|it| seen.insert(it.route.clone())) else {
                continue;
            };
            let label =
                if is_raised && minor > Minor::V3_11 { "Cassandra uses 10 ms" } else { "too short for an answer" };
            let message = format!("`{}: {}` is shorter than 10 ms", setting.name, setting.written);
            let complaint = RULE.complain(message, subject.value(setting.route.clone(), label));
            complaints.push(complaint.expected("10 ms or more"));
        }
    }
}

#[cfg(test)]
mod tests {
    use cassc_cassandra::config_keys::table;

    use super::*;

    #[test]
    fn every_timeout_is_a_key() {
        for (name, _) in TIMEOUTS {
            assert!(table(Minor::V5_0).get(name).is_some(), "{name}");
        }
    }
}
