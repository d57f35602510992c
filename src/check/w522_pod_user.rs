//! W522: a security context in which user and group of the data do not go together.

use crate::diagnostic::{Diagnostic, Route, Rule};
use crate::subject::Subject;

pub(super) const RULE: Rule = Rule {
    code: "W522",
    name: "pod-user",
    summary: "user and group of the pods do not go together",
    explain: "\
A new volume belongs to root. With `fsGroup` the kubelet gives it to that group, of which Cassandra's process is then a
member; without it a user that is not root cannot write to the volume. The published image names its user without a
number, so that with `runAsNonRoot: true` a pod without `runAsUser` does not start. And with `fsGroup` alone the kubelet
walks through all files of the volume at every start, which takes minutes with terabytes of data.

Either write `runAsUser`, `runAsGroup` and `fsGroup`, with `fsGroupChangePolicy: OnRootMismatch` beside them; or write
none of the three, where the platform fills them in (OpenShift does, by the namespace).",
};

pub(super) fn check(subject: &Subject<'_>, complaints: &mut Vec<Diagnostic>) {
    let Some(context) = &subject.spec().pod.security_context else { return };
    let route = Route::of("spec.pod.securityContext");
    let user = context.run_as_user.filter(|user| *user != 0);
    let complaint = match (user, context.fs_group) {
        (Some(user), None) => {
            let at = subject.value(route.key("runAsUser"), "the user");
            let complaint = RULE.complain(format!("volumes belong to root, and user {user} cannot write to them"), at);
            complaint.help(format!("add `fsGroup: {user}`, or remove `runAsUser` where the platform chooses it"))
        }
        (None, Some(_)) if context.run_as_user.is_none() && context.run_as_non_root == Some(true) => {
            let at = subject.value(route.key("fsGroup"), "a group without a user");
            let message =
                "the published image names its user without a number: the kubelet cannot see that it is not root";
            let complaint = RULE.complain(message, at);
            complaint.help("add `runAsUser: 999`, or remove `fsGroup` where the platform chooses both")
        }
        (_, Some(_)) if context.fs_group_change_policy.as_deref() != Some("OnRootMismatch") => {
            let at = subject.value(route.key("fsGroup"), "");
            let message = "the kubelet walks through all files of the data volume at every start of a pod";
            RULE.complain(message, at).help("add `fsGroupChangePolicy: OnRootMismatch`")
        }
        _ => return,
    };
    complaints.push(complaint);
}
