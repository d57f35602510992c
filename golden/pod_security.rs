//! The `restricted` profile of the Pod Security Standards, written anew from
//! <https://kubernetes.io/docs/concepts/security/pod-security-standards/> and k8s.io/pod-security-admission `policy/`.
//! Where minors differ, the strictest wording counts. Every pod template must pass.

use serde_json::{Value, json};

use crate::hygiene::{containers, items, pod_template};
use crate::rendered::{all, assert_none, compiled, mutated, rendered};
use crate::strict_schema::good_stateful_set;

/// Those of Kubernetes 1.32, the oldest supported one.
const SAFE_SYSCTLS: [&str; 12] = [
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_rmem",
    "net.ipv4.tcp_wmem",
    "net.ipv4.tcp_syncookies",
    "net.ipv4.ping_group_range",
    "net.ipv4.ip_unprivileged_port_start",
];
const VOLUME_TYPES: [&str; 8] =
    ["configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"];
const SELINUX_TYPES: [&str; 4] = ["", "container_t", "container_init_t", "container_kvm_t"];
const APPARMOR_ANNOTATION: &str = "container.apparmor.security.beta.kubernetes.io/";

/// Whether a pod keeps to a control.
type Control = fn(&Value) -> bool;

/// The controls that a pod template breaks, by the names of the documentation.
pub(crate) fn broken_controls(template: &Value) -> Vec<&'static str> {
    let pod = &template["spec"];
    let controls: [(&str, Control); 15] = [
        ("HostProcess", no_host_process),
        ("Host Namespaces", no_host_namespaces),
        ("Privileged Containers", no_privileged_container),
        ("HostPath Volumes", |pod| items(pod, "volumes").all(|volume| volume.get("hostPath").is_none())),
        ("Host Ports", no_host_port),
        ("Host Probes", no_host_in_probes),
        ("SELinux", selinux),
        ("/proc Mount Type", default_proc_mount),
        ("Sysctls", safe_sysctls),
        ("Volume Types", volume_types),
        ("Privilege Escalation", no_privilege_escalation),
        ("Running as Non-root", non_root),
        ("Running as Non-root user", no_root_user),
        ("Seccomp", seccomp),
        ("Capabilities", capabilities),
    ];
    let broken = controls.into_iter().filter(|(_, holds)| !holds(pod)).map(|(control, _)| control);
    broken.chain((!app_armor(template)).then_some("AppArmor")).collect()
}

/// The security contexts of the pod and of all its containers.
fn contexts(pod: &Value) -> impl Iterator<Item = &Value> {
    std::iter::once(&pod["securityContext"]).chain(container_contexts(pod))
}

fn container_contexts(pod: &Value) -> impl Iterator<Item = &Value> {
    containers(pod).map(|container| &container["securityContext"])
}

fn is_off(value: &Value) -> bool {
    matches!(value, Value::Null | Value::Bool(false))
}

fn no_host_process(pod: &Value) -> bool {
    contexts(pod).all(|context| is_off(&context["windowsOptions"]["hostProcess"]))
}

fn no_host_namespaces(pod: &Value) -> bool {
    ["hostNetwork", "hostPID", "hostIPC"].into_iter().all(|namespace| is_off(&pod[namespace]))
}

fn no_privileged_container(pod: &Value) -> bool {
    container_contexts(pod).all(|context| is_off(&context["privileged"]))
}

fn no_host_port(pod: &Value) -> bool {
    let mut ports = containers(pod).flat_map(|container| items(container, "ports"));
    ports.all(|port| port["hostPort"].is_null() || port["hostPort"] == 0)
}

fn no_host_in_probes(pod: &Value) -> bool {
    let handlers = |container: &Value| {
        let probes = ["livenessProbe", "readinessProbe", "startupProbe"].map(|probe| container[probe].clone());
        let hooks = ["postStart", "preStop"].map(|hook| container["lifecycle"][hook].clone());
        probes.into_iter().chain(hooks).collect::<Vec<_>>()
    };
    let hosts = |handler: &Value| ["httpGet", "tcpSocket"].map(|action| handler[action]["host"].clone());
    containers(pod).flat_map(handlers).flat_map(|handler| hosts(&handler)).all(|host| host.is_null() || host == "")
}

fn selinux(pod: &Value) -> bool {
    contexts(pod).map(|context| &context["seLinuxOptions"]).all(|options| {
        let text = |key: &str| options[key].as_str().unwrap_or_default();
        SELINUX_TYPES.contains(&text("type")) && text("user").is_empty() && text("role").is_empty()
    })
}

fn default_proc_mount(pod: &Value) -> bool {
    container_contexts(pod).all(|context| context["procMount"].is_null() || context["procMount"] == "Default")
}

fn safe_sysctls(pod: &Value) -> bool {
    let is_safe = |sysctl: &Value| sysctl["name"].as_str().is_some_and(|name| SAFE_SYSCTLS.contains(&name));
    items(&pod["securityContext"], "sysctls").all(is_safe)
}

fn volume_types(pod: &Value) -> bool {
    let is_core = |volume: &Value| VOLUME_TYPES.iter().any(|source| volume.get(source).is_some());
    items(pod, "volumes").all(is_core)
}

fn no_privilege_escalation(pod: &Value) -> bool {
    container_contexts(pod).all(|context| context["allowPrivilegeEscalation"] == false)
}

/// A setting that each container may take from the pod or make itself; nobody may set anything else.
fn everywhere(pod: &Value, setting: impl Fn(&Value) -> Option<bool>) -> bool {
    let of_pod = setting(&pod["securityContext"]);
    of_pod != Some(false) && container_contexts(pod).all(|context| setting(context).or(of_pod) == Some(true))
}

fn non_root(pod: &Value) -> bool {
    everywhere(pod, |context| context["runAsNonRoot"].as_bool())
}

fn no_root_user(pod: &Value) -> bool {
    contexts(pod).all(|context| context["runAsUser"] != 0)
}

fn seccomp(pod: &Value) -> bool {
    let is_allowed = |profile: &str| matches!(profile, "RuntimeDefault" | "Localhost");
    everywhere(pod, |context| context["seccompProfile"]["type"].as_str().map(is_allowed))
}

fn capabilities(pod: &Value) -> bool {
    container_contexts(pod).map(|context| &context["capabilities"]).all(|capabilities| {
        items(capabilities, "drop").any(|dropped| dropped == "ALL")
            && items(capabilities, "add").all(|added| added == "NET_BIND_SERVICE")
    })
}

fn app_armor(template: &Value) -> bool {
    let annotations = template["metadata"]["annotations"].as_object();
    let mut profiles = annotations.into_iter().flatten().filter(|(key, _)| key.starts_with(APPARMOR_ANNOTATION));
    let is_allowed = |profile: &str| matches!(profile, "" | "runtime/default") || profile.starts_with("localhost/");
    let mut types = contexts(&template["spec"]).map(|context| &context["appArmorProfile"]["type"]);
    profiles.all(|(_, profile)| profile.as_str().is_some_and(is_allowed))
        && types.all(|it| it.is_null() || it == "RuntimeDefault" || it == "Localhost")
}

#[test]
fn every_pod_passes_the_restricted_profile() {
    let mut faults = Vec::new();
    for rendered in all() {
        let templates = rendered.objects.iter().filter_map(|(path, object)| Some((path, pod_template(object)?)));
        for (path, template) in templates {
            let broken = broken_controls(template);
            faults.extend(broken.into_iter().map(|control| format!("{}: {path}: {control}", rendered.title)));
        }
    }
    assert_none(&faults);
}

/// Pointer below the pod's `spec`, value as JSON, the one control that must break.
const MUTATIONS: &[(&str, &str, &str)] = &[
    ("/securityContext/windowsOptions", r#"{"hostProcess": true}"#, "HostProcess"),
    ("/containers/0/securityContext/windowsOptions", r#"{"hostProcess": true}"#, "HostProcess"),
    ("/hostNetwork", "true", "Host Namespaces"),
    ("/hostPID", "true", "Host Namespaces"),
    ("/hostIPC", "true", "Host Namespaces"),
    ("/containers/0/securityContext/privileged", "true", "Privileged Containers"),
    ("/initContainers/0/securityContext/privileged", "true", "Privileged Containers"),
    ("/volumes/0/hostPath", r#"{"path": "/"}"#, "HostPath Volumes"),
    ("/containers/0/ports/0/hostPort", "9042", "Host Ports"),
    ("/containers/0/livenessProbe/httpGet/host", "\"192.0.2.1\"", "Host Probes"),
    ("/initContainers/1/startupProbe", r#"{"tcpSocket": {"port": 1, "host": "192.0.2.1"}}"#, "Host Probes"),
    ("/containers/0/lifecycle/postStart", r#"{"httpGet": {"port": 1, "host": "192.0.2.1"}}"#, "Host Probes"),
    ("/securityContext/seLinuxOptions", r#"{"type": "spc_t"}"#, "SELinux"),
    ("/containers/0/securityContext/seLinuxOptions", r#"{"user": "system_u"}"#, "SELinux"),
    ("/initContainers/0/securityContext/seLinuxOptions", r#"{"role": "sysadm_r"}"#, "SELinux"),
    ("/containers/0/securityContext/procMount", "\"Unmasked\"", "/proc Mount Type"),
    ("/securityContext/sysctls", r#"[{"name": "kernel.msgmax", "value": "65536"}]"#, "Sysctls"),
    ("/volumes/-", r#"{"name": "x", "nfs": {"server": "x", "path": "/"}}"#, "Volume Types"),
    ("/containers/0/securityContext/allowPrivilegeEscalation", "true", "Privilege Escalation"),
    ("/initContainers/0/securityContext/allowPrivilegeEscalation", "null", "Privilege Escalation"),
    ("/securityContext/runAsNonRoot", "false", "Running as Non-root"),
    ("/securityContext/runAsNonRoot", "null", "Running as Non-root"),
    ("/containers/0/securityContext/runAsNonRoot", "false", "Running as Non-root"),
    ("/securityContext/runAsUser", "0", "Running as Non-root user"),
    ("/initContainers/1/securityContext/runAsUser", "0", "Running as Non-root user"),
    ("/securityContext/seccompProfile", "null", "Seccomp"),
    ("/securityContext/seccompProfile/type", "\"Unconfined\"", "Seccomp"),
    ("/containers/0/securityContext/seccompProfile", r#"{"type": "Unconfined"}"#, "Seccomp"),
    ("/containers/0/securityContext/capabilities/add", r#"["SYS_RESOURCE"]"#, "Capabilities"),
    ("/containers/0/securityContext/capabilities/drop", r#"["NET_RAW"]"#, "Capabilities"),
    ("/initContainers/0/securityContext/capabilities", "null", "Capabilities"),
    ("/securityContext/appArmorProfile", r#"{"type": "Unconfined"}"#, "AppArmor"),
];

#[test]
fn every_control_breaks_by_its_mutation_and_no_other_does() {
    let good = good_stateful_set()["spec"]["template"].clone();
    assert_eq!(broken_controls(&good), Vec::<&str>::new());
    for (pointer, value, control) in MUTATIONS {
        let value = serde_json::from_str(value).expect("the mutation is JSON");
        assert_eq!(broken_controls(&mutated(&good, &format!("/spec{pointer}"), value)), [*control], "{pointer}");
    }
    let annotations = json!({"container.apparmor.security.beta.kubernetes.io/cassandra": "unconfined"});
    assert_eq!(broken_controls(&mutated(&good, "/metadata/annotations", annotations)), ["AppArmor"]);
}

#[test]
fn containers_may_each_say_for_themselves_what_the_pod_does_not() {
    let mut pod = good_stateful_set()["spec"]["template"].clone();
    pod["spec"]["securityContext"] = json!({});
    for list in ["containers", "initContainers"] {
        for container in pod["spec"][list].as_array_mut().expect("the pod has containers") {
            container["securityContext"]["runAsNonRoot"] = json!(true);
            container["securityContext"]["seccompProfile"] = json!({"type": "Localhost", "localhostProfile": "x"});
        }
    }
    assert_eq!(broken_controls(&pod), Vec::<&str>::new());
}

const PLAIN: &str = r#"
apiVersion: cassc/v1alpha1
kind: CassandraTopology
metadata: {name: shop, namespace: cass}
spec:
  cassandra: {version: 4.1.9}
  resources: {requests: {cpu: "2", memory: 8Gi}, limits: {memory: 8Gi}}
  storage: {size: 100Gi}
  pod: POD
  datacenters: [{name: dc1, nodes: 3, racks: [{name: a}, {name: b}, {name: c}]}]
"#;

/// What W507 says of a topology, and what the profile says of the pods that are rendered from it.
fn both_opinions(pod: &str) -> (bool, Vec<&'static str>) {
    let compilation = compiled("shop.yaml", PLAIN.replace("POD", pod).into_bytes(), None);
    assert!(!compilation.accepted.is_empty(), "{pod}: {:#?}", compilation.complaints);
    let warned = compilation.complaints.iter().any(|complaint| complaint.code == "W507");
    let rendered = rendered(&compilation);
    let templates = rendered.iter().flat_map(|it| it.of_kind("StatefulSet")).map(|it| &it["spec"]["template"]);
    (warned, templates.flat_map(broken_controls).collect())
}

#[test]
fn the_warning_comes_up_exactly_where_the_profile_is_broken() {
    let good = "runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}";
    let of_pod = |more: &str| format!("{{securityContext: {{{good}{more}}}}}");
    let container = |more: &str| {
        let context = "allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}";
        format!("{{containers: [{{name: x, image: 'x:1', securityContext: {{{context}{more}}}}}]}}")
    };
    let pods = [
        "{}".to_owned(),
        "{hostNetwork: true}".to_owned(),
        "{securityContext: {}}".to_owned(),
        "{securityContext: {runAsNonRoot: true}}".to_owned(),
        "{securityContext: {seccompProfile: {type: RuntimeDefault}}}".to_owned(),
        "{securityContext: {runAsNonRoot: true, seccompProfile: {type: Unconfined}}}".to_owned(),
        "{securityContext: {runAsNonRoot: false, seccompProfile: {type: RuntimeDefault}}}".to_owned(),
        "{securityContext: {runAsUser: 0, seccompProfile: {type: RuntimeDefault}}}".to_owned(),
        of_pod(""),
        of_pod(", appArmorProfile: {type: Unconfined}"),
        of_pod(", seLinuxOptions: {level: 's0:c1,c2'}"),
        of_pod(", seLinuxOptions: {type: spc_t}"),
        of_pod(", seLinuxOptions: {role: r}"),
        of_pod(", windowsOptions: {hostProcess: true}"),
        of_pod(", sysctls: [{name: net.ipv4.tcp_keepalive_time, value: '60'}]"),
        of_pod(", sysctls: [{name: vm.max_map_count, value: '1048575'}]"),
        container(""),
        container(", runAsUser: 0"),
        container(", seLinuxOptions: {type: spc_t}"),
        container("}, livenessProbe: {httpGet: {port: 1, host: 192.0.2.1}"),
        container("}, livenessProbe: {tcpSocket: {port: 1, host: 192.0.2.1}"),
        container("}, lifecycle: {preStop: {httpGet: {port: 1, host: 192.0.2.1}}"),
        "{containers: [{name: x, image: 'x:1', ports: [{containerPort: 9500, hostPort: 9500}]}]}".to_owned(),
    ];
    for pod in pods {
        let (warned, broken) = both_opinions(&pod);
        assert_eq!(warned, !broken.is_empty(), "{pod}: {broken:?}");
    }
}
