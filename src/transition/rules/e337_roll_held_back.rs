//! E337: a change that needs a rolling restart which is held back.

use cassc_ring::release::Minor;

use crate::cluster::Cluster;
use crate::diagnostic::{Diagnostic, Rule};
use crate::transition::effective::Effective;
use crate::transition::encryption::Internode;
use crate::transition::rules::e333_upgrade_and_ring::ring_change;
use crate::transition::storage_mode::StorageMode;
use crate::transition::{At, Force, Scope, Transition};

pub(super) const RULE: Rule = Rule {
    code: "E337",
    name: "roll-held-back",
    summary: "a change that all nodes must be ready for is made while a rolling restart is held back",
    explain: "\
With `rollout.stopped` or `rollout.canary` some pods still run an older pod template, and cassc cannot see which. A new pod
starts with the newest template. So nodes that join while an upgrade is held back run a different version than the nodes
that they stream from. A node that skipped one rolling restart takes two steps in the next one: two versions, two storage
modes, or from unencrypted to encrypted only. E332, E333, E336 and E342 refuse the same steps in one commit.

Complete the rolling restart first: remove `rollout.stopped` or `rollout.canary` in a commit of its own, and wait until all
pods have restarted. If no pod waits for a restart, or if the canary returns to what the other pods run, accept E337 with
that as the reason.",
};

pub(super) const FORCE: Force = Force::WithReason;

pub(super) fn check(transition: &Transition<'_>, complaints: &mut Vec<Diagnostic>) {
    let held = &transition.before.rollout;
    let (block, field, in_lock, waits) = match (held.stopped, held.canary_pods) {
        (true, _) => ("rollout.stopped", "rollout.stopped", "rollout.stopped", "all pods wait"),
        (false, Some(_)) => ("rollout.canary", "rollout.canary.pods", "rollout.canaryPods", "other pods wait"),
        (false, None) => return,
    };
    let Some((at, label)) = step(transition) else { return };
    let message = "pods that still wait for a restart may not be ready for this change";
    let complaint = RULE.complain(message, transition.label_after(at, label));
    let complaint = complaint.labels(transition.label_before(At::of(Scope::Cluster, field, in_lock), waits));
    complaints.push(complaint.help(format!(
        "remove `{block}` in a commit of its own; if no pod waits, add `{{code: E337, reason: …}}` to `spec.accept`"
    )));
}

/// The change that all nodes must be ready for, and its label.
fn step<'t>(transition: &Transition<'t>) -> Option<(At<'t>, String)> {
    let (before, after) = (transition.before, transition.after);
    if let Some((scope, label)) = ring_change(transition) {
        return Some((At::of(scope, "nodes", "nodes"), label));
    }
    if before.version.minor != after.version.minor {
        return Some((At::of(Scope::Cluster, "cassandra.version", "version"), "new release line".to_owned()));
    }
    let of = |cluster: &Cluster, effective: &Effective| {
        let mode = (cluster.version.minor == Minor::V5_0).then(|| StorageMode::of(effective));
        (mode, Internode::of(cluster.version.minor, effective))
    };
    let changes = transition.changed_config_of(of);
    let change = changes.first()?;
    let (field, in_lock, label) = if change.before.0 == change.after.0 {
        let label = "new internode encryption";
        ("cassandra.config.server_encryption_options", "config.server_encryption_options", label)
    } else {
        ("cassandra.config.storage_compatibility_mode", "config.storage_compatibility_mode", "new storage mode")
    };
    Some((At::of(change.scope(), field, in_lock), label.to_owned()))
}
