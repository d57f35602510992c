//! W522: a security context in which user and group of the data do not go together.

use crate::diagnostic::{Diagnostic, Rule};
use crate::subject::{PodAt, Subject};

pub(super) const RULE: Rule = Rule {
    code: "W522",
    name: "pod-user",
    summary: "`runAsUser` and `fsGroup` of the pods do not fit together",
    explain: "\
A new volume belongs to root. With `fsGroup` the kubelet gives it to that group, and Cassandra's process is a member of the
group. Without `fsGroup` a user other than root cannot write to the volume. The published image names its user by name, not by
number, so with `runAsNonRoot: true` a pod without `runAsUser` does not start. Without `fsGroupChangePolicy: OnRootMismatch`
the kubelet changes the group of all files at every start, which takes minutes with terabytes of data.

Write `runAsUser`, `runAsGroup`, `fsGroup` and `fsGroupChangePolicy: OnRootMismatch`. If the platform sets the ids, as
OpenShift does for each namespace, leave out all four.",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    complaints.extend(subject.pods().iter().filter_map(|pod| fault(subject, pod)));
}

fn fault(subject: &Subject<'_>, pod: &PodAt<'_>) -> Option<Diagnostic> {
    let context = pod.pod.security_context.as_ref()?;
    let route = pod.route("securityContext");
    let user = context.run_as_user.filter(|user| *user != 0);
    Some(match (user, context.fs_group) {
        (Some(user), None) => {
            let at = subject.value(route.key("runAsUser"), "");
            let complaint = RULE.complain(format!("user {user} cannot write to new volumes, which belong to root"), at);
            complaint.help(format!("add `fsGroup: {user}`, or remove `runAsUser` if the platform sets it"))
        }
        (None, Some(_)) if context.run_as_user.is_none() && context.run_as_non_root == Some(true) => {
            let at = subject.value(route.key("fsGroup"), "no `runAsUser`");
            let message = "`runAsNonRoot: true` needs `runAsUser`: the published image names its user without a number";
            let complaint = RULE.complain(message, at);
            complaint.help("add `runAsUser: 999`, or remove `fsGroup` if the platform sets both")
        }
        (_, Some(_)) if context.fs_group_change_policy.as_deref() != Some("OnRootMismatch") => {
            let at = subject.value(route.key("fsGroup"), "");
            let message = "the kubelet changes the group of all files of the data volume at every start";
            RULE.complain(message, at).help("add `fsGroupChangePolicy: OnRootMismatch`")
        }
        _ => return None,
    })
}
