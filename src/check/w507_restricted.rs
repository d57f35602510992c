//! W507: what the `restricted` Pod Security Standard refuses.

use k8s_openapi::api::core::v1::SecurityContext;

use super::written::{WrittenContainer, called, containers};
use crate::diagnostic::{Diagnostic, Route, Rule};
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
`allowPrivilegeEscalation: false` and `capabilities: {drop: [ALL]}`, and may add `NET_BIND_SERVICE` only. Accept the
warning in a namespace that does not enforce the standard.",
};

/// The only capability that may be added.
const ALLOWED_CAPABILITY: &str = "NET_BIND_SERVICE";
/// The types that `seLinuxOptions` may name.
const SELINUX_TYPES: [&str; 4] = ["container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

/// What is wrong with a container: the way to it, and in words. (`procMount` is refused by the API server: E602.)
type Fault = (Route, &'static str);

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    if subject.spec().pod.host_network {
        let at = subject.value(Route::of("spec.pod.hostNetwork"), "");
        let message = "the pods are on the network of their worker, which the `restricted` standard refuses";
        complaints.push(RULE.complain(message, at));
    }
    for written in containers(subject) {
        let faults = written.container.security_context.iter().flat_map(faults);
        for (route, fault) in faults.chain(host_ports(&written)) {
            let message = format!("{} {fault}, which the `restricted` standard refuses", called(&written));
            let complaint = RULE.complain(message, subject.value(written.route.join(&route), ""));
            complaints.push(complaint.help(match route.last_key() {
                Some("hostPort") => "remove `hostPort`; a service reaches the port too",
                _ => "without a `securityContext` it gets one that passes",
            }));
        }
    }
}

fn faults(context: &SecurityContext) -> Vec<Fault> {
    let route = |keys: &str| Route::of("securityContext").join(&Route::of(keys));
    let added = context.capabilities.iter().flat_map(|it| it.add.iter().flatten());
    let dropped = || context.capabilities.iter().flat_map(|it| it.drop.iter().flatten());
    let seccomp = context.seccomp_profile.as_ref().map(|profile| profile.type_.as_str());
    let app_armor = context.app_armor_profile.as_ref().map(|profile| profile.type_.as_str());
    let windows = context.windows_options.as_ref().and_then(|options| options.host_process);
    let selinux = context.se_linux_options.as_ref();
    let selinux_type = selinux.and_then(|options| options.type_.as_deref()).unwrap_or_default();
    let selinux_user = selinux.is_some_and(|options| options.user.is_some() || options.role.is_some());
    let judged = [
        (context.privileged == Some(true), route("privileged"), "is privileged"),
        (context.allow_privilege_escalation == Some(true), route("allowPrivilegeEscalation"), "may gain privileges"),
        (
            context.allow_privilege_escalation.is_none(),
            route("allowPrivilegeEscalation"),
            "does not say `allowPrivilegeEscalation: false`",
        ),
        (context.run_as_user == Some(0), route("runAsUser"), "runs as root"),
        (context.run_as_non_root == Some(false), route("runAsNonRoot"), "may run as root"),
        (added.clone().any(|it| it != ALLOWED_CAPABILITY), route("capabilities.add"), "adds capabilities"),
        (!dropped().any(|it| it == "ALL"), route("capabilities.drop"), "does not drop `ALL` capabilities"),
        (seccomp == Some("Unconfined"), route("seccompProfile.type"), "runs without seccomp"),
        (app_armor == Some("Unconfined"), route("appArmorProfile.type"), "runs without AppArmor"),
        (windows == Some(true), route("windowsOptions.hostProcess"), "is a process of the host"),
        (
            selinux_user || !(selinux_type.is_empty() || SELINUX_TYPES.contains(&selinux_type)),
            route("seLinuxOptions"),
            "has an SELinux label of its own",
        ),
    ];
    judged.into_iter().filter(|(wrong, ..)| *wrong).map(|(_, route, fault)| (route, fault)).collect()
}

fn host_ports(written: &WrittenContainer<'_>) -> Vec<Fault> {
    let ports = written.container.ports.iter().flatten().enumerate();
    let taken = ports.filter(|(_, port)| port.host_port.is_some_and(|port| port != 0));
    taken.map(|(index, _)| (Route::of("ports").index(index).key("hostPort"), "takes a port of its worker")).collect()
}
