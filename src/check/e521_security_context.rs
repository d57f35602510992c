//! E521: a security context of the pods that the API server or the kubelet refuses.

use std::collections::BTreeMap;

use cassc_wording::nearest;
use k8s_openapi::api::core::v1::{PodSecurityContext, Sysctl};

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::{PodAt, Subject};

pub(super) const RULE: Rule = Rule {
    code: "E521",
    name: "security-context",
    summary: "Kubernetes refuses the security context of the pods",
    explain: "\
The API server accepts the StatefulSet, but the API server or the kubelet refuses every pod.

User and group ids are numbers from 0 to 2147483647. `fsGroupChangePolicy` is `OnRootMismatch` or `Always`. A
`seccompProfile` or an `appArmorProfile` has the type `RuntimeDefault`, `Unconfined` or `Localhost`, and only `Localhost`
has a `localhostProfile`. Each sysctl is written once.",
};

/// The largest id that the API server takes (`IsValidUserID` in apimachinery's `pkg/util/validation`).
const LARGEST_ID: i64 = 2_147_483_647;
/// The types of profiles for seccomp and AppArmor.
const PROFILES: [&str; 3] = ["Localhost", "RuntimeDefault", "Unconfined"];

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    for pod in subject.pods() {
        of_pod(subject, pod, complaints);
    }
}

fn of_pod(subject: &Subject<'_>, pod: &PodAt<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(context) = &pod.pod.security_context else { return };
    let route = pod.route("securityContext");
    complaints.extend(ids(context).into_iter().filter_map(|(way, id)| id_fault(subject, &route.join(&way), id)));
    if context.run_as_non_root == Some(true) && context.run_as_user == Some(0) {
        let at = subject.value(route.key("runAsUser"), "root");
        let complaint = RULE.complain("`runAsUser: 0` contradicts `runAsNonRoot: true`", at);
        complaints.push(
            complaint.label(subject.value(route.key("runAsNonRoot"), "not root")).help("write a different `runAsUser`"),
        );
    }
    complaints.extend(words(context).into_iter().filter_map(|word| word.fault(subject, &route)));
    complaints.extend(profiles(context).into_iter().filter_map(|profile| profile.faults(subject, &route)));
    let written = context.sysctls.as_deref().unwrap_or_default();
    complaints.extend(sysctls(subject, pod, written, &route.key("sysctls")));
}

fn ids(context: &PodSecurityContext) -> Vec<(Route, i64)> {
    let named =
        [("runAsUser", context.run_as_user), ("runAsGroup", context.run_as_group), ("fsGroup", context.fs_group)];
    let named = named.into_iter().filter_map(|(key, id)| Some((Route::of(key), id?)));
    let groups = context.supplemental_groups.iter().flatten().enumerate();
    named.chain(groups.map(|(index, id)| (Route::of("supplementalGroups").index(index), *id))).collect()
}

fn id_fault(subject: &Subject<'_>, route: &Route, id: i64) -> Option<Diagnostic> {
    let complain = || RULE.complain(format!("{id} is not a valid user or group id"), subject.value(route.clone(), ""));
    (!(0..=LARGEST_ID).contains(&id)).then(|| complain().expected(format!("0 to {LARGEST_ID}")))
}

/// A field that takes one of a few words.
struct Word<'t> {
    key: &'static str,
    written: Option<&'t str>,
    known: &'static [&'static str],
}

fn words(context: &PodSecurityContext) -> [Word<'_>; 3] {
    let word = |key, written, known| Word { key, written, known };
    [
        word("fsGroupChangePolicy", context.fs_group_change_policy.as_deref(), &["OnRootMismatch", "Always"]),
        word("supplementalGroupsPolicy", context.supplemental_groups_policy.as_deref(), &["Merge", "Strict"]),
        word("seLinuxChangePolicy", context.se_linux_change_policy.as_deref(), &["MountOption", "Recursive"]),
    ]
}

impl Word<'_> {
    fn fault(&self, subject: &Subject<'_>, route: &Route) -> Option<Diagnostic> {
        let written = self.written.filter(|written| !self.known.contains(written))?;
        Some(unknown(subject, route.key(self.key), written, self.known))
    }
}

fn unknown(subject: &Subject<'_>, route: Route, written: &str, known: &[&str]) -> Diagnostic {
    let key = route.last_key().unwrap_or_default().to_owned();
    let message = format!("`{key}` is `{}`", written.escape_debug());
    let complaint = RULE.complain(message, subject.value(route, "")).expected(format!("one of {}", known.join(", ")));
    match nearest(written, known.iter().copied()) {
        Some(near) => complaint.help(format!("did you mean `{near}`?")),
        None => complaint,
    }
}

/// A profile of the kernel's that limits what a process may do.
struct Profile<'t> {
    key: &'static str,
    type_: &'t str,
    localhost: Option<&'t str>,
}

fn profiles(context: &PodSecurityContext) -> Vec<Profile<'_>> {
    let seccomp = context.seccomp_profile.iter().map(|profile| Profile {
        key: "seccompProfile",
        type_: &profile.type_,
        localhost: profile.localhost_profile.as_deref(),
    });
    let app_armor = context.app_armor_profile.iter().map(|profile| Profile {
        key: "appArmorProfile",
        type_: &profile.type_,
        localhost: profile.localhost_profile.as_deref(),
    });
    seccomp.chain(app_armor).collect()
}

impl Profile<'_> {
    fn faults(&self, subject: &Subject<'_>, route: &Route) -> Option<Diagnostic> {
        let route = route.key(self.key);
        let file = || subject.value(route.key("localhostProfile"), "");
        match (self.type_, self.localhost.filter(|file| !file.is_empty())) {
            (type_, _) if !PROFILES.contains(&type_) => Some(unknown(subject, route.key("type"), type_, &PROFILES)),
            ("Localhost", None) => {
                let message = format!("`{}` of type `Localhost` needs `localhostProfile`", self.key);
                let complaint = RULE.complain(message, subject.value(route.key("type"), "no file"));
                Some(complaint.help("add `localhostProfile`, or write `type: RuntimeDefault`"))
            }
            ("Localhost", Some(path)) if path.starts_with('/') || path.split('/').any(|part| part == "..") => {
                let message = format!("`{}` is not a valid path of a profile", path.escape_debug());
                Some(
                    RULE.complain(message, file()).expected("a path relative to the kubelet's directory, without `..`"),
                )
            }
            ("Localhost", Some(_)) | (_, None) => None,
            (type_, Some(_)) => {
                let message = format!("`{}` of type `{type_}` must not have `localhostProfile`", self.key);
                Some(RULE.complain(message, file()).help("remove `localhostProfile`, or write `type: Localhost`"))
            }
        }
    }
}

fn sysctls(subject: &Subject<'_>, pod: &PodAt<'_>, written: &[Sysctl], route: &Route) -> Vec<Diagnostic> {
    let mut seen: BTreeMap<String, Route> = BTreeMap::new();
    let mut complaints = Vec::new();
    for (index, sysctl) in written.iter().enumerate() {
        let route = route.index(index).key("name");
        let at = |text: &str| subject.value(route.clone(), text);
        if !is_sysctl(&sysctl.name) {
            let message = format!("`{}` is not a valid sysctl name", sysctl.name.escape_debug());
            complaints.push(RULE.complain(message, at("")).expected("a name such as `net.ipv4.tcp_keepalive_time`"));
        } else if pod.pod.host_network == Some(true) && sysctl.name.starts_with("net.") {
            let message = format!("`{}` cannot be set for pods on the host network", sysctl.name);
            complaints.push(RULE.complain(message, at("")).help("set it on the workers"));
        }
        // Kubernetes takes slashes for dots.
        if let Some(other) = seen.insert(sysctl.name.replace('/', "."), route.clone()) {
            let complaint = RULE.complain(format!("`{}` is set twice", sysctl.name.escape_debug()), at("second value"));
            complaints.push(complaint.label(subject.value(other, "first value")));
        }
    }
    complaints
}

/// After `IsValidSysctlName` in Kubernetes' `pkg/apis/core/validation`.
fn is_sysctl(name: &str) -> bool {
    let word = |part: &str| {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        part.starts_with(plain) && part.ends_with(plain) && part.chars().all(|c| plain(c) || matches!(c, '-' | '_'))
    };
    name.len() <= 253 && name.split(['.', '/']).all(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sysctls_are_words_between_dots_or_slashes() {
        for name in ["net.ipv4.tcp_keepalive_time", "kernel/shm_rmid_forced", "a", "1.2"] {
            assert!(is_sysctl(name), "{name}");
        }
        for name in ["", ".", "a.", "A", "a b", "_a", "a-", &"a.".repeat(130)] {
            assert!(!is_sysctl(name), "{name}");
        }
    }
}
