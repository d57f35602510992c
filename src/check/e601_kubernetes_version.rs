//! E601: a Kubernetes that the objects cannot be made for.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::release::{KubernetesMinor, KubernetesReleaseError, NEWEST, OLDEST};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E601",
    name: "kubernetes-version",
    summary: "not a version of Kubernetes that is supported",
    explain: "\
An API server drops fields that it does not know, silently: on a Kubernetes too old the pods would be others than
those that were rendered. Newer ones than this cassc were not tried.

Write the minor version of the API server, as `kubectl version` shows it, such as `\"1.33\"`; or leave it out for
objects that every supported one understands.",
};

/// The release that the objects are made for: as written, or the oldest supported one; `None` where what is written is
/// refused by this rule.
pub(super) fn kubernetes(subject: &Subject<'_>) -> Option<KubernetesMinor> {
    subject.spec().kubernetes.version.as_deref().map_or(Some(OLDEST), |version| version.parse().ok())
}

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(version) = subject.spec().kubernetes.version.as_deref() else { return };
    let Err(error) = version.parse::<KubernetesMinor>() else { return };
    let message = match &error {
        KubernetesReleaseError::NotAVersion(text) => format!("`{}` is not a Kubernetes version", text.escape_debug()),
        KubernetesReleaseError::TooOld(text) => format!("Kubernetes {text} is too old"),
        KubernetesReleaseError::TooNew(text) => format!("Kubernetes {text} is newer than this cassc"),
    };
    let at = subject.value(Route::of("spec.kubernetes.version"), "");
    let complaint = RULE.complain(message, at).expected(format!("{OLDEST} to {NEWEST}"));
    complaints.push(match error {
        KubernetesReleaseError::TooNew(_) => {
            complaint.help(format!("write `version: \"{NEWEST}\"`; newer ones understand it"))
        }
        _ => complaint,
    });
}
