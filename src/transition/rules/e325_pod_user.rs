//! E325: another user for pods whose files belong to the old one.

use k8s_openapi::api::core::v1::PodSecurityContext;

use crate::cluster::{CASSANDRA_ID, Datacenter, Pod};
use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::{At, Force, Pair, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E325",
    name: "pod-user-changed",
    summary: "the user of deployed pods changed, but their files keep the old owner",
    explain: "\
Cassandra's files belong to its user, and its group can only read them. A different user cannot write to them, so the first
node that restarts does not start. The kubelet makes all files writable for the group of `fsGroup` when it mounts the volume:
at every start with `fsGroupChangePolicy: Always`, otherwise only when `fsGroup` changed.

Change `fsGroup` together with `runAsUser`, or do one rolling restart with `fsGroupChangePolicy: Always`. Accept the code if
you changed the owner of the files yourself.",
};

pub(super) const FORCE: Force = Force::WithReason;

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let pairs = transition.datacenters();
    let mut own = pairs.iter().filter(|pair| pair.after.pod.is_some());
    let as_in_cluster = pairs.iter().find(|pair| pair.after.pod.is_none());
    complaints.extend(as_in_cluster.and_then(|pair| fault(transition, pair, Scope::Cluster)));
    complaints.extend(own.by_ref().filter_map(|pair| fault(transition, pair, Scope::Datacenter(&pair.after.name))));
}

fn fault(transition: &Transition<'_>, pair: &Pair<'_, Datacenter>, scope: Scope<'_>) -> Option<Diagnostic> {
    let was = Owner::of(transition.before.pod_of(pair.before));
    let now = Owner::of(transition.after.pod_of(pair.after));
    if was.user == now.user || was.group != now.group || now.opens_files_at_every_start {
        return None;
    }
    let user =
        |user: Option<i64>| user.map_or("the user that the platform chooses".to_owned(), |id| format!("user {id}"));
    let at = At::of(scope, "pod.securityContext", "pod.securityContext");
    let message = format!("{} cannot write to the files of {}", user(now.user), user(was.user));
    let complaint = transition.refuse(&RULE, message, at, "another user, the same `fsGroup`", "the user before");
    Some(complaint.help(match now.user {
        Some(user) => {
            format!("write `fsGroup: {user}` too, or `fsGroupChangePolicy: Always` until all pods have restarted")
        }
        None => "write `fsGroupChangePolicy: Always` until all pods have restarted".to_owned(),
    }))
}

/// Who owns the files of the data volume.
struct Owner {
    user: Option<i64>,
    group: Option<i64>,
    opens_files_at_every_start: bool,
}

impl Owner {
    fn of(pod: &Pod) -> Self {
        match &pod.security_context {
            None => Self { user: Some(CASSANDRA_ID), group: Some(CASSANDRA_ID), opens_files_at_every_start: false },
            Some(PodSecurityContext { run_as_user, fs_group, fs_group_change_policy, .. }) => Self {
                user: *run_as_user,
                group: *fs_group,
                opens_files_at_every_start: fs_group.is_some()
                    && fs_group_change_policy.as_deref() != Some("OnRootMismatch"),
            },
        }
    }
}
