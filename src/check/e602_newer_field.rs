//! E602: fields of extra containers and of the pod that this Kubernetes version does not support.

use k8s_openapi::api::core::v1::{Container, LifecycleHandler};

use super::e601_kubernetes_version::kubernetes;
use super::written::{Role, WrittenContainer, called, containers};
use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::release::{KubernetesMinor, OLDEST};
use crate::subject::Subject;
use crate::topology::Pod;

pub(super) const RULE: Rule = Rule {
    code: "E602",
    name: "newer-field",
    summary: "a container or the pod uses a field that this Kubernetes version does not support",
    explain: "\
An API server silently drops a field that it does not support, or refuses the pod. The container then differs from the topology,
and Argo CD always shows a difference.

Write the version of your API server in `spec.kubernetes.version`; the default is the oldest supported version. Or remove the
field.",
};

/// A field, and since when it can be used.
struct Field {
    /// Its route inside the container.
    keys: &'static str,
    /// Its name in messages.
    shown: &'static str,
    /// The Kubernetes version that supports it.
    since: Since,
    /// Whether a container uses it.
    used: fn(&Container) -> bool,
}

/// The Kubernetes version that supports a field.
#[derive(Clone, Copy)]
enum Since {
    /// The first minor of Kubernetes 1 that enables it by default.
    Minor(u32),
    /// It cannot be used here with any supported version; the label has the reason.
    Never(&'static str),
}

/// After the feature gates in Kubernetes' `pkg/features/kube_features.go`: `InPlacePodVerticalScaling` (on in 1.33),
/// `PodLifecycleSleepActionAllowZero` (1.33), `ContainerRestartRules` (1.35), `ContainerStopSignals` (alpha since
/// 1.33). An unmasked `/proc` needs `hostUsers: false`, and a claim of a device `resourceClaims`, in the pod.
const FIELDS: &[Field] = &[
    Field {
        keys: "resizePolicy",
        shown: "resizePolicy",
        since: Since::Minor(33),
        used: |container| container.resize_policy.is_some(),
    },
    Field {
        keys: "lifecycle.preStop.sleep.seconds",
        shown: "preStop: {sleep: {seconds: 0}}",
        since: Since::Minor(33),
        used: |container| sleeps_not(container.lifecycle.as_ref().and_then(|lifecycle| lifecycle.pre_stop.as_ref())),
    },
    Field {
        keys: "lifecycle.postStart.sleep.seconds",
        shown: "postStart: {sleep: {seconds: 0}}",
        since: Since::Minor(33),
        used: |container| sleeps_not(container.lifecycle.as_ref().and_then(|lifecycle| lifecycle.post_start.as_ref())),
    },
    Field {
        keys: "lifecycle.stopSignal",
        shown: "stopSignal",
        since: Since::Never("disabled in all supported versions"),
        used: |container| container.lifecycle.as_ref().is_some_and(|lifecycle| lifecycle.stop_signal.is_some()),
    },
    Field {
        keys: "securityContext.procMount",
        shown: "procMount",
        since: Since::Never("needs `hostUsers: false` in the pod"),
        used: |container| {
            let mount = container.security_context.as_ref().and_then(|context| context.proc_mount.as_deref());
            mount.is_some_and(|mount| mount != "Default")
        },
    },
    Field {
        keys: "resources.claims",
        shown: "resources.claims",
        since: Since::Never("needs `resourceClaims` in the pod"),
        used: |container| {
            container.resources.iter().flat_map(|resources| resources.claims.iter().flatten()).next().is_some()
        },
    },
];

fn sleeps_not(handler: Option<&LifecycleHandler>) -> bool {
    handler.and_then(|handler| handler.sleep.as_ref()).is_some_and(|sleep| sleep.seconds == 0)
}

/// `restartPolicy` of a container, or of an init container with a value other than `Always` (`ContainerRestartRules`).
const RESTART_POLICY: Field =
    Field { keys: "restartPolicy", shown: "restartPolicy", since: Since::Minor(35), used: |_| true };

/// Fields that only init containers with `restartPolicy: Always` may have (`validateInitContainers` in Kubernetes'
/// `pkg/apis/core/validation`).
const OF_CONTAINERS_THAT_STAY: &[Field] = &[
    of_containers_that_stay("lifecycle", |container| container.lifecycle.is_some()),
    of_containers_that_stay("livenessProbe", |container| container.liveness_probe.is_some()),
    of_containers_that_stay("readinessProbe", |container| container.readiness_probe.is_some()),
    of_containers_that_stay("startupProbe", |container| container.startup_probe.is_some()),
];

const fn of_containers_that_stay(keys: &'static str, used: fn(&Container) -> bool) -> Field {
    let why = "needs `restartPolicy: Always`";
    Field { keys, shown: keys, since: Since::Never(why), used }
}

/// A field of the pod, and the first minor that has it on by default.
struct PodField {
    /// Its way below `spec.pod`.
    keys: &'static str,
    since: u32,
    used: fn(&Pod) -> bool,
}

/// After the same feature gates: `SupplementalGroupsPolicy` and `SELinuxChangePolicy` (both on in 1.33).
const FIELDS_OF_PODS: &[PodField] = &[
    PodField {
        keys: "securityContext.supplementalGroupsPolicy",
        since: 33,
        used: |pod| pod.security_context.as_ref().is_some_and(|it| it.supplemental_groups_policy.is_some()),
    },
    PodField {
        keys: "securityContext.seLinuxChangePolicy",
        since: 33,
        used: |pod| pod.security_context.as_ref().is_some_and(|it| it.se_linux_change_policy.is_some()),
    },
];

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(kubernetes) = kubernetes(subject) else { return };
    let newer = FIELDS_OF_PODS.iter().filter(|field| field.since > kubernetes.number());
    let used = newer.flat_map(|field| subject.written_pods().map(move |(level, pod)| (field, level, pod)));
    for (field, level, _) in used.filter(|(field, _, pod)| (field.used)(pod)) {
        let at = subject.key(level.route().key("pod").join(&Route::of(field.keys)), "");
        let message = format!("the pods use `{}`, which Kubernetes {kubernetes} does not serve", field.keys);
        complaints.push(RULE.complain(message, at).help(needs(subject, field.since)));
    }
    for written in containers(subject) {
        let restarts = written.container.restart_policy.is_some() && written.role != Role::Sidecar;
        let used = FIELDS.iter().filter(|field| (field.used)(written.container));
        let of_others = OF_CONTAINERS_THAT_STAY.iter().filter(|_| written.role == Role::Before);
        let of_others = of_others.filter(|field| (field.used)(written.container));
        for field in used.chain(restarts.then_some(&RESTART_POLICY)).chain(of_others) {
            complaints.extend(complaint(subject, &written, field, kubernetes));
        }
    }
}

fn complaint(
    subject: &Subject<'_>,
    written: &WrittenContainer<'_>,
    field: &Field,
    kubernetes: KubernetesMinor,
) -> Option<Diagnostic> {
    let at = |words: &str| subject.key(written.route.join(&Route::of(field.keys)), words);
    let message = format!("{} uses `{}`, which", called(written), field.shown);
    let since = match field.since {
        Since::Never(why) => {
            return Some(RULE.complain(format!("{message} is not possible here"), at(why)).help("remove it"));
        }
        Since::Minor(since) if since <= kubernetes.number() => return None,
        Since::Minor(since) => since,
    };
    let message = format!("{message} Kubernetes {kubernetes} does not support");
    let complaint = RULE.complain(message, at(&format!("needs Kubernetes 1.{since}")));
    Some(complaint.help(needs(subject, since)))
}

fn needs(subject: &Subject<'_>, since: u32) -> String {
    if subject.spec().kubernetes.version.is_some() {
        return "remove it, or raise `spec.kubernetes.version`".to_owned();
    }
    let version = format!("if your API server is new enough, write `kubernetes: {{version: \"1.{since}\"}}`");
    format!("{version}; the default is {OLDEST}")
}
