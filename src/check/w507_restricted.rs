//! W507: what the `restricted` Pod Security Standard refuses.

use super::written::{called, containers};
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::restricted::{container_faults, pod_faults};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W507",
    name: "restricted",
    summary: "the pods would not pass the `restricted` Pod Security Standard",
    explain: "\
Pods of cassc pass the `restricted` Pod Security Standard of Kubernetes. In a namespace that enforces it a single
container that does not pass keeps every pod from being made: the StatefulSet says so in its events, and nothing
starts.

Without a `securityContext` an extra container gets one that passes. Where you write one, it needs
`allowPrivilegeEscalation: false` and `capabilities: {drop: [ALL]}`, and may add `NET_BIND_SERVICE` only. A
`pod.securityContext` of yours stands for the whole pod: it needs `runAsNonRoot: true` and `seccompProfile: {type:
RuntimeDefault}`. Accept the warning in a namespace that does not enforce the standard, or where the platform fills in
what is missing.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    if subject.spec().pod.host_network {
        let at = subject.value(Route::of("spec.pod.hostNetwork"), "");
        let message = "the pods are on the network of their worker, which the `restricted` standard refuses";
        complaints.push(RULE.complain(message, at));
    }
    if let Some(context) = &subject.spec().pod.security_context {
        for (route, fault) in pod_faults(context) {
            let at = subject.value(Route::of("spec.pod.securityContext").join(&route), "");
            let complaint = RULE.complain(format!("the pods {fault}, which the `restricted` standard refuses"), at);
            complaints.push(complaint.help(if fault.starts_with("do not") {
                "add it, or accept the warning where the platform fills it in"
            } else {
                "accept the warning in a namespace that does not enforce the standard"
            }));
        }
    }
    for written in containers(subject) {
        for (route, fault) in container_faults(written.container) {
            let message = format!("{} {fault}, which the `restricted` standard refuses", called(&written));
            let complaint = RULE.complain(message, subject.value(written.route.join(&route), ""));
            complaints.push(complaint.help(match route.last_key() {
                Some("hostPort") => "remove `hostPort`; a service reaches the port too",
                Some("host") => "remove `host`: the pod itself is asked",
                _ => "without a `securityContext` it gets one that passes",
            }));
        }
    }
}
