//! E611: a generated Secret in several Kubernetes clusters.

use std::collections::BTreeSet;

use crate::diagnostic::{Diagnostic, Label, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "E611",
    name: "generated-twice",
    summary: "a Secret would be generated in several Kubernetes clusters",
    explain: "\
Roles are those of the whole ring, but a Secret exists in one Kubernetes cluster. In a topology with several of them, the program of
each would generate a password of its own for the same role, and only the last one would be right.

Create the Secret yourself, with the same `username` and `password` in each Kubernetes cluster, or have it copied there, and remove
`generate`.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let spec = subject.spec();
    let places: BTreeSet<Option<&str>> = spec.datacenters.iter().map(|it| it.kube_cluster.as_deref()).collect();
    if places.len() < 2 {
        return;
    }
    let superuser = spec.auth.superuser.generate.then(|| Route::of("spec.auth.superuser.generate"));
    let roles = spec.auth.roles.iter().enumerate().filter(|(_, role)| role.generate);
    let roles = roles.map(|(index, _)| Route::of("spec.auth.roles").index(index).key("generate"));
    let reaper = spec.repair.reaper.as_ref().filter(|reaper| reaper.has_role(spec.auth.authenticator));
    if reaper.is_some_and(|reaper| reaper.auth.role_secret.is_none()) {
        let message =
            format!("each of {} Kubernetes clusters would generate a password of its own for Reaper", places.len());
        let at = subject.key(Route::of("spec.repair.reaper"), "");
        let complaint = RULE.complain(message, at).labels(elsewhere(subject));
        complaints.push(complaint.help(
            "create a Secret with `username: reaper` and the same password in each of them, and write `auth: {roleSecret: …}`",
        ));
    }
    for route in superuser.into_iter().chain(roles) {
        let message = format!("each of {} Kubernetes clusters would generate a password of its own", places.len());
        let complaint = RULE.complain(message, subject.value(route, "")).labels(elsewhere(subject));
        complaints.push(complaint.help("create the Secret yourself in each of them, and remove `generate`"));
    }
}

/// The first datacenter that runs in another Kubernetes cluster than the first one.
fn elsewhere(subject: &Subject<'_>) -> Option<Label> {
    let datacenters = &subject.spec().datacenters;
    let first = datacenters.first()?;
    let index = datacenters.iter().position(|it| it.kube_cluster != first.kube_cluster)?;
    let named = if datacenters[index].kube_cluster.is_some() { index } else { 0 };
    Some(subject.value(Route::of("spec.datacenters").index(named).key("kubeCluster"), "another Kubernetes cluster"))
}
