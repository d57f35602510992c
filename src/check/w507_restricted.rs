//! W507: pods that violate the `restricted` Pod Security Standard.

use super::written::{called, containers};
use crate::diagnostic::{Diagnostic, Rule};
use crate::kubernetes::restricted::{container_faults, pod_faults};
use crate::subject::Subject;

pub(crate) const RULE: Rule = Rule {
    code: "W507",
    name: "restricted",
    summary: "the pods violate the `restricted` Pod Security Standard",
    explain: "\
The pods of cassc comply with the `restricted` Pod Security Standard of Kubernetes. In a namespace that enforces it, one container
that violates the standard prevents all pods from being created; the events of the StatefulSet show the reason.

Without `securityContext` an extra container gets one that complies. Your own `securityContext` needs
`allowPrivilegeEscalation: false` and `capabilities: {drop: [ALL]}`, and may add only `NET_BIND_SERVICE`. Your own
`pod.securityContext` applies to the whole pod and needs `runAsNonRoot: true` and `seccompProfile: {type: RuntimeDefault}`. If
the namespace does not enforce the standard, or if the platform sets the missing fields, accept W507.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for (level, pod) in subject.written_pods() {
        let written = |field: &str| level.route().key("pod").key(field);
        if pod.host_network == Some(true) {
            let at = subject.value(written("hostNetwork"), "");
            let message = "`hostNetwork` violates the `restricted` standard";
            let help = "remove it, or accept W507 if the namespace does not enforce the standard";
            complaints.push(RULE.complain(message, at).help(help));
        }
        for (route, fault) in pod.security_context.iter().flat_map(pod_faults) {
            let at = subject.value(written("securityContext").join(&route), "");
            let complaint = RULE.complain(format!("the pods violate the `restricted` standard: they {fault}"), at);
            complaints.push(complaint.help(if fault.starts_with("do not") {
                "add it, or accept W507 if the platform sets it"
            } else {
                "remove it, or accept W507 if the namespace does not enforce the standard"
            }));
        }
    }
    for written in containers(subject) {
        for (route, fault) in container_faults(written.container) {
            let message = format!("{} violates the `restricted` standard: it {fault}", called(&written));
            let complaint = RULE.complain(message, subject.value(written.route.join(&route), ""));
            complaints.push(complaint.help(match route.last_key() {
                Some("hostPort") => "remove `hostPort`; a service can reach the port",
                Some("host") => "remove `host`; the default is the pod itself",
                _ => "remove `securityContext` to get one that complies",
            }));
        }
    }
}
