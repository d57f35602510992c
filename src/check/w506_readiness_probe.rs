//! W506: an extra container with a readiness probe.

use super::written::{Role, called, containers};
use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W506",
    name: "readiness-probe",
    summary: "an extra container has a readiness probe",
    explain: "\
A pod is ready when all its containers are ready. If the extra container is not ready, clients cannot reach its Cassandra node,
although the node works. New nodes wait with their start, a rolling restart stops, and the PodDisruptionBudget counts the pod as
unavailable.

Remove the probe. If clients must not reach a node without this container, accept W506.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for written in containers(subject) {
        if written.role != Role::Before && written.container.readiness_probe.is_some() {
            let message =
                format!("the readiness probe of {} decides whether its Cassandra node is ready", called(&written));
            let at = subject.key(written.route.key("readinessProbe"), "");
            let help = "remove the probe; a `livenessProbe` restarts only the container";
            complaints.push(RULE.complain(message, at).help(help));
        }
    }
}
