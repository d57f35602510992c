//! W506: an extra container that decides whether the pod is ready.

use super::written::{Role, called, containers};
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W506",
    name: "readiness-probe",
    summary: "an extra container with a readiness probe gates the pod's membership",
    explain: "\
A pod is ready when all its containers are. An extra container that is not ready takes its Cassandra node away from
the clients, although the node serves; and the next node waits with its start, a roll waits with the next pod, and the
disruption budget counts the node as lost.

Remove the probe, unless clients must not reach a node without this container; then accept the warning.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for written in containers(subject) {
        if written.role != Role::Before && written.container.readiness_probe.is_some() {
            let message = format!("{} decides whether its Cassandra node is ready", called(&written));
            let at = subject.key(written.route.key("readinessProbe"), "");
            let help = "remove the probe; a `livenessProbe` restarts the container alone";
            complaints.push(RULE.complain(message, at).help(help));
        }
    }
}
