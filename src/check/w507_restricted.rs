//! W507: pods that violate the `restricted` Pod Security Standard.

use k8s_openapi::api::core::v1::SecurityContext;

use super::written::{WrittenContainer, called, containers};
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W507",
    name: "restricted",
    summary: "the pods violate the `restricted` Pod Security Standard",
    explain: "\
The pods of cassc comply with the `restricted` Pod Security Standard of Kubernetes. In a namespace that enforces it, one container
that violates the standard prevents all pods from being created; the events of the StatefulSet show the reason.

Without `securityContext` an extra container gets one that complies. Your own `securityContext` needs
`allowPrivilegeEscalation: false` and `capabilities: {drop: [ALL]}`, and may add only `NET_BIND_SERVICE`. In a namespace that does
not enforce the standard, accept W507.",
};

/// The only capability that may be added.
const ALLOWED_CAPABILITY: &str = "NET_BIND_SERVICE";
/// The types that `seLinuxOptions` may name.
const SELINUX_TYPES: [&str; 4] = ["container_t", "container_init_t", "container_kvm_t", "container_engine_t"];

/// A violation: its route in the container, and its description. (E602 reports `procMount`.)
type Fault = (Route, &'static str);

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    if subject.spec().pod.host_network {
        let at = subject.value(Route::of("spec.pod.hostNetwork"), "");
        let message = "`hostNetwork` violates the `restricted` standard";
        let help = "remove it, or accept W507 if the namespace does not enforce the standard";
        complaints.push(RULE.complain(message, at).help(help));
    }
    for written in containers(subject) {
        let faults = written.container.security_context.iter().flat_map(faults);
        for (route, fault) in faults.chain(host_ports(&written)) {
            let message = format!("{} violates the `restricted` standard: it {fault}", called(&written));
            let complaint = RULE.complain(message, subject.value(written.route.join(&route), ""));
            complaints.push(complaint.help(match route.last_key() {
                Some("hostPort") => "remove `hostPort`; a service can reach the port",
                _ => "remove `securityContext` to get one that complies",
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
            "does not set `allowPrivilegeEscalation: false`",
        ),
        (context.run_as_user == Some(0), route("runAsUser"), "runs as root"),
        (context.run_as_non_root == Some(false), route("runAsNonRoot"), "may run as root"),
        (added.clone().any(|it| it != ALLOWED_CAPABILITY), route("capabilities.add"), "adds capabilities"),
        (!dropped().any(|it| it == "ALL"), route("capabilities.drop"), "does not drop `ALL` capabilities"),
        (seccomp == Some("Unconfined"), route("seccompProfile.type"), "runs without seccomp"),
        (app_armor == Some("Unconfined"), route("appArmorProfile.type"), "runs without AppArmor"),
        (windows == Some(true), route("windowsOptions.hostProcess"), "is a host process"),
        (
            selinux_user || !(selinux_type.is_empty() || SELINUX_TYPES.contains(&selinux_type)),
            route("seLinuxOptions"),
            "sets an SELinux label",
        ),
    ];
    judged.into_iter().filter(|(wrong, ..)| *wrong).map(|(_, route, fault)| (route, fault)).collect()
}

fn host_ports(written: &WrittenContainer<'_>) -> Vec<Fault> {
    let ports = written.container.ports.iter().flatten().enumerate();
    let taken = ports.filter(|(_, port)| port.host_port.is_some_and(|port| port != 0));
    taken.map(|(index, _)| (Route::of("ports").index(index).key("hostPort"), "uses a port of its worker")).collect()
}
