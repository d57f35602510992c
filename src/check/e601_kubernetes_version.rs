//! E601: an invalid or unsupported Kubernetes version.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::kubernetes::release::{KubernetesMinor, KubernetesReleaseError, NEWEST, OLDEST};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E601",
    name: "kubernetes-version",
    summary: "the Kubernetes version is invalid or not supported",
    explain: "\
An API server silently drops unknown fields: on an old Kubernetes the pods would differ from the rendered ones. This cassc was
not tested with newer versions.

Write the minor version of the API server as `kubectl version` prints it, such as `\"1.33\"`. Without a version cassc renders
objects for all supported versions.",
};

/// The release that the objects are rendered for: as written, or the oldest supported one. `None` if this rule refuses the
/// written version.
pub(super) fn kubernetes(subject: &Subject<'_>) -> Option<KubernetesMinor> {
    subject.spec().kubernetes.version.as_deref().map_or(Some(OLDEST), |version| version.parse().ok())
}

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(version) = subject.spec().kubernetes.version.as_deref() else { return };
    let Err(error) = version.parse::<KubernetesMinor>() else { return };
    let message = match &error {
        KubernetesReleaseError::NotAVersion(text) => {
            format!("`{}` is not a valid Kubernetes version", text.escape_debug())
        }
        KubernetesReleaseError::TooOld(text) => format!("Kubernetes {text} is too old"),
        KubernetesReleaseError::TooNew(text) => format!("Kubernetes {text} is newer than this cassc"),
    };
    let at = subject.value(Route::of("spec.kubernetes.version"), "");
    let complaint = RULE.complain(message, at).expected(format!("{OLDEST} to {NEWEST}"));
    complaints.push(match error {
        KubernetesReleaseError::TooNew(_) => {
            complaint.help(format!("write `version: \"{NEWEST}\"`, which newer API servers accept"))
        }
        _ => complaint,
    });
}
