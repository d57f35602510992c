//! The `restricted` Pod Security Standard: what is wrong with a container or with the security context of a pod, and
//! where. After <https://kubernetes.io/docs/concepts/security/pod-security-standards/> and the checks of Kubernetes'
//! `pod-security-admission`. Called by the rules.

use k8s_openapi::api::core::v1::{
    AppArmorProfile, Container, HTTPGetAction, PodSecurityContext, SELinuxOptions, SecurityContext,
};

use crate::diagnostic::Route;

/// The only capability that may be added.
const ALLOWED_CAPABILITY: &str = "NET_BIND_SERVICE";
/// The types that `seLinuxOptions` may name.
const SELINUX_TYPES: [&str; 4] = ["container_t", "container_init_t", "container_kvm_t", "container_engine_t"];
/// The settings of the kernel that a pod may change, in the oldest supported Kubernetes.
const SAFE_SYSCTLS: [&str; 12] = [
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.tcp_wmem",
];

/// What is wrong: the way to it inside the container or the security context, and in words.
pub(crate) type Fault = (Route, &'static str);

/// What the standard refuses of a container that has a security context of its own. (`procMount` is refused by the API
/// server already.)
pub(crate) fn container_faults(container: &Container) -> Vec<Fault> {
    let of_context = container.security_context.iter().flat_map(context_faults);
    of_context.chain(host_ports(container)).chain(hosts(container)).collect()
}

fn context_faults(context: &SecurityContext) -> Vec<Fault> {
    let route = |keys: &str| Route::of("securityContext").join(&Route::of(keys));
    let added = context.capabilities.iter().flat_map(|it| it.add.iter().flatten());
    let dropped = || context.capabilities.iter().flat_map(|it| it.drop.iter().flatten());
    let seccomp = context.seccomp_profile.as_ref().map(|profile| profile.type_.as_str());
    let windows = context.windows_options.as_ref().and_then(|options| options.host_process);
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
        (is_unconfined(context.app_armor_profile.as_ref()), route("appArmorProfile.type"), "runs without AppArmor"),
        (windows == Some(true), route("windowsOptions.hostProcess"), "is a host process"),
        (is_labeled(context.se_linux_options.as_ref()), route("seLinuxOptions"), "sets an SELinux label"),
    ];
    judged.into_iter().filter(|(wrong, ..)| *wrong).map(|(_, route, fault)| (route, fault)).collect()
}

/// What the standard refuses of the security context of a pod whose containers leave user and seccomp profile to it.
pub(crate) fn pod_faults(context: &PodSecurityContext) -> Vec<Fault> {
    let seccomp = context.seccomp_profile.as_ref().map(|profile| profile.type_.as_str());
    let windows = context.windows_options.as_ref().and_then(|options| options.host_process);
    let judged = [
        (context.run_as_non_root.is_none(), "runAsNonRoot", "do not set `runAsNonRoot: true`"),
        (context.run_as_non_root == Some(false), "runAsNonRoot", "may run as root"),
        (context.run_as_user == Some(0), "runAsUser", "run as root"),
        (seccomp.is_none(), "seccompProfile", "do not set `seccompProfile: {type: RuntimeDefault}`"),
        (seccomp == Some("Unconfined"), "seccompProfile.type", "run without seccomp"),
        (is_unconfined(context.app_armor_profile.as_ref()), "appArmorProfile.type", "run without AppArmor"),
        (windows == Some(true), "windowsOptions.hostProcess", "are host processes"),
        (is_labeled(context.se_linux_options.as_ref()), "seLinuxOptions", "set an SELinux label"),
    ];
    let faults = judged.into_iter().filter(|(wrong, ..)| *wrong).map(|(_, keys, fault)| (Route::of(keys), fault));
    let sysctls = context.sysctls.iter().flatten().enumerate();
    let unsafe_ones = sysctls.filter(|(_, sysctl)| !SAFE_SYSCTLS.contains(&sysctl.name.as_str()));
    let unsafe_ones = unsafe_ones.map(|(index, _)| {
        (Route::of("sysctls").index(index).key("name"), "change a kernel parameter that is not safe")
    });
    faults.chain(unsafe_ones).collect()
}

fn is_unconfined(profile: Option<&AppArmorProfile>) -> bool {
    profile.is_some_and(|profile| profile.type_ == "Unconfined")
}

fn is_labeled(options: Option<&SELinuxOptions>) -> bool {
    let type_ = options.and_then(|options| options.type_.as_deref()).unwrap_or_default();
    let set = |text: &Option<String>| text.as_deref().is_some_and(|text| !text.is_empty());
    let has_user = options.is_some_and(|options| set(&options.user) || set(&options.role));
    has_user || !(type_.is_empty() || SELINUX_TYPES.contains(&type_))
}

fn host_ports(container: &Container) -> Vec<Fault> {
    let ports = container.ports.iter().flatten().enumerate();
    let taken = ports.filter(|(_, port)| port.host_port.is_some_and(|port| port != 0));
    taken.map(|(index, _)| (Route::of("ports").index(index).key("hostPort"), "uses a port of its worker")).collect()
}

/// Probes and hooks that ask another host than the pod (refused from Kubernetes 1.34 on).
fn hosts(container: &Container) -> Vec<Fault> {
    let probes = [
        ("livenessProbe", &container.liveness_probe),
        ("readinessProbe", &container.readiness_probe),
        ("startupProbe", &container.startup_probe),
    ];
    let probes = probes.into_iter().filter_map(|(key, probe)| Some((Route::of(key), probe.as_ref()?)));
    let probes = probes.map(|(route, probe)| {
        (route, probe.http_get.as_ref(), probe.tcp_socket.as_ref().and_then(|socket| socket.host.as_deref()))
    });
    let lifecycle = container.lifecycle.clone().unwrap_or_default();
    let hooks = [("lifecycle.postStart", &lifecycle.post_start), ("lifecycle.preStop", &lifecycle.pre_stop)];
    let hooks = hooks.into_iter().filter_map(|(keys, hook)| Some((Route::of(keys), hook.as_ref()?)));
    let hooks = hooks.map(|(route, hook)| {
        (route, hook.http_get.as_ref(), hook.tcp_socket.as_ref().and_then(|socket| socket.host.as_deref()))
    });
    let asks = |(route, http, socket): (Route, Option<&HTTPGetAction>, Option<&str>)| {
        let http = http.and_then(|get| get.host.as_deref()).filter(|host| !host.is_empty());
        let socket = socket.filter(|host| !host.is_empty());
        let action = http.map(|_| "httpGet").or(socket.map(|_| "tcpSocket"))?;
        Some((route.key(action).key("host"), "sends requests to a different host"))
    };
    probes.chain(hooks).filter_map(asks).collect()
}
